"""The reconciler: asks providers what became of generations that cannot go on by themselves.

It never makes a paid call, and it decides nothing that the provider has not said: a job that is
found goes on, a late result is kept and settled, a verdict ends the hold; all else stays as it is.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import structlog

from boards.domain.generations import Generation, Phase
from boards.errors import BoardsError, Conflict, PluginError, TimedOut
from boards.generators.base import ResumableGenerator, Submitted
from boards.generators.registry import GeneratorRegistry
from boards.services import steps
from boards.services.deliver import attach_late
from boards.services.events import Decision, announce
from boards.services.manifest import Manifest, dump_manifest
from boards.services.open_questions import Reason, Way, can_be_asked, reason_of
from boards.services.ports import (
    SYSTEM,
    Changes,
    Clock,
    Database,
    Dispatch,
    GenerationFilter,
    Tx,
)
from boards.services.receipts import drop_receipt, has_receipt, read_receipt
from boards.services.run import RunService
from boards.services.work import Work

__all__ = ["Checked", "Outcome", "Reconciler"]

log = structlog.get_logger(__name__)

ANSWER_SECONDS = 30.0
_KEEPS_RECEIPTS = frozenset({Reason.SUBMIT_UNKNOWN, Reason.CANCELLED})
PAGE = 200


class Outcome(StrEnum):
    """What a check came to."""

    FOUND = "found"
    """The lost job is known at the provider; the run goes on."""
    NOT_FOUND = "not_found"
    """The provider knows of no such job. Nothing has changed."""
    LOOKING = "looking"
    """A worker looks at it now instead of later."""
    KEPT = "kept"
    """A late result is kept with the cancelled generation, at its cost."""
    ENDED = "ended"
    """The provider said how it ended, and with it the hold ended."""
    UNCHANGED = "unchanged"
    """Nothing new; it still waits."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A generation after a check, and what was found, for people."""

    generation: Generation
    outcome: Outcome
    message: str


