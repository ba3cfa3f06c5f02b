"""The takes of a workspace as its files tell: what there is, how it was made, what is picked."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from boards.domain.artifacts import ArtifactType, file_format
from boards.domain.storyboards.edits import media_of
from boards.domain.storyboards.storyboard import MediaKind, Storyboard
from boards.domain.storyboards.takes import TAKES, Made, Slot, read_take_name
from boards.errors import NotFound, Refused
from boards.services.ports import Storage
from boards.services.ports.stories import Opened, PlannedTake, Workspace, WorkspaceFiles

__all__ = ["Gallery", "Take", "TakeNote", "kind_of_file"]

_MOST_NOTE_BYTES = 64 * 1024
_KINDS = {ArtifactType.IMAGE: MediaKind.IMAGE, ArtifactType.VIDEO: MediaKind.VIDEO}


class TakeNote(BaseModel):
    """What lies beside a take, as JSON: how it was made."""

    model_config = ConfigDict(extra="allow", frozen=True)

    file: str
    theme: str | None = None
    prompt: str | None = None
    aspect: str | None = None
    generator: str | None = None
    generation: UUID | None = None
    recipe: str | None = None
    round: Annotated[int, Field(ge=1)] = 1
    ordinal: Annotated[int, Field(ge=1)] = 1

    @classmethod
    def of(cls, take: PlannedTake, file: str) -> "TakeNote":
        return cls(
            file=file,
            theme=take.theme,
            prompt=take.prompt,
            aspect=take.aspect,
            generator=take.generator,
            generation=take.generation_id,
            recipe=take.recipe,
            round=take.round,
            ordinal=take.ordinal,
        )

    def text(self) -> bytes:
        return (self.model_dump_json(indent=2, exclude_none=True) + "\n").encode()


@dataclass(frozen=True, kw_only=True)
class Take:
    """One take that is there. `note` is None for a file that somebody put there by hand."""

    file: str
    slot: Slot
    number: int
    kind: MediaKind
    size: int
    created_at: datetime
    is_picked: bool
    note: TakeNote | None = None

    @property
    def path(self) -> str:
        return f"{TAKES}/{self.file}"

    @property
    def made(self) -> Made | None:
        """What tells the same take again; None where nobody knows."""
        if self.note is None or self.note.recipe is None:
            return None
        return Made(recipe=self.note.recipe, round=self.note.round, ordinal=self.note.ordinal)


def kind_of_file(path: str) -> MediaKind | None:
    """What a file is by its name; None for what is no picture and no video."""
    found = file_format(path.rpartition(".")[2])
    return None if found is None else _KINDS.get(found.artifact_type)


@dataclass(frozen=True, kw_only=True)
class Gallery:
    """Reads the takes of one workspace."""

    workspace: Workspace
    files: WorkspaceFiles
    storage: Storage

    async def takes(self, board: Storyboard, slots: Sequence[Slot]) -> tuple[Take, ...]:
        """The takes of these slots, by slot and number."""
        names = {slot.name: slot for slot in slots}
        picked = {slot.name: media_of(board, slot) for slot in slots}
        listed = await self.files.list(self.workspace, TAKES)
        notes = {one.path for one in listed if one.path.endswith(".json")}
        found = []
        for one in listed:
            file = one.path.rpartition("/")[2]
            kind = kind_of_file(file)
            try:
                name = read_take_name(file)
            except Refused:
                continue
            if kind is None or name.slot.name not in names:
                continue
            note_path = f"{TAKES}/{name.stem}.json"
            media = picked[name.slot.name]
            found.append(
                Take(
                    file=file,
                    slot=names[name.slot.name],
                    number=name.number,
                    kind=kind,
                    size=one.size,
                    created_at=one.modified_at,
                    is_picked=media is not None and media.take == file,
                    note=await self._note(note_path, file) if note_path in notes else None,
                )
            )
        return tuple(sorted(found, key=lambda take: (take.slot.name, take.number)))

    async def take(self, board: Storyboard, slot: Slot, asked: str) -> Take:
        """The take of a slot that somebody names, with or without its extension. Refused for what
        is no take of that slot, NotFound for one that is not there."""
        name = read_take_name(asked)
        if name.slot.name != slot.name:
            raise Refused(
                f"{asked!r} is a take of {name.slot.name!r} and not of {slot.name!r}; pick one of "
                "its own."
            )
        for take in await self.takes(board, [slot]):
            if take.number == name.number and asked in (take.file, name.stem):
                return take
        raise NotFound(f"There is no take {asked!r} any more; read the list of takes again.")

    async def last_number(self, slot: Slot) -> int:
        """The highest number of a slot's files, 0 when there are none."""
        numbers = [0]
        for one in await self.files.list(self.workspace, TAKES):
            try:
                name = read_take_name(one.path.rpartition("/")[2])
            except Refused:
                continue
            if name.slot.name == slot.name:
                numbers.append(name.number)
        return max(numbers)

    async def read(self, path: str, *, max_bytes: int) -> bytes:
        """The bytes of a file."""
        return await self._bytes(await self.files.open(self.workspace, path), max_bytes)

    async def _bytes(self, opened: Opened, max_bytes: int) -> bytes:
        if opened.data is not None:
            return opened.data
        if opened.path is not None:
            return await asyncio.to_thread(_read, opened.path, max_bytes)
        return await self.storage.read(opened.key or "", max_bytes=max_bytes)

    async def _note(self, path: str, file: str) -> TakeNote | None:
        """What is written beside a take; a note that is spoilt is none, for the take is there."""
        try:
            data = json.loads(await self.read(path, max_bytes=_MOST_NOTE_BYTES))
            found = TakeNote.model_validate(data)
        except (ValueError, ValidationError, NotFound):
            return None
        return found if found.file == file else None


def _read(path: Path, max_bytes: int) -> bytes:
    with path.open("rb") as file:
        return file.read(max_bytes)
