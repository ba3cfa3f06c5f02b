"""What becomes of bytes that nobody uses: a tombstone at once, and the sweep after a grace period.

Whoever keeps files claims them in the transaction that writes what shows them (`tx.blobs.claim`;
for a generation's own files the repository of generations does), and releases them in the
transaction that removes it. In between, a file is used, whatever happens. Two things hold a race
off. A claim to a tombstoned object brings it back to life. And an object is doomed, in a
transaction of its own, before its bytes are removed: from then on it cannot be claimed, so that
nothing shown can ever lose its bytes to the sweep.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from boards.errors import BoardsError
from boards.services.ports import SYSTEM, Blob, Clock, Database, Storage, Tx

__all__ = ["BlobSweep", "release"]

log = structlog.get_logger(__name__)

AT_ONCE = 200
"""Objects that one transaction takes: others wait for it."""


def release(tx: Tx, owner_ids: Sequence[UUID], *, now: datetime, roles: Sequence[str] = ()) -> int:
    """Give up what is kept for these owners, all of it or the files of some roles; count the
    objects that nobody else uses. Their bytes go with a later sweep, and not before.

    Call it in the transaction that removes the owners for good.
    """
    return tx.blobs.release(owner_ids, now=now, roles=roles)


@dataclass(frozen=True, kw_only=True)
class BlobSweep:
    """Removes the bytes of what has been without a user for longer than `grace`."""

    database: Database
    storage: Storage
    clock: Clock
    grace: timedelta = timedelta(days=1)

    async def sweep(self) -> int:
        """Remove them, the oldest first, and count them. What cannot be removed now stays doomed,
        and its turn comes with the next sweep."""
        count = 0
        while True:
            doomed = await self.database.write(self._doom, scope=SYSTEM)
            gone = [await self._remove(blob) for blob in doomed]
            count += sum(gone)
            if len(doomed) < AT_ONCE or not any(gone):
                break
        if count:
            log.info("blobs_swept", count=count)
        return count

    def _doom(self, tx: Tx) -> tuple[Blob, ...]:
        now = self.clock.now()
        return tx.blobs.doom(before=now - self.grace, now=now, limit=AT_ONCE)

    async def _remove(self, blob: Blob) -> bool:
        try:
            if not await self._may_go(blob):
                return False
            await self.storage.delete(blob.key)
        except BoardsError:
            log.warning("blob_not_swept", key=blob.key, exc_info=True)
            return False
        await self.database.write(
            lambda tx: tx.blobs.forget(blob.tenant_id, blob.key), scope=SYSTEM
        )
        return True

    async def _may_go(self, blob: Blob) -> bool:
        """A copy goes only while those whose bytes it has are whole: else it is the last."""
        if blob.same_as is None:
            return True
        first = blob.same_as
        found = await self.database.read(
            lambda tx: tx.blobs.find(blob.tenant_id, [first]), scope=SYSTEM
        )
        if not found or found[0].tombstoned_at is not None:
            return True
        if await self.storage.verify(first, blob.sha256):
            return True
        log.error("blob_spared", key=blob.key, damaged=first)
        await self.database.write(lambda tx: tx.blobs.spare(blob.tenant_id, blob.key), scope=SYSTEM)
        return False
