"""The fakes are what other tests stand on, so they are tested themselves."""

import asyncio
import io
from typing import Any

import pytest
from PIL import Image

from boards.errors import Broken, Busy, NotFound, TimedOut
from boards.generators.base import PollState
from boards.generators.outside import OutsideRun
from boards.testing.generators import (
    FakeInput,
    FakePaid,
    FakeProvider,
    FakeProviderGenerator,
    tiny_png,
)


def context(generation_id: str = "gen-1") -> OutsideRun:
    return OutsideRun(generation_id)


def test_a_tiny_png_is_a_png_of_its_colour():
    with Image.open(io.BytesIO(tiny_png(0x0A0B0C, size=3))) as image:
        assert image.size == (3, 3)
        assert image.getpixel((1, 1)) == (10, 11, 12)


class TestFakePaid:
    async def test_its_calls_end_as_scripted_and_then_succeed(self):
        fake = FakePaid(ValueError("refused"), None, RuntimeError("lost"))
        with pytest.raises(ValueError, match="refused"):
            await fake.generate(FakeInput(), context())
        assert len((await fake.generate(FakeInput(n=2), context())).images) == 2
        with pytest.raises(RuntimeError, match="lost"):
            await fake.generate(FakeInput(), context())
        await fake.generate(FakeInput(), context())
        assert fake.calls == 4

    async def test_the_gate_holds_a_call_that_has_counted(self):
        gate = asyncio.Event()
        fake = FakePaid(gate=gate)
        call = asyncio.create_task(fake.generate(FakeInput(), context()))
        await asyncio.sleep(0)
        assert (fake.calls, fake.running) == (1, 1)
        gate.set()
        await call
        assert fake.running == 0


class TestFakeProvider:
    async def job(self, service: FakeProvider, **options: Any) -> tuple[Any, str]:
        generator = FakeProviderGenerator(service, **options)
        submitted = await generator.submit(FakeInput(), context())
        assert submitted.external_id is not None
        return generator, submitted.external_id

    async def states(self, generator: Any, job: str, looks: int) -> list[PollState]:
        return [(await generator.poll(job, context())).state for _ in range(looks)]

    async def test_a_slow_job_needs_its_looks(self):
        generator, job = await self.job(FakeProvider(looks=3))
        running, done = PollState.RUNNING, PollState.DONE
        assert await self.states(generator, job, 4) == [running, running, done, done]

    async def test_a_late_job_ends_when_it_is_told_to(self):
        service = FakeProvider(looks=None)
        generator, job = await self.job(service)
        assert await self.states(generator, job, 9) == [PollState.RUNNING] * 9
        with pytest.raises(Broken, match="there is no result"):
            await generator.fetch(job, FakeInput(), context())
        service.finish(job)
        assert await self.states(generator, job, 1) == [PollState.DONE]

    async def test_a_dropped_answer_was_paid(self):
        service = FakeProvider(drop_answers=1)
        generator = FakeProviderGenerator(service, idempotency="lookup")
        with pytest.raises(TimedOut):
            await generator.submit(FakeInput(), context())
        assert (service.submits, service.paid) == (1, 1)
        found = await generator.lookup(context())
        assert found is not None
        assert found.external_id == "fake-1"
        assert await generator.lookup(context("another")) is None

    async def test_a_refusal_makes_no_job(self):
        service = FakeProvider(refuse=[Busy("later", retry_after=1)])
        generator = FakeProviderGenerator(service)
        with pytest.raises(Busy):
            await generator.submit(FakeInput(), context())
        assert (service.submits, service.paid) == (1, 0)

    async def test_without_idempotency_a_second_submit_pays_again(self):
        service = FakeProvider()
        generator, _ = await self.job(service)
        await generator.submit(FakeInput(), context())
        assert service.paid == 2

    async def test_with_a_header_it_is_the_same_job(self):
        service = FakeProvider()
        generator, job = await self.job(service, idempotency="header")
        again = await generator.submit(FakeInput(), context())
        assert (again.external_id, service.paid, service.submits) == (job, 1, 2)

    async def test_broken_polls_are_no_verdict(self):
        generator, job = await self.job(FakeProvider(broken_polls=2))
        for _ in range(2):
            with pytest.raises(Broken):
                await generator.poll(job, context())
        assert await self.states(generator, job, 1) == [PollState.DONE]

    async def test_a_failure_carries_its_error(self):
        generator, job = await self.job(FakeProvider(fail_with=Broken("no ink")))
        poll = await generator.poll(job, context())
        assert (poll.state, str(poll.error)) == (PollState.FAILED, "no ink")

    @pytest.mark.parametrize(
        ("cancels", "after_a_look", "stopped"),
        [
            ("none", False, False),
            ("queued", False, True),
            ("queued", True, False),
            ("running", True, True),
        ],
    )
    async def test_a_cancel_works_as_far_as_the_provider_can(self, cancels, after_a_look, stopped):
        service = FakeProvider(cancels=cancels, looks=None)
        generator, job = await self.job(service)
        assert generator.cancels == cancels
        if after_a_look:
            await generator.poll(job, context())
        assert await generator.cancel(job, context()) is stopped
        state = (await generator.poll(job, context())).state
        assert (state is PollState.CANCELLED) is stopped

    async def test_the_same_inputs_give_the_same_bytes(self):
        generator, job = await self.job(FakeProvider())
        await generator.poll(job, context())
        first = await generator.fetch(job, FakeInput(seed=5), context())
        second = await generator.fetch(job, FakeInput(seed=5), context())
        assert first.seed == second.seed == 5

    async def test_an_unknown_job_is_not_found(self):
        with pytest.raises(NotFound, match="no job 'x'"):
            await FakeProviderGenerator().poll("x", context())
