"""How passwords are kept so that nobody can read them."""

from typing import Protocol

__all__ = ["PasswordHasher"]


class PasswordHasher(Protocol):
    """Turns passwords into hashes that are slow to try, off the event loop."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Tell whether this is the password. With no hash to compare with it takes as long."""
        ...

    def is_outdated(self, hashed: str) -> bool:
        """Tell whether a hash was made with less work than a new one would be."""
        ...
