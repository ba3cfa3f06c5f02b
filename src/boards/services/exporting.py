"""Exports a board as one zip, which is made while it is sent: recipes, lineage and files.

What is said of it comes first and the bytes after it, so nothing is gathered. A file that cannot be
read breaks the zip off, which then has no end and is imported by nobody.
"""

import re
import unicodedata
import zipfile
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from boards.domain.access import Action, Actor, Standing
from boards.domain.artifacts import ArtifactType, StoredFile, extension_for_format
from boards.domain.boards import Board
from boards.domain.exports import (
    FORMAT,
    MANIFEST,
    MOST_GENERATIONS,
    VERSION,
    ExportedBoard,
    ExportedEdge,
    ExportedExtra,
    ExportedFile,
    ExportedGeneration,
    ExportedNote,
    Manifest,
    file_path,
    recipe_path,
)
from boards.domain.generations import Generation, Status
from boards.domain.provenance import dump_recipe
from boards.errors import Forbidden, TooLarge
from boards.services.audit import note
from boards.services.ports import Clock, Database, GenerationFilter, Storage, Tx
from boards.services.provenance import UPLOADED, RecipeWriter
from boards.services.rights import board_for, scope_of

__all__ = ["EARLIEST", "Export", "ExportService", "ZipSink"]

