"""AES-256-GCM under a key derived from a secret; what a text is about goes into the seal.

A row that is copied to another tenant or provider does not open there, because the seal says whose
it is. Each secret has an id that tells nothing about it, so that old rows say what opens them.
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

__all__ = ["AesGcmSealer"]

_NONCE_BYTES = 12
_KEY_BYTES = 32
_ID_BYTES = 6


class AesGcmSealer:
    """Seals with `secret`; opens what was sealed with it or with one of `previous`."""

    def __init__(self, secret: str, previous: Sequence[str] = ()) -> None:
        self._secret_id = _id_of(secret)
        self._ciphers = {_id_of(each): _cipher(each) for each in (*previous, secret)}

    def __repr__(self) -> str:
        return f"<AesGcmSealer {self._secret_id}>"

    @property
    def secret_id(self) -> str:
        return self._secret_id

    def knows(self, secret_id: str) -> bool:
        return secret_id in self._ciphers

    def seal(self, text: str, *, about: str) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._secret_id].encrypt(nonce, text.encode(), about.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, *, secret_id: str, about: str) -> str:
        cipher = self._ciphers.get(secret_id)
        if cipher is None:
            raise NotConfigured(
                "What is kept here was encrypted with another BOARDS_SECRET_KEY; put that one into "
                "BOARDS_SECRET_KEY_PREVIOUS and run `boards keys rotate`, or set it anew."
            )
        try:
            data = base64.urlsafe_b64decode(sealed)
            return cipher.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], about.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise NotConfigured(
                "What is kept here has been changed, or belongs somewhere else; set it anew."
            ) from error


def _cipher(secret: str) -> AESGCM:
    return AESGCM(_derived(secret, b"boards/sealing/key", _KEY_BYTES))


def _id_of(secret: str) -> str:
    return _derived(secret, b"boards/sealing/id", _ID_BYTES).hex()


def _derived(secret: str, purpose: bytes, size: int) -> bytes:
    # No salt: the same secret has to give the same key in every process, and is long and random.
    return HKDF(algorithm=SHA256(), length=size, salt=None, info=purpose).derive(secret.encode())
