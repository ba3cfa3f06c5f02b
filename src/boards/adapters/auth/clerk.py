"""Clerk: session tokens, which name no audience but the page that asked for them."""

from collections.abc import Mapping

from pydantic import JsonValue

from boards.adapters.auth.bearer import BearerVerifier, Rules, first_text, key_set_at
from boards.domain.identities import Principal
from boards.outbound.client import GuardedClient

__all__ = ["clerk_verifier"]


def clerk_verifier(
    client: GuardedClient,
    *,
    issuer: str,
    parties: tuple[str, ...],
    base_url: str | None = None,
) -> BearerVerifier:
    """Check session tokens of the Clerk instance `issuer` that pages in `parties` asked for.

    A party is an origin such as `https://studio.example`. `base_url` is where the instance is
    reached instead of at its issuer's address, as in tests.
    """
    base = (base_url or issuer).rstrip("/")
    return BearerVerifier(
        keys=key_set_at(client, f"{base}/.well-known/jwks.json"),
        rules=Rules(issuer=issuer, algorithms=("RS256",), parties=parties),
        read=_read,
    )


def _read(claims: Mapping[str, JsonValue]) -> Principal:
    organisation = claims.get("o")
    named: dict[str, JsonValue] = {}
    if isinstance(organisation, dict) and isinstance(organisation.get("slg"), str):
        named = {"org_slug": organisation["slg"]}
    return Principal(
        provider="clerk",
        subject=str(claims["sub"]),
        email=first_text(claims, "email"),
        email_verified=claims.get("email_verified") is True,
        display_name=first_text(claims, "name", "given_name"),
        avatar_url=first_text(claims, "picture", "image_url"),
        claims={**claims, **named},
    )
