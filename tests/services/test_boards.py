"""Boards: what they say, what stands for them, and who may change that."""

import pytest

from boards.domain.boards import BoardChanges
from boards.errors import Forbidden, InvalidInput, NotFound
from boards.services.lookups import LookupService
from boards.services.ports import Whose
from tests.services.curating import Cast, picture
from tests.services.studio import Studio


async def test_a_board_says_what_it_was_given(studio: Studio) -> None:
    made = await studio.boards.create(
        studio.actor, "Boats", description=" ", settings={"grid": 4}, metadata={"from": "me"}
    )
    found = await studio.boards.get(studio.actor, made.id)
    assert (found.title, found.description) == ("Boats", None)
    assert (found.settings, found.metadata) == ({"grid": 4}, {"from": "me"})
    assert not found.share_recipes


async def test_only_what_is_given_changes(studio: Studio) -> None:
    made = await studio.boards.create(
        studio.actor, "Boats", description="All", settings={"grid": 4}
    )
    studio.clock.advance(1)
    changed = await studio.boards.update(studio.actor, made.id, title=" Ships ", is_public=True)
    assert (changed.title, changed.description, changed.is_public) == ("Ships", "All", True)
    assert changed.settings == {"grid": 4}
    assert changed.updated_at > made.updated_at
    emptied = await studio.boards.update(studio.actor, made.id, description=None, settings={})
    assert (emptied.description, emptied.settings, emptied.title) == (None, {}, "Ships")


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"description": "x" * 10_001},
        {"settings": {"x": "y" * 20_000}},
        {"settings": {"x": float("nan")}},
        {"metadata": {"x": "\x00"}},
    ],
)
async def test_what_no_board_can_say_is_refused(studio: Studio, changes: BoardChanges) -> None:
    made = await studio.boards.create(studio.actor, "Boats")
    with pytest.raises(InvalidInput):
        await studio.boards.update(studio.actor, made.id, **changes)
    assert await studio.boards.get(studio.actor, made.id) == made


async def test_who_may_change_a_board_and_who_decides_about_recipes(studio: Studio) -> None:
    cast = await Cast.of(studio)
    for who in ("editor", "viewer"):
        with pytest.raises(Forbidden):
            await studio.boards.update(cast[who], cast.board.id, title="Mine")
    for who in ("stranger", "foreigner"):
        with pytest.raises(NotFound):
            await studio.boards.update(cast[who], cast.board.id, title="Mine")
    assert (await studio.boards.update(cast["admin"], cast.board.id, title="Ours")).title == "Ours"
    with pytest.raises(Forbidden):
        await studio.boards.update(cast["admin"], cast.board.id, share_recipes=True)
    shared = await studio.boards.update(cast["owner"], cast.board.id, share_recipes=True)
    assert shared.share_recipes


class TestCovers:
    async def test_the_newest_picture_stands_for_a_board_until_one_is_chosen(
        self, studio: Studio
    ) -> None:
        board = await studio.boards.create(studio.actor, "Boats")
        empty = await studio.boards.create(studio.actor, "Nothing")
        first = await picture(studio, board.id, seed=1)
        studio.clock.advance(1)
        second = await picture(studio, board.id, seed=2)

        async def cover() -> object:
            ids = [board.id, empty.id]
            return await studio.boards.covers(studio.actor, ids)

        assert await cover() == {board.id: second.id}
        await studio.boards.update(studio.actor, board.id, cover_id=first.id)
        assert await cover() == {board.id: first.id}
        await studio.generations.delete(studio.actor, first.id)
        assert await cover() == {board.id: second.id}, "the chosen one is in the trash"
        await studio.curation.trash.restore_generation(studio.actor, first.id)
        assert await cover() == {board.id: first.id}

    async def test_a_cover_is_on_its_board(self, studio: Studio) -> None:
        board = await studio.boards.create(studio.actor, "Boats")
        other = await studio.boards.create(studio.actor, "Cars")
        elsewhere = await picture(studio, other.id)
        with pytest.raises(InvalidInput):
            await studio.boards.update(studio.actor, board.id, cover_id=elsewhere.id)

    async def test_nobody_learns_the_cover_of_a_board_that_they_do_not_see(
        self, studio: Studio
    ) -> None:
        cast = await Cast.of(studio)
        await picture(studio, cast.board.id)
        assert await studio.boards.covers(cast["viewer"], [cast.board.id])
        for who in ("stranger", "foreigner"):
            assert await studio.boards.covers(cast[who], [cast.board.id]) == {}


async def test_visitors_do_not_see_what_clients_keep_with_a_board(studio: Studio) -> None:
    stranger = await studio.colleague()
    board = await studio.boards.create(
        studio.actor, "Open", is_public=True, settings={"preset": "secret"}, metadata={"a": 1}
    )
    lookups = LookupService(database=studio.database)
    for actor, kept in ((studio.actor, {"preset": "secret"}), (stranger, {})):
        [listed] = (await lookups.list_boards(actor, Whose.PUBLIC, limit=9)).items
        found = (await lookups.boards(actor, [board.id]))[board.id].board
        for seen in (await studio.boards.get(actor, board.id), listed, found):
            assert seen.settings == kept
            assert bool(seen.metadata) is bool(kept)
