"""Both kinds of client curate boards at a real server."""

import pytest

from boards.client import Conflict, NotFound
from boards.ids import new_id
from boards.testing.generators import tiny_png
from tests.client.conftest import Seat


async def test_a_board_is_changed_deleted_and_had_back(seat: Seat):
    board = await seat.ask("create_board", "Harbour")
    picture = await seat.ask("upload", tiny_png(3), board=board)
    changed = await seat.ask("update_board", board, title="Quay", cover_id=picture)
    assert (changed.title, changed.cover_id) == ("Quay", picture.id)
    await seat.ask("delete_board", board)
    assert board.id in {one.board.id for one in await seat.ask("deleted_boards")}
    with pytest.raises(NotFound):
        await seat.ask("board", board)
    assert (await seat.ask("restore_board", board)).id == board.id
    await seat.ask("delete", picture)
    assert (await seat.ask("restore", picture)).id == picture.id


async def test_people_are_invited_and_links_are_made(seat: Seat):
    board = await seat.ask("create_board", "Harbour")
    invited = await seat.ask("invite", board, "ann@studio.example", "editor")
    assert invited.invitation.role == "editor"
    people = await seat.ask("members", board)
    assert (people.owner_id, people.members) == (board.owner_id, ())
    assert [one.email for one in people.invitations] == ["ann@studio.example"]
    # Whoever owns the board gains nothing by it.
    assert (await seat.ask("accept_invitation", invited.link)).id == board.id
    with pytest.raises(Conflict):
        await seat.ask("add_member", board, board.owner_id)
    with pytest.raises(Conflict):
        await seat.ask("transfer_board", board, board.owner_id)
    for method, more in (("change_member", ["admin"]), ("remove_member", [])):
        with pytest.raises(NotFound):
            await seat.ask(method, board, new_id(), *more)
    shared = await seat.ask("share", board, expires_days=2)
    assert shared.url.endswith(shared.token)
    assert await seat.ask("share_links", board) == (shared.link,)
    await seat.ask("unshare", board, shared.link.id)
    assert await seat.ask("share_links", board) == ()


async def test_what_people_put_on_generations(seat: Seat):
    board = await seat.ask("create_board", "Harbour")
    picture = await seat.ask("upload", tiny_png(4), board=board)
    tag = await seat.ask("create_tag", f"Ünder {new_id()}")
    tag = await seat.ask("update_tag", tag, description="Blue")
    assert tag in await seat.ask("tags")
    assert await seat.ask("tag", picture, tag) == tag
    assert await seat.ask("tags_of", picture) == (tag,)
    await seat.ask("untag", picture, tag)
    await seat.ask("delete_tag", tag)
    await seat.ask("favourite", picture)
    assert picture.id in {one.id for one in await seat.ask("favourites")}
    await seat.ask("unfavourite", picture)
    note = await seat.ask("add_note", picture, "Too dark")
    assert await seat.ask("notes", picture) == (note,)
    await seat.ask("delete_note", note.id)
    assert (await seat.ask("entitle", picture, "Dawn")).title == "Dawn"


async def test_one_thing_is_done_to_many_and_taken_back(seat: Seat):
    board, other = [await seat.ask("create_board", name) for name in ("One", "Two")]
    pictures = [await seat.ask("upload", tiny_png(n), board=board) for n in (5, 6)]
    missing = new_id()
    changed = await seat.ask("bulk", "move", [*pictures, missing], board=other)
    assert [one.outcome for one in changed.items] == ["done", "done", "refused"]
    assert changed.items[2].error.code == "not_found"
    assert len(await seat.ask("generations", board=other)) == 2
    await seat.ask("undo", changed.undo.id)
    assert len(await seat.ask("generations", board=board)) == 2
