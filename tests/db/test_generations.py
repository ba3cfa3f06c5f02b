from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from boards.domain.artifacts import ArtifactType
from boards.domain.costs import Basis, Confidence, Cost, free, unpriced
from boards.domain.generations import ExtraFile, Failure, Generation, Phase, Status
from boards.domain.search import Order
from boards.errors import Conflict, InvalidInput
from boards.ids import new_id
from boards.services.ports import SYSTEM, GenerationFilter, Page, Tx
from tests.db.world import NOW, World, stored_file

BASIS = Basis(
    provider="fal",
    model="flux",
    unit="megapixel",
    units=Decimal("1.05"),
    unit_price=Decimal("0.0333333333333"),
)


async def page_of(world: World, *, limit: int, cursor: str | None) -> Page[Generation]:
    return await world.read(
        lambda tx: tx.generations.list(GenerationFilter(), limit=limit, cursor=cursor)
    )


class TestReadingBack:
    async def test_a_pending_generation_comes_back_as_it_was_written(self, world: World) -> None:
        job = await world.add_job()
        new = world.new(
            job_id=job.id,
            generator_version="3",
            priority=7,
            input_params={
                "prompt": "ein Käse: 🧀",
                "seed": 2**53 + 1,
                "list": [1, None, {"a": 0.5}],
            },
            estimate=Cost(
                amount=Decimal("0.123456789"),
                confidence=Confidence.ESTIMATED,
                basis=BASIS,
                cached_units=2,
            ),
        )
        await world.write(lambda tx: tx.generations.insert([new]))
        found = await world.get(new.id)
        same = {field.name for field in fields(found)} - {"updated_at", "progress", "message"}
        for name in same & {field.name for field in fields(new)}:
            assert getattr(found, name) == getattr(new, name), name
        assert found.updated_at == new.created_at
        assert found.status is Status.PENDING
        assert (found.progress, found.file, found.cost, found.failure) == (0.0, None, None, None)
        assert isinstance(found.id, UUID)
        assert found.created_at.tzinfo is not None

    async def test_a_generation_that_begins_as_completed_keeps_its_outputs(
        self, world: World
    ) -> None:
        mask = ExtraFile(role="mask", type=ArtifactType.IMAGE, file=stored_file("k/mask.png"))
        notes = ExtraFile(role="notes", type=None, file=stored_file("k/notes.bin"))
        new = world.new(
            phase=Phase.COMPLETED,
            file=stored_file(duration=1.5, fps=29.97, sample_rate=48000, channels=2),
            content="once upon a time",
            extra_files=(mask, notes),
            output_metadata={"seed": 7},
            cost=free(BASIS),
            completed_at=NOW + timedelta(seconds=2),
        )
        await world.write(lambda tx: tx.generations.insert([new]))
        found = await world.get(new.id)
        assert found.file == new.file
        assert found.content == new.content
        assert found.extra_files == (mask, notes)
        assert found.output_metadata == {"seed": 7}
        assert found.cost == new.cost
        assert found.completed_at == new.completed_at
        assert found.progress == 1.0

    async def test_an_unknown_price_stays_unknown(self, world: World) -> None:
        [one] = await world.add(estimate=unpriced())
        assert (await world.get(one)).estimate.amount is None

    async def test_a_moment_of_another_time_zone_is_the_same_moment(self, world: World) -> None:
        there = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
        [one] = await world.add(created_at=there)
        found = (await world.get(one)).created_at
        assert found == NOW
        assert found.utcoffset() == timedelta(0)

    async def test_a_moment_without_a_time_zone_is_refused(self, world: World) -> None:
        with pytest.raises(InvalidInput):
            await world.add(created_at=datetime(2026, 1, 1))  # noqa: DTZ001

    async def test_every_change_comes_back(self, world: World) -> None:
        claim = await world.running()
        failure = Failure(
            code="rejected", message="No.", retryable=True, provider_code="E1", error_id="x-1"
        )
        changes: Mapping[str, Any] = {
            "progress": 0.25,
            "message": "A quarter",
            "external_id": "job-1",
            "other_ids": ("job-2", "job-3"),
            "file": stored_file(),
            "content": "text",
            "thumbnail_key": "k/thumb.webp",
            "extra_files": (ExtraFile(role="a", type=None, file=stored_file("k/a")),),
            "output_metadata": {"a": [1]},
            "manifest": {"primary": "k/1"},
            "failure": failure,
            "needs_attention": True,
            "cost": Cost(amount=Decimal("0.05"), confidence=Confidence.EXACT, basis=BASIS),
            "batch_id": new_id(),
            "batch_size": 3,
            "deadline_at": NOW + timedelta(hours=1),
        }
        later = NOW + timedelta(seconds=1)
        assert await world.write(
            lambda tx: tx.generations.update(
                claim.generation.id, now=later, token=claim.run_token, **changes
            )
        )
        found = await world.get(claim.generation.id)
        for name in changes.keys() - {"other_ids", "manifest", "deadline_at"}:
            assert getattr(found, name) == changes[name], name
        assert found.updated_at == later
        [again] = await world.claim([found.id], now=later + timedelta(minutes=1))
        assert again.other_ids == ("job-2", "job-3")
        assert again.manifest == {"primary": "k/1"}
        assert again.deadline_at == NOW + timedelta(hours=1)

    async def test_what_is_set_to_nothing_is_nothing_again(self, world: World) -> None:
        claim = await world.running()
        await world.write(
            lambda tx: tx.generations.update(
                claim.generation.id,
                now=NOW,
                token=claim.run_token,
                file=stored_file(),
                failure=Failure(code="a", message="b"),
                cost=free(),
            )
        )
        await world.write(
            lambda tx: tx.generations.update(
                claim.generation.id,
                now=NOW,
                token=claim.run_token,
                file=None,
                failure=None,
                cost=None,
            )
        )
        found = await world.get(claim.generation.id)
        assert (found.file, found.failure, found.cost) == (None, None, None)


