"""One thing done to many: each by its own rights, with its own result, and one undo."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from boards.domain.access import Actor, TokenScope
from boards.domain.generations import Phase
from boards.errors import Conflict, Forbidden, InvalidInput, NotFound
from boards.ids import new_id
from boards.services.bulk import (
    COPIED_FROM,
    MOST_AT_ONCE,
    UNDO_LASTS,
    BulkAction,
    BulkOutcome,
    BulkRequest,
    BulkResult,
)
from boards.services.generations import GenerationQuery
from boards.services.rights import scope_of
from boards.services.trash import KEPT_FOR
from tests.services.curating import Cast, picture
from tests.services.studio import Studio

DONE, UNCHANGED, REFUSED = BulkOutcome.DONE, BulkOutcome.UNCHANGED, BulkOutcome.REFUSED


async def do(
    studio: Studio, actor: Actor, action: BulkAction, ids: Sequence[UUID], **more: UUID
) -> BulkResult:
    request = BulkRequest(action=action, ids=tuple(ids), **more)
    return await studio.curation.bulk.do(actor, request)


async def back(studio: Studio, actor: Actor, result: BulkResult) -> list[BulkOutcome]:
    assert result.undo is not None
    return outcomes(await studio.curation.bulk.undo(actor, result.undo.id))


def outcomes(result: BulkResult) -> list[BulkOutcome]:
    return [one.outcome for one in result.items]


async def on(studio: Studio, actor: Actor, board_id: UUID) -> set[UUID]:
    which = GenerationQuery(board_id=board_id)
    page = await studio.generations.list(actor, which, limit=99, cursor=None)
    return {one.id for one in page.items}


async def pictures(studio: Studio, board_id: UUID, count: int) -> list[UUID]:
    return [(await picture(studio, board_id, seed=n)).id for n in range(count)]


class TestEach:
    async def test_each_has_its_own_result_in_the_order_asked(self, studio: Studio) -> None:
        cast = await Cast.of(studio)
        first, second = await pictures(studio, cast.board.id, 2)
        hidden = (await picture(studio, (await studio.boards.default(studio.actor)).id)).id
        sea = await studio.curation.tags.create(studio.actor, "Sea")
        await studio.curation.tags.attach(studio.actor, second, sea.id)
        ids = [hidden, first, second, new_id()]
        result = await do(studio, cast["editor"], BulkAction.TAG, ids, tag_id=sea.id)
        assert [one.id for one in result.items] == ids
        assert outcomes(result) == [REFUSED, DONE, UNCHANGED, REFUSED]
        assert isinstance(result.items[0].error, NotFound)
        assert str(result.items[0].error).replace(str(hidden), "…") == str(
            result.items[3].error
        ).replace(str(ids[3]), "…"), "hidden and missing look alike"
        assert result.undo is not None
        assert await back(studio, cast["editor"], result) == [DONE]
        tags = await studio.curation.tags.of(studio.actor, [first, second])
        assert tags == {second: (sea,)}, "what had it before still has it"

    async def test_what_cannot_be_asked_is_refused(self, studio: Studio) -> None:
        board = await studio.boards.default(studio.actor)
        [one] = await pictures(studio, board.id, 1)
        for action, ids, more in (
            (BulkAction.DELETE, [], {}),
            (BulkAction.DELETE, [new_id() for _ in range(MOST_AT_ONCE + 1)], {}),
            (BulkAction.TAG, [one], {}),
            (BulkAction.MOVE, [one], {}),
            (BulkAction.DELETE, [one], {"board_id": board.id}),
        ):
            with pytest.raises(InvalidInput):
                await do(studio, studio.actor, action, ids, **more)
        foreigner = await studio.another_tenant()
        tag = await studio.curation.tags.create(foreigner, "Sea")
        theirs = await studio.boards.default(foreigner)
        for result in (
            await do(studio, studio.actor, BulkAction.TAG, [one], tag_id=tag.id),
            await do(studio, studio.actor, BulkAction.MOVE, [one], board_id=theirs.id),
        ):
            assert isinstance(result.items[0].error, NotFound)
            assert result.undo is None

    async def test_who_may_do_what_to_which(self, studio: Studio) -> None:
        cast = await Cast.of(studio)
        theirs = (await picture(studio, cast.board.id)).id
        own = (await picture(studio, cast.board.id, by=cast["editor"], seed=2)).id
        mine = await studio.boards.create(cast["editor"], "Mine")
        sea = await studio.curation.tags.create(studio.actor, "Sea")
        both = [theirs, own]
        expected = {
            BulkAction.TAG: [DONE, DONE],
            BulkAction.UNTAG: [DONE, DONE],
            BulkAction.FAVOURITE: [DONE, DONE],
            BulkAction.UNFAVOURITE: [DONE, DONE],
            BulkAction.COPY: [DONE, DONE],
            BulkAction.DELETE: [REFUSED, DONE],
            BulkAction.RESTORE: [REFUSED, DONE],
            BulkAction.MOVE: [REFUSED, DONE],
        }
        for action, results in expected.items():
            more: dict[str, UUID] = {}
            if action in (BulkAction.TAG, BulkAction.UNTAG):
                more["tag_id"] = sea.id
            if action in (BulkAction.MOVE, BulkAction.COPY):
                more["board_id"] = mine.id
            assert outcomes(await do(studio, cast["editor"], action, both, **more)) == results
            for who in ("stranger", "foreigner"):
                if not more:
                    result = await do(studio, cast[who], action, both)
                    assert outcomes(result) == [REFUSED, REFUSED], (who, action)
                    assert result.undo is None
        reader = replace(studio.actor, scopes=frozenset({TokenScope.READ}))
        assert outcomes(await do(studio, reader, BulkAction.DELETE, both)) == [REFUSED, REFUSED]


class TestMoving:
    async def test_a_move_takes_edit_rights_on_both_boards(self, studio: Studio) -> None:
        cast = await Cast.of(studio)
        [one] = await pictures(studio, cast.board.id, 1)
        other = await studio.boards.create(studio.actor, "Other")
        for who, board_id, error in (
            ("admin", other.id, NotFound),
            ("viewer", cast.board.id, Forbidden),
        ):
            refused = await do(studio, cast[who], BulkAction.MOVE, [one], board_id=board_id)
            assert isinstance(refused.items[0].error, error)
        result = await do(studio, studio.actor, BulkAction.MOVE, [one], board_id=other.id)
        assert await on(studio, studio.actor, other.id) == {one}
        with pytest.raises(NotFound):
            await studio.generations.get(cast["viewer"], one)
        assert await back(studio, studio.actor, result) == [DONE]
        assert await on(studio, cast["viewer"], cast.board.id) == {one}

    async def test_money_and_lineage_stay(self, studio: Studio) -> None:
        first = await studio.boards.create(studio.actor, "First")
        second = await studio.boards.create(studio.actor, "Second")
        async with studio.process():
            view = await studio.make("fake-provider", board_id=first.id)
        [made] = view.generations
        spent = (await studio.balance(made.id)).spent
        assert spent > Decimal(0)
        await do(studio, studio.actor, BulkAction.MOVE, [made.id], board_id=second.id)
        assert (await studio.balance(made.id)).spent == spent
        rows = await studio.database.read(
            lambda tx: tx.ledger.entries(made.id), scope=scope_of(studio.actor)
        )
        assert len(rows) == 2
        assert (await studio.jobs.get(studio.actor, view.job.id)).job.board_id == first.id

    async def test_a_job_s_view_does_not_follow_to_where_one_may_not_look(
        self, studio: Studio
    ) -> None:
        cast = await Cast.of(studio)
        hidden = await studio.boards.create(studio.actor, "Hidden")
        async with studio.process():
            view = await studio.make("many", board_id=cast.board.id)
        ids = [one.id for one in view.generations]
        await do(studio, studio.actor, BulkAction.MOVE, ids[:1], board_id=hidden.id)
        seen = await studio.jobs.get(cast["viewer"], view.job.id)
        assert {one.id for one in seen.generations} == set(ids[1:])
        listed = await studio.jobs.list(
            cast["viewer"], board_id=cast.board.id, limit=9, cursor=None
        )
        assert {one.id for one in listed.items[0].generations} == set(ids[1:])

    async def test_what_runs_is_not_moved_or_deleted(self, studio: Studio) -> None:
        board = await studio.boards.create(studio.actor, "Boats")
        other = await studio.boards.create(studio.actor, "Cars")
        job_id = await studio.ask("fake-provider", board_id=board.id)
        [row] = (await studio.jobs.get(studio.actor, job_id)).generations
        for action, more in (
            (BulkAction.MOVE, {"board_id": other.id}),
            (BulkAction.COPY, {"board_id": other.id}),
            (BulkAction.DELETE, {}),
        ):
            [item] = (await do(studio, studio.actor, action, [row.id], **more)).items
            assert isinstance(item.error, Conflict)


class TestCopying:
    async def test_a_copy_has_the_same_bytes_costs_nothing_and_says_whence_it_came(
        self, studio: Studio
    ) -> None:
        cast = await Cast.of(studio)
        made = await picture(studio, cast.board.id)
        await studio.curation.titles.entitle(studio.actor, made.id, "Dawn")
        mine = await studio.boards.create(cast["viewer"], "Mine")
        result = await do(studio, cast["viewer"], BulkAction.COPY, [made.id], board_id=mine.id)
        [item] = result.items
        assert item.copy_id is not None
        copy = await studio.generations.get(cast["viewer"], item.copy_id)
        assert (copy.board_id, copy.user_id, copy.phase) == (
            mine.id,
            cast.id("viewer"),
            Phase.COMPLETED,
        )
        assert (copy.file, copy.title, copy.input_params) == (made.file, "Dawn", made.input_params)
        assert (await studio.balance(copy.id)).spent == 0
        assert await studio.ledger(copy.id) == ["hold", "settle"]
        [edge] = (await studio.generations.lineage(cast["viewer"], copy.id)).ancestors.branches
        assert (edge.generation_id, edge.role) == (made.id, COPIED_FROM)
        assert await on(studio, studio.actor, cast.board.id) == {made.id}
        assert await back(studio, cast["viewer"], result) == [DONE]
        assert await on(studio, cast["viewer"], mine.id) == set()

    async def test_a_copy_outlives_the_first(self, studio: Studio) -> None:
        board = await studio.boards.create(studio.actor, "Boats")
        made = await picture(studio, board.id)
        other = await studio.boards.create(studio.actor, "Cars")
        result = await do(studio, studio.actor, BulkAction.COPY, [made.id], board_id=other.id)
        copy_id = result.items[0].copy_id
        await studio.curation.trash.delete_board(studio.actor, board.id)
        studio.clock.advance(KEPT_FOR.total_seconds() + 1)
        assert await studio.curation.trash.purge() == 1
        assert copy_id is not None
        _, file = await studio.generations.content(studio.actor, copy_id)
        assert await studio.storage.size(file.key) == file.size

    async def test_a_visitor_s_copy_has_no_recipe(self, studio: Studio) -> None:
        cast = await Cast.of(studio)
        made = await picture(studio, cast.board.id)
        await studio.boards.update(studio.actor, cast.board.id, is_public=True)
        mine = await studio.boards.create(cast["stranger"], "Mine")
        result = await do(studio, cast["stranger"], BulkAction.COPY, [made.id], board_id=mine.id)
        copy_id = result.items[0].copy_id
        assert copy_id is not None
        copy = await studio.generations.get(cast["stranger"], copy_id)
        assert (copy.input_params, copy.file) == ({}, made.file)


class TestUndo:
    async def test_a_delete_can_be_taken_back_for_thirty_days(self, studio: Studio) -> None:
        board = await studio.boards.create(studio.actor, "Boats")
        ids = await pictures(studio, board.id, 2)
        result = await do(studio, studio.actor, BulkAction.DELETE, ids)
        assert await on(studio, studio.actor, board.id) == set()
        studio.clock.advance(KEPT_FOR.total_seconds() - 1)
        assert await back(studio, studio.actor, result) == [DONE, DONE]
        assert await on(studio, studio.actor, board.id) == set(ids)

    async def test_an_undo_works_once_in_time_and_for_whoever_did_it(self, studio: Studio) -> None:
        cast = await Cast.of(studio)
        ids = await pictures(studio, cast.board.id, 1)
        first = await do(studio, cast["admin"], BulkAction.FAVOURITE, ids)
        for who in ("owner", "foreigner"):
            with pytest.raises(NotFound):
                await back(studio, cast[who], first)
        assert await back(studio, cast["admin"], first) == [DONE]
        with pytest.raises(NotFound):
            await back(studio, cast["admin"], first)
        second = await do(studio, cast["admin"], BulkAction.FAVOURITE, ids)
        studio.clock.advance(UNDO_LASTS.total_seconds())
        with pytest.raises(NotFound):
            await back(studio, cast["admin"], second)

    async def test_rights_are_asked_again(self, studio: Studio) -> None:
        cast = await Cast.of(studio)
        ids = await pictures(studio, cast.board.id, 1)
        result = await do(studio, cast["admin"], BulkAction.DELETE, ids)
        await studio.curation.members.remove(studio.actor, cast.board.id, cast.id("admin"))
        assert await back(studio, cast["admin"], result) == [REFUSED]
        assert await on(studio, studio.actor, cast.board.id) == set()

    async def test_what_was_moved_goes_back_to_where_each_was(self, studio: Studio) -> None:
        boards = [await studio.boards.create(studio.actor, name) for name in ("A", "B", "C")]
        first, second = [(await pictures(studio, one.id, 1))[0] for one in boards[:2]]
        result = await do(
            studio, studio.actor, BulkAction.MOVE, [first, second], board_id=boards[2].id
        )
        assert await on(studio, studio.actor, boards[2].id) == {first, second}
        assert sorted(await back(studio, studio.actor, result)) == [DONE, DONE]
        assert await on(studio, studio.actor, boards[0].id) == {first}
        assert await on(studio, studio.actor, boards[1].id) == {second}

    async def test_nothing_changed_leaves_nothing_to_undo(self, studio: Studio) -> None:
        board = await studio.boards.create(studio.actor, "Boats")
        ids = await pictures(studio, board.id, 1)
        result = await do(studio, studio.actor, BulkAction.UNFAVOURITE, ids)
        assert (outcomes(result), result.undo) == ([UNCHANGED], None)
