"""Two books of the same story: after many faults in one installation, what the ledger says was
spent is what the lab says it billed, to the cent.
"""

from decimal import Decimal

import pytest

from boards.domain.costs import ZERO
from boards.domain.generations import FINAL, Generation, Phase
from boards.services.ledger import LedgerService
from boards.services.ports import SYSTEM, GenerationFilter
from boards.testing.lab import Lab
from tests.providers.samples import Sample
from tests.providers.test_faults import LATER, SUBMITS, Row, settled
from tests.services.studio import Studio

WHOLE = ("fal", "openai")
"""Whose every fault is met here; the others meet every fourth, and all of them in the soak run."""
SOME = 6
"""How often a fault happens here that never ends in the table: often enough to park a run."""


def faults_for(sample: Sample, *, every: bool) -> list[Row]:
    """The rows of the table transport × fault, as many as there is time for."""
    rows = [*SUBMITS, *([] if sample.synchronous else LATER)]
    return rows if every else rows[::4]


async def test_they_agree_to_the_cent(studio: Studio, lab: Lab, sample: Sample):
    await agree(studio, lab, sample, faults_for(sample, every=sample.provider in WHOLE))


@pytest.mark.soak
async def test_they_agree_after_every_fault(studio: Studio, lab: Lab, sample: Sample):
    await agree(studio, lab, sample, faults_for(sample, every=True))


async def agree(studio: Studio, lab: Lab, sample: Sample, rows: list[Row]) -> None:
    clean = await settled(studio, sample)
    assert clean.cost is not None
    price = clean.cost.amount
    assert price is not None
    assert price > 0
    for row in rows:
        more = {name: SOME if value is None else value for name, value in row.more.items()}
        lab.fault(row.stage, row.kind, provider=sample.provider, **more)
        await settled(studio, sample)
    lab.desk.script.clear()
    await _bring_home(studio)

    await _decide_by_the_bill(studio, lab, price)

    made = await _rows(studio)
    assert {one.phase in FINAL for one in made} == {True}
    verified = await LedgerService(database=studio.database, clock=studio.clock).examine(SYSTEM)
    assert verified.faults == ()
    assert verified.balance.held == ZERO
    assert verified.balance.spent == price * lab.book.billed
    assert lab.book.billed > 1, "some fault costs money, or nothing was compared"
    assert len(made) == len(rows) + 1


async def _bring_home(studio: Studio) -> None:
    """Look once more at what is parked; nothing goes wrong by now."""
    studio.clock.advance(studio.run_limits.late_look_every + studio.run_limits.lease + 1)
    async with studio.process() as worker:
        await worker.sweep()
        for one in await _rows(studio):
            if one.phase in (Phase.SUBMITTED, Phase.FETCHING) and one.job_id is not None:
                await studio.ended(one.job_id)


async def _decide_by_the_bill(studio: Studio, lab: Lab, price: Decimal) -> None:
    """A person compares the provider's bill with what was settled: what is billed and missing is
    given up as lost, and put right where the estimate was something else; the rest is released."""
    ledger = LedgerService(database=studio.database, clock=studio.clock)
    rows = await _rows(studio)
    spent = [one for one in rows if (await studio.balance(one.id)).spent > 0]
    missing = lab.book.billed - len(spent)
    for one in rows:
        if not one.needs_attention:
            continue
        if missing > 0:
            missing -= 1
            lost = await studio.attention.mark_lost(studio.actor, one.id)
            assert lost.cost is not None
            if lost.cost.amount != price:
                await ledger.adjust(studio.actor, one.id, actual=price, cause="the bill")
        else:
            await studio.attention.release_hold(studio.actor, one.id)
    assert missing == 0


async def _rows(studio: Studio) -> tuple[Generation, ...]:
    page = await studio.database.read(
        lambda tx: tx.generations.list(GenerationFilter(), limit=200, cursor=None), scope=SYSTEM
    )
    return page.items
