"""How boards and their members are stored. A deleted board is kept, and found by nobody."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Unpack
from uuid import UUID

from sqlalchemy import Delete, Row, Select, Update, bindparam, or_
from sqlalchemy.sql.selectable import CompoundSelect

from boards.adapters.db import tables
from boards.adapters.db.cursors import Position, is_after, page_of, position_at
from boards.adapters.db.door import Door, func
from boards.adapters.db.tables import Board as Table
from boards.adapters.db.tables import BoardMember as MemberTable
from boards.domain.artifacts import ArtifactType
from boards.domain.boards import Board, BoardChanges, BoardMember, BoardRole
from boards.domain.generations import Phase
from boards.domain.identities import LOCAL
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
    Table.cover_id,
    Table.share_recipes,
    Table.settings,
    Table.details,
)
"""What a Board is read from."""


class BoardRows:
    """The rows of boards and members in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def insert(self, board: Board, *, is_default: bool = False) -> None:
        """Conflict when the owner has a default board and this is to be another."""
        self._door.insert(Table, [_row(board, is_default=is_default)])

    def get(self, board_id: UUID) -> Board | None:
        return _board(self._door.run(_by_id, {"id": board_id}).first())

    def default_of(self, user_id: UUID) -> Board | None:
        return _board(self._door.run(_default_of, {"user_id": user_id}).first())

    def ensure_default(self, board: Board) -> Board:
        if self._door.insert(Table, [_row(board, is_default=True)], if_absent=True):
            return board
        return self.default_of(board.owner_id) or board

    def role_of(self, board_id: UUID, user_id: UUID) -> BoardRole | None:
        values = {"board_id": board_id, "user_id": user_id}
        role = self._door.run(_role_of, values).scalar()
        return None if role is None else BoardRole(role)

    def roles_on(self, board_id: UUID) -> Mapping[UUID, BoardRole]:
        rows = self._door.run(_roles_on, {"board_id": board_id})
        return {row.user_id: BoardRole(row.role) for row in rows}

    def update(self, board_id: UUID, *, now: datetime, **changes: Unpack[BoardChanges]) -> bool:
        values = _columns(changes)
        bound = {"of_id": board_id, "now": now}
        bound |= {f"new_{name}": value for name, value in values.items()}
        return self._door.run(_updated, bound, tuple(sorted(values))).rowcount == 1

    def set_owner(self, board_id: UUID, owner_id: UUID, *, now: datetime) -> bool:
        values = {"of_id": board_id, "new_owner": owner_id, "now": now}
        return self._door.run(_given, values).rowcount == 1

    def covers(self, board_ids: Collection[UUID]) -> Mapping[UUID, UUID]:
        if not board_ids:
            return {}
        values = {"ids": list(board_ids), "phase": Phase.COMPLETED.value}
        rows = self._door.run(_covers, values | {"type": ArtifactType.IMAGE.value})
        found = {row.id: row.chosen or row.newest for row in rows}
        return {board_id: cover for board_id, cover in found.items() if cover is not None}

    def members(self, board_id: UUID) -> tuple[BoardMember, ...]:
        rows = self._door.run(_members, {"board_id": board_id})
        return tuple(
            BoardMember(
                board_id=row.board_id,
                user_id=row.user_id,
                role=BoardRole(row.role),
                joined_at=row.created_at,
                invited_by=row.invited_by,
            )
            for row in rows
        )

    def add_member(
        self,
        board_id: UUID,
        user_id: UUID,
        role: BoardRole,
        *,
        now: datetime,
        invited_by: UUID | None = None,
    ) -> None:
        """Conflict when the user is a member already, or not of the board's tenant."""
        tenant_id = self._door.run(_tenant_of, {"id": board_id}).scalar()
        values = {
            "board_id": board_id,
            "user_id": user_id,
            "tenant_id": tenant_id,
            "role": role.value,
            "created_at": now,
            "invited_by": invited_by,
        }
        self._door.insert(MemberTable, [values])

    def set_role(self, board_id: UUID, user_id: UUID, role: BoardRole) -> bool:
        values = {"of_board": board_id, "of_user": user_id, "new_role": role.value}
        return self._door.run(_role_set, values).rowcount == 1

    def remove_member(self, board_id: UUID, user_id: UUID) -> bool:
        values = {"of_board": board_id, "of_user": user_id}
        return self._door.run(_removed, values).rowcount == 1

    def find_user(self, user_id: UUID) -> bool:
        return self._door.run(_user, {"id": user_id}).first() is not None

    def users_with(self, email: str) -> tuple[UUID, ...]:
        # Whose people are whose identity is kept apart from the tenants.
        door = self._door.unscoped("the users are the tenant's own; identities are nobody's")
        values = {"email": email, "local": LOCAL, "of_tenant": self._door.scope.tenant_id}
        return tuple(door.run(_users_with, values).scalars())

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
    values = {one.key: getattr(row, f"{before}{one.key}") for one in COLUMNS}
    values["metadata"] = values.pop("details") or {}
    return Board(**values | {"settings": values["settings"] or {}})


