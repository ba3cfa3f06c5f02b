"""Making things anew: one estimate for all of it, and nothing that was not estimated."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from pydantic import BaseModel

from boards.domain.boards import BoardRole
from boards.domain.budgets import Budget, BudgetScope, Period, Strictness
from boards.domain.costs import ZERO
from boards.domain.generations import Generation, Phase
from boards.domain.jobs import JobState
from boards.errors import Conflict, Forbidden, InvalidInput, NotFound, OverBudget
from boards.generators.context import GeneratorContext
from boards.ids import new_id
from boards.services.ports import SYSTEM, Tx
from boards.services.reruns import Rerun, RerunService, Swap
from boards.services.submissions import Submission
from boards.testing.generators import tiny_png
from tests.services.samples import ImageOutput, SlotsInput, Uses
from tests.services.studio import Studio


class ByWidth(Uses):
    """Costs a cent for each pixel that its input is wide, and gives it back `factor` as wide."""

    name = "by-width"
    provider = "fake"
    repeatable = False
    factor = 1
    calls = 0
    fails = False

    async def price(self, inputs: BaseModel) -> Decimal:
        assert isinstance(inputs, SlotsInput)
        return Decimal(inputs.image.width or 0) / 100

    async def generate(self, inputs: BaseModel, context: GeneratorContext) -> BaseModel:
        assert isinstance(inputs, SlotsInput)
        self.calls += 1
        if self.fails:
            raise ValueError("No.")
        size = (inputs.image.width or 1) * self.factor
        return ImageOutput(image=await context.store_image(tiny_png(3, size=size), format="png"))


@pytest.fixture
def paid(studio: Studio) -> ByWidth:
    paid = ByWidth()
    studio.registry.register(paid)
    return paid


@pytest.fixture
async def reruns(studio: Studio) -> AsyncIterator[RerunService]:
    service = RerunService(
        database=studio.database,
        registry=studio.registry,
        submit=studio.submit,
        clock=studio.clock,
    )
    studio.database.listen(service.hear)
    yield service
    await service.stop()


@asynccontextmanager
async def at_work(studio: Studio, reruns: RerunService) -> AsyncIterator[None]:
    """A worker process, and submits that wake it."""
    async with studio.process():
        reruns.submit = studio.submit
        yield


async def upload(studio: Studio, *, size: int = 4, colour: int = 0) -> UUID:
    source = tiny_png(colour, size=size)
    return (await studio.uploads.upload(studio.actor, source=source, filename=None)).id


async def chain(studio: Studio, first: UUID, length: int = 3) -> list[Generation]:
    """Each made from the one before."""
    made: list[Generation] = []
    for _ in range(length):
        image = str(made[-1].id if made else first)
        made += (await studio.make("by-width", image=image)).generations
    return made


async def phases(studio: Studio, submission: Submission) -> list[Phase]:
    return [(await studio.row(one.id)).phase for one in submission.generations]


class TestOne:
    async def test_it_is_a_new_take_with_the_same_inputs(
        self, studio: Studio, paid: ByWidth, reruns: RerunService
    ) -> None:
        source = await upload(studio)
        async with at_work(studio, reruns):
            [old] = await chain(studio, source, 1)
            submission = await reruns.run(studio.actor, Rerun(generation_id=old.id))
            await studio.ended(submission.job.id)
        [new] = submission.generations
        assert new.id != old.id
        assert (await studio.row(new.id)).cached_from is None
        view = await studio.generations.lineage(studio.actor, new.id)
        assert [one.generation_id for one in view.ancestors.branches] == [source]
        assert paid.calls == 2

    async def test_an_input_can_be_swapped(
        self, studio: Studio, paid: ByWidth, reruns: RerunService
    ) -> None:
        source, other = await upload(studio, size=4), await upload(studio, size=9, colour=7)
        async with at_work(studio, reruns):
            [old] = await chain(studio, source, 1)
            rerun = Rerun(generation_id=old.id, swap=Swap(old_id=source, new_id=other))
            quoted = await reruns.quote(studio.actor, rerun)
            submission = await reruns.run(studio.actor, rerun)
            await studio.ended(submission.job.id)
        assert quoted.quote.total.amount == submission.estimate.amount == Decimal("0.09")
        new = await studio.row(submission.generations[0].id)
        assert new.input_params == {"image": str(other)}
        assert new.file is not None
        assert new.file.facts.width == 9

    async def test_what_is_no_input_is_not_swapped_and_no_upload_made_again(
        self, studio: Studio, paid: ByWidth, reruns: RerunService
    ) -> None:
        source = await upload(studio)
        async with at_work(studio, reruns):
            [old] = await chain(studio, source, 1)
        swap = Swap(old_id=old.id, new_id=source)
        with pytest.raises(InvalidInput, match="no input"):
            await reruns.run(studio.actor, Rerun(generation_id=old.id, swap=swap))
        with pytest.raises(Conflict, match="not made by a generator"):
            await reruns.run(studio.actor, Rerun(generation_id=source))

    async def test_a_remix_gives_the_inputs_that_are_still_there(
        self, studio: Studio, paid: ByWidth, reruns: RerunService
    ) -> None:
        source, other = await upload(studio), await upload(studio, colour=5)
        async with at_work(studio, reruns):
            made = await studio.make("uses", image=str(source), others=[str(other)])
        draft = await reruns.remix(studio.actor, made.generations[0].id)
        assert draft.inputs == {"image": str(source), "others": [str(other)]}
        await studio.generations.delete(studio.actor, other)
        draft = await reruns.remix(studio.actor, made.generations[0].id)
        assert draft.inputs == {"image": str(source), "others": []}
        assert draft.missing == (other,)


class TestTree:
    async def test_all_of_it_is_one_job_under_one_estimate(
        self, studio: Studio, paid: ByWidth, reruns: RerunService
    ) -> None:
        source, other = await upload(studio, size=4), await upload(studio, size=4, colour=9)
        async with at_work(studio, reruns):
            old = await chain(studio, source)
            rerun = Rerun(
                generation_id=old[0].id,
                swap=Swap(old_id=source, new_id=other),
                with_uses=True,
                most=Decimal("0.12"),
            )
            quoted = await reruns.quote(studio.actor, rerun)
            assert quoted.again == tuple(one.id for one in old)
            assert quoted.quote.total.amount == Decimal("0.12")
            submission = await reruns.run(studio.actor, rerun)
            held = [await studio.balance(one.id) for one in submission.generations]
            await studio.ended(submission.job.id)
        assert submission.estimate.amount == Decimal("0.12")
        assert sum((one.held + one.spent for one in held), ZERO) == Decimal("0.12")
        new = [one.id for one in submission.generations]
        assert await phases(studio, submission) == [Phase.COMPLETED] * 3
        view = await studio.generations.lineage(studio.actor, new[-1])
        up, node = [], view.ancestors
        while node.branches:
            [node] = node.branches
            up.append(node.generation_id)
        assert up == [new[1], new[0], other]
        assert paid.calls == 6
        assert [await studio.ledger(one) for one in new] == [["hold", "settle"]] * 3

    async def test_a_step_waits_for_its_inputs(
        self, studio: Studio, paid: ByWidth, reruns: RerunService
    ) -> None:
        async with at_work(studio, reruns):
            old = await chain(studio, await upload(studio), 2)
        submission = await reruns.run(studio.actor, Rerun(generation_id=old[0].id, with_uses=True))
        now = studio.clock.now()
        first, second = (one.id for one in submission.generations)

        def take(tx: Tx) -> list[UUID]:
            tx.generations.admit(studio.limits, now=now, at_most=99)
            claims = tx.generations.claim(
                [first, second], now=now, lease_until=now + timedelta(seconds=30)
            )
            return [claim.generation.id for claim in claims]

        assert await studio.database.write(take, scope=SYSTEM) == [first]
        assert await reruns.advance() == 0
        assert paid.calls == 2

    async def test_it_goes_on_after_a_restart(
        self, studio: Studio, paid: ByWidth, reruns: RerunService
    ) -> None:
        async with at_work(studio, reruns):
            old = await chain(studio, await upload(studio))
        submission = await reruns.run(studio.actor, Rerun(generation_id=old[0].id, with_uses=True))
        # Another process has heard of nothing, and finds it by its chore.
        later = replace(reruns)
        studio.clock.advance(60)
        async with at_work(studio, reruns):
            await studio.lapse()
            for _ in range(2):
                await later.advance()
            await studio.ended(submission.job.id)
        assert await phases(studio, submission) == [Phase.COMPLETED] * 3
        assert paid.calls == 6

    async def test_what_would_cost_more_than_was_estimated_is_not_run(
        self, studio: Studio, paid: ByWidth, reruns: RerunService
    ) -> None:
        async with at_work(studio, reruns):
            old = await chain(studio, await upload(studio))
            paid.factor = 3
            submission = await reruns.run(
                studio.actor, Rerun(generation_id=old[0].id, with_uses=True)
            )
            await studio.ended(submission.job.id)
        assert await phases(studio, submission) == [
            Phase.COMPLETED,
            Phase.FAILED,
            Phase.FAILED,
        ]
        dear, behind = [await studio.row(one.id) for one in submission.generations[1:]]
        assert dear.failure is not None
        assert behind.failure is not None
        assert (dear.failure.code, behind.failure.code) == ("over_estimate", "input_failed")
        assert "0.12" in dear.failure.message
        assert "0.04" in dear.failure.message
        assert paid.calls == 4
        balances = [await studio.balance(one.id) for one in submission.generations]
        assert sum((one.held for one in balances), ZERO) == ZERO
        assert sum((one.spent for one in balances), ZERO) == Decimal("0.04")

    async def test_what_fails_or_is_cancelled_ends_what_waits_for_it(
        self, studio: Studio, paid: ByWidth, reruns: RerunService
    ) -> None:
        async with at_work(studio, reruns):
            old = await chain(studio, await upload(studio))
            paid.fails = True
            submission = await reruns.run(
                studio.actor, Rerun(generation_id=old[0].id, with_uses=True)
            )
            view = await studio.ended(submission.job.id)
        assert view.state is JobState.FAILED
        assert await phases(studio, submission) == [Phase.FAILED] * 3
        paid.fails = False
        second = await reruns.run(studio.actor, Rerun(generation_id=old[0].id, with_uses=True))
        await studio.jobs.cancel(studio.actor, second.job.id)
        await reruns.advance()
        assert await phases(studio, second) == [Phase.CANCELLED] * 3
        for one in (*submission.generations, *second.generations):
            assert (await studio.balance(one.id)).held == ZERO
        assert await studio.database.read(lambda tx: tx.waits.list(limit=9), scope=SYSTEM) == ()

    async def test_a_diamond_waits_for_both_of_its_sides(
        self, studio: Studio, paid: ByWidth, reruns: RerunService
    ) -> None:
        source = str(await upload(studio))
        async with at_work(studio, reruns):
            top = str((await studio.make("uses", image=source)).generations[0].id)
            sides = [
                str((await studio.make("uses", image=top, others=others)).generations[0].id)
                for others in ([], [source])
            ]
            await studio.make("uses", image=sides[0], others=[sides[1]])
            submission = await reruns.run(
                studio.actor, Rerun(generation_id=UUID(top), with_uses=True)
            )
            await studio.ended(submission.job.id)
        new = [str(one.id) for one in submission.generations]
        last = await studio.row(submission.generations[3].id)
        assert last.phase is Phase.COMPLETED
        assert last.input_params == {"image": new[1], "others": [new[2]]}


class TestRefusals:
    async def test_nothing_is_spent_above_what_was_agreed_to(
        self, studio: Studio, paid: ByWidth, reruns: RerunService
    ) -> None:
        async with at_work(studio, reruns):
            old = await chain(studio, await upload(studio))
        rerun = Rerun(generation_id=old[0].id, with_uses=True, most=Decimal("0.11"))
        with pytest.raises(Conflict, match=r"0\.12.*0\.11"):
            await reruns.run(studio.actor, rerun)
        rows = await studio.database.read(
            lambda tx: tx.jobs.list(board_ids=None, limit=99, cursor=None), scope=SYSTEM
        )
        assert len(rows.items) == 3, "the three of before"

    async def test_a_budget_is_asked_for_all_of_it(
        self, studio: Studio, paid: ByWidth, reruns: RerunService
    ) -> None:
        async with at_work(studio, reruns):
            old = await chain(studio, await upload(studio))
        now = studio.clock.now()
        budget = Budget(
            id=new_id(),
            tenant_id=studio.actor.tenant_id,
            scope=BudgetScope.TENANT,
            subject_id=studio.actor.tenant_id,
            period=Period.TOTAL,
            strictness=Strictness.HARD,
            # Twelve cents are spent; each step alone would fit, and all three do not.
            amount=Decimal("0.20"),
            created_at=now,
            updated_at=now,
        )
        await studio.database.write(lambda tx: tx.budgets.insert(budget), scope=SYSTEM)
        rerun = Rerun(generation_id=old[0].id, with_uses=True)
        assert (await reruns.quote(studio.actor, rerun)).quote.refusal is not None
        with pytest.raises(OverBudget):
            await reruns.run(studio.actor, rerun)
        assert paid.calls == 3

    async def test_one_key_makes_one_job(
        self, studio: Studio, paid: ByWidth, reruns: RerunService
    ) -> None:
        async with at_work(studio, reruns):
            old = await chain(studio, await upload(studio), 2)
            rerun = Rerun(generation_id=old[0].id, with_uses=True, key="once")
            first = await reruns.run(studio.actor, rerun)
            again = await reruns.run(studio.actor, rerun)
            assert (again.job.id, again.is_replay) == (first.job.id, True)
            with pytest.raises(InvalidInput, match="once"):
                await reruns.run(studio.actor, replace(rerun, with_uses=False))
            await studio.ended(first.job.id)
        assert paid.calls == 4

    async def test_it_takes_the_right_to_see_how_and_to_make(
        self, studio: Studio, paid: ByWidth, reruns: RerunService
    ) -> None:
        colleague = await studio.colleague()
        stranger = await studio.another_tenant()
        board = await studio.boards.create(studio.actor, "Shared")
        async with at_work(studio, reruns):
            made = await studio.make("by-width", board_id=board.id, image=str(await upload(studio)))
        rerun = Rerun(generation_id=made.generations[0].id)
        for actor in (colleague, stranger):
            with pytest.raises(NotFound):
                await reruns.run(actor, rerun)
            with pytest.raises(NotFound):
                await reruns.remix(actor, rerun.generation_id)
        user_id = colleague.user_id
        assert user_id is not None
        await studio.database.write(
            lambda tx: tx.boards.add_member(
                board.id, user_id, BoardRole.VIEWER, now=studio.clock.now()
            ),
            scope=SYSTEM,
        )
        with pytest.raises(Forbidden):
            await reruns.run(colleague, rerun)

    async def test_what_is_left_out_is_told_with_the_reason(
        self, studio: Studio, paid: ByWidth, reruns: RerunService
    ) -> None:
        source = await upload(studio)
        async with at_work(studio, reruns):
            [root] = await chain(studio, source, 1)
            paid.fails = True
            [failed] = await chain(studio, root.id, 1)
        quoted = await reruns.quote(studio.actor, Rerun(generation_id=root.id, with_uses=True))
        assert quoted.again == (root.id,)
        assert [(one.generation_id, one.reason) for one in quoted.left_out] == [
            (failed.id, "it is failed")
        ]
