"""The run: takes one claimed generation from where its row stands to its end.

Every step is idempotent and guarded by the run token. The intent is written before a paid call and
the external id right after; a run that finds an intent without an id does not call again. From the
id on it only polls, fetches and stores. Nothing else in Boards calls a generator's work.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from opentelemetry.context import Context

from boards.domain.generations import Failure, Generation, Phase
from boards.errors import StorageError, TimedOut
from boards.generators.base import BaseGenerator, ResumableGenerator
from boards.generators.context import current_context
from boards.generators.registry import GeneratorRegistry
from boards.ids import new_id
from boards.outbound.client import GuardedClient
from boards.services import steps, tracing
from boards.services.context import RunContext
from boards.services.deliver import Money
from boards.services.failures import money_after
from boards.services.file_links import FileLinks
from boards.services.journal import Journal, LostRun
from boards.services.manifest import load_manifest
from boards.services.ports import Claim, Clock, Database, Media, Storage
from boards.services.receipts import drop_receipt
from boards.services.work import Cancelled, RunLimits, Running, Work

__all__ = ["RunService"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class RunService:
    """Executes claims."""

    database: Database
    registry: GeneratorRegistry
    storage: Storage
    media: Media
    client: GuardedClient
    clock: Clock
    scratch: Path
    limits: RunLimits = field(default_factory=RunLimits)
    links: FileLinks = field(default_factory=FileLinks)

    async def execute(self, running: Running) -> None:
        """Run to an end, or until the run is lost. Errors of ours leave the row to the sweep."""
        claim = running.claim
        generation = claim.generation
        if claim.cancel_requested:
            running.cancel.set()
        journal = Journal(database=self.database, clock=self.clock, claim=claim)
        context = self._context(running, journal)
        token = current_context.set(context)
        try:
            with structlog.contextvars.bound_contextvars(
                generation_id=str(generation.id),
                job_id=str(generation.job_id),
                tenant_id=str(generation.tenant_id),
            ):
                name = f"run {generation.generator_name}"
                with tracing.span(name, _told(claim), within=_trace(claim)):
                    await self._advance(running, context, journal)
        except LostRun:
            log.info("run_lost", generation_id=str(generation.id), phase=generation.phase.value)
        finally:
            current_context.reset(token)
            context.close()

    @contextmanager
    def beside(self, generation: Generation, generator: BaseGenerator) -> Iterator[Work]:
        """Work on a generation that nobody runs, to ask its provider what became of it.

        Its run token is nobody's, so it can only write what needs none: a late result, or the end
        of a hold.
        """
        claim = Claim(
            generation=generation,
            run_token=new_id(),
            starts=1,
            repeatable=False,
            submit_started_at=generation.started_at,
            cancel_requested=True,
        )
        running = Running(claim=claim)
        journal = Journal(database=self.database, clock=self.clock, claim=claim)
        context = self._context(running, journal)
        token = current_context.set(context)
        try:
            yield self._work(running, generator, context, journal)
        finally:
            current_context.reset(token)
            context.close()

    async def _advance(self, running: Running, context: RunContext, journal: Journal) -> None:
        """Go on from the phase in which the row stands."""
        claim = running.claim
        generation = claim.generation
        generator = self.registry.get(generation.generator_name)
        if generation.phase is Phase.STORING:
            await journal.complete(load_manifest(claim.manifest), generation.estimate.amount)
            if generation.external_id is None:
                await drop_receipt(self.storage, generation)
            return
        if claim.starts > self.limits.max_starts:
            await self._give_up(running, journal)
            return
        if generator is None:
            name = generation.generator_name
            failure = Failure(
                code="plugin_error", message=f"Generator {name!r} is not installed here any more."
            )
            await journal.fail(failure, Money.KEEP if _may_have_paid(running) else Money.RELEASE)
            return
        work = self._work(running, generator, context, journal)
        if generation.phase is Phase.SUBMITTING:
            await _begin(work)
        elif isinstance(generator, ResumableGenerator) and generation.external_id is not None:
            step = steps.poll if generation.phase is Phase.SUBMITTED else steps.fetch
            await step(work, generator, generation.external_id)
        else:
            raise StorageError(
                f"Generator {generator.name!r} cannot resume from {generation.phase.value!r}."
            )

    def _work(
        self, running: Running, generator: BaseGenerator, context: RunContext, journal: Journal
    ) -> Work:
        return Work(
            running=running,
            generator=generator,
            context=context,
            journal=journal,
            database=self.database,
            storage=self.storage,
            clock=self.clock,
            limits=self.limits,
        )

    def _context(self, running: Running, journal: Journal) -> RunContext:
        clock = asyncio.get_running_loop().time
        last_report = clock() - self.limits.report_every

        async def report(fraction: float, message: str) -> None:
            nonlocal last_report
            if clock() - last_report >= self.limits.report_every:
                last_report = clock()
                try:
                    await journal.progress(fraction, message)
                except LostRun:
                    # Free work stops here. A paid call goes on: it may still bring something.
                    if running.claim.repeatable:
                        raise

        return RunContext(
            generation=running.claim.generation,
            storage=self.storage,
            media=self.media,
            client=self.client,
            scratch=self.scratch,
            report=report,
            links=self.links,
        )

    async def _give_up(self, running: Running, journal: Journal) -> None:
        """A run that was started too often stops. What may be paid for is not given up: a lost
        submit waits for a person, a known job is looked at again now and then."""
        phase = running.claim.generation.phase
        often = f"The run was started {self.limits.max_starts} times and never came to an end"
        if not _may_have_paid(running):
            failure = Failure(code="poison", message=f"{often}; it is not started again.")
            await journal.fail(failure, Money.RELEASE)
        elif phase is Phase.SUBMITTING:
            await journal.unknown(f"{often}; it is not started again.")
        else:
            wait = self.limits.late_look_every
            await journal.park(f"{often}; it is tried now and then.", phase=phase, wait=wait)


def _trace(claim: Claim) -> Context | None:
    job_id = claim.generation.job_id
    return None if job_id is None else tracing.of_job(job_id)


def _told(claim: Claim) -> dict[str, str | int]:
    generation = claim.generation
    return {
        "boards.generation_id": str(generation.id),
        "boards.tenant_id": str(generation.tenant_id),
        "boards.provider": generation.provider,
        "boards.phase": generation.phase.value,
        "boards.starts": claim.starts,
    }


async def _begin(work: Work) -> None:
    """Start, or start again, what has not been submitted as far as the row tells."""
    claim = work.claim
    if claim.submit_started_at is not None and not claim.repeatable:
        await steps.recover_intent(work, work.generator)
    elif claim.generation.started_at != claim.generation.updated_at and (
        await work.journal.wait_for_resume()
    ):
        # It began before the pause, and was broken off before anything was paid: it waits again.
        # What begins for the first time has just been admitted, which a pause forbids.
        return
    elif work.cancel.is_set():
        await work.journal.cancel(Money.RELEASE)
    elif claim.repeatable:
        await _repeatable(work)
    elif isinstance(work.generator, ResumableGenerator):
        await steps.submit(work, work.generator)
    else:
        await _opaque(work)


async def _repeatable(work: Work) -> None:
    """Free work that may simply run again: no intent, and no step to resume at."""
    try:
        async with asyncio.timeout(work.generator.longest_run):
            result = await work.unless_cancelled(work.generate())
            manifest = await work.unless_cancelled(work.store(result))
    except Cancelled:
        await work.journal.cancel(Money.RELEASE)
    except TimeoutError:
        await work.fail(_overtime(work.generator), Money.RELEASE)
    except LostRun:
        raise
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything
        await work.fail(error, Money.RELEASE)
    else:
        await work.finish(manifest)


async def _opaque(work: Work) -> None:
    """One call that may pay and cannot be resumed.

    A cancel does not break it off: what it brings is paid for, so it is kept.
    """
    await work.journal.intend()
    call = asyncio.create_task(work.generate())
    cancelled = False
    try:
        async with asyncio.timeout(work.generator.longest_run):
            if not await work.done_or_cancelled(call):
                await work.journal.cancel(Money.KEEP)
                cancelled = True
            result = await call
    except TimeoutError:
        if not cancelled:
            await work.journal.unknown(_overtime(work.generator).message)
    except LostRun:
        raise
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything
        if cancelled:
            money = money_after(error, bills_on=work.generator.bills_on)
            await work.journal.end_late(money, billed=work.bill_of(error))
        else:
            await work.fail(error)
    else:
        await work.keep_paid(result, late=cancelled)
    finally:
        if not call.done():
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)


def _may_have_paid(running: Running) -> bool:
    claim = running.claim
    begun = claim.submit_started_at is not None or claim.generation.external_id is not None
    return begun and not claim.repeatable


def _overtime(generator: BaseGenerator) -> TimedOut:
    return TimedOut(f"{generator.name!r} did not end within {generator.longest_run:g} s.")
