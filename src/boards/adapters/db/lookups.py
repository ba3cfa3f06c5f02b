"""How many things are looked up at once: one statement for each kind, whatever their number."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, asc, bindparam, desc, or_, tuple_
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.selectable import CompoundSelect

from boards.adapters.db.boards import COLUMNS as BOARD
from boards.adapters.db.boards import to_board
from boards.adapters.db.cursors import Position, page_of, position_at
from boards.adapters.db.door import Door, func
from boards.adapters.db.generation_rows import COLUMNS as GENERATION
from boards.adapters.db.generation_rows import to_generation
from boards.adapters.db.tables import (
    Board,
    BoardMember,
    Generation,
    GenerationInput,
    Identity,
    User,
)
from boards.domain.artifacts import ArtifactType
from boards.domain.boards import Board as BoardShown
from boards.domain.boards import BoardMember as MemberShown
from boards.domain.boards import BoardRole
from boards.domain.generations import Generation as GenerationSeen
from boards.domain.lineage import Edge
from boards.services.ports import Page
from boards.services.ports.lookups import (
    BoardFilter,
    BoardOrder,
    BoardSeen,
    InputSeen,
    Profile,
    Whose,
)

__all__ = ["LookupRows"]

_OF_BOARD = "board_"
_ROLE = "my_role"
_EDGE = ("output_id", "role", "position", "input_id", "artifact_type")
_OF_EDGE = "edge_"
_ORDERS: Mapping[BoardOrder, tuple[InstrumentedAttribute[Any], bool]] = {
    BoardOrder.CREATED_ASC: (Board.created_at, False),
    BoardOrder.CREATED_DESC: (Board.created_at, True),
    BoardOrder.UPDATED_ASC: (Board.updated_at, False),
    BoardOrder.UPDATED_DESC: (Board.updated_at, True),
}


class LookupRows:
    """Reads across the tables in one transaction; the port's docstrings say what each does."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def boards(self, ids: Collection[UUID], *, user_id: UUID | None) -> Mapping[UUID, BoardSeen]:
        if not ids:
            return {}
        found = self._door.run(_boards, {"ids": list(ids), "user_id": user_id})
        return {row.id: BoardSeen(board=to_board(row), role=_role(row)) for row in found}

    def profiles(self, ids: Collection[UUID]) -> Mapping[UUID, Profile]:
        if not ids:
            return {}
        rows = self._door.run(_profiles, {"ids": list(ids)})
        return {row.id: Profile(**row._asdict()) for row in rows}

    def members(self, board_ids: Collection[UUID]) -> Mapping[UUID, tuple[MemberShown, ...]]:
        found: dict[UUID, list[MemberShown]] = defaultdict(list)
        if board_ids:
            for row in self._door.run(_members, {"ids": list(board_ids)}):
                found[row.board_id].append(
                    MemberShown(
                        board_id=row.board_id,
                        user_id=row.user_id,
                        role=BoardRole(row.role),
                        joined_at=row.created_at,
                        invited_by=row.invited_by,
                    )
                )
        return {key: tuple(some) for key, some in found.items()}

    def inputs(
        self, ids: Collection[UUID], *, user_id: UUID | None
    ) -> Mapping[UUID, tuple[InputSeen, ...]]:
        found: dict[UUID, list[InputSeen]] = defaultdict(list)
        if ids:
            for row in self._door.run(_inputs, {"ids": list(ids), "user_id": user_id}):
                found[row.edge_output_id].append(_input(row))
        return {key: tuple(some) for key, some in found.items()}

    def counts(self, board_ids: Collection[UUID]) -> Mapping[UUID, int]:
        if not board_ids:
            return {}
        rows = self._door.run(_counts, {"ids": list(board_ids)})
        return {row.board_id: row.number for row in rows}

    def newest(
        self, board_ids: Collection[UUID], *, limit: int, offset: int
    ) -> Mapping[UUID, tuple[GenerationSeen, ...]]:
        found: dict[UUID, list[GenerationSeen]] = defaultdict(list)
        if board_ids:
            values = {"ids": list(board_ids), "first": offset, "last": offset + limit}
            for row in self._door.run(_newest, values):
                found[row.board_id].append(to_generation(row))
        return {key: tuple(some) for key, some in found.items()}

    def share_a_board(self, user_id: UUID, other_id: UUID) -> bool:
        values = {"user_id": user_id, "other_id": other_id}
        return self._door.run(_shared, values).first() is not None

    def list_boards(
        self, which: BoardFilter, order: BoardOrder, *, limit: int, offset: int, cursor: str | None
    ) -> Page[BoardShown]:
        after = position_at(cursor)
        values = {**_values(which), "limit": limit + 1, "offset": offset}
        if after is not None:
            values |= {"cursor_at": after.at, "cursor_id": after.id}
        form = (which.whose, which.text is not None, order, after is not None)
        rows = self._door.run(_listed, values, *form).all()
        name = _ORDERS[order][0].key
        return page_of(
            rows, limit, to_board, lambda one: Position(at=getattr(one, name), id=one.id)
        )

    def count_boards(self, which: BoardFilter) -> int:
        form = (which.whose, which.text is not None)
        return int(self._door.run(_counted, _values(which), *form).scalar_one())


