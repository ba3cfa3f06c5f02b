"""What is made to show a result, and who makes it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from boards.domain.artifacts import MediaFacts

__all__ = ["MadePreviews", "Preview", "PreviewMaker", "Previews", "Wanted"]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A generation whose previews somebody has just taken on, for the `starts`th time."""

    generation_id: UUID
    tenant_id: UUID
    starts: int


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What there is to show a generation, as storage keys.

    Where the picture itself is small, two sizes may be one file. `note` says why there is no
    picture; `made_at` is None while it is still to be made.
    """

    generation_id: UUID
    tenant_id: UUID
    small_key: str | None = None
    medium_key: str | None = None
    large_key: str | None = None
    waveform_key: str | None = None
    recipe_key: str | None = None
    note: str | None = None
    made_at: datetime | None = None


class Previews(Protocol):
    """Rows of previews."""

    def want(self, generation_id: UUID, *, tenant_id: UUID, now: datetime) -> None:
        """Ask for the previews of a generation; asked twice, they are made anew."""
        ...

    def get(self, generation_id: UUID) -> Preview | None: ...
    def take(self, *, now: datetime, until: datetime, limit: int) -> tuple[Wanted, ...]:
        """Take on what is due, the oldest first; nobody else gets it before `until`. Needs SYSTEM
        scope."""
        ...

    def keep(self, preview: Preview, *, blurhash: str | None, now: datetime) -> bool:
        """Write down what was made, and show it with the generation; False when that is gone, and
        then nothing is wanted any more."""
        ...

    def put_off(self, generation_id: UUID, *, until: datetime) -> None:
        """Have another try later."""
        ...

    def waiting(self) -> int:
        """How many are still to be made. Needs SYSTEM scope."""
        ...


@dataclass(frozen=True, kw_only=True)
class MadePreviews:
    """What was made of a file: three WebP pictures by their longer edge, a waveform as JSON.

    `note` says why there is no picture.
    """

    small: bytes | None = None
    medium: bytes | None = None
    large: bytes | None = None
    waveform: bytes | None = None
    blurhash: str | None = None
    note: str | None = None


class PreviewMaker(Protocol):
    """Makes pictures of files, never on the event loop, within bounds of time and memory."""

    async def previews(self, path: Path, facts: MediaFacts) -> MadePreviews:
        """Make what can be made. InvalidInput or TooLarge for a file that cannot be shown."""
        ...
