"""Supabase Auth."""

from collections.abc import Mapping

from pydantic import JsonValue

from boards.adapters.auth.bearer import (
    BearerVerifier,
    FixedKey,
    Keys,
    Rules,
    first_text,
    key_set_at,
    shared_secret,
)
from boards.domain.identities import Principal
from boards.outbound.client import GuardedClient

__all__ = ["supabase_verifier"]


def supabase_verifier(
    client: GuardedClient, *, url: str, jwt_secret: str | None = None, base_url: str | None = None
) -> BearerVerifier:
    """Check access tokens of the project at `url`, without a call for each.

    `jwt_secret` is for projects that still sign by a shared secret; the others publish keys.
    `base_url` is where the project is reached instead of at its address, as in tests.
    """
    issuer = f"{url.rstrip('/')}/auth/v1"
    keys: Keys
    algorithms: tuple[str, ...]
    if jwt_secret is not None:
        keys, algorithms = FixedKey(shared_secret(jwt_secret)), ("HS256",)
    else:
        base = f"{base_url.rstrip('/')}/auth/v1" if base_url else issuer
        keys = key_set_at(client, f"{base}/.well-known/jwks.json")
        algorithms = ("ES256", "RS256")
    return BearerVerifier(
        keys=keys,
        rules=Rules(issuer=issuer, algorithms=algorithms, audience=("authenticated",)),
        read=_read,
    )


def _read(claims: Mapping[str, JsonValue]) -> Principal:
    details = claims.get("user_metadata")
    facts: Mapping[str, JsonValue] = details if isinstance(details, dict) else {}
    # What the user may write themselves (`user_metadata`) names them, but decides nothing.
    return Principal(
        provider="supabase",
        subject=str(claims["sub"]),
        email=first_text(claims, "email"),
        # Says nothing of whether the address was confirmed: `user_metadata` is the user's own.
        email_verified=False,
        display_name=first_text(facts, "display_name", "full_name", "name"),
        avatar_url=first_text(facts, "avatar_url", "picture"),
        claims={name: value for name, value in claims.items() if name != "user_metadata"},
    )