@dataclass(kw_only=True)
class Reconciler:
    """Checks one generation when asked to, and now and then all that can be checked.

    A round looks at `at_most` of them, `at_once` at a time; the next goes on from there.
    """

    database: Database
    registry: GeneratorRegistry
    runs: RunService
    dispatch: Dispatch
    clock: Clock
    at_most: int = 100
    at_once: int = 5
    _busy: set[UUID] = field(default_factory=set)
    _cursor: str | None = None

    async def round(self) -> tuple[Checked, ...]:
        """Check what a provider can be asked about, but for parked runs, which workers look at.

        What cannot be checked now is logged and comes round again.
        """
        found = await self._candidates()
        gate = asyncio.Semaphore(self.at_once)

        async def check(generation: Generation) -> Checked | None:
            async with gate:
                try:
                    return await self.check(generation, by=None)
                except BoardsError as error:
                    log.warning(
                        "not_reconciled", generation_id=str(generation.id), reason=error.message
                    )
                except Exception:
                    log.exception("not_reconciled", generation_id=str(generation.id))
                return None

        done = [one for one in await asyncio.gather(*map(check, found)) if one is not None]
        for one in done:
            if one.outcome is not Outcome.UNCHANGED:
                log.info(
                    "reconciled", generation_id=str(one.generation.id), outcome=one.outcome.value
                )
        return tuple(done)

    async def check(self, generation: Generation, *, by: UUID | None) -> Checked:
        """Ask about one; `by` is who wants to know, None for the round.

        A result may be in our own storage although its row does not tell: we look there first.
        Conflict when it is not on the list, when there is nobody to ask, or while it is being
        asked; errors of the provider where it does not answer.
        """
        reason = reason_of(generation)
        if reason is None:
            raise Conflict(
                f"Generation {generation.id} is not on the attention list "
                f"(status: {generation.status.value}); there is nothing to check."
            )
        kept = await self._look_into_storage(generation, reason, by=by)
        if kept is not None:
            return kept
        generator = self.registry.get(generation.generator_name)
        if not isinstance(generator, ResumableGenerator) or not can_be_asked(generation, generator):
            raise Conflict(_nobody_to_ask(generation, reason, installed=generator is not None))
        if reason is Reason.PARKED:
            return await self._look_now(generation)
        if generation.id in self._busy:
            raise Conflict(f"Generation {generation.id} is being checked already; wait for that.")
        self._busy.add(generation.id)
        try:
            if reason is Reason.SUBMIT_UNKNOWN:
                return await self._look_up(generation, generator, by=by)
            return await self._look_late(generation, generator)
        finally:
            self._busy.discard(generation.id)

    async def _candidates(self) -> Sequence[Generation]:
        """What to ask about in this round, across all tenants."""
        found: list[Generation] = []
        which = GenerationFilter(needs_attention=True)
        while len(found) < self.at_most:
            cursor = self._cursor
            page = await self.database.read(
                lambda tx, at=cursor: tx.generations.list(  # type: ignore[misc]
                    which, limit=min(PAGE, self.at_most), cursor=at
                ),
                scope=SYSTEM,
            )
            found += [one for one in page.items if await self._may_be_told(one)]
            self._cursor = page.next
            if page.next is None:
                break
        return found

    async def _may_be_told(self, generation: Generation) -> bool:
        """Whether somebody may know of it: its provider, or our own storage."""
        reason = reason_of(generation)
        if reason is Reason.PARKED:
            return False
        generator = self.registry.get(generation.generator_name)
        if can_be_asked(generation, generator):
            return True
        return reason in _KEEPS_RECEIPTS and await has_receipt(self.runs.storage, generation)

    async def _look_into_storage(
        self, generation: Generation, reason: Reason, *, by: UUID | None
    ) -> Checked | None:
        """Go on with a result whose run died, or was lost, when it was stored already."""
        if reason not in _KEEPS_RECEIPTS:
            return None
        manifest = await read_receipt(self.runs.storage, generation)
        if manifest is None:
            return None
        if reason is Reason.SUBMIT_UNKNOWN:
            changes = Changes(manifest=dump_manifest(manifest), message="")
            after = await self._go_on(generation, Phase.STORING, changes, by=by)
            if after is None:
                raise Conflict(
                    f"Generation {generation.id} was decided in the meantime; its result is in "
                    f"storage all the same: {', '.join(file.key for file in manifest.files)}."
                )
            outcome, message = Outcome.FOUND, "Its result was stored before the run broke off."
        else:
            after = await self.database.write(
                lambda tx: _attached(tx, generation, manifest, now=self.clock.now()), scope=SYSTEM
            )
            outcome, message = Outcome.KEPT, "Its result came late; it is kept here, at its cost."
            await drop_receipt(self.runs.storage, generation)
        return Checked(generation=after, outcome=outcome, message=message)

    async def _go_on(
        self, generation: Generation, phase: Phase, changes: Changes, *, by: UUID | None
    ) -> Generation | None:
        """Have a lost submit run on from a phase; None when it was decided in the meantime."""

        def write(tx: Tx) -> Generation | None:
            now = self.clock.now()
            # Off the list first: that is the guard against whoever decides at the same time.
            if not tx.generations.resolve(generation.id, now=now) or not tx.generations.move(
                generation.id, phase, now=now, **changes
            ):
                return None
            decision = Decision(what=Way.CHECK_AGAIN.value, by=by)
            announce(tx, generation, "phase", phase=phase, decision=decision, now=now)
            return tx.generations.get(generation.id)

        moved = await self.database.write(write, scope=SYSTEM)
        if moved is not None:
            await self.dispatch.enqueue([generation.id])
        return moved

    async def _look_up(
        self, generation: Generation, generator: ResumableGenerator, *, by: UUID | None
    ) -> Checked:
        """Find the job of a lost submit, and have the run go on with it."""
        with self.runs.beside(generation, generator) as work:
            found = await _asked(generator, work)
            if found is None or (found.external_id is None and found.result is None):
                return Checked(
                    generation=generation,
                    outcome=Outcome.NOT_FOUND,
                    message=f"{generator.provider!r} knows of no job for this generation. Nothing "
                    "has changed; if you are sure that it was not billed, release the hold.",
                )
            phase, changes = await _place_of(found, work)

        # Logged before the write: what was paid for can be found, whatever happens now.
        log.info("submit_found", generation_id=str(generation.id), external_id=found.external_id)
        moved = await self._go_on(generation, phase, changes, by=by)
        if moved is None:
            raise Conflict(
                f"Generation {generation.id} was decided in the meantime; its job at "
                f"{generator.provider!r} is {found.external_id!r}."
            )
        return Checked(
            generation=moved,
            outcome=Outcome.FOUND,
            message=f"{generator.provider!r} knows the job; the run goes on.",
        )

    async def _look_now(self, generation: Generation) -> Checked:
        """Have a worker look at a parked run at once. It may be at it already."""
        now = self.clock.now()
        woken = await self.database.write(
            lambda tx: tx.generations.look_now(generation.id, now=now), scope=SYSTEM
        )
        if woken:
            await self.dispatch.enqueue([generation.id])
        return Checked(
            generation=generation,
            outcome=Outcome.LOOKING,
            message="A worker asks the provider now.",
        )

    async def _look_late(self, generation: Generation, generator: ResumableGenerator) -> Checked:
        """Look once at the job of a cancelled run, and keep what it brought."""
        with self.runs.beside(generation, generator) as work:
            said = await steps.look_late(work, generator, str(generation.external_id))
        after = await self.database.read(lambda tx: tx.generations.get(generation.id), scope=SYSTEM)
        after = after or generation
        if after.needs_attention:
            state = "gave no answer" if said is None else f"says {said.value!r}"
            return Checked(
                generation=after,
                outcome=Outcome.UNCHANGED,
                message=f"{generator.provider!r} {state}; the hold stays.",
            )
        if after.file is not None or after.content is not None:
            return Checked(
                generation=after,
                outcome=Outcome.KEPT,
                message="Its result came late; it is kept here, and settled at its cost.",
            )
        return Checked(
            generation=after,
            outcome=Outcome.ENDED,
            message=f"{generator.provider!r} says that the job ended without a result; the hold "
            "has ended with it.",
        )


