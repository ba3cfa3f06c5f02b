"""Auth0."""

from collections.abc import Mapping

from pydantic import JsonValue

from boards.adapters.auth.bearer import BearerVerifier, CodeFlow, Rules, first_text, key_set_at
from boards.domain.identities import Principal
from boards.outbound.client import GuardedClient

__all__ = ["auth0_browser", "auth0_verifier"]


def auth0_verifier(
    client: GuardedClient, *, domain: str, audience: str, base_url: str | None = None
) -> BearerVerifier:
    """Check access tokens of the Auth0 tenant at `domain` that are meant for the API `audience`.

    `base_url` is where the tenant is reached instead of at its domain, as in tests.
    """
    base = (base_url or f"https://{domain}").rstrip("/")
    return BearerVerifier(
        keys=key_set_at(client, f"{base}/.well-known/jwks.json"),
        rules=Rules(issuer=f"https://{domain}/", algorithms=("RS256",), audience=(audience,)),
        read=_read,
    )


def auth0_browser(
    client: GuardedClient,
    *,
    domain: str,
    client_id: str,
    client_secret: str | None = None,
    base_url: str | None = None,
) -> CodeFlow:
    """Sign people in at the Auth0 tenant at `domain`, where we are the application `client_id`."""
    base = (base_url or f"https://{domain}").rstrip("/")

    async def document() -> Mapping[str, JsonValue]:
        return {
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/oauth/token",
            "userinfo_endpoint": f"{base}/userinfo",
            "jwks_uri": f"{base}/.well-known/jwks.json",
        }

    return CodeFlow(
        client=client,
        document=document,
        client_id=client_id,
        client_secret=client_secret,
        rules=Rules(issuer=f"https://{domain}/", algorithms=("RS256",), audience=(client_id,)),
        read=_read,
        title="Auth0",
    )


def _read(claims: Mapping[str, JsonValue]) -> Principal:
    return Principal(
        provider="auth0",
        subject=str(claims["sub"]),
        email=first_text(claims, "email"),
        email_verified=claims.get("email_verified") is True,
        display_name=first_text(claims, "name", "nickname"),
        avatar_url=first_text(claims, "picture"),
        claims=claims,
    )
