"""Makes what shows a result: small pictures, a waveform, a blurhash, and the recipe beside it.

It is asked for in the transaction that brings the result, and made afterwards, in the background:
what goes wrong here fails no generation and buys nothing again. Should the process die in between,
a later look finds what is still due.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import structlog
from pydantic import JsonValue

from boards.domain.access import Action, Actor
from boards.domain.artifacts import StoredBytes
from boards.domain.generations import FINAL, Generation
from boards.domain.provenance import dump_recipe
from boards.errors import BoardsError, InvalidInput, NotFound, TooLarge, Unsupported
from boards.ids import new_id
from boards.services.blobs import release
from boards.services.ports import (
    SYSTEM,
    BlobUse,
    Clock,
    Database,
    Event,
    MadePreviews,
    Preview,
    PreviewMaker,
    Scope,
    Storage,
    Tx,
    Wanted,
)
from boards.services.provenance import UPLOADED, RecipeWriter
from boards.services.rights import generation_for, scope_of

__all__ = ["SIZES", "PreviewService"]

log = structlog.get_logger(__name__)

SIZES = {256: "small", 512: "medium", 1024: "large"}
"""The longer edge of each picture, in pixels."""
TOLD = "previews"
"""The type of the event by which followers learn that there is something to show."""
LEASE = timedelta(minutes=5)
"""How long one process may take before another tries."""
MAX_STARTS = 3
AT_ONCE = 4

_PHASES = frozenset(phase.value for phase in FINAL)
_ROLES = {
    "small_key": "thumbnail:small",
    "medium_key": "thumbnail:medium",
    "large_key": "thumbnail:large",
    "waveform_key": "waveform",
    "recipe_key": "recipe",
}


@dataclass(kw_only=True)
class PreviewService:
    """Makes previews and finds them. `scratch` is a folder for files that are not local."""

    database: Database
    storage: Storage
    media: PreviewMaker
    recipes: RecipeWriter
    clock: Clock
    scratch: Path
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to make what is due; have the database call `heard`."""
        self._woken.set()
        self._task = asyncio.create_task(self._forever(), name="boards-previews")

    async def stop(self) -> None:
        """Stop; what is under way is made later."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def heard(self, events: Sequence[Event]) -> None:
        """Look at once if a commit may have brought a result; called on the event loop."""
        if any(event.type != TOLD and event.data.get("phase") in _PHASES for event in events):
            self._woken.set()

    async def look(self) -> None:
        """Have what is left over from a crash made; a chore calls this."""
        if self._task is None:
            await self.make_due()
        else:
            self._woken.set()

    async def make_due(self) -> int:
        """Make all that is due, and count it."""
        count = 0
        while True:
            now = self.clock.now()
            taken = await self.database.write(
                lambda tx: tx.previews.take(now=now, until=now + LEASE, limit=AT_ONCE),  # noqa: B023 - called at once
                scope=SYSTEM,
            )
            if not taken:
                return count
            await asyncio.gather(*(self._try(one) for one in taken))
            count += len(taken)

    async def picture(self, actor: Actor, generation_id: UUID, size: int) -> tuple[Generation, str]:
        """Give the key of a picture of a size among SIZES; NotFound where there is none (yet)."""
        generation, preview = await self._found(actor, generation_id)
        keys = {
            "small": preview.small_key,
            "medium": preview.medium_key,
            "large": preview.large_key,
        }
        # Of what came before there were sizes there may be this one.
        key = keys[SIZES[size]] or generation.thumbnail_key
        if key is None:
            why = preview.note or ("" if preview.made_at else "It is still being made.")
            raise NotFound(f"Generation {generation_id} has no small picture. {why}".strip())
        return generation, key

    async def waveform(self, actor: Actor, generation_id: UUID) -> tuple[Generation, str]:
        """Give the key of a sound's waveform; NotFound where there is none (yet)."""
        generation, preview = await self._found(actor, generation_id)
        if preview.waveform_key is None:
            why = preview.note or ("" if preview.made_at else "It is still being made.")
            raise NotFound(f"Generation {generation_id} has no waveform. {why}".strip())
        return generation, preview.waveform_key

    async def _found(self, actor: Actor, generation_id: UUID) -> tuple[Generation, Preview]:
        def look(tx: Tx) -> tuple[Generation, Preview]:
            generation = generation_for(tx, actor, generation_id, Action.VIEW)
            nothing = Preview(generation_id=generation_id, tenant_id=generation.tenant_id)
            return generation, tx.previews.get(generation_id) or nothing

        return await self.database.look(look, scope=scope_of(actor))

    async def _forever(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self.make_due()
            except Exception:
                # The chore comes round again.
                log.exception("previews_failed")

    async def _try(self, wanted: Wanted) -> None:
        """Make the previews of one generation, or leave them to a later try."""
        try:
            await self._make(wanted)
        except Exception:
            log.exception("preview_not_made", generation_id=str(wanted.generation_id))
            scope = Scope(tenant_id=wanted.tenant_id)
            if wanted.starts < MAX_STARTS:
                later = self.clock.now() + timedelta(minutes=wanted.starts)
                await self.database.write(
                    lambda tx: tx.previews.put_off(wanted.generation_id, until=later), scope=scope
                )
            else:
                nothing = Preview(
                    generation_id=wanted.generation_id,
                    tenant_id=wanted.tenant_id,
                    note="It could not be made; the log has the reason.",
                )
                await self._write_down(nothing, {}, None)

    async def _make(self, wanted: Wanted) -> None:
        def look(tx: Tx) -> tuple[Generation | None, bytes | None]:
            generation = tx.generations.get(wanted.generation_id)
            if generation is None or generation.provider == UPLOADED:
                return generation, None
            return generation, dump_recipe(self.recipes.write(tx, generation))

        scope = Scope(tenant_id=wanted.tenant_id)
        generation, recipe = await self.database.read(look, scope=scope)
        preview = Preview(generation_id=wanted.generation_id, tenant_id=wanted.tenant_id)
        if generation is None or generation.file is None:
            await self._write_down(preview, {}, None)
            return
        if wanted.starts > MAX_STARTS:
            # It was begun so often and never ended: it takes the process down with it.
            made = MadePreviews(note="It could not be made; making it stops the server.")
        else:
            made = await self._pictures(generation)
        kept: dict[str, StoredBytes] = {}
        try:
            await self._store(generation, made, recipe, kept)
            named = {name: one.key for name, one in kept.items()}
            preview = Preview(
                generation_id=generation.id,
                tenant_id=generation.tenant_id,
                small_key=named.get("small_key"),
                medium_key=named.get("medium_key"),
                large_key=named.get("large_key"),
                waveform_key=named.get("waveform_key"),
                recipe_key=named.get("recipe_key"),
                note=made.note,
            )
            is_there = await self._write_down(preview, kept, made.blurhash)
        except BaseException:
            await self._throw_away(kept)
            raise
        if not is_there:
            await self._throw_away(kept)

    async def _pictures(self, generation: Generation) -> MadePreviews:
        file = generation.file
        if file is None:
            return MadePreviews()
        path = self.storage.local_path(file.key)
        copy = None
        try:
            if path is None:
                path = copy = self.scratch / f"preview-{new_id()}"
                await self.storage.copy_to(file.key, copy)
            return await self.media.previews(path, file.facts)
        except (InvalidInput, TooLarge, Unsupported) as error:
            log.info("no_preview", generation_id=str(generation.id), reason=error.message)
            return MadePreviews(note=error.message)
        finally:
            if copy is not None:
                await asyncio.to_thread(copy.unlink, missing_ok=True)

    async def _store(
        self,
        generation: Generation,
        made: MadePreviews,
        recipe: bytes | None,
        kept: dict[str, StoredBytes],
    ) -> None:
        """Store what was made, into `kept` by the column that names it."""
        pictures = {"small_key": made.small, "medium_key": made.medium, "large_key": made.large}
        before: dict[bytes, StoredBytes] = {}
        for name, data in pictures.items():
            if data is not None:
                kept[name] = before.get(data) or await self._put(generation, data, "webp")
                before[data] = kept[name]
        if made.waveform is not None:
            kept["waveform_key"] = await self._put(generation, made.waveform, "json")
        if recipe is not None:
            kept["recipe_key"] = await self._put_beside(generation, recipe)

    async def _put(self, generation: Generation, data: bytes, extension: str) -> StoredBytes:
        key = self.storage.new_key(generation.tenant_id, None, extension)
        return await self.storage.put(key, data)

    async def _put_beside(self, generation: Generation, data: bytes) -> StoredBytes:
        """A recipe lies beside its file, whatever becomes of the database."""
        if generation.file is None:
            return await self._put(generation, data, "json")
        stem = generation.file.key.rsplit(".", 1)[0]
        # Several generations may share one file, and a recipe may be written again.
        mark = hashlib.sha256(data + new_id().bytes).hexdigest()[:8]
        return await self.storage.put(f"{stem}.recipe-{generation.id.hex[-8:]}-{mark}.json", data)

    async def _write_down(
        self, preview: Preview, kept: dict[str, StoredBytes], blurhash: str | None
    ) -> bool:
        """Show what was made, in one transaction with the claims to its files."""
        now = self.clock.now()
        uses = [
            BlobUse(
                owner_id=preview.generation_id,
                role=_ROLES[name],
                key=one.key,
                size=one.size,
                sha256=one.sha256,
            )
            for name, one in kept.items()
        ]

        def write(tx: Tx) -> bool:
            if not tx.previews.keep(preview, blurhash=blurhash, now=now):
                return False
            release(tx, [preview.generation_id], now=now, roles=tuple(_ROLES.values()))
            tx.blobs.claim(preview.tenant_id, uses, now=now)
            generation = tx.generations.get(preview.generation_id)
            if generation is not None:
                _tell(tx, generation, self.clock)
            return True

        return await self.database.write(write, scope=Scope(tenant_id=preview.tenant_id))

    async def _throw_away(self, kept: dict[str, StoredBytes]) -> None:
        for key in {one.key for one in kept.values()}:
            with suppress(BoardsError):
                await self.storage.delete(key)


def _tell(tx: Tx, generation: Generation, clock: Clock) -> None:
    """Have whoever follows look at the generation again: its state is as it was."""
    data: dict[str, JsonValue] = {
        "status": generation.status.value,
        "phase": generation.phase.value,
        "progress": generation.progress,
        "message": generation.message,
        "needs_attention": generation.needs_attention,
        "error": None,
    }
    tx.events.append(generation, TOLD, data, now=clock.now())