def _values(which: BoardFilter) -> dict[str, object]:
    values: dict[str, object] = {}
    if which.whose is not Whose.PUBLIC:
        values["user_id"] = which.user_id
    if which.text is not None:
        values["pattern"] = f"%{_plain(which.text)}%"
    return values


def _plain(text: str) -> str:
    """A text in which no character stands for another."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _role(row: Row[Any]) -> BoardRole | None:
    role = getattr(row, _ROLE)
    return None if role is None else BoardRole(role)


def _input(row: Row[Any]) -> InputSeen:
    edge = {name: getattr(row, f"{_OF_EDGE}{name}") for name in _EDGE}
    edge["artifact_type"] = ArtifactType(edge["artifact_type"])
    board = None
    if row.board_id_of is not None:
        board = BoardSeen(board=to_board(row, _OF_BOARD + "of_"), role=_role(row))
    return InputSeen(
        edge=Edge(**edge),
        generation=None if row.id is None else to_generation(row),
        board=board,
    )


def _living(door: Door, *columns: Any) -> Select[Any]:
    return door.select(Board, *columns).where(Board.deleted_at.is_(None))


def _mine() -> Any:
    return and_(
        BoardMember.board_id == Board.id,
        BoardMember.user_id == bindparam("user_id", type_=BoardMember.user_id.type),
    )


def _boards(door: Door) -> Select[Any]:
    return (
        _living(door, *BOARD, BoardMember.role.label(_ROLE))
        .outerjoin(BoardMember, _mine())
        .where(Board.id.in_(bindparam("ids", expanding=True)))
    )


def _profiles(door: Door) -> Select[Any]:
    return (
        door.select(
            User,
            *(User.id, User.tenant_id, User.email, User.display_name, User.avatar_url),
            User.created_at,
            Identity.provider,
            Identity.subject,
        )
        .join(Identity, Identity.id == User.identity_id)
        .where(User.id.in_(bindparam("ids", expanding=True)))
    )


def _members(door: Door) -> Select[Any]:
    return (
        door.select(BoardMember)
        .where(BoardMember.board_id.in_(bindparam("ids", expanding=True)))
        .order_by(BoardMember.board_id, BoardMember.created_at, BoardMember.user_id)
    )


def _inputs(door: Door) -> Select[Any]:
    edge = (getattr(GenerationInput, name).label(f"{_OF_EDGE}{name}") for name in _EDGE)
    board = (one.label(f"{_OF_BOARD}of_{one.key}") for one in BOARD)
    return (
        door.select(
            GenerationInput,
            *edge,
            *GENERATION,
            *board,
            Board.id.label("board_id_of"),
            BoardMember.role.label(_ROLE),
        )
        .outerjoin(
            Generation,
            and_(
                Generation.id == GenerationInput.input_id,
                Generation.tenant_id == GenerationInput.tenant_id,
                Generation.deleted_at.is_(None),
            ),
        )
        .outerjoin(Board, and_(Board.id == Generation.board_id, Board.deleted_at.is_(None)))
        .outerjoin(BoardMember, _mine())
        .where(GenerationInput.output_id.in_(bindparam("ids", expanding=True)))
        .order_by(GenerationInput.output_id, GenerationInput.role, GenerationInput.position)
    )


def _counts(door: Door) -> Select[Any]:
    return (
        door.select(Generation, Generation.board_id, func.count().label("number"))
        .where(
            Generation.board_id.in_(bindparam("ids", expanding=True)),
            Generation.deleted_at.is_(None),
        )
        .group_by(Generation.board_id)
    )


def _newest(door: Door) -> Select[Any]:
    place = func.row_number().over(
        partition_by=Generation.board_id,
        order_by=(Generation.created_at.desc(), Generation.id.desc()),
    )
    placed = (
        door.select(Generation, Generation.id, place.label("place"))
        .where(
            Generation.board_id.in_(bindparam("ids", expanding=True)),
            Generation.deleted_at.is_(None),
        )
        .subquery()
    )
    chosen = door.derive(placed.c.id).where(
        placed.c.place > bindparam("first"), placed.c.place <= bindparam("last")
    )
    return (
        door.select(Generation, *GENERATION)
        .where(Generation.id.in_(chosen))
        .order_by(Generation.board_id, Generation.created_at.desc(), Generation.id.desc())
    )


def _of(door: Door, name: str) -> CompoundSelect[Any]:
    """The ids of the boards that somebody owns or is a member of."""
    user = bindparam(name, type_=Board.owner_id.type)
    owned = door.select(Board, Board.id).where(Board.owner_id == user)
    joined = door.select(BoardMember, BoardMember.board_id).where(BoardMember.user_id == user)
    return owned.union(joined)


def _shared(door: Door) -> Select[Any]:
    return (
        _living(door, Board.id)
        .where(Board.id.in_(_of(door, "user_id")), Board.id.in_(_of(door, "other_id")))
        .limit(1)
    )


def _chosen(door: Door, whose: Whose, has_text: bool, *columns: Any) -> Select[Any]:
    user = bindparam("user_id", type_=Board.owner_id.type)
    found = _living(door, *columns)
    match whose:
        case Whose.OWNER:
            found = found.where(Board.owner_id == user)
        case Whose.ANY:
            found = found.where(Board.id.in_(_of(door, "user_id")))
        case Whose.MEMBER:
            found = found.where(Board.id.in_(_of(door, "user_id")), Board.owner_id != user)
        case Whose.PUBLIC:
            found = found.where(Board.is_public.is_(True))
        case Whose.SEEN:
            found = found.where(or_(Board.is_public.is_(True), Board.id.in_(_of(door, "user_id"))))
    if has_text:
        pattern: Any = bindparam("pattern")
        found = found.where(
            or_(
                Board.title.ilike(pattern, escape="\\"),
                Board.description.ilike(pattern, escape="\\"),
            )
        )
    return found


def _listed(
    door: Door, whose: Whose, has_text: bool, order: BoardOrder, continued: bool
) -> Select[Any]:
    column, newest_first = _ORDERS[order]
    found = _chosen(door, whose, has_text, *BOARD)
    if continued:
        here = tuple_(
            bindparam("cursor_at", type_=column.type), bindparam("cursor_id", type_=Board.id.type)
        )
        place = tuple_(column, Board.id)
        found = found.where(place < here if newest_first else place > here)
    way = desc if newest_first else asc
    return (
        found.order_by(way(column), way(Board.id))
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
    )


def _counted(door: Door, whose: Whose, has_text: bool) -> Select[Any]:
    return _chosen(door, whose, has_text, func.count())
