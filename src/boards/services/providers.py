"""How providers stand: what each needs, what runs and waits there, and whether it is paused.

A pause is the whole installation's, because one account's trouble is everybody's: only platform
administrators pause and resume. What was submitted before goes on to its result; a pause costs
nobody what is paid for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import structlog

from boards.domain.access import Actor, Duty
from boards.errors import Conflict, NotFound
from boards.generators.registry import GeneratorRegistry
from boards.services.audit import note
from boards.services.keyring import KeyRing
from boards.services.ports import (
    EVERYTHING,
    SYSTEM,
    Clock,
    Database,
    Limits,
    Pause,
    Queue,
    Tx,
)
from boards.services.rights import require, scope_of

__all__ = ["ProviderService", "ProviderView"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class ProviderView:
    """One provider as it stands for whoever asks. `needs` says what to do before it can be used.

    `queue` counts the runs of the asker's tenant, for platform administrators those of all.
    """

    name: str
    title: str
    key_name: str | None
    configured: bool
    needs: str | None
    own_key: bool
    max_running: int
    max_per_tenant: int | None
    per_minute: int | None
    paused: bool
    paused_by_settings: bool
    queue: Queue


@dataclass(frozen=True, kw_only=True)
class ProviderService:
    """Lists, pauses and resumes. `titles` are those that are called over the network, by name."""

    database: Database
    registry: GeneratorRegistry
    keyring: KeyRing
    clock: Clock
    limits: Limits
    titles: Mapping[str, str]

    async def list(self, actor: Actor) -> tuple[ProviderView, ...]:
        """All providers that have generators here or take a key, those over the network first."""
        require(actor, Duty.SEE_PROVIDERS)
        scope = SYSTEM if actor.is_platform_admin else scope_of(actor)
        pauses = await self.database.read(lambda tx: tx.providers.pauses(), scope=SYSTEM)
        queues = await self.database.read(lambda tx: tx.providers.queues(), scope=scope)
        own = await self.keyring.own(actor.tenant_id)
        return tuple(self._view(name, pauses, queues, own) for name in self._names())

    async def get(self, actor: Actor, name: str) -> ProviderView:
        """One of them. NotFound when there is none of this name."""
        found = {one.name: one for one in await self.list(actor)}
        if name not in found:
            raise NotFound(f"There is no provider {name!r:.60}; there are {', '.join(found)}.")
        return found[name]

    async def pause(self, actor: Actor, name: str) -> tuple[ProviderView, ...]:
        """Start nothing more at a provider, or at all (`*`); gives how they stand then.

        Forbidden for all but platform administrators, NotFound for no such provider.
        """
        self._require(actor, name)

        def work(tx: Tx) -> None:
            tx.providers.pause(name, now=self.clock.now(), by=actor.user_id)
            self._note(tx, actor, "provider.pause", name)

        await self.database.write(work, scope=SYSTEM)
        return await self._named(actor, name)

    async def resume(self, actor: Actor, name: str) -> tuple[ProviderView, ...]:
        """Start again what waits there. Errors as `pause`; Conflict where the settings pause it."""
        self._require(actor, name)
        if name in self.limits.paused or self.limits.paused & {EVERYTHING}:
            raise Conflict(
                f"{name!r} is paused by BOARDS_PAUSED; take it out there and start again."
            )

        def work(tx: Tx) -> None:
            tx.providers.resume(name, now=self.clock.now(), by=actor.user_id)
            self._note(tx, actor, "provider.resume", name)

        await self.database.write(work, scope=SYSTEM)
        return await self._named(actor, name)

    async def pause_everything(self) -> None:
        """Pause all at a start that says so, before anything runs."""
        await self.database.write(
            lambda tx: tx.providers.pause(EVERYTHING, now=self.clock.now(), by=None), scope=SYSTEM
        )

    async def _named(self, actor: Actor, name: str) -> tuple[ProviderView, ...]:
        return tuple(one for one in await self.list(actor) if name in (one.name, EVERYTHING))

    def _note(self, tx: Tx, actor: Actor, action: str, name: str) -> None:
        log.info(action.replace(".", "_"), provider=name, by=_id(actor.user_id))
        note(tx, actor, action, target=("provider", name), now=self.clock.now())

    def _require(self, actor: Actor, name: str) -> None:
        require(actor, Duty.RUN_PROVIDERS)
        names = self._names()
        if name != EVERYTHING and name not in names:
            raise NotFound(f"There is no provider {name!r:.60}; there are {', '.join(names)}.")

    def _names(self) -> tuple[str, ...]:
        used = {one.provider for one in self.registry.list_all()} - self.titles.keys()
        return (*self.titles, *sorted(used))

    def _view(
        self,
        name: str,
        pauses: Mapping[str, Pause],
        queues: Mapping[str, Queue],
        own: Mapping[str, str | None],
    ) -> ProviderView:
        takes_key = name in self.keyring.names
        needs = own[name] if name in own else self.keyring.missing(name) if takes_key else None
        by_settings = bool(self.limits.paused & {name, EVERYTHING})
        said = pauses.get(name) or pauses.get(EVERYTHING)
        cap = self.limits.providers.get(name, self.limits.default_provider)
        return ProviderView(
            name=name,
            title=self.titles.get(name, name),
            key_name=self.keyring.names.get(name),
            configured=needs is None,
            needs=needs,
            own_key=name in own,
            max_running=min(self.limits.total, cap),
            max_per_tenant=self.limits.tenant_share.get(name),
            per_minute=self.limits.per_minute.get(name),
            paused=by_settings or (said is not None and said.paused is True),
            paused_by_settings=by_settings,
            queue=queues.get(name, Queue()),
        )


def _id(user_id: UUID | None) -> str | None:
    return None if user_id is None else str(user_id)
