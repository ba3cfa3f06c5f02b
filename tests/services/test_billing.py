"""What a provider says that a run cost is what is settled."""

from decimal import Decimal

import pytest

from boards.domain.artifacts import ArtifactType, MediaFacts, StoredFile
from boards.domain.costs import Basis, Confidence, Cost
from boards.domain.generations import Phase
from boards.services.manifest import KeptArtifact, Manifest, dump_manifest, load_manifest
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

    assert view.generations[0].cost == cost


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