PAGE = 200
NAME_CHARACTERS = 80
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""A zip knows no earlier time."""


@dataclass(frozen=True, kw_only=True)
class Export:
    """What is about to be sent: a name for the file, and its bytes, once."""

    name: str
    chunks: AsyncGenerator[bytes]


@dataclass(frozen=True, kw_only=True)
class _Gathered:
    """What the rows say: the manifest, the recipes by their paths, and the files by theirs."""

    manifest: Manifest
    recipes: Mapping[str, bytes]
    files: Mapping[str, StoredFile]


@dataclass(frozen=True, kw_only=True)
class ExportService:
    """Exports boards. `made_by` names this program and its version."""

    database: Database
    storage: Storage
    recipes: RecipeWriter
    clock: Clock
    made_by: str

    async def open(self, actor: Actor, board_id: UUID) -> Export:
        """Gather what the rows say at this moment; the bytes follow as they are asked for.

        For the board's members. NotFound, Forbidden; TooLarge for a board with more than an export
        holds.
        """
        now = self.clock.now()

        def gather(tx: Tx) -> _Gathered:
            seen = board_for(tx, actor, board_id, Action.VIEW_RECIPES)
            if seen.standing is Standing.PUBLIC:
                # Whose recipes are shared with visitors did not share the notes with them.
                raise Forbidden("Only members of a board may export it; ask its owner.")
            return self._gathered(tx, seen.board, now)

        found = await self.database.read(gather, scope=scope_of(actor))

        def noted(tx: Tx) -> None:
            details = {"generations": len(found.manifest.generations)}
            note(tx, actor, "board.export", target=("board", board_id), now=now, details=details)

        await self.database.write(noted, scope=scope_of(actor))
        return Export(
            name=f"{_plain_name(found.manifest.board.title)}.boards.zip",
            chunks=self._zipped(found, now),
        )

    def _gathered(self, tx: Tx, board: Board, now: datetime) -> _Gathered:
        rows = _all_of(tx, board)
        ids = [row.id for row in rows]
        known = set(ids)
        edges = [
            ExportedEdge(
                output=edge.output_id, input=edge.input_id, role=edge.role, position=edge.position
            )
            for at in range(0, len(ids), PAGE)
            for edge in tx.lineage.inputs_of(ids[at : at + PAGE])
            if edge.input_id in known
        ]
        tags: dict[UUID, list[str]] = {}
        for at in range(0, len(ids), PAGE):
            for key, found in tx.tags.of_generations(ids[at : at + PAGE]).items():
                tags[key] = [tag.name for tag in found]
        recipes: dict[str, bytes] = {}
        files: dict[str, StoredFile] = {}
        generations = []
        for row in rows:
            recipe = None
            if row.provider != UPLOADED:
                recipe = recipe_path(row.id)
                recipes[recipe] = dump_recipe(self.recipes.write(tx, row))
            generations.append(
                ExportedGeneration(
                    id=row.id,
                    generator=row.generator_name,
                    generator_version=row.generator_version or None,
                    provider=row.provider,
                    artifact_type=row.artifact_type,
                    inputs=dict(row.input_params),
                    output_metadata=dict(row.output_metadata),
                    # What stands in the file as well is read from there again.
                    content=row.content if row.file is None or not _is_text(row) else None,
                    batch_id=row.batch_id,
                    batch_index=row.batch_index,
                    batch_size=row.batch_size,
                    cost=_amount(row),
                    created_at=row.created_at,
                    completed_at=row.completed_at or row.created_at,
                    file=None if row.file is None else _file(row.id, row.file, files),
                    extra_files=[
                        ExportedExtra(
                            role=extra.role,
                            type=extra.type,
                            file=_file(row.id, extra.file, files, index),
                        )
                        for index, extra in enumerate(row.extra_files)
                    ],
                    recipe=recipe,
                    recipe_sha256=None if recipe is None else sha256(recipes[recipe]).hexdigest(),
                    tags=tags.get(row.id, []),
                    notes=[
                        ExportedNote(text=each.text, created_at=each.created_at)
                        for each in tx.notes.of_generation(row.id)
                    ],
                )
            )
        manifest = Manifest(
            format=FORMAT,
            version=VERSION,
            made_at=now,
            made_by=self.made_by,
            board=ExportedBoard(
                title=board.title, description=board.description, created_at=board.created_at
            ),
            generations=generations,
            lineage=edges,
        )
        return _Gathered(manifest=manifest, recipes=recipes, files=files)

    async def _zipped(self, found: _Gathered, now: datetime) -> AsyncGenerator[bytes]:
        sink = ZipSink()
        moment = max(EARLIEST, now.timetuple()[:6])
        with zipfile.ZipFile(sink, "w", allowZip64=True) as zipped:  # type: ignore[call-overload]

            def entry(name: str, *, is_text: bool) -> zipfile.ZipInfo:
                info = zipfile.ZipInfo(name, moment)
                info.compress_type = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED
                info.external_attr = 0o600 << 16
                return info

            text = found.manifest.model_dump_json(exclude_none=True).encode()
            zipped.writestr(entry(MANIFEST, is_text=True), text)
            yield sink.take()
            for name, recipe in found.recipes.items():
                zipped.writestr(entry(name, is_text=True), recipe)
                yield sink.take()
            for name, file in found.files.items():
                # Media are packed as tightly as they can be; and any of them may be large.
                with zipped.open(entry(name, is_text=False), "w", force_zip64=True) as written:
                    async with aclosing(_stream(self.storage, file.key)) as blocks:
                        async for block in blocks:
                            written.write(block)
                            yield sink.take()
                yield sink.take()
        yield sink.take()


async def _stream(storage: Storage, key: str) -> AsyncGenerator[bytes]:
    async for block in storage.stream(key):
        yield block


class ZipSink:
    """Takes what the zip writes, until it is sent."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """There is nothing behind it."""

    def take(self) -> bytes:
        data = b"".join(self._waiting)
        self._waiting = []
        return data


def _all_of(tx: Tx, board: Board) -> Sequence[Generation]:
    """Everything on a board that was completed, the oldest first."""
    which = GenerationFilter(board_ids=frozenset({board.id}), status=Status.COMPLETED)
    rows: list[Generation] = []
    cursor: str | None = None
    while True:
        page = tx.generations.list(which, limit=PAGE, cursor=cursor)
        rows += [row for row in page.items if row.file is not None or row.content is not None]
        if len(rows) > MOST_GENERATIONS:
            raise TooLarge(
                f"The board {board.title!r} has more than {MOST_GENERATIONS:,} results, which is "
                "what an export holds. Move some of them to another board first."
            )
        cursor = page.next
        if cursor is None:
            return rows[::-1]


def _file(
    generation_id: UUID, file: StoredFile, files: dict[str, StoredFile], index: int | None = None
) -> ExportedFile:
    path = file_path(generation_id, extension_for_format(file.facts.format), index)
    files[path] = file
    return ExportedFile(path=path, size=file.size, sha256=file.sha256)


def _is_text(row: Generation) -> bool:
    return row.artifact_type is ArtifactType.TEXT


def _amount(row: Generation) -> str | None:
    if row.cost is None or row.cost.amount is None:
        return None
    return f"{row.cost.amount:f}"


def _plain_name(title: str) -> str:
    """A name that every file system takes."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-._")[:NAME_CHARACTERS] or "board"
