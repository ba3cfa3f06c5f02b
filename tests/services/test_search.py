"""Search by rights: what one may see how it was made, and nothing else."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from boards.domain.access import Actor
from boards.domain.boards import BoardRole
from boards.domain.search import Order
from boards.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from boards.services.generations import GenerationQuery
from boards.services.ports import SYSTEM
from boards.services.search import SearchService
from tests.services.studio import Studio

EVERYTHING = GenerationQuery(order=Order.RELEVANCE)


async def found(
    studio: Studio, actor: Actor, text: str, which: GenerationQuery = EVERYTHING
) -> list[UUID]:
    service = SearchService(database=studio.database)
    page = await service.find(actor, text, which, limit=50, cursor=None)
    return [one.id for one in page.items]


async def make(studio: Studio, prompt: str, board_id: UUID | None = None) -> UUID:
    async with studio.process():
        made = await studio.make("sample", prompt=prompt, board_id=board_id)
    return made.generations[0].id


async def test_it_finds_on_one_s_boards_and_on_those_one_was_let_on(studio: Studio) -> None:
    colleague = await studio.colleague()
    shared = await studio.boards.create(studio.actor, "Shared")
    private, there = await make(studio, "a heron"), await make(studio, "a heron", shared.id)
    assert await found(studio, studio.actor, "heron") == [there, private]
    assert await found(studio, colleague, "heron") == []
    user_id = colleague.user_id
    assert user_id is not None
    await studio.database.write(
        lambda tx: tx.boards.add_member(
            shared.id, user_id, BoardRole.VIEWER, now=studio.clock.now()
        ),
        scope=SYSTEM,
    )
    assert await found(studio, colleague, "heron") == [there]
    stranger = await studio.another_tenant()
    assert await found(studio, stranger, "heron") == []
    with pytest.raises(NotFound):
        await found(studio, stranger, "heron", replace(EVERYTHING, board_id=shared.id))


async def test_a_visitor_of_a_public_board_learns_of_no_prompt(studio: Studio) -> None:
    board = await studio.boards.create(studio.actor, "Open", is_public=True)
    one = await make(studio, "a secret heron", board.id)
    on_it = replace(EVERYTHING, board_id=board.id)
    visitor = replace(studio.actor, user_id=None)
    with pytest.raises(Unauthenticated):
        await found(studio, visitor, "heron", on_it)
    colleague = await studio.colleague()
    with pytest.raises(Forbidden):
        await found(studio, colleague, "heron", on_it)
    assert await found(studio, colleague, "heron") == []
    # They see what is on it, but not who made it, by whose service or for how much.
    service = SearchService(database=studio.database)
    assert await service.ids(colleague, board.id, GenerationQuery()) == one.bytes
    for tells in (
        GenerationQuery(user_id=studio.actor.user_id),
        GenerationQuery(provider="samples"),
        GenerationQuery(min_cost=Decimal(0)),
        GenerationQuery(order=Order.COST),
    ):
        assert await service.ids(colleague, board.id, tells) == b""
        assert await service.ids(studio.actor, board.id, tells) == one.bytes


async def test_what_is_in_the_trash_or_on_a_board_that_is_is_not_found(studio: Studio) -> None:
    board = await studio.boards.create(studio.actor, "Going")
    one, other = await make(studio, "a heron"), await make(studio, "a heron", board.id)
    await studio.generations.delete(studio.actor, one)
    assert await found(studio, studio.actor, "heron") == [other]
    await studio.database.write(
        lambda tx: tx.trash.delete_board(board.id, now=studio.clock.now()), scope=SYSTEM
    )
    assert await found(studio, studio.actor, "heron") == []


async def test_a_query_of_nothing_lists_and_one_without_a_word_finds_nothing(
    studio: Studio,
) -> None:
    one, other = await make(studio, "a heron"), await make(studio, "an egret")
    assert await found(studio, studio.actor, " ") == [other, one]
    assert await found(studio, studio.actor, "", replace(EVERYTHING, order=Order.OLDEST)) == [
        one,
        other,
    ]
    assert await found(studio, studio.actor, "?!") == []
    assert await found(studio, studio.actor, "heron", replace(EVERYTHING, tag="nobody-s")) == []


async def test_some_are_given_by_their_ids_and_others_left_out(studio: Studio) -> None:
    one, other = await make(studio, "a heron"), await make(studio, "an egret")
    colleague = await studio.colleague()
    given = await studio.generations.some(studio.actor, [other, UUID(int=7), one, other])
    assert [each.id for each in given] == [other, one]
    assert await studio.generations.some(colleague, [one]) == ()
    with pytest.raises(InvalidInput, match="201"):
        await studio.generations.some(studio.actor, [UUID(int=number) for number in range(201)])
