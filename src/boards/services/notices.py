"""Wakes those in this process who wait for a job to end."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from boards.domain.generations import FINAL
from boards.services.ports import Event

__all__ = ["Notices"]

_ENDS = frozenset(phase.value for phase in FINAL)


@dataclass(frozen=True, kw_only=True)
class Notices:
    """Listens to the events of commits and sets the flags of those who wait."""

    _waiting: dict[UUID, set[asyncio.Event]] = field(default_factory=lambda: defaultdict(set))

    def publish(self, events: Sequence[Event]) -> None:
        """Wake who waits for one of these jobs, when a generation of it has ended or needs a
        person; called on the event loop after a commit."""
        if not self._waiting:
            return
        for event in events:
            waiting = self._waiting.get(event.job_id) if event.job_id is not None else None
            if waiting and (event.data["phase"] in _ENDS or event.data["needs_attention"]):
                for flag in waiting:
                    flag.set()

    @contextlib.contextmanager
    def ends_of(self, job_id: UUID) -> Iterator[asyncio.Event]:
        """A flag that is set whenever a generation of the job may have ended."""
        flag = asyncio.Event()
        self._waiting[job_id].add(flag)
        try:
            yield flag
        finally:
            self._waiting[job_id].discard(flag)
            if not self._waiting[job_id]:
                del self._waiting[job_id]
