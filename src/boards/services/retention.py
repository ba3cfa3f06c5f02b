"""Forgets what is kept for a while only. Rows of generations, money and lineage are not."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from boards.services.ports import SYSTEM, Clock, Database

__all__ = ["RetentionService"]

log = structlog.get_logger(__name__)

AT_ONCE = 1000
"""Events that one transaction removes: others wait for it."""


@dataclass(frozen=True, kw_only=True)
class RetentionService:
    """Removes events older than `keep_events`: whoever follows from before then gets a snapshot."""

    database: Database
    clock: Clock
    keep_events: timedelta

    async def forget_events(self) -> int:
        """Remove them, the oldest first, and count them."""
        before = self.clock.now() - self.keep_events
        count = 0
        while True:
            gone = await self.database.write(
                lambda tx: tx.events.forget(before=before, limit=AT_ONCE), scope=SYSTEM
            )
            count += gone
            if gone < AT_ONCE:
                break
        if count:
            log.info("events_forgotten", count=count)
        return count
