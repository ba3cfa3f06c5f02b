"""The addresses that providers call back."""

from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from boards.ids import new_id
from boards.services.callbacks import Callbacks

CALLBACKS = Callbacks(
    public_url="https://boards.example", secret="a secret " * 4, providers={"fal", "kie"}
)


def token_of(url: str | None) -> str:
    assert url is not None
    return parse_qs(urlsplit(url).query)["token"][0]


def test_a_token_names_its_generation() -> None:
    one = new_id()
    url = CALLBACKS.url("fal", one)
    assert url is not None
    assert url.startswith("https://boards.example/api/v1/webhooks/fal?token=")
    assert str(one) not in url
    assert CALLBACKS.read("fal", token_of(url)) == one


def test_it_is_good_for_one_provider_and_one_installation() -> None:
    token = token_of(CALLBACKS.url("fal", new_id()))
    assert CALLBACKS.read("kie", token) is None
    other = Callbacks(public_url="https://boards.example", secret="other " * 6, providers={"fal"})
    assert other.read("fal", token) is None


def test_no_byte_of_it_can_be_changed() -> None:
    token = token_of(CALLBACKS.url("fal", UUID(int=5)))
    for at, letter in enumerate(token[:-1]):
        changed = f"{token[:at]}{'A' if letter != 'A' else 'B'}{token[at + 1 :]}"
        assert CALLBACKS.read("fal", changed) is None, at


@pytest.mark.parametrize("token", ["", "A", "é", "A" * 54, "%00", "=" * 54, "A" * 10_000])
def test_nonsense_is_no_token(token: str) -> None:
    assert CALLBACKS.read("fal", token) is None


@pytest.mark.parametrize(
    "callbacks",
    [
        Callbacks(),
        Callbacks(public_url="https://boards.example", providers={"fal"}),
        Callbacks(secret="a secret", providers={"fal"}),
        Callbacks(public_url="https://boards.example", secret="a secret"),
    ],
)
def test_where_something_is_missing_nobody_is_asked_to_call(callbacks: Callbacks) -> None:
    assert callbacks.url("fal", new_id()) is None
    assert callbacks.of("fal")(str(new_id())) is None
