"""A verifier from its three parts: where keys are, what a token must say, who is read from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from boards.adapters.auth.bearer.keys import JwksKeys, Keys
from boards.adapters.auth.bearer.tokens import Rules, check
from boards.domain.identities import Principal
from boards.outbound.client import GuardedClient

__all__ = ["BearerVerifier", "first_text", "key_set_at"]

Claims = Mapping[str, JsonValue]


@dataclass(frozen=True, kw_only=True)
class BearerVerifier:
    """Checks the tokens of one provider and reads the person from them."""

    keys: Keys
    rules: Rules
    read: Callable[[Claims], Principal]

    async def verify(self, token: str) -> Principal:
        """Raises Unauthenticated for a token that does not hold, Broken without keys."""
        return self.read(await check(token, self.keys, self.rules))


def key_set_at(client: GuardedClient, url: str) -> JwksKeys:
    """The key set at a fixed address."""

    async def address() -> str:
        return url

    return JwksKeys(client=client, url=address)


def first_text(claims: Claims, *names: str) -> str | None:
    """The first of these claims that is a text with something in it, at most 300 characters."""
    for name in names:
        value = claims.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()[:300]
    return None
