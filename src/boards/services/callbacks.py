"""Addresses that providers call back, each for one generation and unguessable.

The token in the address is made of the generation's id and nothing else, so it names the
generation even when the answer to the paid call was lost, and its id at the provider with it.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from urllib.parse import quote
from uuid import UUID

__all__ = ["PATH", "TOKEN", "Callbacks"]

PATH = "/api/v1/webhooks"
TOKEN = "token"  # noqa: S105 - the name of a parameter
_PURPOSE = b"boards webhook callback 1"
_ID_BYTES = 16
_MAC_BYTES = 24


@dataclass(frozen=True, kw_only=True)
class Callbacks:
    """Makes and reads the addresses.

    Without a `public_url` or a `secret` there are none, and none for a provider that is not in
    `providers`: nobody is asked to call, and polling does everything.
    """

    public_url: str | None = None
    secret: str | None = field(default=None, repr=False)
    providers: Collection[str] = ()

    def url(self, provider: str, generation_id: UUID) -> str | None:
        """The address for a generation's provider to call; None where it shall not."""
        if self.public_url is None or self.secret is None or provider not in self.providers:
            return None
        token = self._token(provider, generation_id)
        return f"{self.public_url}{PATH}/{quote(provider)}?{TOKEN}={token}"

    def of(self, provider: str) -> Callable[[str], str | None]:
        """What gives the address for the id of a generation, as transports know it."""
        return lambda key: self.url(provider, UUID(key))

    def read(self, provider: str, token: str) -> UUID | None:
        """The generation that a token names; None when we have not made it for this provider."""
        try:
            data = base64.urlsafe_b64decode(token.encode("ascii") + b"==")
        except (ValueError, binascii.Error):
            return None
        if self.secret is None or len(data) != _ID_BYTES + _MAC_BYTES:
            return None
        generation_id = UUID(bytes=data[:_ID_BYTES])
        expected = self._mac(self.secret, provider, generation_id)
        return generation_id if hmac.compare_digest(expected, data[_ID_BYTES:]) else None

    def _token(self, provider: str, generation_id: UUID) -> str:
        mac = self._mac(str(self.secret), provider, generation_id)
        return base64.urlsafe_b64encode(generation_id.bytes + mac).decode("ascii").rstrip("=")

    def _mac(self, secret: str, provider: str, generation_id: UUID) -> bytes:
        # The purpose goes first: what the same secret signs elsewhere is no token here.
        text = b"\0".join((_PURPOSE, provider.encode(), generation_id.bytes))
        return hmac.new(secret.encode(), text, hashlib.sha256).digest()[:_MAC_BYTES]
