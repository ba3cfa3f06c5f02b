"""The kill matrix: a real process, killed at each of nine boundaries, and what is left of its run.

The lab is another process to the victim; its book outlives the kill. Whatever happens, at most one
call is billed, and the result is stored or the run stands before a person with its hold.
"""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from boards.bootstrap import App, open_app
from boards.domain.generations import FINAL, Generation, Phase
from boards.services.ports import SYSTEM, GenerationFilter
from boards.settings import load_settings
from boards.testing.lab import Lab, open_lab
from tests.db.conftest import PostgresServer, postgres_server, sqlite_template
from tests.providers.kills.boundaries import Boundary, hold_at, unknown_after
from tests.providers.kills.processes import WAIT, Nursery
from tests.providers.samples import SAMPLES, Sample

__all__ = ["postgres_server", "sqlite_template"]

pytestmark = pytest.mark.slow

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
IN_EACH_RUN = (Boundary.AFTER_ACCEPT, Boundary.AFTER_BYTES, Boundary.BEFORE_SETTLE)
ON_POSTGRES = [
    pytest.param(
        sample,
        boundary,
        id=f"{sample}-{boundary}",
        marks=()
        if sample.provider in {"fal", "openai"} and boundary in IN_EACH_RUN
        else pytest.mark.soak,
    )
    for sample in SAMPLES
    for boundary in Boundary
    if boundary.is_met_by(sample)
]


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    opened = Nursery()
    yield opened
    opened.close()


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    async with open_lab(book=tmp_path / "book.jsonl") as opened:
        yield opened


@pytest.mark.parametrize(("sample", "boundary"), CASES)
async def test_a_killed_run_is_paid_once(
    lab: Lab,
    nursery: Nursery,
    sqlite_template: Path,
    tmp_path: Path,
    sample: Sample,
    boundary: Boundary,
) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    shutil.copyfile(sqlite_template, tmp_path / "data" / "boards.db")
    await _kill_and_go_on(lab, nursery, tmp_path, sample, boundary, {})


@pytest.mark.postgres
@pytest.mark.parametrize(("sample", "boundary"), ON_POSTGRES)
async def test_a_killed_run_is_paid_once_on_postgres(
    lab: Lab,
    nursery: Nursery,
    tmp_path: Path,
    postgres_server: PostgresServer,
    sample: Sample,
    boundary: Boundary,
) -> None:
    more = {"BOARDS_DATABASE_URL": postgres_server.empty(), "BOARDS_LEASE_SECONDS": "2"}
    await _kill_and_go_on(lab, nursery, tmp_path, sample, boundary, more)


async def _kill_and_go_on(
    lab: Lab,
    nursery: Nursery,
    folder: Path,
    sample: Sample,
    boundary: Boundary,
    more: dict[str, str],
) -> None:
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BOARDS_")},
        **lab.environment,
        "BOARDS_DATA_DIR": str(folder / "data"),
        **more,
    }
    hold = hold_at(boundary, sample, lab)
    marker = folder / "reached"
    told = [boundary, sample.generator, json.dumps(sample.inputs), str(marker)]
    victim = nursery.start("victim", told, environ, folder)
    try:
        async with asyncio.timeout(WAIT):
            await victim.until(marker.exists if hold is None else hold.reached.is_set)
    finally:
        await victim.kill()
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
