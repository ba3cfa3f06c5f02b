"""How uploads are stored: where generations came from, and files that are still coming in."""

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Delete, Row, Select, Update, bindparam

from boards.adapters.db.door import Door, func
from boards.adapters.db.search import SearchRows
from boards.adapters.db.tables import ResumableUpload
from boards.adapters.db.tables import Upload as Table
from boards.domain.artifacts import ArtifactType
from boards.services.ports import Part, Resumable, UploadRecord

__all__ = ["UploadRows"]

# The columns are called as the fields are.
_NAMES = tuple(each.name for each in fields(Resumable))


class UploadRows:
    """The rows of uploads in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def insert(self, upload: UploadRecord) -> None:
        self._door.insert(Table, [asdict(upload)])
        # Its file's name is a name by which it is found.
        SearchRows(self._door).refresh([upload.generation_id])

    def begin(self, upload: Resumable) -> None:
        self._door.insert(ResumableUpload, [_row(upload)])

    def resumable(self, upload_id: UUID) -> Resumable | None:
        row = self._door.run(_by_id, {"of_id": upload_id}).first()
        return None if row is None else _resumable(row)

    def count_unfinished(self, user_id: UUID) -> int:
        return int(self._door.run(_unfinished, {"of_user": user_id}).scalar_one())

    def add_part(self, upload: Resumable, part: Part, *, expires_at: datetime) -> bool:
        values = {
            "of_id": upload.id,
            "seen": upload.received,
            "new_received": upload.received + part.size,
            "new_parts": [asdict(each) for each in (*upload.parts, part)],
            "new_expires_at": expires_at,
        }
        return self._door.run(_part_added, values).rowcount == 1

    def finish(self, upload: Resumable, generation_id: UUID) -> bool:
        values = {"of_id": upload.id, "seen": upload.received, "made": generation_id}
        return self._door.run(_finished, values).rowcount == 1

    def drop(self, upload_id: UUID) -> bool:
        return self._door.run(_dropped, {"of_id": upload_id}).rowcount == 1

    def expired(self, *, before: datetime, limit: int) -> tuple[Resumable, ...]:
        self._door.require_system("expired")
        rows = self._door.run(_expired, {"before": before, "limit": limit})
        return tuple(_resumable(row) for row in rows)


def _row(upload: Resumable) -> dict[str, Any]:
    row = {name: getattr(upload, name) for name in _NAMES}
    row["artifact_type"] = upload.artifact_type and upload.artifact_type.value
    row["parts"] = [asdict(part) for part in upload.parts]
    return row


def _resumable(row: Row[Any]) -> Resumable:
    values = {name: getattr(row, name) for name in _NAMES}
    values["artifact_type"] = row.artifact_type and ArtifactType(row.artifact_type)
    values["parts"] = tuple(Part(key=part["key"], size=part["size"]) for part in row.parts)
    return Resumable(**values)


def _columns(door: Door) -> Select[Any]:
    return door.select(ResumableUpload, *(getattr(ResumableUpload, name) for name in _NAMES))


def _by_id(door: Door) -> Select[Any]:
    return _columns(door).where(ResumableUpload.id == bindparam("of_id"))


def _unfinished(door: Door) -> Select[Any]:
    return door.select(ResumableUpload, func.count()).where(
        ResumableUpload.user_id == bindparam("of_user"), ResumableUpload.generation_id.is_(None)
    )


def _part_added(door: Door) -> Update:
    return (
        door.update(ResumableUpload)
        .where(
            ResumableUpload.id == bindparam("of_id"),
            ResumableUpload.received == bindparam("seen"),
            ResumableUpload.generation_id.is_(None),
        )
        .values(
            received=bindparam("new_received"),
            parts=bindparam("new_parts"),
            expires_at=bindparam("new_expires_at"),
        )
    )


def _finished(door: Door) -> Update:
    return (
        door.update(ResumableUpload)
        .where(
            ResumableUpload.id == bindparam("of_id"),
            ResumableUpload.received == bindparam("seen"),
            ResumableUpload.generation_id.is_(None),
        )
        .values(received=ResumableUpload.size, generation_id=bindparam("made"))
    )


def _dropped(door: Door) -> Delete:
    return door.delete(ResumableUpload).where(ResumableUpload.id == bindparam("of_id"))


def _expired(door: Door) -> Select[Any]:
    return (
        _columns(door)
        .where(ResumableUpload.expires_at < bindparam("before"))
        .order_by(ResumableUpload.expires_at)
        .limit(bindparam("limit"))
    )
