"""CPU work off the event loop: in a thread that stops soon after its task is cancelled.

A generator that draws, mixes or encodes hands its loop to `compute` and calls `tick` at every
frame or chunk:

    def draw(tick: Tick) -> bytes:
        for n, frame in enumerate(frames):
            tick(n / len(frames), "Drawing")
            ...

    data = await compute(context, draw)

`tick` reports the progress and raises `Stopped` once the run was cancelled. Work that never calls
it cannot be stopped: the cancel then waits for its end, because a thread that was left behind
would go on writing into a run that is over.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from threading import Event
from typing import Protocol, TypeVar

from boards.generators.context import GeneratorContext

__all__ = ["Cancelled", "Stopped", "Tick", "compute", "in_thread", "no_tick"]

T = TypeVar("T")


class Stopped(BaseException):
    """Ends work whose task was cancelled. Not an Exception, so that no library swallows it."""


class Cancelled:
    """Tells a thread that the task which awaits it was cancelled."""

    def __init__(self) -> None:
        self._event = Event()

    def set(self) -> None:
        self._event.set()

    def is_set(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        """Raise `Stopped` when the task was cancelled; call it at every frame or chunk."""
        if self._event.is_set():
            raise Stopped


class Tick(Protocol):
    """Called by working code at every step, with the fraction done from 0 to 1."""

    def __call__(self, fraction: float, message: str = "") -> None: ...


def no_tick(fraction: float, message: str = "") -> None:
    """A `Tick` for work that nobody watches."""


@cache
def _threads() -> ThreadPoolExecutor:
    """One thread per core, apart from the loop's own pool: drawing must not delay the database."""
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="boards-compute")


async def in_thread(function: Callable[[Cancelled], T]) -> T:
    """Run `function` in a thread and give its result; the caller's context variables hold in it.

    When the awaiting task is cancelled the flag is set, the end of the thread is awaited, and
    CancelledError is raised. Work that has not begun is not begun.
    """
    cancelled = Cancelled()
    job: Future[T] = _threads().submit(copy_context().run, function, cancelled)
    work = asyncio.wrap_future(job)
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        cancelled.set()
        job.cancel()
        while not work.done():
            try:
                await asyncio.wait([work])
            except asyncio.CancelledError:
                continue  # cancelled again: the thread still has to end first
        if not work.cancelled():
            work.exception()  # seen; the cancel is what the caller hears of
        raise


class _Reports:
    """Carries progress from a thread to the context, at most one report under way at a time."""

    def __init__(self, context: GeneratorContext) -> None:
        self._context = context
        self._loop = asyncio.get_running_loop()
        self._last: Future[None] | None = None

    def tick(self, cancelled: Cancelled) -> Tick:
        def tick(fraction: float, message: str = "") -> None:
            cancelled.check()
            if self._last is None or self._last.done():
                self._last = asyncio.run_coroutine_threadsafe(
                    self._context.progress(fraction, message), self._loop
                )

        return tick

    async def settle(self) -> None:
        """Wait for the report that is under way, so that none arrives after the work's end."""
        if self._last is not None:
            last = asyncio.wrap_future(self._last)
            await asyncio.wait([last])
            if not last.cancelled():
                last.exception()  # a report that failed must not fail the work


async def compute(context: GeneratorContext, work: Callable[[Tick], T]) -> T:
    """Run `work` in a thread with a `tick` that reports to the context and obeys a cancel."""
    reports = _Reports(context)
    try:
        return await in_thread(lambda cancelled: work(reports.tick(cancelled)))
    finally:
        await reports.settle()
