"""The guarded HTTP client: the only door from Boards to the network.

Every URL is checked before and every address while connecting; sizes and times are capped; nothing
is taken from the environment (no proxies, no netrc, no cookie jar); nothing is tried twice.
"""

import asyncio
import functools
import json as json_format
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

import httpcore2
import httpx2

from boards import __version__
from boards.errors import Broken
from boards.outbound.answers import Downloaded, Incoming, Response
from boards.outbound.failures import (
    Exchange,
    bad_headers,
    our_errors,
    require_success,
    too_large,
)
from boards.outbound.files import PartFile, in_thread, write_errors
from boards.outbound.pinning import (
    PinnedBackend,
    Resolve,
    resolve_by_system,
)
from boards.outbound.urls import origin_of, read_url, shown

__all__ = ["GuardedClient"]

MEBIBYTE = 2**20
_DEFAULT_MAX_BYTES = 1024 * MEBIBYTE
_DEFAULT_MAX_ANSWER_BYTES = 64 * MEBIBYTE
_MAX_CONNECTIONS = 100
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})
# Any other header a caller gives may be a credential (every provider names its key differently)
# and stays with the origin it was given for.
_HARMLESS_HEADERS = frozenset({"accept", "accept-encoding", "accept-language", "range"})


@functools.cache
def _trusted() -> ssl.SSLContext:
    """The certificates that every client trusts; reading them takes longer than all else of one."""
    return httpx2.create_ssl_context(trust_env=False)


class _Body(httpx2.AsyncByteStream):
    def __init__(self, stream: AsyncIterator[bytes], response: httpcore2.Response) -> None:
        self._stream = stream
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            yield part

    async def aclose(self) -> None:
        await self._response.aclose()


