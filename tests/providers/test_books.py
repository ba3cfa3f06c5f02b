"""Two books of the same story: after many faults in one installation, what the ledger says was
spent is what the lab says it billed, to the cent.
"""

from decimal import Decimal
from typing import Any

from boards.domain.costs import ZERO
from boards.domain.generations import FINAL, Generation, Phase
from boards.services.ledger import LedgerService
from boards.services.ports import SYSTEM, GenerationFilter
from boards.testing.lab import Kind, Lab, Stage
from tests.providers.samples import Sample
from tests.providers.test_faults import settled
from tests.services.studio import Studio

SUBMITS: list[dict[str, Any]] = [
    {"kind": Kind.DROP_BEFORE},
    {"kind": Kind.DROP_AFTER},
    {"kind": Kind.NONSENSE},
    {"kind": Kind.STATUS, "status": 503},
    {"kind": Kind.BUSY, "times": 3},
    {"kind": Kind.QUOTA},
    {"kind": Kind.MODERATION},
    {"kind": Kind.EMPTY},
]
LATER: list[tuple[Stage, dict[str, Any]]] = [
    (Stage.SUBMIT, {"kind": Kind.FAILS, "code": "content_policy_violation"}),
    (Stage.POLL, {"kind": Kind.STATUS, "status": 500, "times": 2}),
    (Stage.FETCH, {"kind": Kind.DROP_AFTER, "times": 2}),
    (Stage.FILE, {"kind": Kind.TRUNCATED}),
    (Stage.FILE, {"kind": Kind.STATUS, "status": 500, "times": 6}),
]


async def test_they_agree_to_the_cent(studio: Studio, lab: Lab, sample: Sample):
    clean = await settled(studio, sample)
    assert clean.cost is not None
    price = clean.cost.amount
    assert price is not None
    assert price > 0
    for fault in SUBMITS:
        lab.fault(Stage.SUBMIT, provider=sample.provider, **fault)
        await settled(studio, sample)
    for stage, fault in [] if sample.synchronous else LATER:
        lab.fault(stage, provider=sample.provider, **fault)
        await settled(studio, sample)
    await _bring_home(studio)

    await _decide_by_the_bill(studio, lab, price)

    rows = await _rows(studio)
    assert {one.phase in FINAL for one in rows} == {True}
    verified = await LedgerService(database=studio.database, clock=studio.clock).examine(SYSTEM)
    assert verified.faults == ()
    assert verified.balance.held == ZERO
    assert verified.balance.spent == price * lab.book.billed
    assert lab.book.billed >= 4


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
