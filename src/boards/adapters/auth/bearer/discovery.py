"""OpenID Connect discovery: what a provider says of itself."""

import time
from collections.abc import Awaitable, Callable, Mapping

from pydantic import JsonValue

from boards.errors import Broken
from boards.outbound.client import GuardedClient

__all__ = ["discover", "discovered"]

_MAX_BYTES = 256 * 1024
_KEEP_SECONDS = 600.0


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


def discovered(
    client: GuardedClient, issuer: str
) -> Callable[[], Awaitable[Mapping[str, JsonValue]]]:
    """Give what reads the document when it is needed, and then keeps it for ten minutes."""
    kept: Mapping[str, JsonValue] = {}
    read_at = float("-inf")

    async def document() -> Mapping[str, JsonValue]:
        nonlocal kept, read_at
        if time.monotonic() - read_at > _KEEP_SECONDS:
            kept, read_at = await discover(client, issuer), time.monotonic()
        return kept

    return document
