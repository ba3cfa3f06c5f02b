from collections.abc import Iterable, Sequence

import httpcore2
import pytest

from boards.outbound.pinning import (
    ForbiddenAddressError,
    PinnedBackend,
    UnresolvedHostError,
    resolve_by_system,
)

PUBLIC = "93.184.216.34"
OTHER = "93.184.216.35"


class Dial(httpcore2.AsyncNetworkBackend):
    """Notes where it is sent; some addresses are dead."""

    def __init__(self, *dead: str) -> None:
        self.dead = dead
        self.dialled: list[tuple[str, int]] = []
        self.timeouts: list[float | None] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        self.dialled.append((host, port))
        self.timeouts.append(timeout)
        if host in self.dead:
            raise httpcore2.ConnectError("refused")
        return httpcore2.AsyncMockStream([])


class Names:
    """A resolver that gives its answers in order and repeats the last."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


async def test_the_socket_goes_to_the_checked_address() -> None:
    dial = Dial()
    await PinnedBackend(resolve=Names([PUBLIC]), dial=dial).connect_tcp("h.example", 443)
    assert dial.dialled == [(PUBLIC, 443)]


async def test_a_second_answer_of_the_resolver_is_never_asked_for() -> None:
    names = Names([PUBLIC], ["127.0.0.1"])
    dial = Dial()
    await PinnedBackend(resolve=names, dial=dial).connect_tcp("rebind.example", 80)
    assert names.asked == 1
    assert dial.dialled == [(PUBLIC, 80)]


async def test_a_new_connection_is_checked_anew() -> None:
    dial = Dial()
    backend = PinnedBackend(resolve=Names([PUBLIC], ["127.0.0.1"]), dial=dial)
    await backend.connect_tcp("rebind.example", 80)
    with pytest.raises(ForbiddenAddressError):
        await backend.connect_tcp("rebind.example", 80)
    assert dial.dialled == [(PUBLIC, 80)]


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.0.1"],
        [PUBLIC, "10.0.0.1"],
        ["10.0.0.1", PUBLIC],
        [PUBLIC, "::1"],
        [PUBLIC, "::ffff:10.0.0.1"],
        [PUBLIC, "fe80::1%eth0"],
        [PUBLIC, "not an address"],
    ],
)
async def test_one_private_address_among_the_answers_refuses_the_host(answer: list[str]) -> None:
    dial = Dial()
    with pytest.raises(ForbiddenAddressError):
        await PinnedBackend(resolve=Names(answer), dial=dial).connect_tcp("mixed.example", 80)
    assert dial.dialled == []


async def test_an_address_literal_is_not_looked_up() -> None:
    names = Names([PUBLIC])
    dial = Dial()
    await PinnedBackend(resolve=names, dial=dial).connect_tcp("2606:4700:4700::1111", 443)
    assert names.asked == 0
    assert dial.dialled == [("2606:4700:4700::1111", 443)]


async def test_an_allowed_host_and_port_may_be_private() -> None:
    dial = Dial()
    backend = PinnedBackend(
        allow=frozenset({("Models.LAN", 8000)}), resolve=Names(["10.0.0.7"]), dial=dial
    )
    await backend.connect_tcp("models.lan", 8000)
    assert dial.dialled == [("10.0.0.7", 8000)]


async def test_allowing_one_port_of_a_host_opens_no_other() -> None:
    backend = PinnedBackend(
        allow=frozenset({("models.lan", 8000)}), resolve=Names(["10.0.0.7"]), dial=Dial()
    )
    with pytest.raises(ForbiddenAddressError):
        await backend.connect_tcp("models.lan", 6379)


async def test_allowing_a_name_does_not_allow_its_address() -> None:
    backend = PinnedBackend(allow=frozenset({("models.lan", 8000)}), dial=Dial())
    with pytest.raises(ForbiddenAddressError):
        await backend.connect_tcp("10.0.0.7", 8000)


async def test_a_dead_address_leaves_time_for_the_next() -> None:
    dial = Dial(PUBLIC)
    backend = PinnedBackend(resolve=Names([PUBLIC, OTHER]), dial=dial)
    await backend.connect_tcp("h.example", 80, timeout=10)
    assert [host for host, _ in dial.dialled] == [PUBLIC, OTHER]
    assert dial.timeouts[0] is not None
    assert dial.timeouts[0] <= 5


async def test_a_host_without_addresses_is_unresolved() -> None:
    with pytest.raises(UnresolvedHostError):
        await PinnedBackend(resolve=Names([]), dial=Dial()).connect_tcp("h.example", 80)


async def test_unix_sockets_are_closed() -> None:
    with pytest.raises(ForbiddenAddressError):
        await PinnedBackend(dial=Dial()).connect_unix_socket("/var/run/docker.sock")


async def test_the_systems_resolver_gives_each_address_once() -> None:
    found = await resolve_by_system("localhost", 80)
    assert set(found) <= {"127.0.0.1", "::1"}
    assert len(found) == len(set(found)) >= 1
