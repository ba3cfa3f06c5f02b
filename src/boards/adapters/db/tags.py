"""How tags, favourites and notes are stored."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Delete, Row, Select, Update, bindparam

from boards.adapters.db import tables
from boards.adapters.db.cursors import Position, is_after, page_of, position_at
from boards.adapters.db.door import Door, func
from boards.adapters.db.search import SearchRows
from boards.adapters.db.tables import Favourite, GenerationTag
from boards.adapters.db.tables import Note as NoteTable
from boards.adapters.db.tables import Tag as TagTable
from boards.domain.tags import Note, Tag
from boards.services.ports import Page

__all__ = ["FavouriteRows", "NoteRows", "TagRows"]

_NOTE = tuple(getattr(NoteTable, name) for name in Note.__dataclass_fields__)
_TAG = (
    TagTable.id,
    TagTable.tenant_id,
    TagTable.name,
    TagTable.slug,
    TagTable.description,
    TagTable.details,
    TagTable.created_at,
    TagTable.updated_at,
)


class TagRows:
    """The rows of tags in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._search = SearchRows(door)

    def add(self, tag: Tag) -> None:
        self._door.insert(TagTable, [_row(tag)])

    def get(self, tag_id: UUID) -> Tag | None:
        row = self._door.run(_tag, {"id": tag_id}).first()
        return None if row is None else _read(row)

    def by_slug(self, slug: str) -> Tag | None:
        row = self._door.run(_tag_by_slug, {"slug": slug}).first()
        return None if row is None else _read(row)

    def list(self) -> tuple[Tag, ...]:
        return tuple(_read(row) for row in self._door.run(_tags))

    def count(self) -> int:
        return int(self._door.run(_counted).scalar_one())

    def update(self, tag: Tag) -> bool:
        row = _row(tag)
        names = ("name", "slug", "description", "details", "updated_at")
        values = {"of_id": tag.id, **{f"new_{name}": row[name] for name in names}}
        changed = self._door.run(_changed, values, names).rowcount == 1
        self._search.refresh_tag(tag.id)
        return changed

    def delete(self, tag_id: UUID) -> bool:
        had = [row.generation_id for row in self._door.run(_taken_off_all, {"tag_id": tag_id})]
        self._search.refresh(had)
        return self._door.run(_deleted, {"of_id": tag_id}).rowcount == 1

    def attach(self, tag_id: UUID, ids: Collection[UUID], *, tenant_id: UUID) -> frozenset[UUID]:
        if not ids:
            return frozenset()
        has = self._door.run(_having, {"tag_id": tag_id, "ids": list(ids)}).scalars()
        new = frozenset(ids) - frozenset(has)
        rows = [
            {"generation_id": one, "tag_id": tag_id, "tenant_id": tenant_id} for one in sorted(new)
        ]
        self._door.insert(GenerationTag, rows, if_absent=True)
        self._search.refresh(sorted(new))
        return new

    def detach(self, tag_id: UUID, ids: Collection[UUID]) -> frozenset[UUID]:
        if not ids:
            return frozenset()
        values = {"tag_id": tag_id, "ids": list(ids)}
        had = frozenset(row.generation_id for row in self._door.run(_taken_off, values))
        self._search.refresh(sorted(had))
        return had

    def of_generations(self, ids: Collection[UUID]) -> Mapping[UUID, tuple[Tag, ...]]:
        found: dict[UUID, tuple[Tag, ...]] = {}
        if ids:
            for row in self._door.run(_tags_of, {"ids": list(ids)}):
                found[row.generation_id] = (*found.get(row.generation_id, ()), _read(row))
        return found


class FavouriteRows:
    """The rows of favourites in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def add(
        self, user_id: UUID, ids: Collection[UUID], *, tenant_id: UUID, now: datetime
    ) -> frozenset[UUID]:
        new = frozenset(ids) - self.among(user_id, ids)
        rows = [
            {"user_id": user_id, "generation_id": one, "tenant_id": tenant_id, "created_at": now}
            for one in sorted(new)
        ]
        self._door.insert(Favourite, rows, if_absent=True)
        return new

    def remove(self, user_id: UUID, ids: Collection[UUID]) -> frozenset[UUID]:
        if not ids:
            return frozenset()
        rows = self._door.run(_unmarked, {"user_id": user_id, "ids": list(ids)})
        return frozenset(row.generation_id for row in rows)

    def among(self, user_id: UUID, ids: Collection[UUID]) -> frozenset[UUID]:
        if not ids:
            return frozenset()
        values = {"user_id": user_id, "ids": list(ids)}
        return frozenset(self._door.run(_marked_among, values).scalars())

    def list(self, user_id: UUID, *, limit: int, cursor: str | None) -> Page[UUID]:
        after = position_at(cursor)
        values: dict[str, object] = {"user_id": user_id, "limit": limit + 1}
        if after is not None:
            values |= {"cursor_at": after.at, "cursor_id": after.id}
        rows = self._door.run(_marked, values, after is not None).all()
        page = page_of(
            rows,
            limit,
            lambda row: Position(at=row.created_at, id=row.generation_id),
            lambda position: position,
        )
        return Page(items=tuple(one.id for one in page.items), next=page.next)


class NoteRows:
    """The rows of notes in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._search = SearchRows(door)

    def add(self, note: Note) -> None:
        self._door.insert(NoteTable, [asdict(note)])
        self._search.refresh([note.generation_id])

    def get(self, note_id: UUID) -> Note | None:
        row = self._door.run(_note, {"id": note_id}).first()
        return None if row is None else Note(**row._asdict())

    def of_generation(self, generation_id: UUID) -> tuple[Note, ...]:
        rows = self._door.run(_notes_of, {"generation_id": generation_id})
        return tuple(Note(**row._asdict()) for row in rows)

    def change(self, note_id: UUID, text: str, *, now: datetime) -> bool:
        values = {"of_id": note_id, "new_text": text, "now": now}
        return self._refreshed(self._door.run(_rewritten, values))

    def delete(self, note_id: UUID) -> bool:
        return self._refreshed(self._door.run(_note_deleted, {"of_id": note_id}))

    def _refreshed(self, changed: Iterable[Row[Any]]) -> bool:
        """Have search follow the change; tells whether there was one."""
        of = [row.generation_id for row in changed]
        self._search.refresh(of)
        return bool(of)


