"""CPU work in threads: it stops soon after a cancel, and nothing is left behind."""

import asyncio
import threading
from contextvars import ContextVar
from typing import Any, cast

import pytest

from boards.generators.compute import Cancelled, Stopped, Tick, compute, in_thread
from boards.generators.context import GeneratorContext

colour: ContextVar[str] = ContextVar("colour", default="none")


class Reports:
    """A context that only takes progress; each report waits for `gate` when there is one."""

    def __init__(self, gate: asyncio.Event | None = None, fault: Exception | None = None) -> None:
        self.seen: list[tuple[float, str]] = []
        self.gate = gate
        self.fault = fault

    async def progress(self, fraction: float, message: str = "") -> None:
        if self.gate is not None:
            await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        self.seen.append((fraction, message))

    @property
    def context(self) -> GeneratorContext:
        return cast(GeneratorContext, self)


class Loop:
    """Work in chunks, as a renderer does, each as long as a test lets it."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go_on = threading.Semaphore(0)
        self.chunks = 0
        self.ended = threading.Event()

    def __call__(self, cancelled: Cancelled) -> int:
        try:
            while True:
                cancelled.check()
                self.chunks += 1
                self.begun.set()
                self.go_on.acquire()
        finally:
            self.ended.set()


async def begun(loop: Loop) -> None:
    await asyncio.get_running_loop().run_in_executor(None, loop.begun.wait)


class TestInThread:
    async def test_gives_the_result(self):
        assert await in_thread(lambda _: 6 * 7) == 42

    async def test_works_in_another_thread(self):
        assert await in_thread(lambda _: threading.get_ident()) != threading.get_ident()

    async def test_carries_the_callers_context_variables(self):
        colour.set("green")

        assert await in_thread(lambda _: colour.get()) == "green"

    async def test_raises_what_the_work_raises(self):
        def fails(_: Cancelled) -> None:
            raise ValueError("no paint")

        with pytest.raises(ValueError, match="no paint"):
            await in_thread(fails)

    async def test_a_cancel_ends_the_work_at_its_next_check(self):
        loop = Loop()
        task = asyncio.create_task(in_thread(loop))
        await begun(loop)

        task.cancel()
        await asyncio.sleep(0)
        loop.go_on.release()

        with pytest.raises(asyncio.CancelledError):
            await task
        assert loop.chunks == 1
        assert loop.ended.is_set()

    async def test_a_cancel_waits_for_the_thread_to_end(self):
        loop = Loop()
        task = asyncio.create_task(in_thread(loop))
        await begun(loop)

        task.cancel()
        for _ in range(20):
            await asyncio.sleep(0)
        waited = not task.done()
        loop.go_on.release()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert waited
        assert loop.ended.is_set()

    async def test_a_second_cancel_does_not_leave_the_thread_behind(self):
        loop = Loop()
        task = asyncio.create_task(in_thread(loop))
        await begun(loop)

        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        still_waiting = not task.done()
        loop.go_on.release()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert still_waiting
        assert loop.ended.is_set()

    async def test_work_that_fails_after_a_cancel_is_still_a_cancel(self):
        entered = threading.Event()

        def fails(cancelled: Cancelled) -> None:
            entered.set()
            while not cancelled.is_set():
                pass
            raise ValueError("half done")

        task = asyncio.create_task(in_thread(fails))
        await asyncio.get_running_loop().run_in_executor(None, entered.wait)
        task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await task

    async def test_a_deadline_stops_the_work_too(self):
        loop = Loop()
        loop.go_on.release(3)

        asyncio.get_running_loop().call_later(0.06, loop.go_on.release)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(in_thread(loop), 0.05)

        assert loop.ended.is_set()

    def test_the_end_of_cancelled_work_is_no_exception_that_a_library_could_swallow(self):
        cancelled = Cancelled()
        cancelled.set()

        with pytest.raises(Stopped) as raised:
            cancelled.check()
        assert not isinstance(raised.value, Exception)


class TestCompute:
    async def test_reports_progress_from_the_thread(self):
        reports = Reports()

        def work(tick: Tick) -> str:
            tick(0.5, "Half")
            return "done"

        assert await compute(reports.context, work) == "done"
        assert reports.seen == [(0.5, "Half")]

    async def test_the_last_report_is_over_when_the_work_is(self):
        gate = asyncio.Event()
        reports = Reports(gate)
        task = asyncio.create_task(compute(reports.context, lambda tick: tick(0.9)))
        for _ in range(50):
            await asyncio.sleep(0.001)
        waited = not task.done()
        gate.set()
        await task

        assert waited
        assert reports.seen == [(0.9, "")]

    async def test_reports_do_not_pile_up_behind_a_slow_one(self):
        gate = asyncio.Event()
        reports = Reports(gate)

        def work(tick: Tick) -> None:
            for n in range(1000):
                tick(n / 1000)

        task = asyncio.create_task(compute(reports.context, work))
        for _ in range(20):
            await asyncio.sleep(0.001)
        gate.set()
        await task

        assert len(reports.seen) == 1

    async def test_a_report_that_fails_does_not_fail_the_work(self):
        reports = Reports(fault=OSError("no listener"))

        def work(tick: Tick) -> str:
            tick(0.1)
            return "done"

        assert await compute(reports.context, work) == "done"

    async def test_a_cancel_stops_at_the_next_tick(self):
        reports = Reports()
        entered, go_on = threading.Event(), threading.Event()
        steps: list[int] = []

        def work(tick: Tick) -> None:
            for n in range(1000):
                tick(n / 1000)
                steps.append(n)
                entered.set()
                go_on.wait()

        task: asyncio.Task[Any] = asyncio.create_task(compute(reports.context, work))
        await asyncio.get_running_loop().run_in_executor(None, entered.wait)
        task.cancel()
        await asyncio.sleep(0)
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert steps == [0]
