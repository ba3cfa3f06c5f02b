"""Measurements as ratios taken in one run; `make bench` runs them.

What they print is recorded in docs/benchmarks.md. Nothing here decides a test.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from uvicorn.loops.auto import auto_loop_factory

__all__ = ["run_as_served"]


def run_as_served(work: Coroutine[Any, Any, None]) -> None:
    """Run on the event loop that `boards up` runs on."""
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(work)
