"""How what was deleted is kept for a while, had back, and made tombstones of."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Delete, Row, Select, Update, bindparam, exists, null, or_

from boards.adapters.db.blobs import BlobRows
from boards.adapters.db.boards import COLUMNS as BOARD
from boards.adapters.db.boards import to_board
from boards.adapters.db.cursors import Position, is_after, page_of, position_at
from boards.adapters.db.door import Door, func
from boards.adapters.db.generation_rows import COLUMNS, to_generation
from boards.adapters.db.search import SearchRows
from boards.adapters.db.tables import (
    Base,
    Board,
    BoardInvitation,
    BoardLink,
    BoardMember,
    Favourite,
    Generation,
    GenerationTag,
    Note,
    Preview,
    Tenant,
    Upload,
)
from boards.domain.boards import BoardRole
from boards.domain.generations import FINAL
from boards.errors import Forbidden
from boards.services.ports import Page, TrashedBoard, TrashedGeneration

__all__ = ["TrashRows"]

_FINAL = tuple(phase.value for phase in sorted(FINAL))
_EMPTIED = (
    *(
        "input_params",
        "output_metadata",
        "extra_files",
        "manifest",
        "content",
        "thumbnail_key",
        "blurhash",
    ),
    *("file_key", "file_size", "file_sha256", "cache_key", "title"),
)


class TrashRows:
    """The rows of the trash in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def delete_board(self, board_id: UUID, *, now: datetime) -> bool:
        return self._door.run(_board_deleted, {"of_id": board_id, "now": now}).rowcount == 1

    def tenant_is_gone(self, *, before: datetime) -> bool:
        door = self._door.unscoped("a tenant's own row, by its id", shared_only=True)
        values = {"tenant": self._door.scope.tenant_id, "before": before}
        return door.run(_held_deleted, values).rowcount == 1

    def delete_all_boards(self, *, now: datetime) -> int:
        return self._door.run(_all_deleted, {"now": now}).rowcount

    def board(self, board_id: UUID) -> TrashedBoard | None:
        row = self._door.run(_board, {"id": board_id}).first()
        return None if row is None else _trashed_board(row)

    def boards(self, user_id: UUID, *, limit: int, cursor: str | None) -> Page[TrashedBoard]:
        after = position_at(cursor)
        values: dict[str, object] = {
            "user_id": user_id,
            "role": BoardRole.ADMIN.value,
            "limit": limit + 1,
        }
        if after is not None:
            values |= {"cursor_at": after.at, "cursor_id": after.id}
        rows = self._door.run(_boards, values, after is not None).all()
        return page_of(
            rows, limit, _trashed_board, lambda one: Position(at=one.deleted_at, id=one.board.id)
        )

    def restore_board(self, board_id: UUID, *, now: datetime) -> bool:
        return self._door.run(_board_restored, {"of_id": board_id, "now": now}).rowcount == 1

    def under_way_on(self, board_id: UUID) -> tuple[UUID, ...]:
        return tuple(self._door.run(_under_way, {"board_id": board_id}).scalars())

    def find(self, ids: Collection[UUID]) -> Mapping[UUID, TrashedGeneration]:
        if not ids:
            return {}
        rows = self._door.run(_found, {"ids": list(ids)})
        return {row.id: _trashed(row) for row in rows}

    def on_board(
        self, board_id: UUID, *, limit: int, cursor: str | None
    ) -> Page[TrashedGeneration]:
        after = position_at(cursor)
        values: dict[str, object] = {"board_id": board_id, "limit": limit + 1}
        if after is not None:
            values |= {"cursor_at": after.at, "cursor_id": after.id}
        rows = self._door.run(_on_board, values, after is not None).all()
        return page_of(rows, limit, _trashed, _position)

    def delete(self, ids: Collection[UUID], *, now: datetime) -> frozenset[UUID]:
        return self._ids(_deleted, ids, now)

    def restore(self, ids: Collection[UUID], *, now: datetime) -> frozenset[UUID]:
        return self._ids(_restored, ids, now)

    def due(self, *, before: datetime, limit: int) -> tuple[UUID, ...]:
        self._door.require_system("trash")
        found: list[UUID] = []
        # One after the other: together they would read every generation that there is.
        for build in (_due_deleted, _due_with_board):
            values = {"before": before, "limit": limit - len(found)}
            found += self._door.run(build, values).scalars()
        return tuple(dict.fromkeys(found))

    def due_boards(self, *, before: datetime, limit: int) -> tuple[UUID, ...]:
        self._door.require_system("trash")
        return tuple(self._door.run(_due_boards, {"before": before, "limit": limit}).scalars())

    def purge(self, ids: Collection[UUID], *, now: datetime) -> int:
        self._door.require_system("trash")
        if not ids:
            return 0
        for table in (GenerationTag, Favourite, Note, Preview):
            self._door.run(_unmarked, {"ids": list(ids)}, table)
        self._door.run(_unnamed, {"ids": list(ids)})
        BlobRows(self._door).release(list(ids), now=now)
        values = {"ids": list(ids), "now": now, "nothing": {}}
        SearchRows(self._door).forget(ids)
        return self._door.run(_purged, values).rowcount

    def purge_board(self, board_id: UUID, *, now: datetime) -> None:
        self._door.require_system("trash")
        for table in (BoardMember, BoardInvitation, BoardLink):
            self._door.run(_left, {"board_id": board_id}, table)
        self._door.run(_board_purged, {"of_id": board_id, "now": now})

    def _ids(self, build: Any, ids: Collection[UUID], now: datetime) -> frozenset[UUID]:
        if not ids:
            return frozenset()
        return frozenset(row.id for row in self._door.run(build, {"ids": list(ids), "now": now}))


