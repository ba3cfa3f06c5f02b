"""Any OpenID Connect provider, found by its issuer's address."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import JsonValue

from boards.adapters.auth.bearer import (
    ASYMMETRIC,
    BearerVerifier,
    CodeFlow,
    JwksKeys,
    Rules,
    discover,
    discovered,
    first_text,
)
from boards.domain.identities import Principal
from boards.errors import Broken
from boards.outbound.client import GuardedClient

__all__ = ["oidc_browser", "oidc_verifier"]


def oidc_verifier(
    client: GuardedClient,
    *,
    issuer: str,
    audience: str,
    parties: tuple[str, ...] = (),
    jwks_url: str | None = None,
    algorithms: tuple[str, ...] = ASYMMETRIC,
) -> BearerVerifier:
    """Check tokens of `issuer` that are meant for `audience`.

    Without `jwks_url` the issuer's own document says where its keys are, when they are needed.
    """

    async def address() -> str:
        if jwks_url is not None:
            return jwks_url
        found = (await discover(client, issuer)).get("jwks_uri")
        if not isinstance(found, str):
            raise Broken(f"The identity provider {issuer!r} does not say where its keys are.")
        return found

    return BearerVerifier(
        keys=JwksKeys(client=client, url=address),
        rules=Rules(issuer=issuer, algorithms=algorithms, audience=(audience,), parties=parties),
        read=_read,
    )


def oidc_browser(
    client: GuardedClient, *, issuer: str, client_id: str, client_secret: str | None = None
) -> CodeFlow:
    """Sign people in at `issuer`, where we are the application `client_id`."""
    return CodeFlow(
        client=client,
        document=discovered(client, issuer),
        client_id=client_id,
        client_secret=client_secret,
        rules=Rules(issuer=issuer, algorithms=ASYMMETRIC, audience=(client_id,)),
        read=_read,
        title=urlsplit(issuer).netloc or issuer,
    )


def _read(claims: Mapping[str, JsonValue]) -> Principal:
    return Principal(
        provider="oidc",
        subject=str(claims["sub"]),
        email=first_text(claims, "email"),
        email_verified=claims.get("email_verified") is True,
        display_name=first_text(claims, "name", "given_name", "preferred_username"),
        avatar_url=first_text(claims, "picture"),
        claims=claims,
    )
