"""The trash: what is in it is nowhere else, can be had back for 30 days, and then is gone."""

import asyncio
from collections.abc import Awaitable
from decimal import Decimal
from uuid import UUID

import pytest

from boards.domain.access import Actor
from boards.domain.boards import BoardRole
from boards.domain.generations import Phase
from boards.errors import Conflict, Forbidden, NotFound
from boards.services.generations import GenerationQuery
from boards.services.ports import SYSTEM, Tx
from boards.services.submit import SubmitRequest
from boards.services.trash import KEPT_FOR
from boards.testing.generators import FakeProvider
from tests.services.curating import Cast, joined, picture
from tests.services.studio import Studio, eventually


async def pass_time(studio: Studio, spare: float = 1.0) -> None:
    studio.clock.advance(KEPT_FOR.total_seconds() + spare)


class TestBoards:
    async def test_a_deleted_board_is_nowhere(self, studio: Studio) -> None:
        cast, trash = await Cast.of(studio), studio.curation.trash
        made = await picture(studio, cast.board.id)
        job_id = await studio.ask("sample", board_id=cast.board.id)
        await studio.curation.favourites.mark(studio.actor, made.id)
        await studio.boards.update(studio.actor, cast.board.id, is_public=True)
        await trash.delete_board(studio.actor, cast.board.id)
        me, board_id = studio.actor, cast.board.id
        slots = {"image": str(made.id)}
        gone: dict[str, Awaitable[object]] = {
            "board": studio.boards.get(me, board_id),
            "generation": studio.generations.get(me, made.id),
            "file": studio.generations.content(me, made.id),
            "lineage": studio.generations.lineage(me, made.id),
            "job": studio.jobs.get(me, job_id),
            "submit": studio.ask("sample", board_id=board_id),
            "trash of it": trash.generations(me, board_id, limit=9, cursor=None),
            "again": trash.delete_board(me, board_id),
        }
        found = []
        for what, answer in gone.items():
            try:
                await answer
            except NotFound:
                continue
            found.append(what)
        assert found == []
        with pytest.raises(NotFound, match="not found"):
            await studio.submit.submit(me, SubmitRequest(generator="uses", inputs=slots))
        for listed in (
            studio.boards.list(me, limit=9, cursor=None),
            studio.generations.list(me, GenerationQuery(), limit=9, cursor=None),
            studio.jobs.list(me, board_id=None, limit=9, cursor=None),
            studio.curation.favourites.list(me, limit=9, cursor=None),
        ):
            assert (await listed).items == ()

    async def test_owner_and_admins_have_it_back_with_all_that_was_on_it(
        self, studio: Studio
    ) -> None:
        cast, trash = await Cast.of(studio), studio.curation.trash
        made = await picture(studio, cast.board.id)
        for who in ("admin", "editor", "viewer"):
            with pytest.raises(Forbidden):
                await trash.delete_board(cast[who], cast.board.id)
        await trash.delete_board(studio.actor, cast.board.id)

        async def listed(actor: Actor) -> list[UUID]:
            page = await trash.boards(actor, limit=9, cursor=None)
            return [one.board.id for one in page.items]

        for who in ("owner", "admin"):
            assert await listed(cast[who]) == [cast.board.id]
        for who in ("editor", "stranger", "foreigner"):
            assert await listed(cast[who]) == []
        for who, error in (("editor", Forbidden), ("stranger", NotFound), ("foreigner", NotFound)):
            with pytest.raises(error):
                await trash.restore_board(cast[who], cast.board.id)
            assert await listed(studio.actor) == [cast.board.id]
        await trash.restore_board(cast["admin"], cast.board.id)
        assert (await studio.generations.get(cast["viewer"], made.id)).file == made.file
        with pytest.raises(NotFound):
            await trash.restore_board(studio.actor, cast.board.id)

    async def test_what_waits_or_runs_there_is_cancelled_and_what_it_spent_is_settled(
        self, studio: Studio, provider: FakeProvider
    ) -> None:
        board = await studio.boards.create(studio.actor, "Boats")
        waiting = await studio.ask("fake-provider", board_id=board.id)
        [row] = (await studio.jobs.get(studio.actor, waiting)).generations
        await studio.curation.trash.delete_board(studio.actor, board.id)
        assert (await studio.row(row.id)).phase is Phase.CANCELLED
        assert await studio.ledger(row.id) == ["hold", "release"]
        assert provider.submits == 0

    async def test_a_provider_is_told_that_its_job_is_not_wanted(
        self, studio: Studio, provider: FakeProvider
    ) -> None:
        board = await studio.boards.create(studio.actor, "Boats")
        provider.looks = None
        async with studio.process():
            job_id = await studio.ask("fake-provider", board_id=board.id)
            [row] = (await studio.jobs.get(studio.actor, job_id)).generations
            await eventually(lambda: provider.submits == 1)
            await studio.curation.trash.delete_board(studio.actor, board.id)
            await eventually(lambda: provider.cancel_calls == 1)
            # Its job is not on a board that can be seen: the end shows in the row alone.
            for _ in range(1000):
                if (await studio.row(row.id)).phase is Phase.CANCELLED:
                    break
                await asyncio.sleep(0.01)
        assert await studio.ledger(row.id) in (["hold", "release"], ["hold", "settle"])

    async def test_a_default_board_in_the_trash_makes_room_for_another(
        self, studio: Studio
    ) -> None:
        first = await studio.boards.default(studio.actor)
        await studio.curation.trash.delete_board(studio.actor, first.id)
        second = await studio.boards.default(studio.actor)
        assert second.id != first.id
        await studio.curation.trash.restore_board(studio.actor, first.id)
        assert (await studio.boards.default(studio.actor)).id == second.id


