"""The lab's book: what was accepted, billed and fetched, in a file that outlives any client."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

__all__ = ["Book", "Entry", "Event"]


class Event(StrEnum):
    """What the book keeps."""

    ACCEPTED = "accepted"
    """A job was taken on."""
    BILLED = "billed"
    """It ended well, and costs money."""
    REFUSED = "refused"
    """A request was answered with an error, scripted or not."""
    DROPPED = "dropped"
    """An answer was not given, as the script says."""
    LOOKED = "looked"
    """Somebody asked how a job stands."""
    FETCHED = "fetched"
    """Somebody got the result of a job."""
    DOWNLOADED = "downloaded"
    """A file was handed out whole."""
    UPLOADED = "uploaded"
    """A file was brought."""
    CANCELLED = "cancelled"
    """A job was stopped."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the book. `job` is the provider's id, or a file's name."""

    at: str
    provider: str
    event: Event
    job: str
    detail: str = ""


class Book:
    """The entries in order; with a `path` also in that file, one JSON object a line."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._entries: list[Entry] = []
        if path is not None and path.is_file():
            for line in path.read_text(encoding="utf-8").splitlines():
                read = json.loads(line)
                self._entries.append(Entry(**{**read, "event": Event(read["event"])}))

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __repr__(self) -> str:
        counted = {event.value: n for event in Event if (n := self.count(event))}
        return f"<Book {counted}>"

    def write(self, provider: str, event: Event, job: str, detail: str = "") -> None:
        """Add an entry."""
        now = datetime.now(UTC).isoformat()
        entry = Entry(at=now, provider=provider, event=event, job=job, detail=detail)
        self._entries.append(entry)
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(entry)) + "\n")

    def count(self, event: Event, *, provider: str | None = None) -> int:
        """Count the entries of one kind."""
        return sum(
            entry.event is event and provider in (None, entry.provider) for entry in self._entries
        )

    def of(self, event: Event) -> list[Entry]:
        """The entries of one kind."""
        return [entry for entry in self._entries if entry.event is event]

    @property
    def accepted(self) -> int:
        return self.count(Event.ACCEPTED)

    @property
    def billed(self) -> int:
        return self.count(Event.BILLED)
