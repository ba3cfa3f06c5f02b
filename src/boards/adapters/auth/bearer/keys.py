"""The keys by which tokens are checked: one that was set, or a provider's published set."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey, RSAKey

from boards.errors import BoardsError, Broken, ConfigError
from boards.outbound.client import GuardedClient

__all__ = ["FixedKey", "JwksKeys", "Keys", "public_key", "shared_secret"]

log = structlog.get_logger(__name__)

_FAMILIES: Mapping[str, type[Key]] = {
    "RS": RSAKey,
    "PS": RSAKey,
    "ES": ECKey,
    "Ed": OKPKey,
}
_MAX_SET_BYTES = 256 * 1024
_MAX_KEYS = 50


class Keys(Protocol):
    """Where the key of a token comes from."""

    async def find(self, kid: str | None, algorithm: str) -> Key | None:
        """Give the key that a token names, for this algorithm; None when there is none.

        Raises Broken when the keys cannot be had at all.
        """
        ...


@dataclass(frozen=True)
class FixedKey:
    """One key that the installation was given; whatever key id a token names."""

    key: Key

    async def find(self, kid: str | None, algorithm: str) -> Key | None:  # noqa: ARG002
        return self.key


@dataclass(kw_only=True)
class JwksKeys:
    """A provider's key set (RFC 7517), kept for a while and asked for again when a key is missing.

    Whoever sends made-up key ids cannot make us ask more often than every `floor_seconds`. When the
    provider cannot be reached, the keys that are known go on for `stale_seconds`; then nobody can
    sign in until it can. A key that the provider takes away is refused after `keep_seconds`.
    """

    client: GuardedClient
    url: Callable[[], Awaitable[str]]
    """Gives the address of the set, which may have to be looked up."""
    keep_seconds: float = 600.0
    stale_seconds: float = 3600.0
    floor_seconds: float = 20.0
    now: Callable[[], float] = time.monotonic
    _keys: tuple[Key, ...] = field(default=(), init=False)
    _fetched_at: float | None = field(default=None, init=False)
    _tried_at: float | None = field(default=None, init=False)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def find(self, kid: str | None, algorithm: str) -> Key | None:
        if self._age() > self.keep_seconds:
            await self._refresh()
        found = self._choose(kid, algorithm)
        if found is None and self._may_ask():
            await self._refresh()
            found = self._choose(kid, algorithm)
        return found

    def _choose(self, kid: str | None, algorithm: str) -> Key | None:
        family = _FAMILIES.get(algorithm[:2])
        fitting = [
            key
            for key in self._keys
            if family is not None
            and isinstance(key, family)
            and (key.alg is None or key.alg == algorithm)
            and (kid is None or key.kid == kid)
        ]
        # Without a key id there must be no choice to make.
        return fitting[0] if fitting and (kid is not None or len(fitting) == 1) else None

    async def _refresh(self) -> None:
        before = self._fetched_at
        async with self._turn:
            if self._fetched_at != before or not self._may_ask():
                return  # somebody else has just asked
            self._tried_at = self.now()
            try:
                self._keys = await self._fetch()
                self._fetched_at = self.now()
            except BoardsError as error:
                if self._age() > self.stale_seconds:
                    self._keys = ()
                log.warning("key_set_unreachable", error=error.message, detail=error.detail)
        if self._fetched_at is None or self._age() > self.stale_seconds:
            raise Broken("The identity provider's keys cannot be had; try again in a minute.")

    async def _fetch(self) -> tuple[Key, ...]:
        answer = await self.client.request(
            "GET",
            await self.url(),
            headers={"accept": "application/json"},
            max_bytes=_MAX_SET_BYTES,
            total_seconds=10.0,
        )
        if answer.status != 200:
            raise Broken("The identity provider gave no key set.", detail=str(answer.status))
        document = answer.json()
        listed = document.get("keys") if isinstance(document, dict) else None
        if not isinstance(listed, list) or not listed or len(listed) > _MAX_KEYS:
            raise Broken("The identity provider's answer is no key set.")
        keys = tuple(key for each in listed if (key := _public(each)) is not None)
        if not keys:
            raise Broken("The identity provider's key set holds no key that can be used.")
        return keys

    def _age(self) -> float:
        return float("inf") if self._fetched_at is None else self.now() - self._fetched_at

    def _may_ask(self) -> bool:
        return self._tried_at is None or self.now() - self._tried_at >= self.floor_seconds


def shared_secret(secret: str) -> Key:
    """The key of HMAC signatures. ConfigError when it is short enough to be guessed."""
    if len(secret.encode()) < 32:
        raise ConfigError("The secret that signs tokens is shorter than 32 bytes; make a new one.")
    return JWKRegistry.import_key(secret, "oct")


def public_key(pem: str) -> Key:
    """A public key from PEM text. ConfigError when it is none."""
    for kind in ("RSA", "EC", "OKP"):
        try:
            key = JWKRegistry.import_key(pem, kind)
        except (JoseError, ValueError, TypeError):
            continue
        if key.is_private:
            raise ConfigError("This is a private key; give the public one, which is enough here.")
        return key
    raise ConfigError("This is no public key in PEM form.")


def _public(value: object) -> Key | None:
    """One key of a set that may check signatures; a shared secret has no place in one."""
    if not isinstance(value, dict) or value.get("kty") not in {"RSA", "EC", "OKP"}:
        return None
    if value.get("use", "sig") != "sig":
        return None
    try:
        return JWKRegistry.import_key({name: value[name] for name in value if name != "d"})
    except (JoseError, ValueError, TypeError, KeyError):
        return None
