"""Seals secrets for the database: AES-256-GCM, with keys made from BOARDS_SECRET_KEY by HKDF.

What is sealed is bound to what it is about: copied into another row it cannot be opened. A secret
is named by an id that is derived from it, too, so that a database tells which one it needs.
"""

import base64
import binascii
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from boards.errors import NotConfigured

__all__ = ["SecretSealer"]

_NONCE_BYTES = 12
_ID_BYTES = 6


class SecretSealer:
    """Seals with one secret, and opens what it or one of the `former` ones has sealed."""

    def __init__(self, secret: str, *, former: Sequence[str] = ()) -> None:
        self._secret_id = _id_of(secret)
        self._ciphers = {
            _id_of(each): AESGCM(_derived(each, "key", 32)) for each in (*former, secret)
        }

    @property
    def secret_id(self) -> str:
        return self._secret_id

    def knows(self, secret_id: str) -> bool:
        return secret_id in self._ciphers

    def seal(self, text: str, *, about: str) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        cipher = self._ciphers[self._secret_id]
        sealed = nonce + cipher.encrypt(nonce, text.encode(), about.encode())
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def open(self, sealed: str, *, secret_id: str, about: str) -> str:
        cipher = self._ciphers.get(secret_id)
        if cipher is None:
            raise NotConfigured(
                "A secret in the database was sealed with another BOARDS_SECRET_KEY than the one "
                "that is set; put that one into BOARDS_SECRET_KEY_PREVIOUS, or renew the secret."
            )
        try:
            data = base64.urlsafe_b64decode(sealed + "==")
            nonce, rest = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
            return cipher.decrypt(nonce, rest, about.encode()).decode()
        except (InvalidTag, ValueError, binascii.Error):
            raise NotConfigured(
                "A secret in the database was changed, or moved from elsewhere; renew it."
            ) from None


def _derived(secret: str, what: str, length: int) -> bytes:
    info = f"boards sealing 1 {what}".encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(secret.encode())


def _id_of(secret: str) -> str:
    return _derived(secret, "id", _ID_BYTES).hex()
