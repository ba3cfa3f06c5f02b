"""The submit: all that can be known now is said now, and nothing is written then."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import JsonValue

from boards.adapters.db.door import Door
from boards.domain.access import Actor
from boards.domain.boards import BoardRole
from boards.domain.costs import Confidence
from boards.domain.generations import Phase
from boards.errors import BoardsError, Conflict, Forbidden, InvalidInput, NotFound, PluginError
from boards.ids import new_id
from boards.services.ports import SYSTEM, Tx
from boards.services.submit import SubmitRequest
from boards.testing.generators import tiny_png
from tests.services.samples import Priced
from tests.services.studio import Studio

NOTHING = (0, Decimal(0))


async def counts(studio: Studio) -> tuple[int, Decimal]:
    """How many jobs there are, and how much is held."""

    def look(tx: Tx) -> tuple[int, Decimal]:
        page = tx.jobs.list(board_ids=None, limit=100, cursor=None)
        return len(page.items), tx.ledger.totals().held

    return await studio.database.read(look, scope=SYSTEM)


async def uploaded(studio: Studio, data: bytes, *, actor: Actor | None = None) -> str:
    generation = await studio.uploads.upload(actor or studio.actor, source=data, filename="x.png")
    return str(generation.id)


class TestWhatASubmitWrites:
    async def test_a_job_its_generations_and_their_holds(self, studio: Studio) -> None:
        request = SubmitRequest(generator="fake-paid", inputs={"prompt": "sea", "n": 2}, takes=3)
        submission = await studio.submit.submit(studio.actor, request)
        assert submission.estimate.amount == Decimal("1.50")
        assert submission.estimate.confidence is Confidence.ESTIMATED
        assert len(submission.generations) == 3
        for generation in submission.generations:
            row = await studio.row(generation.id)
            assert row.phase is Phase.PENDING
            assert row.input_params == {"prompt": "sea", "n": 2}
            assert row.estimate.amount == Decimal("0.50")
            assert await studio.ledger(row.id) == ["hold"]
            assert (await studio.balance(row.id)).held == Decimal("0.50")

    async def test_the_default_board_is_made_at_first_use_and_used_again(
        self, studio: Studio
    ) -> None:
        first = await studio.ask("sample")
        second = await studio.ask("sample")
        boards = {
            (await studio.jobs.get(studio.actor, one)).job.board_id for one in (first, second)
        }
        assert boards == {(await studio.boards.default(studio.actor)).id}

    async def test_an_estimate_writes_and_spends_nothing(self, studio: Studio) -> None:
        request = SubmitRequest(generator="fake-paid", inputs={"n": 4}, takes=2)
        cost = await studio.submit.estimate(studio.actor, request)
        assert cost.amount == Decimal(2)
        assert await counts(studio) == NOTHING

    async def test_an_unknown_price_is_unknown_and_not_zero(self, studio: Studio) -> None:
        request = SubmitRequest(generator="unpriced", inputs={})
        cost = await studio.submit.estimate(studio.actor, request)
        assert cost.amount is None
        assert not cost.known

    async def test_inputs_become_lineage(self, studio: Studio) -> None:
        first, second = [await uploaded(studio, tiny_png(n)) for n in (1, 2)]
        request = SubmitRequest(
            generator="uses", inputs={"image": first, "others": [second, first]}
        )
        submission = await studio.submit.submit(studio.actor, request)
        edges = await studio.database.read(
            lambda tx: tx.lineage.inputs_of([submission.generations[0].id]), scope=SYSTEM
        )
        assert [(str(e.input_id), e.role, e.position) for e in edges] == [
            (first, "image", 0),
            (second, "others", 0),
            (first, "others", 1),
        ]


class TestRefusals:
    async def refused(
        self,
        studio: Studio,
        error: type[BoardsError],
        match: str,
        generator: str,
        **inputs: JsonValue,
    ) -> None:
        before = await counts(studio)
        with pytest.raises(error, match=match):
            await studio.submit.submit(
                studio.actor, SubmitRequest(generator=generator, inputs=inputs)
            )
        assert await counts(studio) == before

    async def test_an_unknown_generator_is_named_with_the_nearest(self, studio: Studio) -> None:
        await self.refused(studio, NotFound, "'sampel'; did you mean 'sample'", "sampel")

    async def test_an_invalid_field_is_named(self, studio: Studio) -> None:
        with pytest.raises(InvalidInput) as caught:
            await studio.ask("fake-paid", n=10)
        assert [problem.at for problem in caught.value.problems] == ["inputs.n"]
        assert await counts(studio) == NOTHING

    async def test_a_misspelled_field_is_not_ignored(self, studio: Studio) -> None:
        await self.refused(studio, InvalidInput, "promt", "sample", promt="x")

    @pytest.mark.parametrize("takes", [0, -1, 51])
    async def test_takes_out_of_bounds_are_refused(self, studio: Studio, takes: int) -> None:
        with pytest.raises(InvalidInput, match="takes"):
            await studio.ask("sample", takes=takes)
        assert await counts(studio) == NOTHING

    async def test_a_missing_input_is_not_found(self, studio: Studio) -> None:
        missing = str(new_id())
        await self.refused(
            studio, NotFound, f"^Generation {missing} not found$", "uses", image=missing
        )

    async def test_a_malformed_id_is_not_found(self, studio: Studio) -> None:
        await self.refused(
            studio, NotFound, "^Generation nonsense not found$", "uses", image="nonsense"
        )

    async def test_an_unfinished_input_is_named_with_its_status(self, studio: Studio) -> None:
        job_id = await studio.ask("sample")
        waiting = (await studio.jobs.get(studio.actor, job_id)).generations[0].id
        await self.refused(
            studio,
            Conflict,
            rf"^Generation {waiting} is not completed \(status: pending\)$",
            "uses",
            image=str(waiting),
        )

    async def test_an_input_of_the_wrong_type_is_named(self, studio: Studio) -> None:
        text = await uploaded(studio, b"just words")
        await self.refused(
            studio,
            InvalidInput,
            f"^Generation {text} has wrong artifact type: expected image, got text$",
            "uses",
            image=text,
        )

    async def test_two_ids_in_one_slot_are_refused(self, studio: Studio) -> None:
        ids: list[JsonValue] = [await uploaded(studio, tiny_png(n)) for n in (1, 2)]
        await self.refused(studio, InvalidInput, "image", "uses", image=ids)

    async def test_an_inline_artifact_is_refused(self, studio: Studio) -> None:
        inline: JsonValue = {
            "generation_id": "x",
            "storage_url": "file:///etc/passwd",
            "format": "png",
        }
        await self.refused(studio, InvalidInput, "id", "uses", image=inline)

    async def test_another_tenants_input_is_denied_in_the_guides_words(
        self, studio: Studio
    ) -> None:
        stranger = await studio.another_tenant()
        theirs = await uploaded(studio, tiny_png(), actor=stranger)
        await self.refused(
            studio,
            Forbidden,
            f"^Access denied to generation {theirs} - tenant mismatch$",
            "uses",
            image=theirs,
        )

    async def test_an_input_of_a_board_that_one_may_not_see_looks_missing(
        self, studio: Studio
    ) -> None:
        colleague = await studio.colleague()
        private = await uploaded(studio, tiny_png(), actor=colleague)
        await self.refused(
            studio, NotFound, f"^Generation {private} not found$", "uses", image=private
        )

    async def test_a_viewer_may_not_generate(self, studio: Studio) -> None:
        colleague = await studio.colleague()
        board = await studio.boards.create(colleague, "Theirs")
        with pytest.raises(NotFound):
            await studio.ask("sample", board_id=board.id)
        user_id = studio.actor.user_id
        assert user_id is not None
        await studio.database.write(
            lambda tx: tx.boards.add_member(
                board.id, user_id, BoardRole.VIEWER, now=studio.clock.now()
            ),
            scope=SYSTEM,
        )
        with pytest.raises(Forbidden, match="viewer"):
            await studio.ask("sample", board_id=board.id)
        assert await counts(studio) == NOTHING


class TestPricesThatAreNone:
    @pytest.mark.parametrize(
        "answer", [float("nan"), float("inf"), -0.5, "0.5", None, RuntimeError("boom")]
    )
    async def test_a_price_that_makes_no_sense_refuses_the_submit(
        self, studio: Studio, answer: object
    ) -> None:
        priced = studio.registry.get("priced")
        assert isinstance(priced, Priced)
        priced.answer = answer
        with pytest.raises(PluginError, match="'priced'"):
            await studio.ask("priced")
        assert await counts(studio) == NOTHING

    @pytest.mark.parametrize("answer", [Decimal("NaN"), Decimal(-1), Decimal("1e9"), "free"])
    async def test_an_exact_price_that_makes_no_sense_refuses_it_too(
        self, studio: Studio, answer: object
    ) -> None:
        priced = studio.registry.get("priced-exactly")
        assert isinstance(priced, Priced)
        priced.answer = answer
        with pytest.raises(PluginError, match="'priced-exactly'"):
            await studio.ask("priced-exactly")
        assert await counts(studio) == NOTHING

    async def test_a_slow_price_refuses_the_submit(
        self, studio: Studio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("boards.services.planning.ESTIMATE_SECONDS", 0.01)
        priced = studio.registry.get("priced")
        assert isinstance(priced, Priced)
        priced.answer = "slow"
        with pytest.raises(PluginError, match="took more than"):
            await studio.ask("priced")
        assert await counts(studio) == NOTHING


class TestManyInputs:
    async def test_fifty_inputs_cost_no_more_statements_than_two(
        self, studio: Studio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        statements = 0
        execute = Door._execute

        def counted(door: Door, *rest: Any) -> Any:
            nonlocal statements
            statements += 1
            return execute(door, *rest)

        monkeypatch.setattr(Door, "_execute", counted)
        ids: list[JsonValue] = [await uploaded(studio, tiny_png(n)) for n in range(50)]
        needed = []
        for others in (ids[:1], ids[1:]):
            statements = 0
            request = SubmitRequest(generator="uses", inputs={"image": ids[0], "others": others})
            await studio.submit.submit(studio.actor, request)
            needed.append(statements)
        assert needed[0] == needed[1]
