"""Tenants' own keys of providers: set, listed, removed, and encrypted anew.

Nobody ever gets a key back, not even whoever set it. What is set goes before the keys of the
installation, from the next call on.
"""

from collections.abc import Collection
from dataclasses import dataclass

import structlog

from boards.domain.access import Actor, Duty
from boards.errors import InvalidInput, NotConfigured, NotFound, Problem
from boards.ids import new_id
from boards.services.audit import note
from boards.services.keyring import HOW_TO_SEAL, seal_about
from boards.services.ports import (
    SYSTEM,
    Clock,
    Database,
    KeyInfo,
    SealedKey,
    Sealer,
    Tx,
)
from boards.services.rights import require, scope_of

__all__ = ["KeyService", "Rotated"]

log = structlog.get_logger(__name__)

SHORTEST, LONGEST = 8, 2000


@dataclass(frozen=True, kw_only=True)
class Rotated:
    """What a rotation came to: how many keys were encrypted anew, how many stood under the secret
    of today already, and how many cannot be opened with any secret that is set."""

    rotated: int
    current: int
    unreadable: int


@dataclass(frozen=True, kw_only=True)
class KeyService:
    """Keeps the keys of tenants. `providers` are those that take one."""

    database: Database
    sealer: Sealer | None
    clock: Clock
    providers: Collection[str]

    async def list(self, actor: Actor) -> tuple[KeyInfo, ...]:
        """What is set, by whom and when; at most the last four characters of each key.

        Forbidden for all but administrators of the tenant.
        """
        require(actor, Duty.MANAGE_KEYS)
        return await self.database.read(lambda tx: tx.keys.list(), scope=scope_of(actor))

    async def set(self, actor: Actor, provider: str, key: str) -> KeyInfo:
        """Keep a key in place of the one that there is. The old one is kept for the jobs that were
        submitted with it, and forgotten when they have ended.

        Forbidden, NotFound for no such provider, InvalidInput for what is no key, NotConfigured
        without BOARDS_SECRET_KEY.
        """
        require(actor, Duty.MANAGE_KEYS)
        self._require_provider(provider)
        sealer = self._require_sealer()
        text = _checked(key)
        about = seal_about(actor.tenant_id, provider)
        sealed, secret_id = sealer.seal(text, about=about), sealer.secret_id

        def work(tx: Tx) -> KeyInfo:
            tx.keys.put(
                key_id=new_id(),
                tenant_id=actor.tenant_id,
                provider=provider,
                sealed=sealed,
                secret_id=secret_id,
                ending=_ending(text),
                set_by=actor.user_id,
                now=self.clock.now(),
            )
            self._note(tx, actor, "key.set", provider)
            return next(one for one in tx.keys.list() if one.provider == provider)

        return await self.database.write(work, scope=scope_of(actor))

    async def remove(self, actor: Actor, provider: str) -> None:
        """Forget a key, and the older ones that were kept for jobs under way: those wait on the
        attention list until there is a key again. Forbidden, NotFound when none is set."""
        require(actor, Duty.MANAGE_KEYS)
        self._require_provider(provider)

        def work(tx: Tx) -> None:
            if not tx.keys.remove(provider):
                raise NotFound(f"The tenant has no key for {provider!r}.")
            self._note(tx, actor, "key.remove", provider)

        await self.database.write(work, scope=scope_of(actor))

    async def rotate(self, actor: Actor) -> Rotated:
        """Encrypt the keys of all tenants anew with BOARDS_SECRET_KEY, which opens them with
        BOARDS_SECRET_KEY_PREVIOUS. Safe to repeat. Forbidden for all but platform administrators.
        """
        require(actor, Duty.ROTATE_KEYS)
        sealer = self._require_sealer()
        found = await self.database.read(lambda tx: tx.keys.sealed(), scope=SYSTEM)
        count = {"rotated": 0, "current": 0, "unreadable": 0}
        for key in found:
            if key.secret_id == sealer.secret_id:
                count["current"] += 1
            elif await self._rotate(key, sealer):
                count["rotated"] += 1
            else:
                count["unreadable"] += 1
        result = Rotated(**count)
        await self.database.write(
            lambda tx: self._note(tx, actor, "key.rotate", None), scope=scope_of(actor)
        )
        log.info("keys_encrypted_anew", **count)
        return result

    async def forget_unused(self) -> None:
        """Forget replaced keys whose jobs have all ended; a chore."""
        await self.database.write(lambda tx: tx.keys.forget_unused(), scope=SYSTEM)

    async def _rotate(self, key: SealedKey, sealer: Sealer) -> bool:
        about = seal_about(key.tenant_id, key.provider)
        try:
            text = sealer.open(key.sealed, secret_id=key.secret_id, about=about)
        except NotConfigured as error:
            log.warning(
                "key_not_readable",
                tenant_id=str(key.tenant_id),
                provider=key.provider,
                reason=error.message,
            )
            return False
        sealed = sealer.seal(text, about=about)
        await self.database.write(
            lambda tx: tx.keys.reseal(key, sealed=sealed, secret_id=sealer.secret_id), scope=SYSTEM
        )
        return True

    def _require_sealer(self) -> Sealer:
        if self.sealer is None:
            raise NotConfigured(HOW_TO_SEAL)
        return self.sealer

    def _require_provider(self, provider: str) -> None:
        if provider not in self.providers:
            # What was given is not said again: it may be a key in the wrong place.
            known = ", ".join(self.providers)
            raise NotFound(f"There is no such provider; those that take a key are {known}.")

    def _note(self, tx: Tx, actor: Actor, action: str, provider: str | None) -> None:
        note(tx, actor, action, target=("provider", provider), now=self.clock.now())


def _checked(key: str) -> str:
    """A key without the white space around it. InvalidInput, which does not quote it."""
    text = key.strip()
    message = None
    if not SHORTEST <= len(text) <= LONGEST:
        message = f"A key has {SHORTEST} to {LONGEST} characters; this one has {len(text)}."
    elif not text.isascii() or not text.isprintable() or " " in text:
        message = "A key holds no spaces and nothing but ASCII; copy it again."
    if message is not None:
        raise InvalidInput(message, problems=(Problem(at="key", message=message),))
    return text


def _ending(key: str) -> str:
    """What may be shown of a key, to tell it from another: never more than a fifth of it."""
    count = min(4, len(key) // 5)
    return key[-count:] if count else ""