def _attached(tx: Tx, generation: Generation, manifest: Manifest, *, now: datetime) -> Generation:
    attach_late(tx, generation, manifest, now=now, actual=generation.estimate.amount)
    return tx.generations.get(generation.id) or generation


async def _asked(generator: ResumableGenerator, work: Work) -> Submitted | None:
    """Look a job up; whatever a plugin raises comes out as an error of ours."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await generator.lookup(work.context)
    except BoardsError:
        raise
    except TimeoutError:
        raise TimedOut(
            f"{generator.provider!r} did not answer within {ANSWER_SECONDS:g} s; nothing has "
            "changed. Check again later."
        ) from None
    except Exception as error:
        log.exception("lookup_failed", generator=generator.name)
        raise PluginError(
            f"Generator {generator.name!r} failed to look the job up; nothing has changed."
        ) from error


async def _place_of(found: Submitted, work: Work) -> tuple[Phase, Changes]:
    """Where a run goes on whose job was found; a result that came with it is stored first."""
    if found.external_id is not None:
        return Phase.SUBMITTED, Changes(
            external_id=found.external_id, other_ids=found.other_ids, message=""
        )
    manifest = await work.stored(found.result)
    return Phase.STORING, Changes(manifest=dump_manifest(manifest), message="")


def _nobody_to_ask(generation: Generation, reason: Reason, *, installed: bool) -> str:
    """Say why nobody can be asked, and what a person can do instead."""
    if not installed:
        return (
            f"Generator {generation.generator_name!r} is not installed here any more, so its "
            "provider cannot be asked. Install it again, or decide: mark it as lost, or release "
            "the hold."
        )
    if reason is Reason.FAILED:
        return (
            f"Generation {generation.id} has failed, and there is nothing more to ask. Look at "
            f"what {generation.provider!r} billed, then mark it as lost or release the hold."
        )
    return (
        f"{generation.provider!r} cannot be asked what became of generation {generation.id} "
        "without another paid call. Look at its own list of jobs or at its bill, at about "
        f"{generation.started_at or generation.created_at:%Y-%m-%d %H:%M} UTC; if it was billed, "
        "mark it as lost, and if it surely was not, release the hold."
    )