def _trashed_board(row: Row[Any]) -> TrashedBoard:
    return TrashedBoard(board=to_board(row), deleted_at=row.deleted_at)


def _trashed(row: Row[Any]) -> TrashedGeneration:
    return TrashedGeneration(generation=to_generation(row), deleted_at=row.deleted_at)


def _position(one: TrashedGeneration) -> Position:
    return Position(at=one.deleted_at or one.generation.created_at, id=one.generation.id)


def _now(name: str = "now") -> Any:
    return bindparam(name, type_=Generation.updated_at.type)


def _in_trash(door: Door) -> Select[Any]:
    return door.select(Board, *BOARD, Board.deleted_at).where(
        Board.deleted_at.is_not(None), Board.purged_at.is_(None)
    )


def _board(door: Door) -> Select[Any]:
    return _in_trash(door).where(Board.id == bindparam("id"))


def _boards(door: Door, continued: bool) -> Select[Any]:
    administered = door.select(BoardMember, BoardMember.board_id).where(
        BoardMember.user_id == bindparam("user_id"), BoardMember.role == bindparam("role")
    )
    chosen = _in_trash(door).where(
        or_(Board.owner_id == bindparam("user_id"), Board.id.in_(administered))
    )
    if continued:
        chosen = chosen.where(is_after(Board.deleted_at, Board.id))  # type: ignore[arg-type]
    return chosen.order_by(Board.deleted_at.desc(), Board.id.desc()).limit(bindparam("limit"))


def _board_deleted(door: Door) -> Update:
    return (
        door.update(Board)
        .where(Board.id == bindparam("of_id"), Board.deleted_at.is_(None))
        .values(deleted_at=_now(), is_default=False)
    )


def _held_deleted(door: Door) -> Update:
    # It changes nothing: whoever would restore the tenant waits for this transaction.
    return (
        door.update_shared(Tenant)
        .where(Tenant.id == bindparam("tenant"), Tenant.deleted_at < bindparam("before"))
        .values(deleted_at=Tenant.deleted_at)
    )


def _all_deleted(door: Door) -> Update:
    if door.scope.tenant_id is None:
        raise Forbidden("All boards are deleted of one tenant at a time; ask in its scope.")
    return (
        door.update(Board)
        .where(Board.deleted_at.is_(None))
        .values(deleted_at=_now(), is_default=False)
    )


def _board_restored(door: Door) -> Update:
    return (
        door.update(Board)
        .where(
            Board.id == bindparam("of_id"),
            Board.deleted_at.is_not(None),
            Board.purged_at.is_(None),
        )
        .values(deleted_at=null(), updated_at=_now())
    )


