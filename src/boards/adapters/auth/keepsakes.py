"""What a browser keeps for us for some minutes, signed by the installation's secret."""

import hashlib
import hmac
import time
from collections.abc import Callable, Mapping, Sequence

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

__all__ = ["SignedKeepsakes"]

_PURPOSE = b"boards browser keepsake"
_KIND = "boards-keepsake+jwt"


class SignedKeepsakes:
    """Signs by a key that is made from the first of the secrets, and reads what any has signed.

    The key is of this purpose alone: what was signed for another cannot be passed off here.
    """

    def __init__(self, secrets: Sequence[str], *, now: Callable[[], float] = time.time) -> None:
        self._keys = [
            OctKey.import_key(hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256))
            for secret in secrets
        ]
        self._now = now

    def keep(self, values: Mapping[str, str], *, seconds: int) -> str:
        claims = {"v": dict(values), "exp": int(self._now()) + seconds}
        return jwt.encode({"alg": "HS256", "typ": _KIND}, claims, self._keys[0], ["HS256"])

    def read(self, text: str) -> Mapping[str, str] | None:
        for key in self._keys:
            try:
                token = jwt.decode(text, key, ["HS256"])
            except (JoseError, ValueError):
                continue
            values, ends = token.claims.get("v"), token.claims.get("exp")
            if token.header.get("typ") != _KIND or not isinstance(ends, int):
                return None
            if ends <= self._now() or not isinstance(values, dict):
                return None
            return {str(name): str(value) for name, value in values.items()}
        return None
