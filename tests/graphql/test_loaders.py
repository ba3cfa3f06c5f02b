"""However much an answer holds, it takes the same few statements."""

from collections import Counter
from typing import Any
from uuid import UUID

import pytest

from boards.adapters.db.door import Door
from boards.domain.boards import BoardRole
from boards.ids import new_id
from boards.services.ports import Tx
from boards.services.rights import scope_of
from tests.graphql.asking import Ask
from tests.services.studio import Studio

FIELDS = """
    id status
    user { id displayName }
    board { id title }
    tags { id name }
    inputArtifacts { role generation { id storageUrl } }
"""
RECENT = f"{{ recentGenerations {{ {FIELDS} }} }}"
CONNECTION = f"{{ generations {{ edges {{ cursor node {{ {FIELDS} }} }} }} }}"
ON_BOARD = f"query ($id: UUID!) {{ board(id: $id) {{ generations {{ {FIELDS} }} }} }}"
HOME = """
    { myBoards(limit: 20) {
        title generationCount
        owner { displayName }
        members { role user { displayName } }
        generations(limit: 4) { id storageUrl }
    } }
"""


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """The statements that the database was asked, by what makes them."""
    seen: Counter[str] = Counter()
    run = Door.run

    def counted(door: Door, build: Any, *rest: Any) -> Any:
        seen[build.__qualname__] += 1
        return run(door, build, *rest)

    monkeypatch.setattr(Door, "run", counted)
    return seen


async def fill(studio: Studio, count: int) -> UUID:
    """So many generations by several people, each with two inputs and two tags, on three boards
    among which inputs go to and fro."""
    boards = [await studio.boards.create(studio.actor, f"Board {n}") for n in range(3)]
    colleague = await studio.colleague()
    assert colleague.user_id is not None
    for board in boards:
        await studio.curation.members.add(
            studio.actor, board.id, colleague.user_id, BoardRole.EDITOR
        )
    tags = [await studio.curation.tags.create(studio.actor, name) for name in ("sea", "sky")]
    async with studio.process():
        inputs = [
            (await studio.make("sample", board_id=board.id)).generations[0] for board in boards
        ]
        made = []
        for n, board in enumerate(boards):
            job = await studio.make(
                "uses",
                takes=count // 3 + (n < count % 3),
                actor=colleague if n == 1 else studio.actor,
                board_id=board.id,
                image=str(inputs[n - 1].id),
                others=[str(inputs[n - 2].id)],
            )
            made += [one.id for one in job.generations]

    def tag(tx: Tx) -> None:
        for one in tags:
            tx.tags.attach(one.id, made, tenant_id=studio.actor.tenant_id)

    await studio.database.write(tag, scope=scope_of(studio.actor))
    return boards[0].id


@pytest.mark.parametrize("document", [RECENT, CONNECTION])
async def test_fifty_generations_with_all_about_them_take_six_statements(
    studio: Studio, ask: Ask, statements: Counter[str], document: str
):
    await fill(studio, 51)
    statements.clear()
    found = await ask(document)
    assert statements.total() <= 6, statements
    rows = (
        found["recentGenerations"]
        if document is RECENT
        else [edge["node"] for edge in found["generations"]["edges"]]
    )
    assert len(rows) == 50
    last = rows[-1]
    assert {len(one["tags"]) for one in rows[:40]} == {2}
    assert len({one["board"]["id"] for one in rows}) == 3
    assert len({one["user"]["id"] for one in rows}) == 2
    assert all(edge["generation"]["id"] for edge in rows[0]["inputArtifacts"])
    assert last["status"] == "COMPLETED"


async def test_a_total_takes_two_more(studio: Studio, ask: Ask, statements: Counter[str]):
    await fill(studio, 3)
    statements.clear()
    found = await ask("{ generations(first: 2) { totalCount nodes { id } } }")
    assert found["generations"]["totalCount"] == 6
    # Which boards there are, twice; the list, and its length.
    assert statements.total() == 4, statements


async def test_the_generations_of_one_board_take_no_more(
    studio: Studio, ask: Ask, statements: Counter[str]
):
    board_id = await fill(studio, 30)
    statements.clear()
    found = await ask(ON_BOARD, id=str(board_id))
    assert len(found["board"]["generations"]) == 11
    assert statements.total() <= 6


async def test_a_home_page_takes_as_many_for_twenty_boards_as_for_two(
    studio: Studio, ask: Ask, statements: Counter[str]
):
    needed: list[int] = []
    found: list[Any] = []
    colleague = await studio.colleague()
    assert colleague.user_id is not None
    for boards in (2, 18):
        for n in range(boards):
            board = await studio.boards.create(studio.actor, f"Board {n}")
            await studio.curation.members.add(
                studio.actor, board.id, colleague.user_id, BoardRole.VIEWER
            )
            await studio.ask("sample", board_id=board.id, takes=5)
        statements.clear()
        found = (await ask(HOME))["myBoards"]
        # Places for runs are given out meanwhile.
        statements.pop("_survey", None)
        needed.append(statements.total())
    assert len(found) == 20
    assert {one["generationCount"] for one in found} == {5}
    assert {len(one["generations"]) for one in found} == {4}
    assert {one["members"][0]["role"] for one in found} == {"VIEWER"}
    # Boards, what one is to them, owners, members, who these are, counts, generations.
    assert needed == [7, 7]


async def test_what_is_unknown_is_no_statement_for_each(ask: Ask, statements: Counter[str]):
    document = "{" + " ".join(f'a{n}: user(id: "{new_id()}") {{ id }}' for n in range(5)) + "}"
    await ask(document)
    assert statements.total() <= 5
