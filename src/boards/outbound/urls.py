"""Reading URLs before anything is sent: what is refused, and how a URL is named in a message."""

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

import httpx2

from boards.errors import InvalidInput, TooLarge
from boards.outbound.addresses import host_fault

__all__ = ["origin_of", "read_data_url", "read_url", "shown"]

_PORTS = {"http": 80, "https": 443}
_SHOWN_CHARACTERS = 120
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?=:)")


def read_url(text: str | httpx2.URL) -> httpx2.URL:
    """Parse an http or https URL; the parsed form is the one that is checked and fetched.

    Raises InvalidInput for another scheme, user names or passwords in the URL, an odd host or port.
    """
    try:
        url = httpx2.URL(text)
        port = url.port
    except (httpx2.InvalidURL, ValueError, TypeError) as error:
        raise InvalidInput(
            "This is not a URL that can be read; write it as 'https://host/path'.",
            detail=type(error).__name__,
        ) from None
    name = shown(url)
    if url.scheme not in _PORTS:
        raise InvalidInput(f"URL {name!r} cannot be opened: only http and https are allowed.")
    if url.userinfo:
        raise InvalidInput(
            f"URL {name!r} carries a user name or password; leave it out of the address."
        )
    fault = host_fault(url.raw_host.decode("ascii"))
    if fault:
        raise InvalidInput(f"URL {name!r} {fault}; write it as 'https://host/path'.")
    if port is not None and not 1 <= port <= 65535:
        raise InvalidInput(f"URL {name!r} has no valid port; give one from 1 to 65535.")
    return url


def origin_of(url: httpx2.URL) -> tuple[str, str, int]:
    """Give scheme, host and port: what credentials belong to."""
    return url.scheme, url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme]


def shown(url: str | httpx2.URL) -> str:
    """Name a URL in a message or log: no user, no query, no fragment, as these carry secrets."""
    if isinstance(url, str):
        scheme = _SCHEME.match(url)
        try:
            url = httpx2.URL(url)
        except (httpx2.InvalidURL, ValueError):
            return f"{scheme.group()}:…" if scheme else "…"
    if url.scheme == "data":
        return "data:…"
    host = f"//{url.netloc.decode('ascii')}" if url.netloc else ""
    text = f"{url.scheme}:{host}{url.path}" if url.scheme else f"{host}{url.path}"
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"


def read_data_url(url: str, max_bytes: int) -> tuple[str, bytes]:
    """Decode a `data:` URL into its MIME type (lower case, no parameters) and its bytes.

    Raises InvalidInput when it is malformed, TooLarge above `max_bytes` of content.
    """
    head, comma, payload = url.partition(",")
    if head[:5].lower() != "data:" or not comma:
        raise InvalidInput("This data: URL is malformed; write it as 'data:image/png;base64,…'.")
    mime, *parameters = (part.strip().lower() for part in head[5:].split(";"))
    is_base64 = "base64" in parameters
    # Three bytes never take fewer than four characters, nor one byte fewer than one.
    least_bytes = len(payload) // 4 * 3 - 2 if is_base64 else len(payload) // 3
    if "%" not in payload and least_bytes > max_bytes:
        raise TooLarge(f"This data: URL holds more than the {max_bytes:,} bytes allowed.")
    data = unquote_to_bytes(payload)
    if is_base64:
        try:
            data = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError):
            raise InvalidInput("This data: URL is not valid base64; it may be cut off.") from None
    if len(data) > max_bytes:
        raise TooLarge(f"This data: URL holds more than the {max_bytes:,} bytes allowed.")
    return mime or "text/plain", data
