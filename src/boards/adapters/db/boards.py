"""How boards and their members are stored. A deleted board is kept, and found by nobody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam
from sqlalchemy.sql.selectable import CompoundSelect

from boards.adapters.db import tables
from boards.adapters.db.cursors import Position, is_after, page_of, position_at
from boards.adapters.db.door import Door, func
from boards.adapters.db.tables import Board as Table
from boards.adapters.db.tables import BoardMember
from boards.domain.boards import Board, BoardRole
from boards.services.ports import Page

__all__ = ["COLUMNS", "BoardRows", "to_board"]

COLUMNS = (
    Table.id,
    Table.tenant_id,
    Table.owner_id,
    Table.title,
    Table.description,
    Table.is_public,
    Table.created_at,
    Table.updated_at,
)
"""What a Board is read from."""


class BoardRows:
    """The rows of boards and members in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def insert(self, board: Board, *, is_default: bool = False) -> None:
        """Conflict when the owner has a default board and this is to be another."""
        values = {column.key: getattr(board, column.key) for column in COLUMNS}
        self._door.insert(Table, [values | {"is_default": is_default}])

    def get(self, board_id: UUID) -> Board | None:
        return _board(self._door.run(_by_id, {"id": board_id}).first())

    def default_of(self, user_id: UUID) -> Board | None:
        return _board(self._door.run(_default_of, {"user_id": user_id}).first())

    def ensure_default(self, board: Board) -> Board:
        values = {column.key: getattr(board, column.key) for column in COLUMNS}
        if self._door.insert(Table, [values | {"is_default": True}], if_absent=True):
            return board
        return self.default_of(board.owner_id) or board

    def role_of(self, board_id: UUID, user_id: UUID) -> BoardRole | None:
        values = {"board_id": board_id, "user_id": user_id}
        role = self._door.run(_role_of, values).scalar()
        return None if role is None else BoardRole(role)

    def roles_on(self, board_id: UUID) -> Mapping[UUID, BoardRole]:
        rows = self._door.run(_roles_on, {"board_id": board_id})
        return {row.user_id: BoardRole(row.role) for row in rows}

    def add_member(self, board_id: UUID, user_id: UUID, role: BoardRole, *, now: datetime) -> None:
        """Conflict when the user is a member already, or not of the board's tenant."""
        tenant_id = self._door.run(_tenant_of, {"id": board_id}).scalar()
        values = {
            "board_id": board_id,
            "user_id": user_id,
            "tenant_id": tenant_id,
            "role": role.value,
            "created_at": now,
        }
        self._door.insert(BoardMember, [values])

    def visible_to(self, user_id: UUID, *, limit: int, cursor: str | None) -> Page[Board]:
        after = position_at(cursor)
        values: dict[str, object] = {"user_id": user_id, "limit": limit + 1}
        if after is not None:
            values |= {"cursor_at": after.at, "cursor_id": after.id}
        rows = self._door.run(_visible, values, after is not None).all()
        return page_of(rows, limit, to_board, _place)

    def ids_visible_to(self, user_id: UUID) -> frozenset[UUID]:
        return frozenset(self._door.run(_ids_visible, {"user_id": user_id}).scalars())

    def ids_administered_by(self, user_id: UUID) -> frozenset[UUID]:
        values = {"user_id": user_id, "role": BoardRole.ADMIN.value}
        return frozenset(self._door.run(_ids_administered, values).scalars())

    def generation_count(self, board_id: UUID) -> int:
        return int(self._door.run(_counted, {"board_id": board_id}).scalar_one())


def to_board(row: Row[Any], before: str = "") -> Board:
    """Read a row that has at least COLUMNS, each with `before` in front of its name."""
    return Board(**{one.key: getattr(row, f"{before}{one.key}") for one in COLUMNS})


def _place(board: Board) -> Position:
    return Position(at=board.updated_at, id=board.id)


def _board(row: Row[Any] | None) -> Board | None:
    return None if row is None else to_board(row)


def _living(door: Door, *columns: Any) -> Select[Any]:
    return door.select(Table, *columns).where(Table.deleted_at.is_(None))


def _by_id(door: Door) -> Select[Any]:
    return _living(door, *COLUMNS).where(Table.id == bindparam("id"))


def _tenant_of(door: Door) -> Select[Any]:
    return _living(door, Table.tenant_id).where(Table.id == bindparam("id"))


def _default_of(door: Door) -> Select[Any]:
    return _living(door, *COLUMNS).where(
        Table.owner_id == bindparam("user_id"), Table.is_default.is_(True)
    )


def _role_of(door: Door) -> Select[Any]:
    return door.select(BoardMember, BoardMember.role).where(
        BoardMember.board_id == bindparam("board_id"), BoardMember.user_id == bindparam("user_id")
    )


def _roles_on(door: Door) -> Select[Any]:
    return door.select(BoardMember, BoardMember.user_id, BoardMember.role).where(
        BoardMember.board_id == bindparam("board_id")
    )


def _of_user(door: Door, *, with_role: bool = False) -> CompoundSelect[Any]:
    owned = door.select(Table, Table.id).where(Table.owner_id == bindparam("user_id"))
    joined = door.select(BoardMember, BoardMember.board_id).where(
        BoardMember.user_id == bindparam("user_id")
    )
    if with_role:
        joined = joined.where(BoardMember.role == bindparam("role"))
    return owned.union(joined)


def _ids_visible(door: Door) -> Select[Any]:
    return _living(door, Table.id).where(Table.id.in_(_of_user(door)))


def _ids_administered(door: Door) -> Select[Any]:
    return _living(door, Table.id).where(Table.id.in_(_of_user(door, with_role=True)))


def _visible(door: Door, continued: bool) -> Select[Any]:
    chosen = _living(door, *COLUMNS).where(Table.id.in_(_of_user(door)))
    if continued:
        chosen = chosen.where(is_after(Table.updated_at, Table.id))
    return chosen.order_by(Table.updated_at.desc(), Table.id.desc()).limit(bindparam("limit"))


def _counted(door: Door) -> Select[Any]:
    generation = tables.Generation
    return door.select(generation, func.count()).where(
        generation.board_id == bindparam("board_id"), generation.deleted_at.is_(None)
    )
