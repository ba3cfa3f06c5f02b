"""Passwords by Argon2id (RFC 9106)."""

import asyncio
from dataclasses import dataclass, field
from functools import cached_property

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

__all__ = ["Argon2Passwords"]

AT_ONCE = 4
"""How many are worked on at once: each takes 64 MiB, and anybody may ask for one."""


@dataclass(kw_only=True)
class Argon2Passwords:
    """Hashes by the library's defaults, which are RFC 9106's for little memory."""

    hasher: argon2.PasswordHasher = field(default_factory=argon2.PasswordHasher)
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def hash(self, password: str) -> str:
        async with self._turns:
            return await asyncio.to_thread(self.hasher.hash, password)

    async def verify(self, password: str, hashed: str | None) -> bool:
        async with self._turns:
            return await asyncio.to_thread(self._verify, password, hashed)

    def is_outdated(self, hashed: str) -> bool:
        return self.hasher.check_needs_rehash(hashed)

    def _verify(self, password: str, hashed: str | None) -> bool:
        nobodys = self._nobodys  # made by the first who asks, whoever that is
        try:
            self.hasher.verify(nobodys if hashed is None else hashed, password)
        except (VerificationError, InvalidHashError):
            return False
        return hashed is not None

    @cached_property
    def _nobodys(self) -> str:
        """The hash of a password that nobody has."""
        return self.hasher.hash("nobody's password")
