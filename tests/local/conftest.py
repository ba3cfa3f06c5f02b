"""Runs of local generators in a folder of their own."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from boards.generators.base import BaseGenerator
from boards.testing import TestRun, run

Run = Callable[..., Awaitable[TestRun]]


@pytest.fixture
def make(tmp_path: Path) -> Run:
    """Run a generator on inputs; names in `artifacts` stand for ids in the slots."""

    async def made(
        generator: BaseGenerator, inputs: dict[str, Any], **artifacts: bytes | Path
    ) -> TestRun:
        return await run(generator, inputs, artifacts=artifacts, folder=tmp_path)

    return made