class GuardedClient:
    """Sends requests and downloads files under the rules of this module.

    `allow` holds (host, port) pairs that may be private, such as a provider on the same machine.
    `max_bytes` caps a body as it comes and as it is decoded; `total_seconds` caps one call with all
    its redirects, name resolution and reading. `resolve` and `dial` replace the name resolution and
    the opening of sockets, `tls` the trusted certificates.

    Raises InvalidInput for a URL that may not be opened, TooLarge, TimedOut, and Broken when the
    other side fails. A header or a query never appears in an error.
    """

    def __init__(
        self,
        *,
        allow: frozenset[tuple[str, int]] = frozenset(),
        max_bytes: int = _DEFAULT_MAX_BYTES,
        connect_seconds: float = 10.0,
        read_seconds: float = 60.0,
        total_seconds: float = 600.0,
        max_redirects: int = 5,
        resolve: Resolve = resolve_by_system,
        dial: httpcore2.AsyncNetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._max_bytes = max_bytes
        self._total_seconds = total_seconds
        self._max_redirects = max_redirects
        self._timeouts = httpx2.Timeout(read_seconds, connect=connect_seconds).as_dict()
        # The pool is made here and not by httpx2, whose transports offer no way to say who
        # connects; the pool takes the guard as an ordinary argument.
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls or _trusted(),
            max_connections=_MAX_CONNECTIONS,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            retries=0,
            network_backend=PinnedBackend(allow=allow, resolve=resolve, dial=dial),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: object | None = None,
        content: bytes | None = None,
        max_bytes: int | None = None,
        total_seconds: float | None = None,
        buys: bool = False,
    ) -> Response:
        """Call an API once and give its answer, whatever its status.

        Only GET and HEAD follow redirects: another method's 3xx is the answer. `buys` marks the
        call that costs money: when it fails before a byte was sent, the error says `billed=False`.
        """
        sent_headers = {"accept-encoding": "gzip, deflate", **_lower(headers)}
        if json is not None:
            content = json_format.dumps(json, separators=(",", ":"), allow_nan=False).encode()
            sent_headers.setdefault("content-type", "application/json")
        exchange = self._exchange(
            url,
            max_bytes or min(self._max_bytes, _DEFAULT_MAX_ANSWER_BYTES),
            total_seconds,
            buys=buys,
        )
        async with self._answer(method, url, sent_headers, content, exchange) as answer:
            body = b"".join([chunk async for chunk in self._chunks(answer, exchange)])
        return Response(
            status=answer.status_code,
            headers=_read_only(answer.headers),
            body=body,
            url=str(answer.request.url),
        )

    @asynccontextmanager
    async def stream(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
        total_seconds: float | None = None,
    ) -> AsyncIterator[Incoming]:
        """GET a URL and read its body piece by piece.

        Raises Rejected for a 4xx answer, Busy for 429 and Broken for any other failure.
        """
        exchange = self._exchange(url, max_bytes or self._max_bytes, total_seconds)
        sent_headers = {"accept-encoding": "identity", **_lower(headers)}
        async with self._answer("GET", url, sent_headers, None, exchange) as answer:
            require_success(answer, exchange)
            async with aclosing(self._chunks(answer, exchange)) as chunks:
                yield Incoming(
                    status=answer.status_code,
                    headers=_read_only(answer.headers),
                    url=str(answer.request.url),
                    content_type=answer.headers.get("content-type"),
                    chunks=chunks,
                )

    async def download(
        self,
        url: str,
        to: Path,
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
        total_seconds: float | None = None,
    ) -> Downloaded:
        """Fetch a URL into the file `to`, which appears only when it is complete.

        Raises as `stream` does, and StorageError when the file cannot be written.
        """
        part = PartFile(to)
        try:
            async with self.stream(
                url, headers=headers, max_bytes=max_bytes, total_seconds=total_seconds
            ) as incoming:
                async for block in _blocks(incoming.chunks):
                    with write_errors(to):
                        await in_thread(part.write, block)
            with write_errors(to):
                await in_thread(part.finish)
        except BaseException:
            await in_thread(part.discard)
            raise
        return Downloaded(
            path=to,
            size=part.size,
            sha256=part.sha256,
            content_type=incoming.content_type,
            final_url=incoming.url,
        )

    def _exchange(
        self, url: str, max_bytes: int, total_seconds: float | None, *, buys: bool = False
    ) -> Exchange:
        seconds = self._total_seconds if total_seconds is None else total_seconds
        return Exchange(
            shown_url=shown(url),
            deadline=asyncio.get_running_loop().time() + seconds,
            max_bytes=max_bytes,
            buys=buys,
        )

    @asynccontextmanager
    async def _answer(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None,
        exchange: Exchange,
    ) -> AsyncIterator[httpx2.Response]:
        """Send, follow redirects, and give the last answer with its body still unread."""
        target = read_url(url)
        headers = {"user-agent": f"boards/{__version__}", "accept": "*/*", **headers}
        follows = method.upper() in {"GET", "HEAD"}
        for _ in range(self._max_redirects + 1):
            answer = await self._send(method, target, headers, content, exchange)
            try:
                location = answer.headers.get("location")
                if not (follows and location and answer.status_code in _REDIRECTS):
                    yield answer
                    return
            finally:
                await answer.aclose()
            following = _read_location(target, location, exchange)
            if origin_of(following) != origin_of(target):
                headers = {
                    name: value
                    for name, value in headers.items()
                    if name in _HARMLESS_HEADERS or name == "user-agent"
                }
            target = following
            exchange.shown_url = shown(target)
        raise Broken(f"{shown(url)!r} redirects more than {self._max_redirects} times; giving up.")

    async def _send(
        self,
        method: str,
        url: httpx2.URL,
        headers: Mapping[str, str],
        content: bytes | None,
        exchange: Exchange,
    ) -> httpx2.Response:
        try:
            request = httpx2.Request(method, url, headers=dict(headers), content=content)
        except UnicodeError:
            raise bad_headers(exchange) from None
        raw_request = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=request.headers.raw,
            content=request.content,
            extensions={"timeout": self._timeouts, "trace": exchange.trace},
        )
        with our_errors(exchange):
            async with asyncio.timeout_at(exchange.deadline):
                raw = await self._pool.handle_async_request(raw_request)
        return httpx2.Response(
            raw.status,
            headers=raw.headers,
            stream=_Body(raw.aiter_stream(), raw),
            request=request,
        )

    async def _chunks(self, answer: httpx2.Response, exchange: Exchange) -> AsyncGenerator[bytes]:
        """Read and decode a body, counting what comes over the wire and what it unfolds to."""
        encoding = answer.headers.get("content-encoding", "").strip().lower()
        if encoding not in _ENCODINGS:
            raise Broken(
                f"{exchange.shown_url!r} answered in the encoding {encoding!r}, "
                "which it was not asked for.",
                billed=exchange.billed,
            )
        declared = answer.headers.get("content-length", "")
        has_body = answer.request.method != "HEAD"
        if has_body and declared.isdecimal() and int(declared[:20]) > exchange.max_bytes:
            raise too_large(exchange)
        size = 0
        pieces = answer.aiter_bytes()
        try:
            while True:
                with our_errors(exchange):
                    async with asyncio.timeout_at(exchange.deadline):
                        piece = await anext(pieces, None)
                if piece is None:
                    return
                size += len(piece)
                if max(size, answer.num_bytes_downloaded) > exchange.max_bytes:
                    raise too_large(exchange)
                yield piece
        finally:
            await pieces.aclose()


def _read_location(base: httpx2.URL, location: str, exchange: Exchange) -> httpx2.URL:
    try:
        following = base.join(location)
    except (httpx2.InvalidURL, ValueError):
        raise Broken(f"{exchange.shown_url!r} redirects to something that is no URL.") from None
    return read_url(following)


def _lower(headers: Mapping[str, str] | None) -> dict[str, str]:
    return {name.lower(): value for name, value in (headers or {}).items()}


def _read_only(headers: httpx2.Headers) -> Mapping[str, str]:
    return MappingProxyType(dict(headers.items()))


async def _blocks(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Join small chunks, so that one hop to a thread writes about a mebibyte."""
    waiting: list[bytes] = []
    size = 0
    async for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size >= MEBIBYTE:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)
