"""How somebody proves who they are."""

from typing import Protocol

from boards.domain.identities import Principal

__all__ = ["TokenVerifier"]


class TokenVerifier(Protocol):
    """Checks the bearer tokens of one identity provider."""

    async def verify(self, token: str) -> Principal:
        """Tell who the token was given to.

        Raises Unauthenticated for every token that does not hold, and Broken or TimedOut when the
        provider's keys cannot be had; never answers with nobody.
        """
        ...
