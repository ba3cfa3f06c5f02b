"""Holds the rows and the bytes against each other, and mends what can be mended.

Both ways: rows whose bytes are gone or are others, and bytes that no row knows of. Nothing is ever
removed here. Bytes that nobody knows get a row with a tombstone, so that the sweep takes them after
its grace period, unless somebody claims them meanwhile; a file whose bytes are damaged is made
whole from another copy of the same bytes, if the tenant has one.
"""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

import structlog
from pydantic import JsonValue

from boards.domain.access import Actor, Duty
from boards.domain.artifacts import StoredObject
from boards.errors import BoardsError, NotFound
from boards.services.audit import note
from boards.services.ports import SYSTEM, Blob, BlobTotals, Clock, Database, Storage, Tx
from boards.services.rights import require, scope_of

__all__ = ["CheckReport", "Fault", "Finding", "StorageService"]

log = structlog.get_logger(__name__)

AT_ONCE = 500
RECEIPTS = "receipts"
MAX_RECEIPT = 16 * 2**20
MAX_FINDINGS = 1000
"""What a report lists; the rest is only counted."""


class Fault(StrEnum):
    """What does not agree."""

    MISSING = "missing"
    """A file is shown, and its bytes are gone."""
    DAMAGED = "damaged"
    """A file is shown, and its bytes are others than were stored."""
    UNREACHABLE = "unreachable"
    """Nobody can say: the store does not answer, or storage.yaml does not name it any more."""
    ORPHAN = "orphan"
    """Bytes that no row knows of."""
    UNUSED = "unused"
    """An object that nobody uses, and that no sweep was told of."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that does not agree. `owners` are the generations that show the file; `repaired`
    says whether it does now, or will after the next sweep."""

    fault: Fault
    tenant_id: UUID
    key: str
    size: int
    owners: tuple[UUID, ...] = ()
    repaired: bool = False


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """What a check has looked at, and what it has found; `counts` are of all findings."""

    objects: int
    bytes: int
    findings: tuple[Finding, ...]
    counts: Mapping[Fault, int]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is left that does not agree."""
        return not self.counts


@dataclass(kw_only=True)
class _Findings:
    objects: int = 0
    bytes: int = 0
    kept: list[Finding]
    counts: dict[Fault, int]

    def add(self, finding: Finding) -> None:
        self.counts[finding.fault] = self.counts.get(finding.fault, 0) + 1
        if len(self.kept) < MAX_FINDINGS:
            self.kept.append(finding)


@dataclass(frozen=True, kw_only=True)
class StorageService:
    """What administrators ask of the storage. `quota` is what each tenant may keep where nothing
    else was said for it, in bytes; bytes younger than `grace` are nobody's fault yet."""

    database: Database
    storage: Storage
    clock: Clock
    quota: int | None = None
    grace: timedelta = timedelta(days=1)

    async def usage(self, actor: Actor) -> tuple[BlobTotals, ...]:
        """What the tenant keeps; for platform administrators, what each tenant does."""
        require(actor, Duty.SEE_STORAGE)
        scope = SYSTEM if actor.is_platform_admin else scope_of(actor)
        found = await self.database.read(lambda tx: tx.blobs.totals(), scope=scope)
        if not any(one.tenant_id == actor.tenant_id for one in found):
            own = await self.database.read(lambda tx: tx.blobs.quota(actor.tenant_id), scope=scope)
            found = (BlobTotals(tenant_id=actor.tenant_id, quota=own), *found)
        return tuple(replace(one, quota=self.quota) if one.quota is None else one for one in found)

    async def set_quota(self, actor: Actor, tenant_id: UUID, max_bytes: int | None) -> None:
        """Say how many bytes a tenant may keep; None for what holds for all. NotFound for no such
        tenant. What it keeps already stays, whatever it is."""
        require(actor, Duty.RUN_STORAGE)
        now = self.clock.now()

        def work(tx: Tx) -> None:
            if tx.people.tenant(tenant_id) is None:
                raise NotFound(f"There is no tenant {tenant_id}.")
            tx.blobs.set_quota(tenant_id, max_bytes, now=now)
            note(
                tx,
                actor,
                "storage.quota",
                target=("tenant", tenant_id),
                now=now,
                tenant_id=tenant_id,
                details={"max_bytes": max_bytes},
            )

        await self.database.write(work, scope=SYSTEM)

    async def check(
        self, actor: Actor, *, checksums: bool = False, repair: bool = False
    ) -> CheckReport:
        """Look at every row and at every object; with `checksums` read each object back whole."""
        require(actor, Duty.RUN_STORAGE)
        found = _Findings(kept=[], counts={})
        async for blob in self._rows():
            found.objects += 1
            found.bytes += blob.size
            finding = await self._look(blob, checksums=checksums)
            if finding is not None:
                found.add(await self._mend(blob, finding) if repair else finding)
        async for finding in self._orphans():
            found.add(await self._adopt(finding) if repair else finding)
        if repair:
            now = self.clock.now()
            await self.database.write(
                lambda tx: note(
                    tx,
                    actor,
                    "storage.repair",
                    target=("storage", None),
                    now=now,
                    details={fault.value: count for fault, count in found.counts.items()},
                ),
                scope=SYSTEM,
            )
        return CheckReport(
            objects=found.objects,
            bytes=found.bytes,
            findings=tuple(found.kept),
            counts=found.counts,
        )

    # Rows

    async def _rows(self) -> AsyncIterator[Blob]:
        """Every object that somebody may use."""
        after: tuple[UUID, str] | None = None
        while True:
            rows = await self._page(after)
            for blob in rows:
                if blob.tombstoned_at is None:
                    yield blob
            if len(rows) < AT_ONCE:
                return
            after = (rows[-1].tenant_id, rows[-1].key)

    async def _page(self, after: tuple[UUID, str] | None) -> tuple[Blob, ...]:
        return await self.database.read(
            lambda tx: tx.blobs.list(after=after, limit=AT_ONCE), scope=SYSTEM
        )

    async def _look(self, blob: Blob, *, checksums: bool) -> Finding | None:
        owners = await self.database.read(
            lambda tx: tx.blobs.owners(blob.tenant_id, blob.key), scope=SYSTEM
        )
        fault = await self._fault(blob, checksums=checksums)
        if fault is None and not owners:
            fault = Fault.UNUSED
        if fault is None:
            return None
        return Finding(
            fault=fault, tenant_id=blob.tenant_id, key=blob.key, size=blob.size, owners=owners
        )

    async def _fault(self, blob: Blob, *, checksums: bool) -> Fault | None:
        try:
            size = await self.storage.size(blob.key)
            if size is None:
                return Fault.MISSING
            if size != blob.size:
                return Fault.DAMAGED
            whole = not checksums or await self.storage.verify(blob.key, blob.sha256)
        except BoardsError:
            log.warning("blob_not_checked", key=blob.key, exc_info=True)
            return Fault.UNREACHABLE
        return None if whole else Fault.DAMAGED

    async def _mend(self, blob: Blob, finding: Finding) -> Finding:
        match finding.fault:
            case Fault.UNUSED:
                now = self.clock.now()
                done = await self.database.write(
                    lambda tx: tx.blobs.tombstone(blob.tenant_id, blob.key, now=now), scope=SYSTEM
                )
            case Fault.MISSING | Fault.DAMAGED:
                done = await self._restored(blob)
            case _:
                done = False
        return replace(finding, repaired=done)

    async def _restored(self, blob: Blob) -> bool:
        """Make a file whole from another copy of the same bytes, if there is one."""
        copies = await self.database.read(
            lambda tx: tx.blobs.copies(blob.tenant_id, blob), scope=SYSTEM
        )
        for copy in copies:
            try:
                if not await self.storage.verify(copy.key, blob.sha256):
                    continue
                await self.storage.delete(blob.key)
                await self.storage.put(blob.key, self.storage.stream(copy.key))
                return await self.storage.verify(blob.key, blob.sha256)
            except BoardsError:
                log.warning("blob_not_restored", key=blob.key, exc_info=True)
        return False

    # Bytes

    async def _orphans(self) -> AsyncIterator[Finding]:
        """Objects of ours, old enough, that no row, no run and no receipt knows of."""
        oldest = self.clock.now() - self.grace
        batch: list[tuple[UUID, StoredObject]] = []
        async with aclosing(self._objects(oldest)) as objects:
            async for each in objects:
                batch.append(each)
                if len(batch) >= AT_ONCE:
                    for finding in await self._unknown(batch):
                        yield finding
                    batch = []
        for finding in await self._unknown(batch):
            yield finding

    async def _objects(self, oldest: datetime) -> AsyncGenerator[tuple[UUID, StoredObject]]:
        async for found in self.storage.list():
            tenant_id = _tenant_of(found.key)
            if tenant_id is not None and found.modified < oldest:
                yield tenant_id, found

    async def _unknown(self, batch: Sequence[tuple[UUID, StoredObject]]) -> list[Finding]:
        by_tenant: dict[UUID, dict[str, StoredObject]] = {}
        for tenant_id, found in batch:
            by_tenant.setdefault(tenant_id, {})[found.key] = found
        findings = []
        for tenant_id, objects in sorted(by_tenant.items()):
            known = await self._known(tenant_id, tuple(objects))
            findings += [
                Finding(fault=Fault.ORPHAN, tenant_id=tenant_id, key=key, size=found.size)
                for key, found in sorted(objects.items())
                if key not in known
            ]
        return findings

    async def _known(self, tenant_id: UUID, keys: tuple[str, ...]) -> frozenset[str]:
        rows, held = await self.database.read(
            lambda tx: (tx.blobs.find(tenant_id, keys), tx.blobs.held_elsewhere(tenant_id)),
            scope=SYSTEM,
        )
        known = {blob.key for blob in rows} | set(held)
        if known.issuperset(keys):
            return frozenset(known)
        # Only what is unknown so far makes it worth while to read them.
        async for found in self.storage.list(f"{tenant_id}/{RECEIPTS}"):
            named = await self._named_in(found.key)
            if named is None:
                # It may name any of them, and what it names may be all that is left of a result.
                return frozenset(keys)
            known.update(named)
        return frozenset(known)

    async def _named_in(self, receipt: str) -> frozenset[str] | None:
        """The files of a result that no row tells of yet; None when it cannot be read."""
        try:
            data = await self.storage.read(receipt, max_bytes=MAX_RECEIPT)
            return frozenset(_keys_in(json.loads(data)))
        except NotFound:
            return frozenset()
        except ValueError:
            log.exception("receipt_unreadable", key=receipt)
            return None

    async def _adopt(self, finding: Finding) -> Finding:
        digest = sha256()
        size = 0
        try:
            async with aclosing(_pieces(self.storage, finding.key)) as pieces:
                async for piece in pieces:
                    digest.update(piece)
                    size += len(piece)
        except BoardsError:
            log.warning("orphan_not_read", key=finding.key, exc_info=True)
            return finding
        now = self.clock.now()
        done = await self.database.write(
            lambda tx: (
                tx.people.tenant(finding.tenant_id) is not None
                and tx.blobs.adopt(
                    finding.tenant_id,
                    finding.key,
                    size=size,
                    sha256=digest.hexdigest(),
                    now=now,
                )
            ),
            scope=SYSTEM,
        )
        return replace(finding, repaired=done)


async def _pieces(storage: Storage, key: str) -> AsyncGenerator[bytes]:
    async for piece in storage.stream(key):
        yield piece


def _tenant_of(key: str) -> UUID | None:
    """Whose object it is; None for what is not made by `new_key`, such as receipts."""
    tenant, _, rest = key.partition("/")
    if rest.startswith(f"{RECEIPTS}/") or rest.count("/") < 3:
        return None
    try:
        return UUID(tenant)
    except ValueError:
        return None


def _keys_in(value: JsonValue) -> Iterator[str]:
    """Every storage key in a manifest, whatever its shape: they stand under `key`."""
    if isinstance(value, dict):
        key = value.get("key")
        if isinstance(key, str):
            yield key
        for each in value.values():
            yield from _keys_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from _keys_in(each)
