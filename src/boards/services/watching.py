"""What whoever watches the server wants to know: how much waits, how long already, and what is
wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import structlog

from boards.domain.generations import FINAL
from boards.services.ledger import LedgerService
from boards.services.ports import SYSTEM, Clock, Database, Event
from boards.services.ports.gauges import Figures

__all__ = ["Counts", "Standing", "WatchService"]

log = structlog.get_logger(__name__)

_ENDS = frozenset(phase.value for phase in FINAL)


class Counts(Protocol):
    """Where things are counted as they happen."""

    def ended(self, phase: str) -> None:
        """A run has come to its end, by a commit of this process."""
        ...

    def examined(self, faults: int) -> None:
        """The ledger was examined, and so many faults were found."""
        ...


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The figures at one moment."""

    figures: Figures
    at: datetime


@dataclass(frozen=True, kw_only=True)
class WatchService:
    """Reads the figures, and counts what happens."""

    database: Database
    clock: Clock
    ledger: LedgerService
    counts: Counts = field(repr=False)

    async def look(self) -> Standing:
        """How things stand now, over all tenants."""
        figures = await self.database.read(lambda tx: tx.gauges.figures(), scope=SYSTEM)
        return Standing(figures=figures, at=self.clock.now())

    def saw(self, events: Sequence[Event]) -> None:
        """Count what a commit of this process has ended; called on the event loop after it."""
        for event in events:
            phase = event.data.get("phase")
            if event.type == "phase" and phase in _ENDS:
                self.counts.ended(str(phase))

    async def examine(self) -> int:
        """Derive the ledger's balances anew, and count what is wrong."""
        faults = len((await self.ledger.examine(SYSTEM)).faults)
        self.counts.examined(faults)
        if faults:
            log.error("ledger_faults", count=faults, see="boards ledger verify")
        return faults