class TestGenerations:
    async def test_whoever_may_delete_one_has_it_back(self, studio: Studio) -> None:
        cast, trash = await Cast.of(studio), studio.curation.trash
        made = await picture(studio, cast.board.id, by=cast["editor"])
        other = await joined(studio, cast.board, BoardRole.EDITOR)
        await studio.generations.delete(cast["editor"], made.id)
        with pytest.raises(NotFound):
            await studio.generations.get(studio.actor, made.id)
        [kept] = (
            await trash.generations(cast["viewer"], cast.board.id, limit=9, cursor=None)
        ).items
        assert kept.generation.id == made.id
        for actor, error in (
            (cast["viewer"], Forbidden),
            (other, Forbidden),
            (cast["stranger"], NotFound),
            (cast["foreigner"], NotFound),
        ):
            with pytest.raises(error):
                await trash.restore_generation(actor, made.id)
        back = await trash.restore_generation(cast["editor"], made.id)
        assert back == await studio.generations.get(cast["editor"], made.id)
        with pytest.raises(Conflict):
            await trash.restore_generation(cast["editor"], made.id)

    async def test_visitors_do_not_learn_what_was_deleted(self, studio: Studio) -> None:
        cast, trash = await Cast.of(studio), studio.curation.trash
        made = await picture(studio, cast.board.id)
        await studio.boards.update(studio.actor, cast.board.id, is_public=True)
        with pytest.raises(Forbidden):
            await trash.restore_generation(cast["stranger"], made.id)
        await studio.generations.delete(studio.actor, made.id)
        with pytest.raises(NotFound):
            await trash.restore_generation(cast["stranger"], made.id)
        with pytest.raises(Forbidden):
            await trash.generations(cast["stranger"], cast.board.id, limit=9, cursor=None)


class TestPurge:
    async def test_nothing_is_removed_before_its_time(self, studio: Studio) -> None:
        board = await studio.boards.create(studio.actor, "Boats")
        made = await picture(studio, board.id)
        await studio.generations.delete(studio.actor, made.id)
        studio.clock.advance(KEPT_FOR.total_seconds() - 1)
        assert await studio.curation.trash.purge() == 0
        await studio.curation.trash.restore_generation(studio.actor, made.id)

    async def test_what_is_too_old_cannot_be_had_back_though_nobody_emptied_the_trash(
        self, studio: Studio
    ) -> None:
        board = await studio.boards.create(studio.actor, "Boats")
        other = await studio.boards.create(studio.actor, "Cars")
        made = await picture(studio, board.id)
        await studio.generations.delete(studio.actor, made.id)
        await studio.curation.trash.delete_board(studio.actor, other.id)
        await pass_time(studio)
        with pytest.raises(NotFound):
            await studio.curation.trash.restore_generation(studio.actor, made.id)
        with pytest.raises(NotFound):
            await studio.curation.trash.restore_board(studio.actor, other.id)

    async def test_a_tombstone_says_that_there_was_something_and_not_what(
        self, studio: Studio
    ) -> None:
        board = await studio.boards.create(studio.actor, "Boats", description="Secret")
        async with studio.process():
            view = await studio.make("fake-provider", board_id=board.id, prompt="secret prompt")
        [made] = view.generations
        child = await studio.uploads.upload(
            studio.actor, source=b"text", filename="a.txt", parent_id=made.id
        )
        spent = (await studio.balance(made.id)).spent
        assert spent > Decimal(0)
        await studio.curation.notes.add(studio.actor, made.id, "note")
        await studio.curation.favourites.mark(studio.actor, made.id)
        await studio.curation.trash.delete_board(studio.actor, board.id)
        await pass_time(studio)
        assert await studio.curation.trash.purge() == 1
        assert await studio.curation.trash.purge() == 0

        def look(tx: Tx) -> object:
            row = tx.generations.find_anywhere([made.id], include_deleted=True)[made.id]
            assert tx.notes.of_generation(made.id) == ()
            assert tx.trash.board(board.id) is None
            return row.input_params, row.file, row.content, row.extra_files, row.title

        assert await studio.database.read(look, scope=SYSTEM) == ({}, None, None, (), None)
        assert (await studio.balance(made.id)).spent == spent
        tree = (await studio.generations.lineage(studio.actor, child.id)).ancestors
        [parent] = tree.branches
        assert (parent.role, parent.generation) == ("parent", None)
        assert (await studio.curation.trash.boards(studio.actor, limit=9, cursor=None)).items == ()

    async def test_what_waits_for_a_decision_is_kept_for_it(self, studio: Studio) -> None:
        board = await studio.boards.create(studio.actor, "Boats")
        made = await picture(studio, board.id)

        def doubt(tx: Tx) -> None:
            studio_door = tx._door  # type: ignore[attr-defined]
            studio_door.wire.change(
                "UPDATE generations SET needs_attention = 1 WHERE id = ?", [made.id.bytes]
            )

        await studio.database.write(doubt, scope=SYSTEM)
        await studio.curation.trash.delete_board(studio.actor, board.id)
        await pass_time(studio)
        assert await studio.curation.trash.purge() == 0
        assert (await studio.row(made.id)).file is not None
        assert await studio.database.read(lambda tx: tx.trash.board(board.id), scope=SYSTEM)
