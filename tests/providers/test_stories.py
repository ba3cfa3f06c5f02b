"""Failures that others were paid dearly for: each story as a run against the lab.

The numbers are those of docs/reliability.md. Each test fails when the guard that it names is taken
away.
"""

import asyncio
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from boards.domain.generations import Generation, Phase
from boards.outbound.client import GuardedClient
from boards.services.ports import Storage
from boards.testing.lab import Event, Kind, Stage
from boards.testing.lab.media import credentials_of
from tests.providers.conftest import studio_at
from tests.providers.samples import SAMPLES
from tests.providers.test_faults import settled
from tests.services.studio import WAIT, Studio, eventually

OPENAI = next(each for each in SAMPLES if each.provider == "openai")


async def test_f1_a_paid_call_whose_answer_is_lost_is_never_sent_again(studio, lab, sample):
    """ComfyUI #16204: a POST retried after a connection loss, four bills and no image."""
    lab.fault(Stage.SUBMIT, Kind.DROP_AFTER)

    generation = await settled(studio, sample)
    await studio.lapse()
    async with studio.process() as worker:
        await worker.sweep()

    assert generation.phase is Phase.SUBMIT_UNKNOWN
    assert (lab.book.accepted, lab.book.billed) == (1, 1)
    assert (await studio.balance(generation.id)).held == generation.estimate.amount


async def test_f2_a_fetch_that_fails_does_not_submit_anew(studio, lab, queued):
    """genblaze #70: two failed polls and two failed fetches led to a second submit."""
    for stage in (Stage.POLL, Stage.FETCH, Stage.FILE):
        lab.fault(stage, Kind.DROP_BEFORE, times=2)

    generation = await settled(studio, queued)

    assert generation.phase is Phase.COMPLETED
    assert lab.book.accepted == 1


async def test_f3_one_busy_answer_is_one_request(studio, lab, sample):
    """eve #576: three layers of retries multiply; here the run alone tries again."""
    lab.fault(Stage.SUBMIT, Kind.BUSY, times=3)

    await settled(studio, sample)

    assert lab.book.count(Event.REFUSED) == 3
    assert lab.book.accepted == 1


async def test_f4_a_refusal_that_mentions_500_is_final(studio, lab, sample):
    """eve #576: "240x240" in an error text was taken for a 5xx, and billed three times."""
    lab.fault(Stage.SUBMIT, Kind.INPUT)

    generation = await settled(studio, sample)

    assert generation.phase is Phase.FAILED
    assert generation.failure is not None
    assert "500" in generation.failure.message
    assert lab.book.count(Event.REFUSED) == 1
    assert lab.book.accepted == 0


async def test_f5_a_result_after_the_deadline_is_settled_once(studio, lab, queued):
    """elizaOS #11862: a timeout refunded in full, then the render came and was billed."""
    lab.fault(Stage.SUBMIT, Kind.NEVER)
    async with studio.process():
        job_id = await studio.ask(queued.generator, **queued.inputs)
        await eventually(lambda: bool(lab.desk.jobs))
        studio.clock.advance(studio.registry.get(queued.generator).longest_run + 1)
        generation = await _attention(studio, job_id)
    assert generation.phase is Phase.SUBMITTED
    assert (await studio.balance(generation.id)).held == generation.estimate.amount

    (job,) = lab.desk.jobs.values()
    lab.desk.end_job(job)
    for _ in range(2):
        studio.clock.advance(studio.run_limits.late_look_every + studio.run_limits.lease + 1)
        async with studio.process() as worker:
            await worker.sweep()
            await studio.ended(job_id)

    assert (await studio.row(generation.id)).phase is Phase.COMPLETED
    assert await studio.ledger(generation.id) == ["hold", "settle"]
    assert lab.book.billed == 1


async def test_f6_a_timeout_offers_another_look_and_no_second_run(studio, lab, queued):
    """openhuman #5411: "timed out, try again" invites the second bill."""
    lab.fault(Stage.SUBMIT, Kind.NEVER)
    async with studio.process():
        job_id = await studio.ask(queued.generator, **queued.inputs)
        await eventually(lambda: bool(lab.desk.jobs))
        studio.clock.advance(studio.registry.get(queued.generator).longest_run + 1)
        generation = await _attention(studio, job_id)

    assert generation.external_id is not None
    assert generation.external_id in generation.message
    assert "Check again later; do not run it a second time" in generation.message


async def test_f7_a_refused_key_in_the_middle_asks_for_the_same_job_again(studio, lab, queued):
    """oh-my-pi #6603: a rotated key, a 401 on the poll, and the run was submitted anew."""
    lab.fault(Stage.POLL, Kind.AUTH, times=3)
    lab.fault(Stage.FETCH, Kind.AUTH, times=2)

    generation = await settled(studio, queued)

    assert generation.phase is Phase.COMPLETED
    assert lab.book.accepted == 1


