"""The steps of a generator that can be resumed: submit once, then only look, fetch and store."""

import asyncio

import structlog

from boards.domain.generations import Phase
from boards.errors import BoardsError, Broken, Busy, ContentRefused, Rejected
from boards.generators.base import BaseGenerator, Poll, PollState, ResumableGenerator, Submitted
from boards.services.deliver import Money
from boards.services.failures import money_after, verdict_is_certain
from boards.services.journal import PAUSED, LostRun
from boards.services.manifest import dump_manifest
from boards.services.receipts import drop_receipt, read_receipt
from boards.services.work import Work

__all__ = ["fetch", "look_late", "poll", "recover_intent", "submit"]

log = structlog.get_logger(__name__)


async def submit(work: Work, generator: ResumableGenerator) -> None:
    """Make the one paid call, with the intent written before and the id right after."""
    try:
        prepared = await generator.prepare(await work.inputs(), work.context)
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything; nothing is paid yet
        if isinstance(error, BoardsError) and error.retryable:
            await _later(work, error)
        else:
            await work.fail(error, Money.RELEASE)
        return
    await work.journal.intend()
    try:
        async with asyncio.timeout(generator.longest_run):
            submitted = await generator.submit(prepared, work.context)
    except Busy as busy:
        await _later(work, busy)
    except Exception as error:
        if verdict_is_certain(error):
            await work.fail(error)
        else:
            log.error("submit_unknown", generator=generator.name, exc_info=error)
            await work.journal.unknown("The provider's answer to the submit was lost.")
    else:
        await _submitted(work, generator, submitted)


async def _later(work: Work, error: BoardsError) -> None:
    """Back into the queue after what surely cost nothing, until the deadline."""
    if work.clock.now() >= work.deadline:
        await work.fail(error, Money.RELEASE)
        return
    asked = error.retry_after if isinstance(error, Busy) else None
    wait = work.limits.busy_wait if asked is None else asked
    await work.journal.requeue(error.message, wait=wait)


async def recover_intent(work: Work, generator: BaseGenerator) -> None:
    """A paid call may have begun and its answer was never stored: look for what it brought, ask,
    never send it blindly."""
    if await _recovered(work):
        return
    if isinstance(generator, ResumableGenerator) and generator.idempotency != "none":
        if generator.idempotency == "header" and await work.journal.is_paused():
            # Sent again it may be the first that arrives.
            wait = work.limits.late_look_every
            await work.journal.park(PAUSED, phase=Phase.SUBMITTING, wait=wait)
            return
        try:
            if generator.idempotency == "lookup":
                found = await generator.lookup(work.context)
            else:
                prepared = await generator.prepare(await work.inputs(), work.context)
                found = await generator.submit(prepared, work.context)
            if found is not None:
                await _submitted(work, generator, found)
                return
        except LostRun:
            raise
        except Exception:
            log.exception("recover_intent_failed", generator=generator.name)
    await work.journal.unknown("A paid call began and its answer was never stored.")


async def _recovered(work: Work) -> bool:
    """Go on from the receipt of a run that died, or lost its database, with its result stored."""
    generation = work.claim.generation
    try:
        manifest = await read_receipt(work.storage, generation)
    except BoardsError:
        log.warning("receipt_not_read", generation_id=str(generation.id), exc_info=True)
        return False
    if manifest is None:
        return False
    await work.journal.move(Phase.STORING, manifest=dump_manifest(manifest))
    await work.finish(manifest)
    await drop_receipt(work.storage, generation)
    return True


async def _submitted(work: Work, generator: ResumableGenerator, submitted: Submitted) -> None:
    """Store the external id at once; a synchronous provider gave the result instead."""
    if submitted.external_id is None:
        if submitted.result is None:
            await work.journal.unknown("The provider gave neither an id nor a result.")
        else:
            await work.keep_paid(submitted.result)
        return
    # Logged before the write: should the run be lost just now, a person can still find the id.
    log.info("submitted", external_id=submitted.external_id, provider=generator.provider)
    try:
        await work.journal.move(
            Phase.SUBMITTED, external_id=submitted.external_id, other_ids=submitted.other_ids
        )
    except LostRun:
        # The run was taken for dead while the call was under way. The answer is a fact all the
        # same: whoever holds the run by now would only know that it was lost.
        await work.journal.found(submitted.external_id, submitted.other_ids)
        raise
    if submitted.result is not None:
        await work.journal.move(Phase.FETCHING)
        await work.keep_paid(submitted.result, at_provider=True)
    else:
        await poll(work, generator, submitted.external_id)