def _row(board: Board, *, is_default: bool) -> dict[str, Any]:
    row = asdict(board)
    return _columns(row) | {"is_default": is_default}


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a board as its columns hold them."""
    row = dict(values)
    for name, column in (("settings", "settings"), ("metadata", "details")):
        if name in row:
            row[column] = dict(row.pop(name)) or None
    return row


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
    return door.select(MemberTable, MemberTable.role).where(
        MemberTable.board_id == bindparam("board_id"), MemberTable.user_id == bindparam("user_id")
    )


def _roles_on(door: Door) -> Select[Any]:
    return door.select(MemberTable, MemberTable.user_id, MemberTable.role).where(
        MemberTable.board_id == bindparam("board_id")
    )


def _of_user(door: Door, *, with_role: bool = False) -> CompoundSelect[Any]:
    owned = door.select(Table, Table.id).where(Table.owner_id == bindparam("user_id"))
    joined = door.select(MemberTable, MemberTable.board_id).where(
        MemberTable.user_id == bindparam("user_id")
    )
    if with_role:
        joined = joined.where(MemberTable.role == bindparam("role"))
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


def _updated(door: Door, names: tuple[str, ...]) -> Update:
    values = {name: bindparam(f"new_{name}", type_=getattr(Table, name).type) for name in names}
    return (
        door.update(Table)
        .where(Table.id == bindparam("of_id"), Table.deleted_at.is_(None))
        .values(**values, updated_at=bindparam("now", type_=Table.updated_at.type))
    )


def _given(door: Door) -> Update:
    return (
        door.update(Table)
        .where(Table.id == bindparam("of_id"), Table.deleted_at.is_(None))
        .values(
            owner_id=bindparam("new_owner", type_=Table.owner_id.type),
            is_default=False,
            updated_at=bindparam("now", type_=Table.updated_at.type),
        )
    )


def _covers(door: Door) -> Select[Any]:
    generation = tables.Generation
    on_it = door.select(generation, generation.id).where(
        generation.board_id == Table.id,
        generation.phase == bindparam("phase"),
        generation.deleted_at.is_(None),
    )
    newest = (
        on_it.where(generation.artifact_type == bindparam("type"))
        .order_by(generation.created_at.desc(), generation.id.desc())
        .limit(1)
    )
    chosen = on_it.where(generation.id == Table.cover_id)
    return _living(
        door,
        Table.id,
        chosen.correlate(Table).scalar_subquery().label("chosen"),
        newest.correlate(Table).scalar_subquery().label("newest"),
    ).where(Table.id.in_(bindparam("ids", expanding=True)))


def _members(door: Door) -> Select[Any]:
    return (
        door.select(
            MemberTable,
            MemberTable.board_id,
            MemberTable.user_id,
            MemberTable.role,
            MemberTable.created_at,
            MemberTable.invited_by,
        )
        .where(MemberTable.board_id == bindparam("board_id"))
        .order_by(MemberTable.created_at, MemberTable.user_id)
    )


def _role_set(door: Door) -> Update:
    return (
        door.update(MemberTable)
        .where(
            MemberTable.board_id == bindparam("of_board"),
            MemberTable.user_id == bindparam("of_user"),
        )
        .values(role=bindparam("new_role"))
    )


def _removed(door: Door) -> Delete:
    return door.delete(MemberTable).where(
        MemberTable.board_id == bindparam("of_board"), MemberTable.user_id == bindparam("of_user")
    )


def _user(door: Door) -> Select[Any]:
    user = tables.User
    return door.select(user, user.id).where(user.id == bindparam("id"), user.disabled_at.is_(None))


def _users_with(door: Door) -> Select[Any]:
    user, identity = tables.User, tables.Identity
    is_theirs = or_(identity.provider == bindparam("local"), identity.email_verified.is_(True))
    return (
        door.select(user, user.id)
        .join(identity, identity.id == user.identity_id)
        .where(
            user.tenant_id == bindparam("of_tenant"),
            user.disabled_at.is_(None),
            is_theirs,
            func.lower(identity.email) == bindparam("email"),
        )
    )