class TestRefusedRows:
    async def test_a_generation_does_not_begin_in_the_middle(self, world: World) -> None:
        with pytest.raises(Conflict):
            await world.add(phase=Phase.STORING)

    async def test_the_same_id_twice_is_a_conflict(self, world: World) -> None:
        [one] = await world.add()
        with pytest.raises(Conflict):
            await world.add(id=one)

    async def test_a_board_of_another_tenant_is_refused_by_the_database(self, world: World) -> None:
        with pytest.raises(Conflict):
            await world.add(board_id=world.abroad.board.id)

    async def test_a_number_that_json_has_not_is_refused(self, world: World) -> None:
        with pytest.raises(InvalidInput):
            await world.add(input_params={"scale": float("nan")})

    async def test_progress_is_a_fraction(self, world: World) -> None:
        claim = await world.running()
        with pytest.raises(Conflict):
            await world.write(
                lambda tx: tx.generations.update(
                    claim.generation.id, now=NOW, token=claim.run_token, progress=1.5
                )
            )


class TestLists:
    async def test_pages_are_newest_first_without_gap_or_double(self, world: World) -> None:
        ids = []
        for minute in range(7):
            # Three at the same moment: then the id decides.
            ids += await world.add(count=3, created_at=NOW + timedelta(minutes=minute))
        seen: list[UUID] = []
        cursor = None
        while True:
            page = await page_of(world, limit=4, cursor=cursor)
            seen += [one.id for one in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert seen == sorted(ids, reverse=True)

    async def test_a_row_added_meanwhile_moves_no_page(self, world: World) -> None:
        ids = await world.add(count=4)
        everything = GenerationFilter()
        first = await world.read(lambda tx: tx.generations.list(everything, limit=2, cursor=None))
        await world.add(created_at=NOW + timedelta(hours=1))
        second = await world.read(
            lambda tx: tx.generations.list(everything, limit=2, cursor=first.next)
        )
        assert [one.id for one in (*first.items, *second.items)] == sorted(ids, reverse=True)
        assert second.next is None

    async def test_each_filter_leaves_out_the_rest(self, world: World) -> None:
        job = await world.add_job()
        other = await world.add_board()
        [plain] = await world.add()
        [of_job] = await world.add(job_id=job.id)
        [elsewhere] = await world.add(board_id=other.id)
        [sound] = await world.add(artifact_type=ArtifactType.AUDIO)
        [upload] = await world.add(generator_name="upload", phase=Phase.COMPLETED)
        claim = await world.running()
        unknown, _ = await world.at(Phase.SUBMIT_UNKNOWN)
        await world.move(claim.generation.id, Phase.FAILED, needs_attention=True)
        [foreign] = await world.add(world.abroad)

        async def ids(**which: Any) -> set[UUID]:
            wanted = GenerationFilter(**which)
            page = await world.read(lambda tx: tx.generations.list(wanted, limit=100, cursor=None))
            return {one.id for one in page.items}

        assert await ids(job_id=job.id) == {of_job}
        assert await ids(board_ids=frozenset({other.id})) == {elsewhere}
        assert await ids(board_ids=frozenset()) == set()
        assert await ids(artifact_type=ArtifactType.AUDIO) == {sound}
        assert await ids(generator_name="upload") == {upload}
        assert await ids(user_id=world.abroad.user_id) == {foreign}
        assert await ids(needs_attention=True) == {claim.generation.id}
        assert claim.generation.id not in await ids(needs_attention=False)
        assert await ids(status=Status.PROCESSING) == {unknown}
        assert await ids(status=Status.FAILED) == {claim.generation.id}
        assert upload not in await ids(status=Status.PENDING)
        assert plain in await ids(status=Status.PENDING)

    @pytest.mark.parametrize(
        "cursor", ["", "x", "%%%", "MTIz", "ä", "LTEuMDA", "9" * 500, "MS4w\n", "AAAA", "é" * 10]
    )
    async def test_a_cursor_that_was_not_given_out_is_refused(
        self, world: World, cursor: str
    ) -> None:
        with pytest.raises(InvalidInput, match="cursor") as refused:
            await world.read(
                lambda tx: tx.generations.list(GenerationFilter(), limit=1, cursor=cursor)
            )
        assert refused.value.problems[0].at == "cursor"

    async def test_a_cursor_of_another_tenant_shows_nothing_of_it(self, world: World) -> None:
        await world.add(world.abroad, count=3)
        page = await world.read(
            lambda tx: tx.generations.list(GenerationFilter(), limit=1, cursor=None),
            world.abroad.scope,
        )
        assert page.next is not None
        mine = await world.read(
            lambda tx: tx.generations.list(GenerationFilter(), limit=9, cursor=page.next),
            world.home.scope,
        )
        assert mine.items == ()


class TestJobs:
    async def test_the_takes_of_a_job_come_in_order_each_with_its_siblings(
        self, world: World
    ) -> None:
        job = await world.add_job(takes=3)
        takes = await world.add(count=3, job_id=job.id)
        await world.admit()
        claims = {one.generation.id: one for one in await world.claim(takes)}
        # The last take ends first, as a batch of two.
        siblings = {}
        for take in (takes[2], takes[0]):
            batch = new_id()
            [siblings[take]] = await world.add(
                job_id=job.id,
                phase=Phase.COMPLETED,
                batch_id=batch,
                batch_index=1,
                batch_size=2,
            )
            assert await world.move(
                take, Phase.COMPLETED, token=claims[take].run_token, batch_id=batch, batch_size=2
            )
        found = await world.read(lambda tx: tx.generations.of_job(job.id))
        assert [one.id for one in found] == [
            takes[0],
            siblings[takes[0]],
            takes[1],
            takes[2],
            siblings[takes[2]],
        ]


class TestDeleting:
    async def test_a_deleted_generation_is_found_nowhere(self, world: World) -> None:
        one, _ = await world.at(Phase.COMPLETED)
        assert await world.write(lambda tx: tx.generations.delete(one, now=NOW))
        assert await world.read(lambda tx: tx.generations.get(one)) is None
        assert await world.read(lambda tx: tx.generations.find_anywhere([one])) == {}
        page = await world.read(
            lambda tx: tx.generations.list(GenerationFilter(), limit=9, cursor=None)
        )
        assert page.items == ()
        count = await world.read(lambda tx: tx.boards.generation_count(world.home.board.id))
        assert count == 0

    async def test_a_run_still_finds_an_input_that_was_deleted(self, world: World) -> None:
        one, _ = await world.at(Phase.COMPLETED)
        await world.write(lambda tx: tx.generations.delete(one, now=NOW))
        found = await world.read(
            lambda tx: tx.generations.find_anywhere([one], include_deleted=True)
        )
        assert found.keys() == {one}

    async def test_what_runs_is_not_deleted(self, world: World) -> None:
        claim = await world.running()
        one = claim.generation.id
        assert not await world.write(lambda tx: tx.generations.delete(one, now=NOW))

    async def test_it_is_deleted_once(self, world: World) -> None:
        one, _ = await world.at(Phase.FAILED)
        assert await world.write(lambda tx: tx.generations.delete(one, now=NOW))
        assert not await world.write(lambda tx: tx.generations.delete(one, now=NOW))


async def test_one_query_finds_many_ids_of_all_tenants(world: World) -> None:
    mine = await world.add(count=2)
    theirs = await world.add(world.abroad)
    missing = new_id()
    found = await world.read(
        lambda tx: tx.generations.find_anywhere([*mine, *theirs, missing]), world.home.scope
    )
    assert found.keys() == {*mine, *theirs}
    assert found[theirs[0]].tenant_id == world.abroad.tenant_id


async def test_more_ids_than_a_statement_takes_are_found_all_the_same(world: World) -> None:
    [one] = await world.add()
    ids = [*(new_id() for _ in range(2500)), one]
    found = await world.read(lambda tx: tx.generations.find_anywhere(ids))
    assert found.keys() == {one}
    assert await world.read(lambda tx: tx.generations.find_anywhere([])) == {}


async def test_ids_sort_in_the_order_of_creation(world: World) -> None:
    ids = await world.add(count=20, created_at=datetime(2026, 1, 1, tzinfo=UTC))
    page = await world.database.read(
        lambda tx: tx.generations.list(GenerationFilter(), limit=50, cursor=None), scope=SYSTEM
    )
    assert [one.id for one in page.items] == ids[::-1]


async def test_a_generation_read_in_one_transaction_is_a_value(world: World) -> None:
    [one] = await world.add()
    found = await world.get(one)
    assert replace(found, message="changed") != found


class TestGalleries:
    async def test_the_ids_of_a_list_come_at_once_and_in_its_order(self, world: World) -> None:
        made = [
            (await world.add(created_at=NOW + timedelta(seconds=number), provider=provider))[0]
            for number, provider in enumerate(["fal", "luma", "fal"])
        ]
        await world.add(world.abroad)
        on = GenerationFilter(board_ids=frozenset({world.home.board.id}))

        async def ids(which: GenerationFilter, order: Order) -> list[UUID]:
            found = await world.read(
                lambda tx: tx.generations.ids(which, order=order), world.home.scope
            )
            return [UUID(bytes=found[at : at + 16]) for at in range(0, len(found), 16)]

        assert await ids(on, Order.NEWEST) == made[::-1]
        assert await ids(on, Order.OLDEST) == made
        assert await ids(replace(on, provider="fal"), Order.NEWEST) == [made[2], made[0]]
        assert await ids(replace(on, provider="kie"), Order.NEWEST) == []

    async def test_lists_go_by_age_and_by_cost(self, world: World) -> None:
        costs = [Decimal("0.04"), None, Decimal("1.20"), Decimal("0.04"), Decimal(0)]
        made = []
        for cost in costs:
            known = None if cost is None else Cost(amount=cost, confidence=Confidence.EXACT)
            made += await world.add(phase=Phase.COMPLETED, cost=known, completed_at=NOW)

        async def pages(which: GenerationFilter, order: Order) -> list[UUID]:
            seen: list[UUID] = []
            cursor: str | None = None
            while True:

                def look(tx: Tx, after: str | None = cursor) -> Page[Generation]:
                    return tx.generations.list(which, limit=2, cursor=after, order=order)

                page = await world.read(look)
                seen += [one.id for one in page.items]
                cursor = page.next
                if cursor is None:
                    return seen

        on = GenerationFilter(board_ids=frozenset({world.home.board.id}))
        assert await pages(on, Order.OLDEST) == made
        assert await pages(on, Order.NEWEST) == made[::-1]
        by_cost = [made[2], made[3], made[0], made[4], made[1]]
        assert await pages(on, Order.COST) == by_cost
        assert await pages(replace(on, min_cost=Decimal("0.04")), Order.COST) == by_cost[:3]
