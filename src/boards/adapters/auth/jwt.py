"""Tokens that an application of one's own signs, by a shared secret or a key pair."""

from collections.abc import Mapping

from pydantic import JsonValue

from boards.adapters.auth.bearer import (
    BearerVerifier,
    FixedKey,
    Rules,
    first_text,
    public_key,
    shared_secret,
)
from boards.domain.identities import Principal
from boards.errors import ConfigError

__all__ = ["jwt_verifier"]

_WITH_SECRET = frozenset({"HS256", "HS384", "HS512"})


def jwt_verifier(
    *,
    algorithm: str,
    issuer: str,
    audience: str,
    secret: str | None = None,
    public_key_pem: str | None = None,
) -> BearerVerifier:
    """Check tokens by one key and one algorithm.

    Raises ConfigError when the key is missing, too short, or does not fit the algorithm.
    """
    if algorithm in _WITH_SECRET:
        if secret is None:
            raise ConfigError(f"{algorithm} needs BOARDS_JWT_SECRET.")
        key = shared_secret(secret)
    else:
        if public_key_pem is None:
            raise ConfigError(f"{algorithm} needs BOARDS_JWT_PUBLIC_KEY.")
        key = public_key(public_key_pem)
        families = {"RSA": ("RS", "PS"), "EC": ("ES",), "OKP": ("Ed",)}
        if algorithm[:2] not in families[key.key_type]:
            raise ConfigError(f"BOARDS_JWT_PUBLIC_KEY is no key for {algorithm}.")
    return BearerVerifier(
        keys=FixedKey(key),
        rules=Rules(issuer=issuer, algorithms=(algorithm,), audience=(audience,)),
        read=_read,
    )


def _read(claims: Mapping[str, JsonValue]) -> Principal:
    return Principal(
        provider="jwt",
        subject=str(claims["sub"]),
        email=first_text(claims, "email"),
        email_verified=claims.get("email_verified") is True,
        display_name=first_text(claims, "name", "preferred_username"),
        avatar_url=first_text(claims, "picture"),
        claims=claims,
    )
