"""Wakes those who wait for a job to end, and tells other processes what a commit was about.

Processes that share a database send each other notices, one line of text for a commit. A notice
carries no events: whoever it wakes looks.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from pydantic import JsonValue

from boards.domain.generations import FINAL
from boards.services.ports import Event

__all__ = ["ANYTHING", "CHANNEL", "Notice", "Notices", "ends_something"]

CHANNEL = "boards_events"
"""Where notices are sent."""
_ENDS = frozenset(phase.value for phase in FINAL)
_MOST_IDS = 200
_ALL = "*"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What commits were about: jobs, boards and users; and the jobs of which something has ended.

    `ANYTHING` says that it may have been about anything.
    """

    about: frozenset[UUID]
    ended: frozenset[UUID] = frozenset()

    def __str__(self) -> str:
        """As it is sent, in less than 8,000 bytes; with too many ids it is ANYTHING."""
        if self is ANYTHING or len(self.about) + len(self.ended) > _MOST_IDS:
            return _ALL
        ids = [one.hex for one in self.about], [one.hex for one in self.ended]
        return "|".join(" ".join(sorted(part)) for part in ids)

    @classmethod
    def read(cls, text: str) -> "Notice":
        """Read one as it was sent. ValueError when it is none."""
        if text == _ALL:
            return ANYTHING
        about, ended = ({UUID(hex=one) for one in part.split()} for part in text.split("|"))
        return cls(about=frozenset(about), ended=frozenset(ended))


ANYTHING = Notice(about=frozenset())


def ends_something(data: Mapping[str, JsonValue]) -> bool:
    """Tell from an event's data whether its generation has ended, or needs a person."""
    return data.get("phase") in _ENDS or bool(data.get("needs_attention"))


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
            if waiting and ends_something(event.data):
                for flag in waiting:
                    flag.set()

    def tell(self, notice: Notice) -> None:
        """The same for what another process has committed."""
        for job_id in tuple(self._waiting) if notice is ANYTHING else notice.ended:
            for flag in self._waiting.get(job_id, ()):
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
