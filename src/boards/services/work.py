"""One claimed generation being worked on: its inputs, the call, and keeping what it brings."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from pydantic import BaseModel, JsonValue

from boards.domain.artifacts import ArtifactType
from boards.domain.costs import Cost
from boards.domain.generations import Phase
from boards.errors import BoardsError, ProviderError, StorageError
from boards.generators.artifact_resolution import build_inputs
from boards.generators.base import BaseGenerator, call_generate
from boards.generators.outputs import read_outputs
from boards.services.context import RunContext
from boards.services.deliver import Money
from boards.services.failures import failure_of, money_after
from boards.services.inputs import as_found, stored_url
from boards.services.journal import Journal, LostRun
from boards.services.manifest import Manifest, dump_manifest
from boards.services.ports import SYSTEM, Claim, Clock, Database, Storage, Tx
from boards.services.receipts import drop_receipt, write_receipt

__all__ = ["Cancelled", "RunLimits", "Running", "Work"]

log = structlog.get_logger(__name__)

T = TypeVar("T")


class Cancelled(Exception):
    """Somebody asked for the run to stop."""


@dataclass(frozen=True, kw_only=True)
class RunLimits:
    """Bounds of a run. Seconds, but for counts.

    `least_fetch` is what bringing a finished result home may take however late it is.
    """

    lease: float = 30.0
    max_starts: int = 3
    report_every: float = 0.3
    cancel_answer: float = 30.0
    look_answer: float = 60.0
    least_fetch: float = 600.0
    late_look_every: float = 300.0
    store_attempts: int = 6
    backoff: float = 0.5
    busy_wait: float = 5.0


@dataclass(kw_only=True)
class Running:
    """One run in this process. `stop` asks it to stop; setting `stir` has it look at its provider
    now, if it waits for the next look.

    `resumable` is True while it only waits for its provider: broken off now, it loses nothing, and
    another process goes on from its row.
    """

    claim: Claim
    cancel: asyncio.Event = field(default_factory=asyncio.Event)
    stir: asyncio.Event = field(default_factory=asyncio.Event)
    resumable: bool = False

    def stop(self) -> None:
        """Ask it to stop."""
        self.cancel.set()
        self.stir.set()


@dataclass(frozen=True, kw_only=True)
class Work:
    """What the steps of one run share."""

    running: Running
    generator: BaseGenerator
    context: RunContext
    journal: Journal
    database: Database
    storage: Storage
    clock: Clock
    limits: RunLimits

    @property
    def claim(self) -> Claim:
        return self.running.claim

    @property
    def cancel(self) -> asyncio.Event:
        return self.running.cancel

    @property
    def deadline(self) -> datetime:
        """The one wall-clock deadline over everything that this generation waits for."""
        generation = self.claim.generation
        started = generation.started_at or generation.created_at
        return started + timedelta(seconds=self.generator.longest_run)

    @property
    def time_to_fetch(self) -> float:
        """Seconds for the whole of a fetch: to the deadline, and never too few."""
        left = (self.deadline - self.clock.now()).total_seconds()
        return max(left, self.limits.least_fetch)

    async def inputs(self) -> BaseModel:
        """Rebuild the typed inputs from the stored parameters and edges."""
        generation = self.claim.generation
        schema = self.generator.get_input_schema()
        params = dict(generation.input_params)

        def look(tx: Tx) -> BaseModel:
            ids = {edge.input_id for edge in tx.lineage.inputs_of([generation.id])}
            rows = tx.generations.find_anywhere(ids, include_deleted=True) if ids else {}
            for row in rows.values():
                if row.file is not None and row.tenant_id == generation.tenant_id:
                    self.context.inputs[stored_url(row.file.key)] = row.file
            found = {key: as_found(row, readable=True) for key, row in rows.items()}
            return build_inputs(schema, params, found, tenant_id=generation.tenant_id).model

        if _may_name_artifacts(params):
            return await self.database.look(look, scope=SYSTEM)
        return build_inputs(schema, params, {}, tenant_id=generation.tenant_id).model

    async def generate(self) -> BaseModel:
        """Call the generator's `generate`, with the context where it takes one."""
        return await call_generate(self.generator, await self.inputs(), self.context)

    async def store(self, result: object) -> Manifest:
        """Bring all outputs into our storage."""
        generation = self.claim.generation
        outputs = read_outputs(
            result, ArtifactType(generation.artifact_type), generator=generation.generator_name
        )
        return await self.context.manifest(outputs)

    async def keep_paid(
        self, result: object, *, late: bool = False, at_provider: bool = False
    ) -> None:
        """Store a paid result, trying again where that may help; then finish.

        With `late` the run was cancelled meanwhile: the result is kept all the same. What cannot
        be stored is fetched again later where it is still `at_provider`, whatever was wrong: nobody
        but a person gives a paid result up. Else the hold stays and a person is asked.

        What nobody else has gets a receipt until the row tells of it. Whoever was taken for dead
        meanwhile hands its result over: the row may be at a loss, waiting for just that.
        """
        try:
            # What only we have by now is given all the time that it takes.
            async with asyncio.timeout(self.time_to_fetch if at_provider else None):
                manifest = await self.stored(result, receipt=not at_provider)
        except Exception as error:
            log.error("paid_result_not_stored", result=repr(result)[:2000], exc_info=True)
            await self._not_stored(error, late=late, at_provider=at_provider)
            return
        try:
            if late:
                await self.journal.attach_late(manifest, self.claim.generation.estimate.amount)
            else:
                await self.journal.move(Phase.STORING, manifest=dump_manifest(manifest))
                await self.finish(manifest)
        except LostRun:
            if at_provider:
                raise
            if not await self.journal.hand_over(manifest):
                log.warning("late_result_has_a_receipt_only", files=[f.key for f in manifest.files])
                raise
        if not at_provider:
            await drop_receipt(self.storage, self.claim.generation)

    async def finish(self, manifest: Manifest) -> None:
        """Show the outputs and settle."""
        await self.journal.complete(manifest, self.claim.generation.estimate.amount)

    async def fail(self, error: BaseException, money: Money | None = None) -> None:
        """End as failed by this error; what was stored by then stays with the generation."""
        if money is None:
            money = money_after(error, bills_on=self.generator.bills_on)
        failure = failure_of(error, generator=self.generator.name)
        billed = self.bill_of(error)
        await self.journal.fail(failure, money, kept=self.context.kept, billed=billed)

    def bill_of(self, error: BaseException) -> Cost | None:
        """What the provider charges for a failure, as far as anybody said so."""
        charged = error.cost if isinstance(error, ProviderError) else None
        if charged is None:
            return self.context.billed
        self.context.bill(charged)
        return self.context.billed

    async def unless_cancelled(self, work: Coroutine[None, None, T]) -> T:
        """Await `work`; on a cancel stop it, wait until it has stopped, and raise Cancelled."""
        task = asyncio.create_task(work)
        try:
            if await self.done_or_cancelled(task):
                return task.result()
        finally:
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        raise Cancelled

    async def done_or_cancelled(self, task: asyncio.Task[T]) -> bool:
        """Wait for the task or for a cancel, whichever comes first; True when the task is done."""
        waiter = asyncio.create_task(self.cancel.wait())
        try:
            await asyncio.wait({task, waiter}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiter.cancel()
        return task.done()

    async def stored(self, result: object, *, receipt: bool = False) -> Manifest:
        """Store and verify, as often as an error that may pass allows."""
        attempt = 0
        while True:
            try:
                manifest = await self.store(result)
                if receipt:
                    await write_receipt(self.storage, self.claim.generation, manifest)
                await self._verify(manifest)
            except BoardsError as error:
                attempt += 1
                if not error.retryable or attempt >= self.limits.store_attempts:
                    raise
                await asyncio.sleep(self.limits.backoff * 2**attempt)
            else:
                return manifest

    async def _verify(self, manifest: Manifest) -> None:
        """Read back what was stored: a paid result counts as stored when its hash is right."""
        for file in manifest.files:
            if not await self.storage.verify(file.key, file.sha256):
                raise StorageError(f"The stored file {file.key!r} is not what was written.")

    async def _not_stored(self, error: Exception, *, late: bool, at_provider: bool) -> None:
        if late:
            await self.journal.end_late(Money.KEEP)
        elif at_provider:
            said = error.message if isinstance(error, BoardsError) else "the log has the reason"
            why = (
                f"The result is made but could not be stored: {said} It is fetched again now and "
                "then, as long as the provider has it."
            )
            await self.journal.park(why, phase=Phase.FETCHING, wait=self.limits.late_look_every)
        else:
            # A bill that is known answers nothing here: what was paid for is what is missing.
            failure = failure_of(error, generator=self.generator.name)
            await self.journal.fail(failure, Money.KEEP, kept=self.context.kept)


def _may_name_artifacts(value: JsonValue) -> bool:
    """Tell whether any text in the parameters has the length of a generation's id."""
    if isinstance(value, str):
        return len(value) == 36
    if isinstance(value, dict):
        return any(_may_name_artifacts(item) for item in value.values())
    return isinstance(value, list) and any(_may_name_artifacts(item) for item in value)