async def test_f8_a_step_after_the_image_fails_and_the_image_stays(studio, lab, sample):
    """tg_content_factory #1117: a failure after the image made a new run, paid again."""
    broken = _BreaksOnce(studio.storage)
    async with studio.process(storage=cast(Storage, broken)):
        job_id = await studio.ask(sample.generator, **sample.inputs)
        view = await studio.ended(job_id)

    assert broken.broke
    assert view.generations[0].phase is Phase.COMPLETED
    assert lab.book.accepted == 1


async def test_f14_bytes_are_ours_before_success_is_shown(studio, lab, queued):
    """Output URLs die, within the hour or three days: Dough #2, huobao-drama #58."""
    generation = await settled(studio, queued)
    lab.desk.files.clear()

    assert generation.file is not None
    assert await studio.storage.verify(generation.file.key, generation.file.sha256)


async def test_f14_a_result_that_is_gone_at_the_provider_is_said_to_be(studio, lab, queued):
    lab.fault(Stage.FILE, Kind.EXPIRED, times=None)

    generation = await settled(studio, queued)

    assert generation.phase is Phase.FETCHING
    assert generation.needs_attention
    assert "404" in generation.message
    assert "fetched again" in generation.message
    assert await studio.ledger(generation.id) == ["hold"]


async def test_f14_a_result_that_comes_back_is_kept_after_all(studio, lab, queued):
    fault = lab.fault(Stage.FILE, Kind.EXPIRED, times=None)
    generation = await settled(studio, queued)
    fault.times = 0

    studio.clock.advance(studio.run_limits.late_look_every + studio.run_limits.lease + 1)
    async with studio.process() as worker:
        await worker.sweep()
        view = await studio.ended(generation.job_id)

    assert view.generations[0].phase is Phase.COMPLETED
    assert lab.book.accepted == 1


async def test_f24_a_call_that_hangs_does_not_hold_the_run_for_ever(tmp_path, lab, sample):
    """openstory #1128, replicate-python #431: a hung call stalled the worker for ever."""
    hold = lab.hold(Stage.SUBMIT, Kind.HOLD_BEFORE)
    allow = frozenset({("127.0.0.1", urlsplit(lab.url).port or 0)})
    async with (
        GuardedClient(allow=allow, read_seconds=0.2) as client,
        studio_at(lab, client, tmp_path) as studio,
    ):
        generation = await settled(studio, sample)
        ledger = await studio.ledger(generation.id)
    hold.release()

    assert generation.phase is Phase.SUBMIT_UNKNOWN
    assert ledger == ["hold"]


async def test_f24_the_deadline_holds_over_all_polls(studio, lab, queued):
    lab.fault(Stage.SUBMIT, Kind.NEVER)
    lab.fault(Stage.POLL, Kind.STATUS, times=None)
    async with studio.process() as worker:
        job_id = await studio.ask(queued.generator, **queued.inputs)
        await eventually(lambda: bool(lab.desk.jobs))
        studio.clock.advance(studio.registry.get(queued.generator).longest_run + 1)
        generation = await _attention(studio, job_id)
        await eventually(lambda: worker.running == 0)

    assert generation.phase is Phase.SUBMITTED


async def test_f25_an_empty_result_is_a_failure_that_may_be_billed(studio, lab, sample):
    """vercel/ai #20156: 200 with nothing in it."""
    lab.fault(Stage.SUBMIT, Kind.EMPTY)

    generation = await settled(studio, sample)

    assert generation.phase is Phase.FAILED
    assert generation.failure is not None
    assert generation.failure.provider_code == "empty_result"
    assert not generation.failure.retryable
    assert generation.needs_attention
    assert await studio.ledger(generation.id) == ["hold"]
    assert lab.book.accepted == 1


async def test_f28_content_credentials_stay_byte_for_byte(studio, lab):
    """nika #177: a metadata write broke the provider's C2PA signature."""
    generation = await settled(studio, OPENAI)

    assert generation.file is not None
    stored = await studio.storage.read(generation.file.key, max_bytes=10 * 2**20)
    credentials = credentials_of(stored)
    assert credentials is not None
    assert b"c2pa" in credentials
    assert stored[37:41] == b"caBX", "still right after the header"
    (made,) = lab.book.of(Event.FETCHED)
    assert made.detail == generation.file.sha256


class _BreaksOnce:
    """A storage that says once that what it holds is not what was written."""

    def __init__(self, inner: Storage) -> None:
        self._inner = inner
        self.broke = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def verify(self, key: str, sha256: str) -> bool:
        if not self.broke:
            self.broke = True
            return False
        return await self._inner.verify(key, sha256)


async def _attention(studio: Studio, job_id: UUID) -> Generation:
    async with asyncio.timeout(WAIT):
        while True:
            view = await studio.jobs.get(studio.actor, job_id)
            if view.needs_attention:
                return view.generations[0]
            assert not view.is_settled, view.generations[0].failure
            await asyncio.sleep(0.01)