async def poll(work: Work, generator: ResumableGenerator, external_id: str) -> None:
    """Look until the provider has a verdict. The deadline is none: the hold stays.

    After a cancel that the provider did not confirm the looking goes on, so that a result that
    still arrives is kept and settled.
    """
    cancelled = False
    while True:
        if work.cancel.is_set() and not cancelled:
            if await _told_to_stop(work, generator, external_id):
                await work.journal.cancel(_money_of_end(generator))
                return
            await work.journal.cancel(Money.KEEP)
            cancelled = True
        # After a cancel the row is final, and nobody would go on from it.
        work.running.resumable = not cancelled
        look = await _look(work, generator, external_id)
        match look.state if look else None:
            case PollState.DONE:
                work.running.resumable = False
                if not cancelled:
                    await work.journal.move(Phase.FETCHING)
                await fetch(work, generator, external_id, cancelled=cancelled)
                return
            case PollState.FAILED | PollState.CANCELLED:
                work.running.resumable = False
                error = look.error if look else None
                await _failed(work, error or Broken("The provider's job failed."), cancelled)
                return
        if work.clock.now() >= work.deadline:
            if not cancelled:
                why = (
                    f"The provider has not finished job {external_id!r} in time; it is asked again "
                    "now and then. Check again later; do not run it a second time."
                )
                wait = work.limits.late_look_every
                await work.journal.park(why, phase=Phase.SUBMITTED, wait=wait)
            return
        if look and not cancelled and (look.progress is not None or look.message):
            await work.context.progress(look.progress or 0.0, look.message)
        wait = generator.poll_every if look is None or look.after is None else look.after
        await _sleep(wait, work.running.stir)


async def look_late(
    work: Work, generator: ResumableGenerator, external_id: str
) -> PollState | None:
    """Look once at the job of a run that was cancelled: keep what it brought, or end its hold by
    the provider's verdict. Gives what the provider said, None when it said nothing."""
    look = await _look(work, generator, external_id)
    match look.state if look else None:
        case PollState.DONE:
            await fetch(work, generator, external_id, cancelled=True)
        case PollState.FAILED | PollState.CANCELLED:
            error = look.error if look else None
            await _failed(work, error or Broken("The provider's job failed."), cancelled=True)
    return look.state if look else None


async def fetch(
    work: Work, generator: ResumableGenerator, external_id: str, *, cancelled: bool = False
) -> None:
    """Fetch and store the finished result; trying again costs nothing."""
    inputs = await work.inputs()
    loop = asyncio.get_running_loop()
    end = loop.time() + work.time_to_fetch
    for attempt in range(1, work.limits.store_attempts + 1):
        try:
            async with asyncio.timeout_at(end):
                result = await generator.fetch(external_id, inputs, work.context)
        except (ContentRefused, Rejected) as refusal:
            await _failed(work, refusal, cancelled, done=True)
            return
        except Exception as error:
            log.warning("fetch_failed", attempt=attempt, exc_info=True)
            wait = work.limits.backoff * 2**attempt
            if attempt < work.limits.store_attempts and loop.time() + wait < end:
                await asyncio.sleep(wait)
                continue
            if cancelled:
                await work.journal.end_late(Money.KEEP)
            else:
                said = error.message if isinstance(error, BoardsError) else "the log says why"
                why = f"The result of job {external_id!r} could not be fetched yet: {said}"
                wait = work.limits.late_look_every
                await work.journal.park(why, phase=Phase.FETCHING, wait=wait)
            return
        else:
            await work.keep_paid(result, late=cancelled, at_provider=True)
            return


async def _failed(work: Work, error: Exception, cancelled: bool, *, done: bool = False) -> None:
    """The provider's verdict on the job, with what it means for the money.

    A job that it had called `done` may be billed, whenever it bills: nobody knows.
    """
    money = money_after(error, bills_on=work.generator.bills_on)
    if money is Money.KEEP and not done:
        money = _money_of_end(work.generator)
    billed = work.bill_of(error)
    if cancelled:
        await work.journal.end_late(money, billed=billed)
    elif work.cancel.is_set():
        await work.journal.cancel(money, billed=billed)
    else:
        await work.fail(error, money)


async def _look(work: Work, generator: ResumableGenerator, external_id: str) -> Poll | None:
    """Look once; what goes wrong with the look is not the job's verdict."""
    try:
        async with asyncio.timeout(work.limits.look_answer):
            return await generator.poll(external_id, work.context)
    except Exception:
        log.warning("poll_failed", external_id=external_id, exc_info=True)
        return None


async def _told_to_stop(work: Work, generator: ResumableGenerator, external_id: str) -> bool:
    try:
        async with asyncio.timeout(work.limits.cancel_answer):
            return await generator.cancel(external_id, work.context)
    except Exception:
        log.warning("cancel_failed", external_id=external_id, exc_info=True)
        return False


def _money_of_end(generator: BaseGenerator) -> Money:
    """What an end without a result costs, by when the provider bills."""
    return {"submit": Money.SETTLE, "success": Money.RELEASE}.get(generator.bills_on, Money.KEEP)


async def _sleep(seconds: float, wake: asyncio.Event) -> None:
    """Sleep, or less when `wake` is set meanwhile."""
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        pass
    wake.clear()
