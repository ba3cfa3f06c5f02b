"""The kill matrix: a real process, killed at each of nine boundaries, and what is left of its run.

The lab is another process to the victim; its book outlives the kill. Whatever happens, at most one
call is billed, and the result is stored or the run stands before a person with its hold.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from boards.bootstrap import App, open_app
from boards.domain.generations import FINAL, Generation, Phase
from boards.services.ports import SYSTEM, GenerationFilter
from boards.settings import load_settings
from boards.testing.lab import Lab, open_lab
from tests.db.conftest import PostgresServer, postgres_server
from tests.providers.kills.boundaries import Boundary, hold_at, unknown_after
from tests.providers.samples import SAMPLES, Sample

__all__ = ["postgres_server"]

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
WAIT = 60.0
"""Seconds after which a wait gives up; no test is decided by it."""

CASES = [
    pytest.param(
        sample,
        boundary,
        id=f"{sample}-{boundary}",
        marks=() if sample.provider in {"fal", "openai"} else pytest.mark.soak,
    )
    for sample in SAMPLES
    for boundary in Boundary
    if boundary.is_met_by(sample)
]
ON_POSTGRES = [
    pytest.param(SAMPLES[0], boundary, id=f"{SAMPLES[0]}-{boundary}")
    for boundary in (Boundary.AFTER_ACCEPT, Boundary.AFTER_ID, Boundary.BEFORE_SETTLE)
]


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    async with open_lab(book=tmp_path / "book.jsonl") as opened:
        yield opened


@pytest.mark.parametrize(("sample", "boundary"), CASES)
async def test_a_killed_run_is_paid_once(
    lab: Lab, tmp_path: Path, sample: Sample, boundary: Boundary
) -> None:
    await _kill_and_go_on(lab, tmp_path, sample, boundary, {})


@pytest.mark.postgres
@pytest.mark.parametrize(("sample", "boundary"), ON_POSTGRES)
async def test_a_killed_run_is_paid_once_on_postgres(
    lab: Lab,
    tmp_path: Path,
    postgres_server: PostgresServer,
    sample: Sample,
    boundary: Boundary,
) -> None:
    more = {"BOARDS_DATABASE_URL": postgres_server.empty(), "BOARDS_LEASE_SECONDS": "2"}
    await _kill_and_go_on(lab, tmp_path, sample, boundary, more)


async def _kill_and_go_on(
    lab: Lab, folder: Path, sample: Sample, boundary: Boundary, more: dict[str, str]
) -> None:
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BOARDS_")},
        **lab.environment,
        "BOARDS_DATA_DIR": str(folder / "data"),
        **more,
    }
    hold = hold_at(boundary, sample, lab)
    marker = folder / "reached"
    victim = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.providers.kills.victim",
        *(boundary, sample.generator, json.dumps(sample.inputs), str(marker)),
        cwd=folder,
        env={**environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(WAIT):
            if hold is not None:
                await _either(hold.reached.wait(), victim)
            else:
                await _either(_appears(marker), victim)
    finally:
        if victim.returncode is None:
            victim.kill()
        await victim.communicate()
    _go_on_at_the_provider(lab)

    async with open_app(load_settings(environ, cwd=folder)) as app:
        generation = await _settled(app)
        balance = await app.database.read(lambda tx: tx.ledger.balance(generation.id), scope=SYSTEM)
        entries = await app.database.read(lambda tx: tx.ledger.entries(generation.id), scope=SYSTEM)
        kinds = [entry.kind.value for entry in entries]
        idempotent = app.registry.get(sample.generator).idempotency != "none"  # type: ignore[union-attr]
        assert lab.book.accepted <= 1
        assert lab.book.billed <= 1
        if unknown_after(boundary, sample) and not idempotent:
            assert generation.phase is Phase.SUBMIT_UNKNOWN
            assert generation.needs_attention
            assert kinds == ["hold"]
            assert balance.held == generation.estimate.amount
        else:
            assert generation.phase is Phase.COMPLETED, generation.failure
            assert kinds == ["hold", "settle"]
            assert lab.book.billed == 1
            assert generation.file is not None
            assert await app.storage.verify(generation.file.key, generation.file.sha256)


def _go_on_at_the_provider(lab: Lab) -> None:
    """What was held goes on, and jobs end: a provider does not care who is still there."""
    lab.desk.script.clear()
    for job in lab.desk.jobs.values():
        lab.desk.end_job(job)


async def _settled(app: App) -> Generation:
    """Wait until the one generation is final or stands before a person."""
    which = GenerationFilter()
    async with asyncio.timeout(WAIT):
        while True:
            page = await app.database.read(
                lambda tx: tx.generations.list(which, limit=10, cursor=None), scope=SYSTEM
            )
            (generation,) = page.items
            if generation.phase in {*FINAL, Phase.SUBMIT_UNKNOWN}:
                return generation
            await asyncio.sleep(0.05)


async def _appears(path: Path) -> None:
    while not path.exists():  # noqa: ASYNC110, ASYNC240 - another process makes it
        await asyncio.sleep(0.02)


async def _either(reached: object, victim: asyncio.subprocess.Process) -> None:
    """Wait for the boundary; a victim that ends before it has a story to tell."""
    waiting = asyncio.ensure_future(reached)  # type: ignore[call-overload]
    ended = asyncio.ensure_future(victim.wait())
    await asyncio.wait({waiting, ended}, return_when=asyncio.FIRST_COMPLETED)
    if not waiting.done():
        waiting.cancel()
        said = await victim.stdout.read() if victim.stdout else b""
        pytest.fail(f"The victim ended by itself:\n{said.decode(errors='replace')}")
    ended.cancel()
