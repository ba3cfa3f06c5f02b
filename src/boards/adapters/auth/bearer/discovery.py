"""OpenID Connect discovery: what a provider says of itself."""

from collections.abc import Mapping

from pydantic import JsonValue

from boards.errors import Broken
from boards.outbound.client import GuardedClient

__all__ = ["discover"]

_MAX_BYTES = 256 * 1024


async def discover(client: GuardedClient, issuer: str) -> Mapping[str, JsonValue]:
    """Read `/.well-known/openid-configuration` of an issuer.

    Raises Broken when it cannot be read or speaks for another issuer.
    """
    answer = await client.request(
        "GET",
        f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        headers={"accept": "application/json"},
        max_bytes=_MAX_BYTES,
        total_seconds=10.0,
    )
    document = answer.json() if answer.status == 200 else None
    if not isinstance(document, dict):
        raise Broken(f"The identity provider {issuer!r} says nothing of itself.")
    if document.get("issuer") != issuer:
        raise Broken(f"The identity provider {issuer!r} calls itself otherwise.")
    return document
