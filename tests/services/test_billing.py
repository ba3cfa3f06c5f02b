"""What a provider says that a run cost is what is settled."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from boards.domain.artifacts import ArtifactType, MediaFacts, StoredFile
from boards.domain.costs import Basis, Confidence, Cost, CostSource
from boards.domain.generations import Phase
from boards.errors import Broken, Rejected
from boards.services.manifest import KeptArtifact, Manifest, dump_manifest, load_manifest
from boards.services.ports import SYSTEM
from boards.testing.generators import FakePaid
from tests.services.studio import Studio

BASIS = Basis(
    provider="fake",
    model="fake-paid",
    unit="token",
    units=Decimal(40),
    unit_price=Decimal("0.002"),
)


class Billed(FakePaid):
    """Says what it was charged: each of `bills`, in order."""

    def __init__(self, *bills: Decimal | Cost, name: str) -> None:
        super().__init__(name=name)
        self.bills = bills

    async def generate(self, inputs, context):
        for bill in self.bills:
            context.bill(bill)
        return await super().generate(inputs, context)


async def made(studio: Studio, *bills: Decimal | Cost, **inputs: object):
    studio.registry.register(Billed(*bills, name="billed"))
    async with studio.process():
        view = await studio.make("billed", **inputs)  # type: ignore[arg-type]
    assert view.generations[0].phase is Phase.COMPLETED, view.generations[0].failure
    return view


async def test_a_bill_is_settled_in_place_of_the_estimate(studio):
    view = await made(studio, Decimal("0.0123"))

    (generation,) = view.generations
    assert generation.estimate.amount == Decimal("0.25")
    assert (await studio.balance(generation.id)).spent == Decimal("0.0123")
    assert generation.cost.amount == Decimal("0.0123")
    assert generation.cost.confidence is Confidence.EXACT


async def test_a_bill_may_say_what_it_was_worked_out_from(studio):
    cost = Cost(amount=Decimal("0.08"), confidence=Confidence.LISTED, basis=BASIS)

    view = await made(studio, cost)

    assert view.generations[0].cost == replace(cost, source=CostSource.ESTIMATE)


async def test_the_last_bill_counts(studio):
    view = await made(studio, Decimal("0.5"), Decimal("0.1"))

    assert (await studio.balance(view.generations[0].id)).spent == Decimal("0.1")


async def test_without_a_bill_the_estimate_is_settled(studio):
    view = await made(studio)

    assert (await studio.balance(view.generations[0].id)).spent == Decimal("0.25")


async def test_siblings_share_the_bill_and_only_one_holds_it(studio):
    view = await made(studio, Decimal("0.09"), n=3)

    first, *others = view.generations
    assert [each.cost.amount for each in view.generations] == [Decimal("0.03")] * 3
    assert (await studio.balance(first.id)).spent == Decimal("0.09")
    assert [await studio.ledger(each.id) for each in others] == [[], []]


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity"])
async def test_a_bill_that_is_no_amount_is_ignored(studio, amount):
    """It is paid: what it brought must not be lost because of its bill."""
    view = await made(studio, Decimal(amount))

    assert (await studio.balance(view.generations[0].id)).spent == Decimal("0.25")


def test_a_bill_outlives_a_crash_before_the_settlement():
    cost = Cost(amount=Decimal("0.0123"), confidence=Confidence.EXACT, basis=BASIS)
    facts = MediaFacts(format="png", mime="image/png")
    file = StoredFile(key="k", size=1, sha256="0" * 64, facts=facts)
    manifest = Manifest(
        primary=KeptArtifact(artifact_type=ArtifactType.IMAGE, file=file), billed=cost
    )

    assert load_manifest(dump_manifest(manifest)).billed == cost


class TestWhereItComesFrom:
    """Each settlement says whether the provider told its amount."""

    @pytest.mark.parametrize(
        ("bill", "source"),
        [
            (Decimal("0.0123"), CostSource.PROVIDER),
            (Cost(amount=Decimal("0.08"), confidence=Confidence.EXACT), CostSource.PROVIDER),
            (
                Cost(amount=Decimal("0.08"), confidence=Confidence.EXACT, source=CostSource.USAGE),
                CostSource.USAGE,
            ),
            (Cost(amount=Decimal("0.08"), confidence=Confidence.LISTED), CostSource.ESTIMATE),
        ],
        ids=["amount", "exact", "counted", "from a list"],
    )
    async def test_a_bill(self, studio, bill, source):
        view = await made(studio, bill)
        assert view.generations[0].cost.source is source
        assert await sources(studio, view.generations[0].id) == [None, source]

    async def test_no_bill(self, studio):
        view = await made(studio)
        assert view.generations[0].cost.source is CostSource.ESTIMATE
        assert await sources(studio, view.generations[0].id) == [None, CostSource.ESTIMATE]

    async def test_no_price_either(self, studio):
        studio.registry.register(FakePaid(name="no-price", price=None))
        async with studio.process():
            view = await studio.make("no-price")
        assert view.generations[0].cost.amount is None
        assert await sources(studio, view.generations[0].id) == [None, CostSource.UNPRICED]


class TestFailures:
    """A failure costs what its provider charges for it."""

    async def test_a_failure_with_an_amount_is_settled_at_it(self, studio):
        error = Rejected("It ran and failed.", billed=True, cost=Decimal("0.07"))
        generation = await failed(studio, error)
        assert generation.cost.amount == Decimal("0.07")
        assert not generation.needs_attention
        assert await studio.ledger(generation.id) == ["hold", "settle"]
        assert (await studio.balance(generation.id)).spent == Decimal("0.07")

    async def test_a_failure_that_is_billed_without_an_amount_costs_the_estimate(self, studio):
        generation = await failed(studio, Rejected("It ran and failed.", billed=True))
        assert (await studio.balance(generation.id)).spent == Decimal("0.25")
        assert await sources(studio, generation.id) == [None, CostSource.ESTIMATE]

    async def test_a_failure_that_is_not_billed_costs_nothing(self, studio):
        generation = await failed(studio, Rejected("No.", billed=False))
        assert (generation.cost.amount, await studio.ledger(generation.id)) == (
            0,
            ["hold", "release"],
        )

    async def test_a_bill_before_the_failure_answers_the_question(self, studio):
        studio.registry.register(BilledAndBroken(name="breaks"))
        async with studio.process():
            view = await studio.make("breaks")
        (generation,) = view.generations
        assert generation.phase is Phase.FAILED
        assert not generation.needs_attention
        assert (await studio.balance(generation.id)).spent == Decimal("0.03")

    async def test_without_one_it_stays_open(self, studio):
        generation = await failed(studio, Broken("Who knows."))
        assert generation.needs_attention
        assert await studio.ledger(generation.id) == ["hold"]

    async def test_what_is_free_leaves_no_question_open(self, studio):
        studio.registry.register(FakePaid(Broken("Who knows."), name="free", price=Decimal(0)))
        async with studio.process():
            view = await studio.make("free")
        (generation,) = view.generations
        assert not generation.needs_attention
        assert await studio.ledger(generation.id) == ["hold", "release"]


class BilledAndBroken(FakePaid):
    """Hears what it is charged, and then nothing more."""

    async def generate(self, inputs, context):
        context.bill(Decimal("0.03"))
        raise Broken("The connection was reset.")


async def failed(studio: Studio, error: Exception):
    studio.registry.register(FakePaid(error, name="fails"))
    async with studio.process():
        view = await studio.make("fails")
    (generation,) = view.generations
    assert generation.phase is Phase.FAILED
    return generation


async def sources(studio: Studio, generation_id: UUID) -> list[CostSource | None]:
    entries = await studio.database.read(lambda tx: tx.ledger.entries(generation_id), scope=SYSTEM)
    return [entry.source for entry in entries]
