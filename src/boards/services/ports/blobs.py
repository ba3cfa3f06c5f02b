"""The objects in storage, as the database keeps account of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from boards.domain.artifacts import StoredFile

__all__ = ["Blob", "BlobTotals", "BlobUse", "Blobs"]


@dataclass(frozen=True, kw_only=True)
class BlobUse:
    """A claim to a file: `role` tells the files of one owner apart (`file`, `extra:0`,
    `thumbnail:small`)."""

    owner_id: UUID
    role: str
    key: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Blob:
    """One object of a tenant. Without a user it has been `tombstoned_at`; from `doomed_at` on its
    bytes may be gone. `same_as` is the key that has the same bytes, and took its place."""

    tenant_id: UUID
    key: str
    size: int
    sha256: str
    created_at: datetime
    tombstoned_at: datetime | None = None
    doomed_at: datetime | None = None
    same_as: str | None = None


@dataclass(frozen=True, kw_only=True)
class BlobTotals:
    """What a tenant keeps: `bytes` in `objects` that are used, and those that wait for the sweep.

    `claimed` is what it would be if nothing were shared, in bytes.
    """

    tenant_id: UUID
    objects: int = 0
    bytes: int = 0
    waiting_objects: int = 0
    waiting_bytes: int = 0
    claimed: int = 0
    quota: int | None = None


class Blobs(Protocol):
    """Rows of objects and of who uses them. Generations' files are taken care of by the methods
    that write generations; whoever keeps other files claims them here."""

    def place(self, tenant_id: UUID, file: StoredFile) -> StoredFile:
        """Give the file under the key by which the tenant has the same bytes already, or as it is.

        The row stays locked to the end of the transaction, in which `claim` has to follow.
        Conflict when the key's own bytes are being removed.
        """
        ...

    def claim(self, tenant_id: UUID, uses: Sequence[BlobUse], *, now: datetime) -> None:
        """Write down who uses what; an object that waited for the sweep lives again. Conflict when
        its bytes are being removed."""
        ...

    def shelve(self, tenant_id: UUID, file: StoredFile, same_as: str, *, now: datetime) -> None:
        """Leave a copy that `place` has found to be one more to the sweep."""
        ...

    def release(
        self, owner_ids: Sequence[UUID], *, now: datetime, roles: Sequence[str] = ()
    ) -> int:
        """Drop the claims of owners, all or those of `roles`, and tombstone what nobody else uses;
        count the objects that were tombstoned."""
        ...

    def doom(self, *, before: datetime, now: datetime, limit: int) -> tuple[Blob, ...]:
        """Take objects that were tombstoned before, for good: nobody can claim them any more. Those
        that an earlier sweep had doomed, and did not come to the end of, are among them."""
        ...

    def tombstone(self, tenant_id: UUID, key: str, *, now: datetime) -> bool:
        """Leave an object that nobody uses to the sweep; False when somebody does."""
        ...

    def spare(self, tenant_id: UUID, key: str) -> None:
        """Take a doomed object's doom back: it lives, without a user, as the last of its bytes."""
        ...

    def forget(self, tenant_id: UUID, key: str) -> None:
        """Drop the row of a doomed object whose bytes are gone."""
        ...

    def adopt(self, tenant_id: UUID, key: str, *, size: int, sha256: str, now: datetime) -> bool:
        """Write a row for bytes that have none, tombstoned; False when there is one."""
        ...

    def find(self, tenant_id: UUID, keys: Sequence[str]) -> tuple[Blob, ...]:
        """The objects that have rows."""
        ...

    def list(self, *, after: tuple[UUID, str] | None, limit: int) -> tuple[Blob, ...]:
        """Objects in order of tenant and key; of all tenants in the SYSTEM scope."""
        ...

    def copies(self, tenant_id: UUID, blob: Blob) -> tuple[Blob, ...]:
        """Other objects of the tenant with the same bytes that are not doomed."""
        ...

    def owners(self, tenant_id: UUID, key: str) -> tuple[UUID, ...]:
        """Who uses an object."""
        ...

    def held_elsewhere(self, tenant_id: UUID) -> tuple[str, ...]:
        """The keys of bytes that are on their way: what runs have stored and not yet delivered, and
        the pieces of uploads that go on."""
        ...

    def totals(self) -> tuple[BlobTotals, ...]:
        """What each tenant of the scope keeps; those without anything are left out."""
        ...

    def used(self, tenant_id: UUID) -> int:
        """The bytes that a tenant keeps, each object once."""
        ...

    def quota(self, tenant_id: UUID) -> int | None:
        """How many bytes the tenant may keep, where that was said for it."""
        ...

    def set_quota(self, tenant_id: UUID, max_bytes: int | None, *, now: datetime) -> None:
        """Say how many, or leave it to what holds for all."""
        ...
