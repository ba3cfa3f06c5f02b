"""What was made before is given for nothing, where it would be the same again."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

import pytest
from pydantic import BaseModel, Field

from boards.domain.access import Actor
from boards.domain.generations import Generation, Status
from boards.generators.artifacts import ImageArtifact
from boards.generators.context import GeneratorContext
from boards.services.caching import cache_key, is_cacheable
from boards.services.ledger import LedgerService
from boards.services.ports import SYSTEM
from boards.services.submit import SubmitRequest
from boards.testing.generators import tiny_png
from tests.services.samples import ImageOutput, Many, Sample
from tests.services.studio import Studio


class SeededInput(BaseModel):
    prompt: str = "x"
    size: int = 8
    seed: int | None = None
    label: str = Field(default="", json_schema_extra={"x-display": True})
    style_url: str | None = None
    source: ImageArtifact | None = None


class Seeded(Sample):
    """Costs 0.25 USD, and makes the same of the same seed."""

    name = "seeded"
    version: str | None = "1"
    repeatable = False
    calls = 0

    def get_input_schema(self) -> type[BaseModel]:
        return SeededInput

    async def price(self, inputs: BaseModel) -> Decimal | None:
        return Decimal("0.25")

    async def generate(self, inputs: BaseModel, context: GeneratorContext) -> BaseModel:
        Seeded.calls += 1
        return ImageOutput(image=await context.store_image(tiny_png(5), format="png"))


class Steady(Seeded):
    """Needs no seed."""

    name = "steady"
    deterministic = True


class Unversioned(Steady):
    name = "unversioned"
    version = None


class Album(Many):
    """Several outputs, always the same."""

    name = "album"
    version = "1"
    deterministic = True


@dataclass
class Bench:
    """A studio with the generators of this page, and a worker that runs."""

    studio: Studio

    async def make(
        self,
        generator: str = "seeded",
        *,
        actor: Actor | None = None,
        force: bool = False,
        takes: int = 1,
        **inputs: object,
    ) -> Generation:
        request = SubmitRequest(
            generator=generator,
            inputs=inputs,  # type: ignore[arg-type]
            force=force,
            takes=takes,
        )
        made = await self.studio.submit.submit(actor or self.studio.actor, request)
        view = await self.studio.ended(made.job.id, actor=actor)
        assert view.generations[0].status is Status.COMPLETED
        return view.generations[0]

    async def spent(self) -> Decimal:
        totals = await self.studio.database.read(lambda tx: tx.ledger.totals(), scope=SYSTEM)
        assert totals.held == 0
        return totals.spent


@pytest.fixture
async def bench(studio: Studio) -> AsyncIterator[Bench]:
    Seeded.calls = 0
    for make in (Seeded, Steady, Unversioned, Album):
        studio.registry.register(make())
    async with studio.process():
        yield Bench(studio)


class TestHit:
    async def test_the_same_again_costs_nothing_and_says_so(self, bench: Bench) -> None:
        first = await bench.make(prompt="a fox", seed=7)
        again = await bench.make(prompt="a fox", seed=7)
        assert again.id != first.id
        assert again.cached_from == first.id
        assert again.file == first.file
        assert again.cost is not None
        assert again.cost.amount == 0
        assert again.cost.cached_units == 1
        assert again.estimate.cached_units == 1
        assert Seeded.calls == 1
        assert await bench.spent() == Decimal("0.25")

    async def test_the_price_is_told_before(self, bench: Bench) -> None:
        request = SubmitRequest(generator="seeded", inputs={"seed": 7})
        studio = bench.studio
        before = await studio.submit.estimate(studio.actor, request)
        assert before.amount == Decimal("0.25")
        await bench.make(seed=7)
        after = await studio.submit.estimate(studio.actor, request)
        assert after.amount == 0
        assert after.cached_units == 1

    async def test_defaults_that_are_written_out_are_the_same(self, bench: Bench) -> None:
        first = await bench.make(prompt="x", size=8, seed=7)
        assert (await bench.make(seed=7)).cached_from == first.id

    async def test_a_generator_may_say_that_it_needs_no_seed(self, bench: Bench) -> None:
        first = await bench.make("steady")
        assert (await bench.make("steady")).cached_from == first.id

    async def test_all_outputs_of_a_batch_come_back(self, bench: Bench) -> None:
        first = await bench.make("album")
        again = await bench.make("album")
        studio = bench.studio
        batches = [
            list(view.generations)
            for view in [
                await studio.jobs.get(studio.actor, one.job_id)
                for one in (first, again)
                if one.job_id is not None
            ]
        ]
        assert [one.file for one in batches[0]] == [one.file for one in batches[1]]
        assert len(batches[1]) == 3
        assert len({one.batch_id for one in batches[1]}) == 1
        assert [one.extra_files for one in batches[1]] == [one.extra_files for one in batches[0]]
        examined = await LedgerService(database=studio.database, clock=studio.clock).examine(SYSTEM)
        assert examined.faults == ()

    async def test_the_same_content_under_another_id_is_the_same_input(self, bench: Bench) -> None:
        sources = [await bench.make("sample") for _ in range(2)]
        first = await bench.make("steady", source=str(sources[0].id))
        again = await bench.make("steady", source=str(sources[1].id))
        assert again.cached_from == first.id
        inputs = await bench.studio.database.read(
            lambda tx: tx.lineage.inputs_of([again.id]), scope=SYSTEM
        )
        assert [edge.input_id for edge in inputs] == [sources[1].id], "its own input, not the other"


class TestMiss:
    async def test_without_a_seed_nothing_is_the_same(self, bench: Bench) -> None:
        await bench.make(prompt="a fox")
        assert (await bench.make(prompt="a fox")).cached_from is None
        assert await bench.spent() == Decimal("0.50")

    @pytest.mark.parametrize(
        "inputs", [{"seed": 8}, {"seed": 7, "size": 9}, {"seed": 7, "prompt": "y"}]
    )
    async def test_other_inputs(self, bench: Bench, inputs: dict[str, object]) -> None:
        await bench.make(seed=7)
        assert (await bench.make(**inputs)).cached_from is None  # type: ignore[arg-type]

    async def test_force_asks_for_a_new_take(self, bench: Bench) -> None:
        await bench.make(seed=7)
        assert (await bench.make(seed=7, force=True)).cached_from is None
        assert await bench.spent() == Decimal("0.50")

    async def test_several_takes_are_asked_for_as_such(self, bench: Bench) -> None:
        await bench.make(seed=7)
        assert (await bench.make(seed=7, takes=2)).cached_from is None

    async def test_without_a_version_nobody_knows(self, bench: Bench) -> None:
        await bench.make("unversioned")
        assert (await bench.make("unversioned")).cached_from is None

    async def test_another_version(self, bench: Bench) -> None:
        await bench.make("steady")
        steady = bench.studio.registry.get("steady")
        assert steady is not None
        steady.version = "2"
        assert (await bench.make("steady")).cached_from is None

    async def test_bytes_that_are_gone(self, bench: Bench) -> None:
        first = await bench.make(seed=7)
        assert first.file is not None
        await bench.studio.storage.delete(first.file.key)
        again = await bench.make(seed=7)
        assert again.cached_from is None
        assert Seeded.calls == 2

    async def test_a_deleted_result(self, bench: Bench) -> None:
        first = await bench.make(seed=7)
        await bench.studio.generations.delete(bench.studio.actor, first.id)
        assert (await bench.make(seed=7)).cached_from is None

    async def test_another_tenant_s(self, bench: Bench) -> None:
        await bench.make(seed=7)
        other = await bench.studio.another_tenant()
        assert (await bench.make(seed=7, actor=other)).cached_from is None


class TestKey:
    def key(self, **inputs: object) -> str | None:
        return cache_key(Steady(), SeededInput.model_validate(inputs), {})

    def test_what_is_only_shown_is_not_in_it(self) -> None:
        assert self.key(label="for the fair") == self.key(label="")

    def test_what_signs_a_url_is_not_in_it(self) -> None:
        plain = "https://files.example/a.png?size=2"
        for signed in (
            f"{plain}&X-Amz-Signature=abc&X-Amz-Date=20260101",
            f"{plain}&sig=abc&se=2026&sv=1",
            f"{plain}&Expires=1&Signature=x&Key-Pair-Id=y",
        ):
            assert self.key(style_url=signed) == self.key(style_url=plain)
        assert self.key(style_url="https://files.example/a.png?size=3") != self.key(style_url=plain)

    def test_an_input_without_content_has_no_key(self) -> None:
        source = ImageArtifact(generation_id=str(uuid4()), storage_url="", format="png")
        assert cache_key(Steady(), SeededInput(source=source), {}) is None

    @pytest.mark.parametrize("seed", [None, -1])
    def test_a_seed_that_is_drawn_anew_is_none(self, seed: int | None) -> None:
        assert not is_cacheable(Seeded(), SeededInput(seed=seed))
        assert is_cacheable(Seeded(), SeededInput(seed=0))