def _row(tag: Tag) -> dict[str, Any]:
    row = asdict(tag)
    row["details"] = dict(row.pop("metadata")) or None
    return row


def _read(row: Row[Any]) -> Tag:
    return Tag(
        id=row.id,
        tenant_id=row.tenant_id,
        name=row.name,
        slug=row.slug,
        description=row.description,
        metadata=row.details or {},
        created_at=row.created_at,
        updated_at=row.updated_at or row.created_at,
    )


def _tag(door: Door) -> Select[Any]:
    return door.select(TagTable, *_TAG).where(TagTable.id == bindparam("id"))


def _tag_by_slug(door: Door) -> Select[Any]:
    return door.select(TagTable, *_TAG).where(TagTable.slug == bindparam("slug"))


def _tags(door: Door) -> Select[Any]:
    return door.select(TagTable, *_TAG).order_by(TagTable.name, TagTable.id)


def _counted(door: Door) -> Select[Any]:
    return door.select(TagTable, func.count())


def _changed(door: Door, names: tuple[str, ...]) -> Update:
    values = {name: bindparam(f"new_{name}", type_=getattr(TagTable, name).type) for name in names}
    return door.update(TagTable).where(TagTable.id == bindparam("of_id")).values(**values)


def _taken_off_all(door: Door) -> Any:
    return (
        door.delete(GenerationTag)
        .where(GenerationTag.tag_id == bindparam("tag_id"))
        .returning(GenerationTag.generation_id)
    )


def _deleted(door: Door) -> Delete:
    return door.delete(TagTable).where(TagTable.id == bindparam("of_id"))


def _having(door: Door) -> Select[Any]:
    return door.select(GenerationTag, GenerationTag.generation_id).where(
        GenerationTag.tag_id == bindparam("tag_id"),
        GenerationTag.generation_id.in_(bindparam("ids", expanding=True)),
    )


def _taken_off(door: Door) -> Any:
    return (
        door.delete(GenerationTag)
        .where(
            GenerationTag.tag_id == bindparam("tag_id"),
            GenerationTag.generation_id.in_(bindparam("ids", expanding=True)),
        )
        .returning(GenerationTag.generation_id)
    )


def _tags_of(door: Door) -> Select[Any]:
    return (
        door.select(GenerationTag, GenerationTag.generation_id, *_TAG)
        .join(TagTable, TagTable.id == GenerationTag.tag_id)
        .where(GenerationTag.generation_id.in_(bindparam("ids", expanding=True)))
        .order_by(TagTable.name, TagTable.id)
    )


def _unmarked(door: Door) -> Any:
    return (
        door.delete(Favourite)
        .where(
            Favourite.user_id == bindparam("user_id"),
            Favourite.generation_id.in_(bindparam("ids", expanding=True)),
        )
        .returning(Favourite.generation_id)
    )


def _marked_among(door: Door) -> Select[Any]:
    return door.select(Favourite, Favourite.generation_id).where(
        Favourite.user_id == bindparam("user_id"),
        Favourite.generation_id.in_(bindparam("ids", expanding=True)),
    )


def _marked(door: Door, continued: bool) -> Select[Any]:
    generation, board = tables.Generation, tables.Board
    chosen = (
        door.select(Favourite, Favourite.generation_id, Favourite.created_at)
        .join(generation, generation.id == Favourite.generation_id)
        .join(board, board.id == generation.board_id)
        .where(
            Favourite.user_id == bindparam("user_id"),
            generation.deleted_at.is_(None),
            board.deleted_at.is_(None),
        )
    )
    if continued:
        chosen = chosen.where(is_after(Favourite.created_at, Favourite.generation_id))
    return chosen.order_by(Favourite.created_at.desc(), Favourite.generation_id.desc()).limit(
        bindparam("limit")
    )


def _note(door: Door) -> Select[Any]:
    return door.select(NoteTable, *_NOTE).where(NoteTable.id == bindparam("id"))


def _notes_of(door: Door) -> Select[Any]:
    return (
        door.select(NoteTable, *_NOTE)
        .where(NoteTable.generation_id == bindparam("generation_id"))
        .order_by(NoteTable.created_at, NoteTable.id)
    )


def _rewritten(door: Door) -> Update:
    return (
        door.update(NoteTable)
        .where(NoteTable.id == bindparam("of_id"))
        .values(text=bindparam("new_text"), updated_at=bindparam("now"))
        .returning(NoteTable.generation_id)
    )


def _note_deleted(door: Door) -> Any:
    return (
        door.delete(NoteTable)
        .where(NoteTable.id == bindparam("of_id"))
        .returning(NoteTable.generation_id)
    )
