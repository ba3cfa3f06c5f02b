"""The files of generations: with the row that shows one, the claim to its bytes is written.

What the tenant has already is not kept twice: the row gets the key of the first, and the copy is
left to the sweep, which reads the first back before the copy goes. All this is in the transaction
of the row, so there is no moment in which bytes are shown that may be swept.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam

from boards.adapters.db.blobs import BlobRows
from boards.adapters.db.door import Door
from boards.adapters.db.tables import Generation as Table
from boards.domain.artifacts import StoredFile
from boards.services.ports import BlobUse, Changes, NewGeneration

__all__ = ["GenerationFiles"]


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A file as it came, and under the key by which the tenant has its bytes."""

    role: str
    came: StoredFile
    file: StoredFile


class GenerationFiles:
    """Finds the bytes of generations a place, and claims them, in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._blobs = BlobRows(door)

    def of_new(self, new: NewGeneration, *, now: datetime) -> NewGeneration:
        """Claim the files of a generation about to be written, and give it with their keys."""
        changes: Changes = {"file": new.file, "extra_files": new.extra_files}
        placed = self._place(new.tenant_id, changes)
        if not placed:
            return new
        self._claim(new.tenant_id, new.id, placed, now=now)
        changes = _with_keys(changes, placed)
        return replace(new, file=changes["file"], extra_files=changes["extra_files"])

    def of_changes(
        self, generation_id: UUID, changes: Changes
    ) -> tuple[Changes, tuple[Placed, ...]]:
        """Give changes with the keys that their files are to have, and what to claim once the row
        has taken them."""
        if not changes.get("file") and not changes.get("extra_files"):
            return changes, ()
        tenant_id = self._tenant_of(generation_id)
        placed = () if tenant_id is None else self._place(tenant_id, changes)
        return _with_keys(changes, placed), placed

    def claim(self, generation_id: UUID, placed: tuple[Placed, ...], *, now: datetime) -> None:
        """Write the claims down, for the row has taken the files."""
        tenant_id = self._tenant_of(generation_id) if placed else None
        if tenant_id is not None:
            self._claim(tenant_id, generation_id, placed, now=now)

    def _place(self, tenant_id: UUID, changes: Changes) -> tuple[Placed, ...]:
        return tuple(
            Placed(role=role, came=file, file=self._blobs.place(tenant_id, file))
            for role, file in _files_in(changes)
        )

    def _claim(
        self, tenant_id: UUID, generation_id: UUID, placed: tuple[Placed, ...], *, now: datetime
    ) -> None:
        uses = [
            BlobUse(
                owner_id=generation_id,
                role=one.role,
                key=one.file.key,
                size=one.file.size,
                sha256=one.file.sha256,
            )
            for one in placed
        ]
        self._blobs.claim(tenant_id, uses, now=now)
        for one in placed:
            if one.came.key != one.file.key:
                self._blobs.shelve(tenant_id, one.came, one.file.key, now=now)

    def _tenant_of(self, generation_id: UUID) -> UUID | None:
        if self._door.scope.tenant_id is not None:
            return self._door.scope.tenant_id
        found: UUID | None = self._door.run(_tenant, {"of_id": generation_id}).scalar()
        return found


def _files_in(changes: Changes) -> Iterator[tuple[str, StoredFile]]:
    file = changes.get("file")
    if file is not None:
        yield "file", file
    for index, extra in enumerate(changes.get("extra_files") or ()):
        yield f"extra:{index}", extra.file


def _with_keys(changes: Changes, placed: tuple[Placed, ...]) -> Changes:
    by_role = {one.role: one.file for one in placed}
    found = changes.copy()
    if "file" in by_role:
        found["file"] = by_role["file"]
    if changes.get("extra_files"):
        found["extra_files"] = tuple(
            replace(extra, file=by_role.get(f"extra:{index}", extra.file))
            for index, extra in enumerate(changes["extra_files"])
        )
    return found


def _tenant(door: Door) -> Select[Any]:
    return door.select(Table, Table.tenant_id).where(Table.id == bindparam("of_id"))
