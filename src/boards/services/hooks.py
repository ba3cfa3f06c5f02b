"""Webhooks of providers: each says no more than "look now".

A hook is verified, noted so that it counts once, and wakes the run of its generation; what it says
about the job is not believed, but asked for by the ordinary poll and fetch. So there is one result
and one ledger row, whichever comes first, and nothing is lost when no hook comes.

The one thing that a hook can bring is the id of a job whose submit was not answered: its address
carries our own token, so it names the generation. The id is written only after the provider, asked
with our key, knows it.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

import structlog

from boards.domain.generations import Generation, Phase
from boards.errors import BoardsError, Busy, Forbidden, NotFound
from boards.generators.base import ResumableGenerator
from boards.generators.registry import GeneratorRegistry
from boards.services.callbacks import Callbacks
from boards.services.events import Decision, announce
from boards.services.ports import SYSTEM, Clock, Database, Dispatch, Tx
from boards.services.reconcile import Reconciler
from boards.services.run import RunService

__all__ = ["Hook", "HookOutcome", "HookReader", "HookSaid", "HookService"]

log = structlog.get_logger(__name__)

ANSWER_SECONDS = 8.0
"""How long the provider may take to say whether it knows an id: it waits for our answer, too."""
_WAITING = frozenset({Phase.SUBMITTED, Phase.FETCHING, Phase.STORING})
_UNANSWERED = frozenset({Phase.SUBMITTING, Phase.SUBMIT_UNKNOWN})


@dataclass(frozen=True, kw_only=True)
class Hook:
    """A call of a provider as it came: header names in lower case, the body byte for byte."""

    provider: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class HookSaid:
    """What is taken from a verified hook: its own id, which stays the same when it is sent again,
    and the ids by which it may call the job. Without a signature it proves nothing of them."""

    message_id: str
    external_ids: tuple[str, ...]
    is_signed: bool


class HookReader(Protocol):
    """Knows one provider's signatures."""

    async def read(self, hook: Hook, *, now: datetime) -> HookSaid:
        """Verify a hook and read it. Forbidden when it is not the provider's, or too old."""
        ...


class HookOutcome(StrEnum):
    """What a hook came to; its sender is not told."""

    REPEATED = "repeated"
    """It was taken in before."""
    WOKEN = "woken"
    """The run looks now."""
    FOUND = "found"
    """It brought the id that was missing; the run goes on with it."""
    LATE = "late"
    """It came after the end; what may still be kept is looked after in the background."""
    NOTHING = "nothing"
    """Nobody waits for it."""


