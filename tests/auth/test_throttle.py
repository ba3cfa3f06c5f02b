"""Guessing is slow, from one place and against one account, and counting takes bounded memory."""

import pytest

from boards.errors import Throttled
from boards.services.throttle import Allowance, Throttle, network_of


@pytest.fixture
def clock() -> list[float]:
    return [1000.0]


@pytest.fixture
def throttle(clock: list[float]) -> Throttle:
    return Throttle(allowance=Allowance(tries=3, seconds=60.0), most=5, now=lambda: clock[0])


def taken(throttle: Throttle, name: str = "ann") -> int:
    """How many tries there are before it is enough."""
    count = 0
    while count < 100:
        try:
            throttle.take(name)
        except Throttled:
            break
        count += 1
    return count


def test_some_tries_are_free_and_then_it_is_enough(throttle: Throttle) -> None:
    assert taken(throttle) == 3
    with pytest.raises(Throttled) as refusal:
        throttle.take("ann")
    assert refusal.value.retry_after == pytest.approx(60.0)


def test_refused_tries_do_not_count(throttle: Throttle, clock: list[float]) -> None:
    taken(throttle)
    for _ in range(50):
        with pytest.raises(Throttled):
            throttle.take("ann")
    clock[0] += 60.0
    assert taken(throttle) == 1


def test_time_brings_tries_back_and_no_more_than_at_first(
    throttle: Throttle, clock: list[float]
) -> None:
    taken(throttle)
    clock[0] += 1_000_000.0
    assert taken(throttle) == 3


def test_a_success_does_not_count(throttle: Throttle) -> None:
    for _ in range(20):
        throttle.take("ann")
        throttle.give_back("ann")
    assert taken(throttle) == 3


def test_one_name_is_not_another(throttle: Throttle) -> None:
    taken(throttle, "ann")
    assert taken(throttle, "bob") == 3


def test_it_remembers_no_more_names_than_it_may(throttle: Throttle) -> None:
    for number in range(1000):
        throttle.take(f"name {number}")
    assert len(throttle._used) == 5


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        (None, "", True),
    ],
)
def test_whoever_has_one_address_of_version_6_has_them_all(
    one: str | None, other: str | None, alike: bool
) -> None:
    assert (network_of(one) == network_of(other)) is alike
