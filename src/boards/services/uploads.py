"""Uploads: a file from outside becomes a completed generation, after its bytes were looked at."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from uuid import UUID

from pydantic import JsonValue

from boards.domain.access import Action, Actor, Duty
from boards.domain.artifacts import (
    ArtifactType,
    MediaFacts,
    StoredFile,
    extension_for_format,
    type_of_format,
)
from boards.domain.costs import ZERO, Entry, LedgerKind, free
from boards.domain.generations import Generation, Phase
from boards.domain.lineage import Edge
from boards.errors import InvalidInput, TooLarge, Unsupported
from boards.ids import new_id
from boards.services.events import announce
from boards.services.ports import Clock, Database, Media, NewGeneration, Storage, Tx, UploadRecord
from boards.services.rights import board_for, generation_for, require_person, scope_of
from boards.services.submit import default_board

__all__ = ["UploadService", "display_name"]

MAX_TEXT_BYTES = 4 * 2**20


@dataclass(frozen=True, kw_only=True)
class UploadService:
    """Takes files in. `scratch` is a folder for what comes in; `max_bytes` bounds one file;
    `content_types` are the MIME types that may come in, such as `image/*`, none for all."""

    database: Database
    storage: Storage
    media: Media
    clock: Clock
    scratch: Path
    max_bytes: int
    content_types: tuple[str, ...] = ()

    async def upload(
        self,
        actor: Actor,
        *,
        source: AsyncIterator[bytes] | Path | bytes,
        filename: str | None,
        declared_type: ArtifactType | None = None,
        board_id: UUID | None = None,
        parent_id: UUID | None = None,
    ) -> Generation:
        """Check the bytes, store them and write the generation.

        Raises NotFound or Forbidden for the board or the parent, TooLarge over the limit, and
        InvalidInput or Unsupported for bytes that are not what they should be. Nothing stays then.
        """
        user_id = require_person(actor, Duty.UPLOAD)
        scope = scope_of(actor)

        def check(tx: Tx) -> None:
            if board_id is not None:
                board_for(tx, actor, board_id, Action.UPLOAD)
            if parent_id is not None:
                generation_for(tx, actor, parent_id, Action.VIEW)

        if board_id is not None or parent_id is not None:
            await self.database.read(check, scope=scope)
        path = self.scratch / f"upload-{new_id()}"
        try:
            await self._receive(source, path)
            facts = await self.media.probe(path)
            artifact_type = _checked_type(facts, declared_type)
            self._check_allowed(facts)
            content = _text_of(path) if artifact_type is ArtifactType.TEXT else None
            key = self.storage.new_key(
                actor.tenant_id, artifact_type, extension_for_format(facts.format)
            )
            stored = await self.storage.put(key, path, max_bytes=self.max_bytes)
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        now = self.clock.now()
        name = display_name(filename)
        params: dict[str, JsonValue] = {"filename": name} if name else {}

        def write(tx: Tx) -> Generation:
            if board_id is None:
                board = default_board(tx, actor, self.clock)
            else:
                board = board_for(tx, actor, board_id, Action.UPLOAD).board
            new = NewGeneration(
                id=new_id(),
                tenant_id=actor.tenant_id,
                board_id=board.id,
                user_id=user_id,
                job_id=None,
                generator_name=f"user-upload-{artifact_type.value}",
                provider="upload",
                artifact_type=artifact_type,
                phase=Phase.COMPLETED,
                input_params=params,
                estimate=free(),
                repeatable=True,
                created_at=now,
                file=StoredFile(
                    key=stored.key, size=stored.size, sha256=stored.sha256, facts=facts
                ),
                content=content,
                cost=free(),
                completed_at=now,
            )
            tx.generations.insert([new])
            for kind in (LedgerKind.HOLD, LedgerKind.SETTLE):
                tx.ledger.add(new, Entry(kind=kind, amount=ZERO), now=now)
            if parent_id is not None:
                parent = generation_for(tx, actor, parent_id, Action.VIEW)
                edge = Edge(
                    output_id=new.id,
                    input_id=parent.id,
                    role="parent",
                    position=0,
                    artifact_type=parent.artifact_type,
                )
                tx.lineage.insert([edge], tenant_id=actor.tenant_id)
            tx.uploads.insert(
                UploadRecord(
                    generation_id=new.id,
                    tenant_id=actor.tenant_id,
                    user_id=user_id,
                    source="file",
                    filename=name,
                    size=stored.size,
                    sha256=stored.sha256,
                    created_at=now,
                )
            )
            announce(tx, new, "created", phase=Phase.COMPLETED, progress=1.0, now=now)
            return generation_for(tx, actor, new.id, Action.VIEW)

        try:
            return await self.database.write(write, scope=scope)
        except BaseException:
            await self.storage.delete(stored.key)
            raise

    def _check_allowed(self, facts: MediaFacts) -> None:
        types = self.content_types
        if types and not any(fnmatchcase(facts.mime, each) for each in types):
            raise Unsupported(
                f"{facts.mime!r} may not be uploaded here; allowed are {', '.join(types)}."
            )

    async def _receive(self, source: AsyncIterator[bytes] | Path | bytes, path: Path) -> None:
        """Bring the bytes into one file, stopping as soon as they are too many."""
        if isinstance(source, Path):
            await asyncio.to_thread(_link, source, path, self.max_bytes)
            return
        size = 0
        with await asyncio.to_thread(path.open, "wb") as file:
            async for chunk in _chunks(source):
                size += len(chunk)
                _check_size(size, self.max_bytes)
                await asyncio.to_thread(file.write, chunk)


async def _chunks(source: AsyncIterator[bytes] | bytes) -> AsyncIterator[bytes]:
    if isinstance(source, bytes):
        yield source
    else:
        async for chunk in source:
            yield chunk


def _link(source: Path, path: Path, max_bytes: int) -> None:
    _check_size(source.stat().st_size, max_bytes)
    path.symlink_to(source.resolve())


def _check_size(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise TooLarge(f"The file is larger than the limit of {max_bytes} bytes.")


def display_name(filename: str | None) -> str | None:
    """Give a name fit to show: the last part of a path, printable, of at most 200 characters.

    It names no file anywhere: keys are made by the server.
    """
    if filename is None:
        return None
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(c for c in last if c.isprintable()).strip(". ")[:200]
    return clean or None


def _checked_type(facts: MediaFacts, declared: ArtifactType | None) -> ArtifactType:
    found = type_of_format(facts.format)
    if found is None:
        raise Unsupported(f"Files of the format {facts.format!r} cannot be uploaded.")
    if declared is not None and declared is not found:
        raise InvalidInput(
            f"The file is {facts.format} ({found.value}), not {declared.value}; "
            f"upload it as {found.value}."
        )
    return found


def _text_of(path: Path) -> str:
    size = path.stat().st_size
    if size > MAX_TEXT_BYTES:
        raise TooLarge(f"A text of {size} bytes is over the limit of {MAX_TEXT_BYTES}.")
    return path.read_text("utf-8")
