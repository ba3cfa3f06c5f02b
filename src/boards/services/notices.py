"""Wakes those in this process who wait for a job, a board or a user's things to change."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from boards.services.ports import Event

__all__ = ["Notices"]


@dataclass(frozen=True, kw_only=True)
class Notices:
    """Listens to the events of commits and sets the flags of those who wait."""

    _waiting: dict[UUID, set[asyncio.Event]] = field(default_factory=lambda: defaultdict(set))

    def publish(self, events: Sequence[Event]) -> None:
        """Wake everybody who waits for one of these; called on the event loop after a commit."""
        if not self._waiting:
            return
        for event in events:
            for key in (event.job_id, event.board_id, event.user_id):
                if key is not None and key in self._waiting:
                    for flag in self._waiting[key]:
                        flag.set()

    @contextlib.contextmanager
    def of(self, key: UUID) -> Iterator[asyncio.Event]:
        """A flag that is set whenever something happens to the job, board or user `key`."""
        flag = asyncio.Event()
        self._waiting[key].add(flag)
        try:
            yield flag
        finally:
            self._waiting[key].discard(flag)
            if not self._waiting[key]:
                del self._waiting[key]
