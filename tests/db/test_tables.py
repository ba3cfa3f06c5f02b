"""What the database itself refuses, and that lists and sweeps go by an index."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from boards.adapters.db import tables
from boards.adapters.db.door import Door, _prepared
from boards.adapters.db.sqlite import SqliteDatabase
from boards.domain.artifacts import ArtifactType
from boards.domain.boards import BoardRole
from boards.domain.generations import Phase, Status
from boards.errors import Conflict
from boards.ids import new_id
from boards.services.ports import SYSTEM, GenerationFilter, Limits, Tx
from tests.db.world import NOW, World, door_of, driver_in


class TestChecks:
    """The code never writes these; a mistake in it, or a hand at the database, cannot either."""

    async def force(self, world: World, one: object, **values: Any) -> None:
        def build(door: Door, names: tuple[str, ...]) -> Any:
            return (
                door.update(tables.Generation).where(tables.Generation.id == one).values(**values)
            )

        await world.write(lambda tx: door_of(tx).run(build, {}, tuple(values)))

    @pytest.mark.parametrize(
        ("phase", "values"),
        [
            (Phase.PENDING, {"phase": "paused"}),
            (Phase.PENDING, {"artifact_type": "hologram"}),
            (Phase.PENDING, {"estimate_confidence": "hopeful"}),
            (Phase.PENDING, {"submit_started_at": NOW}),
            (Phase.PENDING, {"admitted_at": NOW}),
            (Phase.PENDING, {"run_token": UUID(int=7)}),
            (Phase.PENDING, {"phase": "submitting"}),
            (Phase.SUBMITTED, {"lease_until": None}),
            (Phase.SUBMITTED, {"phase": "completed"}),
            (Phase.SUBMITTED, {"phase": "submit_unknown"}),
            (Phase.SUBMITTED, {"deleted_at": NOW}),
            (Phase.COMPLETED, {"lease_until": NOW}),
            (Phase.COMPLETED, {"progress": -0.1}),
            (Phase.COMPLETED, {"cost_amount": Decimal(-1)}),
            (Phase.COMPLETED, {"file_key": "a", "file_sha256": None}),
            (Phase.COMPLETED, {"batch_index": 1}),
        ],
        ids=str,
    )
    async def test_a_row_that_makes_no_sense_is_refused(
        self, world: World, phase: Phase, values: dict[str, Any]
    ) -> None:
        one, _ = await world.at(phase)
        with pytest.raises(Conflict):
            await self.force(world, one, **values)
        assert (await world.get(one)).phase is phase


QUERIES: dict[str, Callable[[Tx, World], Any]] = {
    "the newest of a board": lambda tx, w: tx.generations.list(
        GenerationFilter(board_ids=frozenset({w.home.board.id})), limit=9, cursor=None
    ),
    "the newest of all": lambda tx, w: tx.generations.list(
        GenerationFilter(), limit=9, cursor=None
    ),
    "the newest of a user": lambda tx, w: tx.generations.list(
        GenerationFilter(user_id=w.home.user_id), limit=9, cursor=None
    ),
    "the newest failures of a board": lambda tx, w: tx.generations.list(
        GenerationFilter(board_ids=frozenset({w.home.board.id}), status=Status.FAILED),
        limit=9,
        cursor=None,
    ),
    "what needs a person": lambda tx, w: tx.generations.list(
        GenerationFilter(needs_attention=True), limit=9, cursor=None
    ),
    "the newest jobs": lambda tx, w: tx.jobs.list(board_ids=None, limit=9, cursor=None),
    "the newest jobs of a board": lambda tx, w: tx.jobs.list(
        board_ids=frozenset({w.home.board.id}), limit=9, cursor=None
    ),
    "the events of a job": lambda tx, w: tx.events.after(last_id=0, job_id=new_id()),
    "the events of a board": lambda tx, w: tx.events.after(last_id=0, board_id=w.home.board.id),
    "the newest event": lambda tx, w: tx.events.last_id(),
}
IN_SYSTEM: dict[str, Callable[[Tx, World], Any]] = {
    "lapsed leases": lambda tx, w: tx.generations.lapsed(now=NOW, limit=9),
    "admission": lambda tx, w: tx.generations.admit(Limits(default_provider=5), now=NOW, at_most=9),
    "admission for a submit": lambda tx, w: tx.generations.admit(
        Limits(default_provider=5), now=NOW, at_most=9, provider="fal"
    ),
    "lost messages": lambda tx, w: tx.generations.unclaimed(admitted_before=NOW, now=NOW),
    "letting leases go": lambda tx, w: tx.generations.release_leases(now=NOW),
}


class TestPlans:
    """SQLite's plans: PostgreSQL's depend on how many rows there are."""

    @pytest.fixture
    def url(self, sqlite_template, tmp_path) -> str:
        path = tmp_path / "boards.db"
        path.write_bytes(sqlite_template.read_bytes())
        return f"sqlite:///{path}"

    async def plans(self, world: World, work: Callable[[Tx, World], Any], scope: Any) -> list[str]:
        """The plan of each statement that the work runs, with its plan's steps by line."""

        def explain(tx: Tx) -> list[str]:
            driver = driver_in(tx)
            seen: list[str] = []
            driver.set_trace_callback(seen.append)
            try:
                work(tx, world)
            finally:
                driver.set_trace_callback(None)
            statements = [one for one in seen if re.match(r"SELECT|WITH|UPDATE", one)]
            assert statements
            return [
                "\n".join(row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {one}"))
                for one in statements
            ]

        return await world.write(explain, scope)

    @pytest.mark.parametrize("name", QUERIES)
    async def test_a_list_is_read_in_the_order_of_an_index(self, world: World, name: str) -> None:
        assert isinstance(world.database, SqliteDatabase)
        for plan in await self.plans(world, QUERIES[name], world.home.scope):
            assert "SCAN generations" not in plan.replace("USING INDEX", ""), plan
            assert "TEMP B-TREE" not in plan, plan

    @pytest.mark.parametrize("name", IN_SYSTEM)
    async def test_a_sweep_reads_only_the_rows_that_it_is_about(
        self, world: World, name: str
    ) -> None:
        await world.add(count=3)
        small = "waiting|admitted|lease|autoindex"
        for plan in await self.plans(world, IN_SYSTEM[name], SYSTEM):
            for step in plan.splitlines():
                if re.match(r"(SCAN|SEARCH) generations", step):
                    assert re.search(rf"USING (COVERING )?INDEX \w*({small})", step), plan


def test_every_closed_set_is_checked() -> None:
    sets = {
        ("generations", "phase"): Phase,
        ("generations", "artifact_type"): ArtifactType,
        ("generation_inputs", "artifact_type"): ArtifactType,
        ("board_members", "role"): BoardRole,
    }
    for (table, column), words in sets.items():
        checks = [
            str(constraint.sqltext)
            for constraint in tables.Base.metadata.tables[table].constraints
            if hasattr(constraint, "sqltext")
        ]
        [check] = [one for one in checks if one.startswith(f"{column} IN")]
        assert set(re.findall(r"'(\w+)'", check)) == {word.value for word in words}


async def test_a_statement_is_made_once_for_each_form(world: World) -> None:
    async def look() -> None:
        await world.read(lambda tx: tx.generations.get(new_id()), world.home.scope)
        await world.read(lambda tx: tx.generations.list(GenerationFilter(), limit=3, cursor=None))

    await look()
    before = len(_prepared)
    await look()
    assert len(_prepared) == before
