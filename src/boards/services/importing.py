"""Imports a board from a zip: a new board, new ids, and the lineage as it was.

Everything is verified first, byte by byte; then one transaction writes all of it or nothing. What
is imported was not made here and cost nothing here: it is completed, at cost 0, by the provider
`import`; what it cost where it was made stands in its recipe alone.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from pydantic import JsonValue

from boards.domain.access import Actor, Duty
from boards.domain.artifacts import (
    ArtifactType,
    MediaFacts,
    StoredFile,
    extension_for_format,
)
from boards.domain.boards import Board, check_description, check_title
from boards.domain.costs import ZERO, Entry, LedgerKind, free
from boards.domain.exports import (
    ExportedFile,
    ExportedGeneration,
    Manifest,
    earliest,
    with_new_ids,
)
from boards.domain.generations import ExtraFile, Phase
from boards.domain.lineage import Edge
from boards.domain.tags import MOST_TAGS, Note, Tag, check_note, check_tag_name, tag_slug
from boards.errors import Conflict, InvalidInput, Refused, TooLarge
from boards.ids import new_id
from boards.services.archives import Archive, open_archive
from boards.services.audit import note
from boards.services.ports import Clock, Database, Media, NewGeneration, Storage, Tx, UploadRecord
from boards.services.receiving import Source, receive
from boards.services.rights import require, require_person, scope_of
from boards.services.storage_quotas import require_room

__all__ = ["IMPORTED", "ImportService", "Imported"]

IMPORTED = "import"
"""The provider of what was made elsewhere."""
MAX_TEXT_BYTES = 4 * 2**20
AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Imported:
    """The board that was made, and what is on it: how many generations and files."""

    board: Board
    generations: int
    files: int


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """What of a generation is in the storage by now."""

    file: StoredFile | None
    extras: tuple[ExtraFile, ...]
    content: str | None
    recipe: JsonValue


@dataclass(frozen=True, kw_only=True)
class ImportService:
    """Imports boards. `max_bytes` bounds the zip, and all of it unfolded; `quota` is as for
    uploads; `scratch` is a folder for what comes in."""

    database: Database
    storage: Storage
    media: Media
    clock: Clock
    scratch: Path
    max_bytes: int
    quota: int | None = None

    async def import_board(
        self, actor: Actor, *, source: Source, title: str | None = None
    ) -> Imported:
        """Make a board of an export; the actor owns it. `title` is another one than it had.

        InvalidInput, Unsupported and TooLarge for a zip that is damaged, or that no export makes;
        then nothing has changed.
        """
        require_person(actor, Duty.CREATE_BOARD)
        require(actor, Duty.UPLOAD)
        title = None if title is None else check_title(title)
        path = self.scratch / f"import-{new_id()}"
        try:
            await receive(source, path, max_bytes=self.max_bytes)
            archive = await asyncio.to_thread(open_archive, path, max_bytes=self.max_bytes)
            try:
                return await self._import(actor, archive, title)
            finally:
                await asyncio.to_thread(archive.close)
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def _import(self, actor: Actor, archive: Archive, title: str | None) -> Imported:
        manifest = archive.manifest
        check_title(manifest.board.title)
        check_description(manifest.board.description)
        for one in manifest.generations:
            for tag in one.tags:
                check_tag_name(tag)
            for each in one.notes:
                check_note(each.text)
        coming = sum(file.size for one in manifest.generations for file in one.files)
        await self.database.read(
            lambda tx: require_room(tx, actor.tenant_id, quota=self.quota, coming=coming),
            scope=scope_of(actor),
        )
        board_id = new_id()
        stored: list[str] = []
        try:
            kept = {
                one.id: await self._keep(actor, archive, one, board_id, stored)
                for one in manifest.generations
            }
        except BaseException:
            await self._remove(stored)
            raise

        def write(tx: Tx) -> Board:
            require_room(tx, actor.tenant_id, quota=self.quota, coming=coming)
            return self._write(tx, actor, manifest, kept, board_id, title)

        try:
            board = await self.database.write(write, scope=scope_of(actor))
        except Refused:
            # Only then: when cancelled, or without an answer, it may be written all the same.
            await self._remove(stored)
            raise
        return Imported(board=board, generations=len(kept), files=len(stored))

    async def _remove(self, keys: Sequence[str]) -> None:
        for key in keys:
            await self.storage.delete(key)

    async def _keep(
        self,
        actor: Actor,
        archive: Archive,
        one: ExportedGeneration,
        board_id: UUID,
        stored: list[str],
    ) -> _Kept:
        """Verify the files of a generation and put them into the storage; their keys go to
        `stored`."""
        file, content = None, one.content
        if one.file is not None:
            file, text = await self._keep_file(
                actor, archive, one, one.file, one.artifact_type, board_id, stored
            )
            content = text if one.artifact_type is ArtifactType.TEXT else content
        extras = []
        for extra in one.extra_files:
            kept, _ = await self._keep_file(
                actor, archive, one, extra.file, extra.type, board_id, stored
            )
            extras.append(ExtraFile(role=extra.role, type=extra.type, file=kept))
        recipe: JsonValue = None
        if one.recipe is not None and one.recipe_sha256 is not None:
            data = await asyncio.to_thread(archive.read_recipe, one.recipe, one.recipe_sha256)
            recipe = _as_recipe(data, one.recipe)
        return _Kept(file=file, extras=tuple(extras), content=content, recipe=recipe)

    async def _keep_file(
        self,
        actor: Actor,
        archive: Archive,
        one: ExportedGeneration,
        file: ExportedFile,
        kind: ArtifactType | None,
        board_id: UUID,
        stored: list[str],
    ) -> tuple[StoredFile, str | None]:
        path = self.scratch / f"imported-{new_id()}"
        try:
            await asyncio.to_thread(archive.extract, file, path)
            facts = await self.media.probe(path)
            if kind is not None and _type_of(facts) is not kind:
                raise InvalidInput(
                    f"{file.path!r} is {facts.format}, and the manifest says it is {kind.value}; "
                    "nothing was imported."
                )
            text = await asyncio.to_thread(_text_of, path, file) if _is_text(facts) else None
            key = self.storage.new_key(
                actor.tenant_id,
                kind,
                extension_for_format(facts.format),
                size=file.size,
                board_id=board_id,
                generator=one.generator,
            )
            kept = await self.storage.put(key, path)
            stored.append(key)
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        return StoredFile(key=kept.key, size=kept.size, sha256=kept.sha256, facts=facts), text

    def _write(
        self,
        tx: Tx,
        actor: Actor,
        manifest: Manifest,
        kept: Mapping[UUID, _Kept],
        board_id: UUID,
        title: str | None,
    ) -> Board:
        user_id, now = require_person(actor, Duty.CREATE_BOARD), self.clock.now()
        said = manifest.board
        board = Board(
            id=board_id,
            tenant_id=actor.tenant_id,
            owner_id=user_id,
            title=title or check_title(said.title),
            description=check_description(said.description),
            is_public=False,
            created_at=now,
            updated_at=now,
        )
        tx.boards.insert(board)
        by_id = {one.id: one for one in manifest.generations}
        new = _new_generations(actor, manifest, kept, board_id, user_id, now)
        for at in range(0, len(new), AT_ONCE):
            tx.generations.insert(list(new.values())[at : at + AT_ONCE])
        for old_id, one in new.items():
            for kind in (LedgerKind.HOLD, LedgerKind.SETTLE):
                tx.ledger.add(one, Entry(kind=kind, amount=ZERO), now=now)
            tx.uploads.insert(_record(one, user_id, now))
            tx.previews.want(one.id, tenant_id=actor.tenant_id, now=now)
            for each in by_id[old_id].notes:
                _add_note(tx, one, each.text, user_id, earliest(each.created_at, now))
        edges = [
            Edge(
                output_id=new[edge.output].id,
                input_id=new[edge.input].id,
                role=edge.role,
                position=edge.position,
                artifact_type=new[edge.input].artifact_type,
            )
            for edge in manifest.lineage
        ]
        for at in range(0, len(edges), AT_ONCE):
            tx.lineage.insert(edges[at : at + AT_ONCE], tenant_id=actor.tenant_id)
        self._tag(tx, actor, manifest, new, now)
        details = {"generations": len(new)}
        note(tx, actor, "board.import", target=("board", board_id), now=now, details=details)
        return board

    def _tag(
        self,
        tx: Tx,
        actor: Actor,
        manifest: Manifest,
        new: Mapping[UUID, NewGeneration],
        now: datetime,
    ) -> None:
        """Put the tags on; those that the tenant has by this name already are taken."""
        wanted: dict[str, list[UUID]] = {}
        for one in manifest.generations:
            for name in one.tags:
                wanted.setdefault(check_tag_name(name), []).append(new[one.id].id)
        for name, ids in wanted.items():
            slug = tag_slug(name)
            tag = tx.tags.by_slug(slug)
            if tag is None:
                if tx.tags.count() >= MOST_TAGS:
                    raise Conflict(
                        f"The board has tags that are new here, and there are {MOST_TAGS} already; "
                        "delete some first."
                    )
                tag = Tag(
                    id=new_id(),
                    tenant_id=actor.tenant_id,
                    name=name,
                    slug=slug,
                    description=None,
                    created_at=now,
                    updated_at=now,
                )
                tx.tags.add(tag)
            tx.tags.attach(tag.id, ids, tenant_id=actor.tenant_id)


def _new_generations(
    actor: Actor,
    manifest: Manifest,
    kept: Mapping[UUID, _Kept],
    board_id: UUID,
    user_id: UUID,
    now: datetime,
) -> Mapping[UUID, NewGeneration]:
    """The rows, by their old ids; the new ones rise in the same order."""
    ids = {one.id: new_id() for one in manifest.generations}
    texts = {str(old): str(new) for old, new in ids.items()}
    batches: dict[UUID, UUID] = {}
    found: dict[UUID, NewGeneration] = {}
    for one in manifest.generations:
        old = one.id
        created_at = earliest(one.created_at, now)
        inputs = with_new_ids(one.inputs, texts)
        origin: dict[str, JsonValue] = {"id": str(old), "provider": one.provider}
        if kept[old].recipe is not None:
            origin["recipe"] = kept[old].recipe
        batch_id = one.batch_id and batches.setdefault(one.batch_id, new_id())
        found[old] = NewGeneration(
            id=ids[old],
            tenant_id=actor.tenant_id,
            board_id=board_id,
            user_id=user_id,
            job_id=None,
            batch_id=batch_id,
            batch_index=one.batch_index,
            batch_size=one.batch_size,
            generator_name=one.generator,
            generator_version=one.generator_version,
            provider=IMPORTED,
            artifact_type=one.artifact_type,
            phase=Phase.COMPLETED,
            input_params=inputs if isinstance(inputs, dict) else {},
            estimate=free(),
            repeatable=True,
            created_at=created_at,
            file=kept[old].file,
            content=kept[old].content,
            output_metadata={**one.output_metadata, "imported": origin},
            extra_files=kept[old].extras,
            cost=free(),
            completed_at=max(created_at, earliest(one.completed_at, now)),
        )
    return found


def _record(one: NewGeneration, user_id: UUID, now: datetime) -> UploadRecord:
    return UploadRecord(
        generation_id=one.id,
        tenant_id=one.tenant_id,
        user_id=user_id,
        source=IMPORTED,
        filename=None,
        size=one.file.size if one.file else 0,
        sha256=one.file.sha256 if one.file else "",
        created_at=now,
    )


def _add_note(tx: Tx, one: NewGeneration, text: str, user_id: UUID, at: datetime) -> None:
    tx.notes.add(
        Note(
            id=new_id(),
            tenant_id=one.tenant_id,
            generation_id=one.id,
            user_id=user_id,
            text=check_note(text),
            created_at=at,
            updated_at=at,
        )
    )


def _as_recipe(data: bytes, path: str) -> JsonValue:
    try:
        recipe: JsonValue = json.loads(data)
    except (ValueError, RecursionError):
        raise InvalidInput(f"{path!r} is no JSON; nothing was imported.") from None
    if not isinstance(recipe, dict) or "\\u0000" in json.dumps(recipe):
        raise InvalidInput(f"{path!r} is no recipe; nothing was imported.")
    return recipe


def _type_of(facts: MediaFacts) -> ArtifactType | None:
    return facts.artifact_type


def _is_text(facts: MediaFacts) -> bool:
    return facts.artifact_type is ArtifactType.TEXT


def _text_of(path: Path, file: ExportedFile) -> str:
    if file.size > MAX_TEXT_BYTES:
        raise TooLarge(f"{file.path!r} is a text of {file.size:,} bytes; nothing was imported.")
    return path.read_text("utf-8")
