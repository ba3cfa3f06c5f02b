"""Links that share a board: what a visitor sees by one, and what never."""

from datetime import timedelta

import pytest

from boards.domain.access import Actor
from boards.domain.generations import Generation
from boards.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from boards.services.generations import GenerationQuery
from boards.services.ports import Page
from tests.services.curating import Cast, picture
from tests.services.studio import Studio


async def linked(studio: Studio, cast: Cast) -> tuple[Actor, str]:
    new = await studio.curation.sharing.create(studio.actor, cast.board.id)
    return await studio.curation.sharing.visitor(new.text), new.text


async def listed(studio: Studio, actor: Actor, cast: Cast) -> Page[Generation]:
    which = GenerationQuery(board_id=cast.board.id)
    return await studio.generations.list(actor, which, limit=9, cursor=None)


async def test_a_visitor_sees_one_board_and_its_pictures_and_no_more(studio: Studio) -> None:
    cast = await Cast.of(studio)
    made = await picture(studio, cast.board.id)
    other = await studio.boards.create(studio.actor, "Other")
    hidden = await picture(studio, other.id)
    visitor, _ = await linked(studio, cast)
    assert (await studio.boards.get(visitor, cast.board.id)).title == "Boats"
    [shown] = (await listed(studio, visitor, cast)).items
    assert (shown.id, shown.input_params, shown.cost) == (made.id, {}, None)
    assert (await studio.generations.content(visitor, made.id))[1].key == made.file.key  # type: ignore[union-attr]
    for refused in (
        studio.boards.get(visitor, other.id),
        studio.generations.get(visitor, hidden.id),
    ):
        with pytest.raises(NotFound):
            await refused


async def test_a_visitor_changes_nothing(studio: Studio) -> None:
    cast = await Cast.of(studio)
    made = await picture(studio, cast.board.id)
    visitor, _ = await linked(studio, cast)
    curation = studio.curation
    for refused in (
        studio.boards.update(visitor, cast.board.id, title="Mine"),
        studio.generations.delete(visitor, made.id),
        studio.generations.lineage(visitor, made.id),
        studio.jobs.list(visitor, board_id=cast.board.id, limit=9, cursor=None),
        curation.members.list(visitor, cast.board.id),
        curation.sharing.list(visitor, cast.board.id),
        curation.notes.list(visitor, made.id),
        curation.favourites.mark(visitor, made.id),
        curation.trash.delete_board(visitor, cast.board.id),
    ):
        with pytest.raises((Unauthenticated, Forbidden)):
            await refused
    assert await curation.tags.of(visitor, [made.id]) == {}


async def test_recipes_are_shown_where_the_owner_shares_them(studio: Studio) -> None:
    cast = await Cast.of(studio)
    await picture(studio, cast.board.id)
    await studio.boards.update(studio.actor, cast.board.id, share_recipes=True)
    visitor, _ = await linked(studio, cast)
    [shown] = (await listed(studio, visitor, cast)).items
    assert shown.input_params == {"filename": "a.png"}
    assert (shown.cost, shown.estimate.amount) == (None, None)


async def test_a_link_ends_when_it_is_revoked_and_when_its_time_is_over(studio: Studio) -> None:
    cast, sharing = await Cast.of(studio), studio.curation.sharing
    _, text = await linked(studio, cast)
    [link] = await sharing.list(cast["admin"], cast.board.id)
    assert text.endswith(link.hint)
    await sharing.revoke(studio.actor, cast.board.id, link.id)
    short = await sharing.create(studio.actor, cast.board.id, expires_days=1)
    await sharing.visitor(short.text)
    studio.clock.advance(timedelta(days=1).total_seconds())
    for gone in (text, short.text, "unknown"):
        with pytest.raises(NotFound, match="not good any more"):
            await sharing.visitor(gone)
    with pytest.raises(NotFound):
        await sharing.revoke(studio.actor, cast.board.id, link.id)
    with pytest.raises(InvalidInput):
        await sharing.create(studio.actor, cast.board.id, expires_days=0)


async def test_a_link_leads_nowhere_while_the_board_is_in_the_trash(studio: Studio) -> None:
    cast = await Cast.of(studio)
    visitor, text = await linked(studio, cast)
    await studio.curation.trash.delete_board(studio.actor, cast.board.id)
    with pytest.raises(NotFound):
        await studio.curation.sharing.visitor(text)
    with pytest.raises(NotFound):
        await studio.boards.get(visitor, cast.board.id)
    await studio.curation.trash.restore_board(studio.actor, cast.board.id)
    await studio.curation.sharing.visitor(text)


@pytest.mark.parametrize("who", ["editor", "viewer", "stranger", "foreigner"])
async def test_only_owner_and_admins_share_by_links(studio: Studio, who: str) -> None:
    cast = await Cast.of(studio)
    _, _ = await linked(studio, cast)
    [link] = await studio.curation.sharing.list(studio.actor, cast.board.id)
    for refused in (
        studio.curation.sharing.create(cast[who], cast.board.id),
        studio.curation.sharing.list(cast[who], cast.board.id),
        studio.curation.sharing.revoke(cast[who], cast.board.id, link.id),
    ):
        with pytest.raises((Forbidden, NotFound)):
            await refused


async def test_only_a_hash_of_a_link_is_kept(studio: Studio) -> None:
    cast = await Cast.of(studio)
    _, text = await linked(studio, cast)
    kept = b"".join(path.read_bytes() for path in studio.folder.glob("boards.db*"))
    assert cast.board.id.bytes in kept
    assert text.encode() not in kept