def _under_way(door: Door) -> Select[Any]:
    return door.select(Generation, Generation.id).where(
        Generation.board_id == bindparam("board_id"),
        Generation.deleted_at.is_(None),
        Generation.phase.not_in(_FINAL),
    )


def _found(door: Door) -> Select[Any]:
    return door.select(Generation, *COLUMNS, Generation.deleted_at).where(
        Generation.id.in_(bindparam("ids", expanding=True)), Generation.purged_at.is_(None)
    )


def _on_board(door: Door, continued: bool) -> Select[Any]:
    chosen = door.select(Generation, *COLUMNS, Generation.deleted_at).where(
        Generation.board_id == bindparam("board_id"),
        Generation.deleted_at.is_not(None),
        Generation.purged_at.is_(None),
    )
    if continued:
        chosen = chosen.where(is_after(Generation.deleted_at, Generation.id))  # type: ignore[arg-type]
    return chosen.order_by(Generation.deleted_at.desc(), Generation.id.desc()).limit(
        bindparam("limit")
    )


def _many(door: Door) -> Update:
    return door.update(Generation).where(Generation.id.in_(bindparam("ids", expanding=True)))


def _deleted(door: Door) -> Update:
    return (
        _many(door)
        .where(
            Generation.phase.in_(_FINAL),
            Generation.needs_attention.is_(False),
            Generation.deleted_at.is_(None),
        )
        .values(deleted_at=_now(), updated_at=_now())
        .returning(Generation.id)
    )


def _restored(door: Door) -> Update:
    return (
        _many(door)
        .where(Generation.deleted_at.is_not(None), Generation.purged_at.is_(None))
        .values(deleted_at=null(), updated_at=_now())
        .returning(Generation.id)
    )


def _due(door: Door) -> Select[Any]:
    return (
        door.select(Generation, Generation.id)
        .where(
            Generation.purged_at.is_(None),
            Generation.phase.in_(_FINAL),
            # Somebody has yet to decide what it cost, and must see what it is.
            Generation.needs_attention.is_(False),
        )
        .limit(bindparam("limit"))
    )


def _due_deleted(door: Door) -> Select[Any]:
    return _due(door).where(
        Generation.deleted_at.is_not(None), Generation.deleted_at < bindparam("before")
    )


def _due_with_board(door: Door) -> Select[Any]:
    gone = door.select(Board, Board.id).where(
        Board.deleted_at < bindparam("before"), Board.purged_at.is_(None)
    )
    return _due(door).where(Generation.deleted_at.is_(None), Generation.board_id.in_(gone))


def _due_boards(door: Door) -> Select[Any]:
    left = exists().where(Generation.board_id == Board.id, Generation.purged_at.is_(None))
    return (
        door.select(Board, Board.id)
        .where(Board.deleted_at < bindparam("before"), Board.purged_at.is_(None), ~left)
        .limit(bindparam("limit"))
    )


def _unmarked(door: Door, table: type[Base]) -> Delete:
    column: Any = table.generation_id  # type: ignore[attr-defined]
    return door.delete(table).where(column.in_(bindparam("ids", expanding=True)))


def _unnamed(door: Door) -> Update:
    return (
        door.update(Upload)
        .where(Upload.generation_id.in_(bindparam("ids", expanding=True)))
        .values(filename=null())
    )


def _left(door: Door, table: type[Base]) -> Delete:
    column: Any = table.board_id  # type: ignore[attr-defined]
    return door.delete(table).where(column == bindparam("board_id"))


def _purged(door: Door) -> Update:
    emptied: dict[str, Any] = dict.fromkeys(_EMPTIED, null())
    emptied["input_params"] = bindparam("nothing", type_=Generation.input_params.type)
    return (
        _many(door)
        .where(Generation.purged_at.is_(None))
        .values(
            **emptied,
            message="",
            deleted_at=func.coalesce(Generation.deleted_at, _now()),
            purged_at=_now(),
            updated_at=_now(),
        )
    )


def _board_purged(door: Door) -> Update:
    # Its title stays: money is told by board.
    return (
        door.update(Board)
        .where(Board.id == bindparam("of_id"), Board.deleted_at.is_not(None))
        .values(
            description=null(),
            settings=null(),
            details=null(),
            cover_id=null(),
            is_public=False,
            purged_at=_now(),
        )
    )
