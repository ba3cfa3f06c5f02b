"""Keeps web pages of others from using this server through a visitor's browser.

A server on loopback is reachable by every page that the person at the machine has open. So, before
anything else: the Host must be one of ours (a rebound DNS name is refused even for GET), and what
changes state must not come from a foreign page, and must be JSON, which a plain form cannot send.
The rules hold for every surface and need no authentication to be there.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import pydantic_core
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from boards.api.errors import HttpRefusal, http_problem

__all__ = ["LOOPBACK", "Address", "Guard", "address_of"]

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OWN_SITES = frozenset({"same-origin", "none"})
"""What Sec-Fetch-Site says of our own page, and of a person who typed the address."""
DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_HOST = re.compile(r"[A-Za-z0-9._:\[\]-]+")


@dataclass(frozen=True, kw_only=True)
class Address:
    """A host as a Host header names it, in lower case; `port` None where it was not said."""

    host: str
    port: int | None

    def is_at(self, other: "Address", *, default_port: int | None) -> bool:
        """Tell whether both name one place, where no port means `default_port`."""
        return self.host == other.host and (self.port or default_port) == (
            other.port or default_port
        )


def address_of(text: str) -> Address | None:
    """Read `host`, `host:port` or `[v6]:port`. None when it is anything else."""
    if not _HOST.fullmatch(text):
        return None
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or text.endswith(":"):
        return None
    host = host.removesuffix(".")
    return Address(host=f"[{host}]" if ":" in host else host, port=port)


class Guard:
    """Refuses requests that no page or program of ours has sent.

    `allowed_hosts` are further hosts, each with a port or, without, at any port; `origins` are
    further origins whose pages are ours, such as the public URL's; `guests` are origins whose pages
    may call as programs do, by a token, and whose cookies are not looked at. `multipart_paths` may
    be sent multipart forms, a star in them standing for one part; `other_types` are media types
    that no plain form can send, by what the paths begin with that take them. A JSON body is read
    here, up to `json_bytes`, or the `larger` number of bytes that goes with what its path begins
    with, so that all surfaces share one limit and one idea of
    what is JSON.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        allowed_hosts: Collection[str] = (),
        origins: Collection[str] = (),
        guests: Collection[str] = (),
        multipart_paths: Collection[str] = (),
        other_types: Mapping[str, str] | None = None,
        json_bytes: int,
        larger: Mapping[str, int] | None = None,
    ) -> None:
        self.app = app
        self.hosts = tuple(_configured(host) for host in (*LOOPBACK, *allowed_hosts))
        self.origins = frozenset(origin.rstrip("/").lower() for origin in origins)
        self.guests = frozenset(origin.rstrip("/").lower() for origin in guests)
        self.multipart_paths = tuple(
            re.compile(re.escape(path).replace(r"\*", "[^/]+")) for path in multipart_paths
        )
        self.other_types = dict(other_types or {})
        self.json_bytes = json_bytes
        self.larger = dict(larger or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if headers.get("origin", "").lower() in self.guests:
            scope = {**scope, "headers": [one for one in scope["headers"] if one[0] != b"cookie"]}
        try:
            host = self._check_host(headers)
            if scope["type"] == "websocket":
                self._check_origin(headers, host)
            elif scope["method"] not in SAFE_METHODS:
                self._check_origin(headers, host)
                if self._check_content_type(scope, headers):
                    receive = _replay(await self._read_json(Request(scope, receive)), receive)
        except ClientDisconnect:
            return
        except HttpRefusal as refusal:
            await _refuse(refusal, scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _check_host(self, headers: Headers) -> Address:
        sent = headers.getlist("host")
        host = address_of(sent[0]) if len(sent) == 1 else None
        if host is None:
            raise HttpRefusal(400, "invalid_input", "Send exactly one Host header with one host.")
        if not any(
            host.host == known.host and known.port in (None, host.port) for known in self.hosts
        ):
            raise HttpRefusal(
                421,
                "misdirected",
                f"This server is not {sent[0]!r}. Use an address it knows, or add the name to "
                "BOARDS_ALLOWED_HOSTS.",
            )
        return host

    def _check_origin(self, headers: Headers, host: Address) -> None:
        site = headers.get("sec-fetch-site")
        origin = headers.get("origin")
        if origin is not None and origin.lower() in self.guests:
            return
        if origin is None and site is None:
            # Programs send neither. An old browser sends at least where it comes from.
            origin = _origin_of(headers.get("referer"))
        if (site is not None and site not in OWN_SITES) or (
            origin is not None and not self._is_ours(origin, host)
        ):
            raise HttpRefusal(
                403,
                "forbidden",
                f"A page of {origin or site!r} may not change anything here. If it is yours, name "
                "its address in BOARDS_PUBLIC_URL, or in BOARDS_ALLOWED_ORIGINS if it stands "
                "elsewhere.",
            )

    def _is_ours(self, origin: str, host: Address) -> bool:
        origin = origin.lower()
        if origin in self.origins:
            return True
        scheme, separator, authority = origin.partition("://")
        address = address_of(authority) if separator else None
        default_port = DEFAULT_PORTS.get(scheme)
        if address is None or default_port is None:
            return False
        return address.is_at(host, default_port=default_port)

    def _check_content_type(self, scope: Scope, headers: Headers) -> bool:
        """Tell whether there is a JSON body to be read."""
        sent = headers.get("content-type")
        has_body = "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
        if sent is None and not has_body:
            return False
        kind = (sent or "").partition(";")[0].strip().lower()
        if kind == "application/json":
            return has_body
        takes_forms = any(one.fullmatch(_path(scope)) for one in self.multipart_paths)
        if kind == "multipart/form-data" and takes_forms:
            return False
        wanted = "multipart/form-data" if takes_forms else "application/json"
        for beginning, taken in self.other_types.items():
            if _path(scope).startswith(beginning):
                if kind == taken:
                    return False
                wanted = taken
        raise HttpRefusal(
            415, "unsupported", f"The body is {kind or 'of no type'!r}; send {wanted!r}."
        )

    async def _read_json(self, request: Request) -> bytes:
        length = request.headers.get("content-length", "")
        path, most = _path(request.scope), self.json_bytes
        for beginning, bytes_there in self.larger.items():
            if path.startswith(beginning):
                most = bytes_there
        if length.isdecimal() and int(length) > most:
            raise _too_large(most)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise _too_large(most)
        try:
            # Stricter than the json module: no NaN, no lone surrogates, at most 200 levels.
            pydantic_core.from_json(body, allow_inf_nan=False)
        except ValueError as error:
            raise HttpRefusal(400, "invalid_input", f"The body is no JSON: {error}.") from None
        return bytes(body)


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def _too_large(most: int) -> HttpRefusal:
    message = f"The JSON body is larger than {most} bytes. Files go through uploads."
    return HttpRefusal(413, "too_large", message)


def _configured(host: str) -> Address:
    is_bare_v6 = host.count(":") > 1 and not host.startswith("[")
    address = address_of(f"[{host}]" if is_bare_v6 else host)
    if address is None:
        raise ValueError(f"{host!r} is no host; write it as in a Host header: 'boards.example'.")
    return address


def _origin_of(referer: str | None) -> str | None:
    if referer is None:
        return None
    try:
        parts = urlsplit(referer)
    except ValueError:
        return referer
    return f"{parts.scheme}://{parts.netloc}"


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give the body once more; what comes after it comes from the connection."""
    messages: Iterable[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    waiting = iter(messages)

    async def replayed() -> Message:
        for message in waiting:
            return message
        return await receive()

    return replayed


async def _refuse(refusal: HttpRefusal, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        # Before the handshake is accepted this is answered with a 403.
        await send({"type": "websocket.close", "code": 1008, "reason": refusal.code})
        return
    await http_problem(refusal, scope)(scope, receive, send)
