"""Connecting only to addresses that were checked.

A name is resolved once, every address in the answer is judged, and the socket is opened to one of
exactly these addresses. A second answer of the resolver (DNS rebinding) therefore changes nothing.
TLS still verifies the host's name, because only the socket is given the address.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence

import httpcore2

from boards.outbound.addresses import is_public, read_address

__all__ = [
    "ForbiddenAddressError",
    "PinnedBackend",
    "Resolve",
    "UnresolvedHostError",
    "resolve_by_system",
]

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the addresses of a host and port; raises OSError when the host is not known."""

_MOST_ADDRESSES_TRIED = 6


class ForbiddenAddressError(Exception):
    """The host has an address that may not be reached; the text is for the log only."""


class UnresolvedHostError(Exception):
    """The host has no address."""


async def resolve_by_system(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver, in a thread; the order of its answer is kept."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class PinnedBackend(httpcore2.AsyncNetworkBackend):
    """Opens sockets for httpcore2, to checked addresses only.

    `allow` holds the (host, port) pairs for which private addresses are fine. `dial` opens the
    socket itself and is always handed an IP address.
    """

    def __init__(
        self,
        *,
        allow: frozenset[tuple[str, int]] = frozenset(),
        resolve: Resolve = resolve_by_system,
        dial: httpcore2.AsyncNetworkBackend | None = None,
    ) -> None:
        self._allow = frozenset((host.lower().strip("[]"), port) for host, port in allow)
        self._resolve = resolve
        self._dial = dial or httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout if timeout is not None else None
        try:
            async with asyncio.timeout_at(deadline):
                addresses = await self._checked_addresses(host, port)
        except TimeoutError:
            raise httpcore2.ConnectTimeout("name resolution took too long") from None
        for position, address in enumerate(addresses):
            left = None if deadline is None else max(deadline - loop.time(), 0.001)
            try:
                return await self._dial.connect_tcp(
                    address,
                    port,
                    # A dead address may not use up the time of the ones after it.
                    timeout=None if left is None else left / (len(addresses) - position),
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if position == len(addresses) - 1:
                    raise
        raise UnresolvedHostError(host)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002 - the interface's
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore2.AsyncNetworkStream:
        raise ForbiddenAddressError(f"unix socket {path!r}")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _checked_addresses(self, host: str, port: int) -> list[str]:
        literal = read_address(host)
        if literal is not None:
            answer: Sequence[str] = [str(literal)]
        else:
            try:
                answer = await self._resolve(host, port)
            except (OSError, UnicodeError) as error:
                raise UnresolvedHostError(host) from error
        if (host.lower().removesuffix("."), port) not in self._allow:
            for text in answer:
                address = read_address(text)
                if address is None or not is_public(address):
                    raise ForbiddenAddressError(f"{host!r} has the address {text!r}")
        return list(answer)[:_MOST_ADDRESSES_TRIED]