@dataclass(kw_only=True)
class HookService:
    """Takes hooks in. `readers` are the providers whose hooks can be verified."""

    database: Database
    registry: GeneratorRegistry
    runs: RunService
    reconciler: Reconciler
    dispatch: Dispatch
    clock: Clock
    callbacks: Callbacks
    readers: Mapping[str, HookReader]
    _late: set[asyncio.Task[None]] = field(default_factory=set)

    async def receive(self, hook: Hook) -> HookOutcome:
        """Take a hook in, once.

        NotFound for a provider whose hooks are not taken, Forbidden for one that is not proven,
        Busy when it should be sent again, because the provider did not answer our question.
        """
        reader = self.readers.get(hook.provider)
        if reader is None:
            raise NotFound("No webhooks are taken here.")
        said = await reader.read(hook, now=self.clock.now())
        generation = await self._generation(hook, said)
        found = None
        if generation is not None and hook.token is not None and _misses_its_id(generation):
            found = await self._known_id(generation, said)
        outcome = await self._take_in(hook, said, generation, found)
        log.info(
            "webhook_received",
            provider=hook.provider,
            outcome=outcome.value,
            generation_id=None if generation is None else str(generation.id),
        )
        if generation is not None:
            await self._follow(generation, outcome)
        return outcome

    async def stop(self) -> None:
        """Break off what is done in the background; the reconciler comes back to it."""
        for task in self._late:
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)

    async def _generation(self, hook: Hook, said: HookSaid) -> Generation | None:
        """The generation that the token names, or, where the hook is signed, its job's id."""
        if hook.token is not None:
            generation_id = self.callbacks.read(hook.provider, hook.token)
            if generation_id is None:
                raise Forbidden("The token is not ours.")
            found = await self.database.read(
                lambda tx: tx.generations.get(generation_id), scope=SYSTEM
            )
        elif said.is_signed:
            found = await self.database.read(
                lambda tx: tx.generations.find_external(hook.provider, said.external_ids),
                scope=SYSTEM,
            )
        else:
            raise Forbidden("It has neither a signature nor a token.")
        return found if found is not None and found.provider == hook.provider else None

    async def _known_id(self, generation: Generation, said: HookSaid) -> str | None:
        """The first of the hook's ids that the provider knows, asked with our key.

        Without a signature it must also say that the job was submitted with this very address.
        """
        generator = self.registry.get(generation.generator_name)
        callback = self.callbacks.url(generation.provider, generation.id)
        if not isinstance(generator, ResumableGenerator) or not said.external_ids:
            return None
        unclear = False
        with self.runs.beside(generation, generator) as work:
            for external_id in said.external_ids:
                try:
                    async with asyncio.timeout(ANSWER_SECONDS):
                        if said.is_signed:
                            await generator.poll(external_id, work.context)
                            return external_id
                        if callback is not None and await generator.was_submitted_with(
                            external_id, callback, work.context
                        ):
                            return external_id
                except Exception:
                    log.warning("webhook_id_not_known", external_id=external_id, exc_info=True)
                    unclear = True
        if unclear:
            raise Busy("The provider did not say whether it knows the job.", retry_after=60)
        return None

    async def _take_in(
        self, hook: Hook, said: HookSaid, generation: Generation | None, found: str | None
    ) -> HookOutcome:
        def write(tx: Tx) -> HookOutcome:
            now = self.clock.now()
            if not tx.receipts.add(hook.provider, said.message_id, now=now):
                return HookOutcome.REPEATED
            if generation is None:
                return HookOutcome.NOTHING
            if found is not None and tx.generations.move(
                generation.id,
                Phase.SUBMITTED,
                now=now,
                external_id=found,
                other_ids=tuple(one for one in said.external_ids if one != found),
                needs_attention=False,
                message="",
            ):
                decision = Decision(what="webhook", by=None)
                announce(tx, generation, "phase", phase=Phase.SUBMITTED, decision=decision, now=now)
                return HookOutcome.FOUND
            row = tx.generations.get(generation.id)
            if row is None:
                return HookOutcome.NOTHING
            if row.phase in _WAITING:
                tx.generations.look_now(row.id, now=now)
                return HookOutcome.WOKEN
            return HookOutcome.LATE if row.needs_attention else HookOutcome.NOTHING

        if found is not None:
            # Logged before the write: what was paid for can be found, whatever happens now.
            log.info("webhook_found_id", provider=hook.provider, external_id=found)
        return await self.database.write(write, scope=SYSTEM)

    async def _follow(self, generation: Generation, outcome: HookOutcome) -> None:
        match outcome:
            case HookOutcome.FOUND:
                await self.dispatch.enqueue([generation.id])
            case HookOutcome.WOKEN:
                await self.dispatch.look(generation.id)
                if generation.needs_attention:
                    # It was parked, and is anybody's now.
                    await self.dispatch.enqueue([generation.id])
            case HookOutcome.LATE:
                await self.dispatch.look(generation.id)
                task = asyncio.create_task(self._look_late(generation.id), name="boards-late-hook")
                self._late.add(task)
                task.add_done_callback(self._late.discard)
            case HookOutcome.NOTHING if generation.phase is Phase.CANCELLED:
                # The run may be looking still: a cancel that the provider has not confirmed.
                await self.dispatch.look(generation.id)

    async def _look_late(self, generation_id: UUID) -> None:
        """Have the reconciler look, as it would by itself some time."""
        try:
            row = await self.database.read(
                lambda tx: tx.generations.get(generation_id), scope=SYSTEM
            )
            if row is not None and row.needs_attention:
                await self.reconciler.check(row, by=None)
        except BoardsError as error:
            # A person decides, or somebody looks already, or the provider does not answer.
            log.info("late_webhook", generation_id=str(generation_id), reason=error.message)
        except Exception:
            log.exception("late_webhook", generation_id=str(generation_id))


def _misses_its_id(generation: Generation) -> bool:
    return generation.external_id is None and generation.phase in _UNANSWERED
