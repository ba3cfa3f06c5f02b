"""How somebody proves who they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from boards.domain.identities import Principal

__all__ = ["BrowserVerifier", "CodeAnswer", "Keepsakes", "TokenVerifier"]


class TokenVerifier(Protocol):
    """Checks the bearer tokens of one identity provider."""

    async def verify(self, token: str) -> Principal:
        """Tell who the token was given to.

        Raises Unauthenticated for every token that does not hold, and Broken or TimedOut when the
        provider's keys cannot be had; never answers with nobody.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class CodeAnswer:
    """What came back with a browser from the identity provider, and what was kept for it."""

    code: str = field(repr=False)
    callback: str
    verifier: str = field(repr=False)
    nonce: str = field(repr=False)
    issuer: str | None = None


class BrowserVerifier(Protocol):
    """Signs people in at one identity provider: authorization code with PKCE."""

    @property
    def title(self) -> str:
        """What the provider is called on the button."""
        ...

    async def address(self, *, callback: str, state: str, nonce: str, challenge: str) -> str:
        """Where to send the browser. Broken or TimedOut when the provider cannot be asked."""
        ...

    async def verify(self, answer: CodeAnswer) -> Principal:
        """Exchange the code and tell who came.

        Unauthenticated when the provider refuses the code, or its token does not hold; Broken or
        TimedOut when it cannot be asked.
        """
        ...


class Keepsakes(Protocol):
    """Gives a browser something to keep for a while, which nobody can change unseen."""

    def keep(self, values: Mapping[str, str], *, seconds: int) -> str: ...
    def read(self, text: str) -> Mapping[str, str] | None:
        """What was kept; None when it is too old, or not ours."""
        ...
