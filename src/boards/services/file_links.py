"""Addresses of stored files for those who cannot sign in: providers that take inputs by URL, and
whoever is given one by somebody with a right to the file.

An address is good for one file of one tenant until it expires, and nothing in it can be changed.
It is made when it is needed, right before the call that carries it, so it is never too old.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from boards.domain.artifacts import check_key
from boards.errors import InvalidInput, NotFound

__all__ = ["PATH", "FileLinks", "LinkedFile"]

PATH = "/api/v1/files"
_PURPOSE = b"boards file link 1"
_MAC_CHARACTERS = 48
_MAX_MIME = 100


@dataclass(frozen=True, kw_only=True)
class LinkedFile:
    """The file that a good address names. The key begins with the tenant whose file it is."""

    key: str
    mime: str
    download: bool = False


@dataclass(frozen=True, kw_only=True)
class FileLinks:
    """Makes and reads the addresses. Without a `public_url` or a `secret` there are none."""

    public_url: str | None = None
    secret: str | None = field(default=None, repr=False)
    lifetime: timedelta = timedelta(hours=1)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def missing(self) -> str | None:
        """What to set before there are any; None when there are."""
        if self.public_url is None:
            return "set BOARDS_PUBLIC_URL to an address at which the provider reaches this server"
        return "set BOARDS_SECRET_KEY" if self.secret is None else None

    def url(self, key: str, mime: str) -> str | None:
        """The address of a stored file, good from now on for `lifetime`; None without a setting."""
        if self.public_url is None:
            return None
        return self.signed(self.public_url, key, mime, expires_at=self.now() + self.lifetime)

    def signed(
        self, base: str, key: str, mime: str, *, expires_at: datetime, download: bool = False
    ) -> str | None:
        """The address of a stored file at a server that is reached by `base`; None without a
        secret. With `download` it is to be saved, whatever it is."""
        if self.secret is None:
            return None
        expires = int(expires_at.timestamp())
        signature = _signature(self.secret, key, mime, expires, download=download)
        said = {"type": mime, "expires": expires, "signature": signature}
        query = urlencode(said | ({"download": "true"} if download else {}))
        return f"{base}{PATH}/{quote(key)}?{query}"

    def read(
        self, key: str, mime: str, expires: int, signature: str, *, download: bool = False
    ) -> LinkedFile:
        """Give the file of an address. NotFound for one that we have not made, or that is over."""
        late = expires <= self.now().timestamp()
        if self.secret is None or len(mime) > _MAX_MIME:
            raise NotFound(_NOT_GOOD)
        expected = _signature(self.secret, key, mime, expires, download=download)
        if not hmac.compare_digest(expected.encode(), signature.encode()) or late:
            raise NotFound(_NOT_GOOD)
        try:
            return LinkedFile(key=check_key(key), mime=mime, download=download)
        except InvalidInput:
            raise NotFound(_NOT_GOOD) from None


_NOT_GOOD = "This address is not good, or not any more; ask for a new one."


def _signature(secret: str, key: str, mime: str, expires: int, *, download: bool) -> str:
    # The purpose goes first: what the same secret signs elsewhere is no address here.
    kind = b"saved" if download else b"shown"
    text = b"\0".join((_PURPOSE, key.encode(), mime.encode(), str(expires).encode(), kind))
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()[:_MAC_CHARACTERS]
