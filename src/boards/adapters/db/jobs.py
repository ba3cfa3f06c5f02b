"""How jobs are stored: what a caller submitted; its state follows from its generations."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam

from boards.adapters.db.cursors import Position, is_after, page_of, position_at
from boards.adapters.db.door import Door, func
from boards.adapters.db.tables import Generation
from boards.adapters.db.tables import Job as Table
from boards.domain.jobs import Job
from boards.services.ports import Page

__all__ = ["JobRows"]


class JobRows:
    """The rows of jobs in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def insert(self, job: Job) -> None:
        values = {
            "id": job.id,
            "tenant_id": job.tenant_id,
            "board_id": job.board_id,
            "user_id": job.user_id,
            "generator_name": job.generator_name,
            "takes": job.takes,
            "created_at": job.created_at,
            "token_id": job.token_id,
            "session_id": job.session_id,
        }
        self._door.insert(Table, [values])

    def get(self, job_id: UUID) -> Job | None:
        row = self._door.run(_by_id, {"id": job_id}).first()
        return None if row is None else _job(row)

    def list(
        self, *, board_ids: frozenset[UUID] | None, limit: int, cursor: str | None
    ) -> Page[Job]:
        after = position_at(cursor)
        values: dict[str, object] = {"limit": limit + 1}
        if board_ids is not None:
            values["board_ids"] = sorted(board_ids)
        if after is not None:
            values |= {"cursor_at": after.at, "cursor_id": after.id}
        rows = self._door.run(_listed, values, board_ids is not None, after is not None).all()
        return page_of(rows, limit, _job, lambda job: Position(at=job.created_at, id=job.id))

    def count(self, *, board_ids: frozenset[UUID]) -> int:
        return int(self._door.run(_counted, {"board_ids": sorted(board_ids)}).scalar_one())


def _job(row: Row[Any]) -> Job:
    return Job(**row._asdict())


def _by_id(door: Door) -> Select[Any]:
    return door.select(Table).where(Table.id == bindparam("id"))


def _listed(door: Door, on_boards: bool, continued: bool) -> Select[Any]:
    chosen = door.select(Table)
    if on_boards:
        chosen = chosen.where(Table.board_id.in_(bindparam("board_ids", expanding=True)))
    if continued:
        chosen = chosen.where(is_after(Table.created_at, Table.id))
    return chosen.order_by(Table.created_at.desc(), Table.id.desc()).limit(bindparam("limit"))


def _counted(door: Door) -> Select[Any]:
    living = door.select(Generation, Generation.job_id).where(
        Generation.board_id.in_(bindparam("board_ids", expanding=True)),
        Generation.deleted_at.is_(None),
    )
    return door.select(Table, func.count()).where(
        Table.board_id.in_(bindparam("board_ids", expanding=True)), Table.id.in_(living)
    )
