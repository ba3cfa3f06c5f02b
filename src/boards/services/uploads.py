"""Uploads: a file from outside becomes a completed generation, after its bytes were looked at."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import unquote, urlsplit
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
from boards.errors import InvalidInput, Refused, TooLarge, Unsupported
from boards.ids import new_id
from boards.outbound.client import GuardedClient
from boards.services.events import announce
from boards.services.ports import Clock, Database, Media, NewGeneration, Storage, Tx, UploadRecord
from boards.services.receiving import Source, display_name, receive
from boards.services.replays import check_key, claim_for, made_before
from boards.services.rights import board_for, generation_for, require_person, scope_of
from boards.services.storage_quotas import require_room
from boards.services.submit import default_board

__all__ = ["Claim", "UploadService", "UploadWords", "display_name", "fingerprint_of"]

MAX_TEXT_BYTES = 4 * 2**20
FETCH_SECONDS = 300.0

Claim = Callable[[Tx, UUID], UUID | None]
"""Asked in the transaction that writes a generation of this id: None lets it be written, else there
is one already, of which it gives the id."""


@dataclass(frozen=True, kw_only=True)
class UploadWords:
    """What is said about an upload beside its bytes. Without a board it is the default one."""

    filename: str | None = None
    declared_type: ArtifactType | None = None
    board_id: UUID | None = None
    parent_id: UUID | None = None
    description: str | None = None


@dataclass(frozen=True, kw_only=True)
class UploadService:
    """Takes files in. `scratch` is a folder for what comes in; `max_bytes` bounds one file;
    `content_types` are the MIME types that may come in, such as `image/*`, none for all.

    `client` fetches what is uploaded by its address: it reaches nothing private."""

    database: Database
    storage: Storage
    media: Media
    client: GuardedClient
    clock: Clock
    scratch: Path
    max_bytes: int
    content_types: tuple[str, ...] = ()
    quota: int | None = None

    async def upload(
        self,
        actor: Actor,
        *,
        source: AsyncIterator[bytes] | Path | bytes,
        filename: str | None,
        declared_type: ArtifactType | None = None,
        board_id: UUID | None = None,
        parent_id: UUID | None = None,
        key: str | None = None,
    ) -> Generation:
        """Check the bytes, store them and write the generation.

        `key` is an idempotency key: the same upload sent again gives the same generation.
        Raises NotFound or Forbidden for the board or the parent, TooLarge over the limit, and
        InvalidInput or Unsupported for bytes that are not what they should be. Nothing stays then.
        """
        words = UploadWords(
            filename=display_name(filename),
            declared_type=declared_type,
            board_id=board_id,
            parent_id=parent_id,
        )
        check_key(key)
        await self.check(actor, words)
        return await self._received(actor, source, words, key)

    async def upload_from_url(
        self, actor: Actor, url: str, words: UploadWords, *, key: str | None = None
    ) -> Generation:
        """The same for a file that a public address gives; its name is the address's last part
        where none was said. Raises moreover what `GuardedClient.download` does."""
        check_key(key)
        fingerprint = fingerprint_of("url", url, words)
        await self.check(actor, words)
        earlier = await self._earlier(actor, key, fingerprint)
        if earlier is not None:
            return earlier
        named = replace(words, filename=display_name(words.filename or _name_in(url)))
        path = self._new_path()
        try:
            await self.client.download(
                url, path, max_bytes=self.max_bytes, total_seconds=FETCH_SECONDS
            )
            return await self.take_in(
                actor, path, named, source="url", claim=self._claim(actor, key, fingerprint)
            )
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def check(self, actor: Actor, words: UploadWords) -> None:
        """Refuse now what would be refused after the bytes have come."""
        require_person(actor, Duty.UPLOAD)

        def work(tx: Tx) -> None:
            if words.board_id is not None:
                board_for(tx, actor, words.board_id, Action.UPLOAD)
            if words.parent_id is not None:
                generation_for(tx, actor, words.parent_id, Action.VIEW)

        if words.board_id is not None or words.parent_id is not None:
            await self.database.read(work, scope=scope_of(actor))

    async def take_in(
        self,
        actor: Actor,
        path: Path,
        words: UploadWords,
        *,
        source: str,
        claim: Claim | None = None,
    ) -> Generation:
        """Make a generation of a file that is here; the file stays the caller's.

        `source` says in one word how it came. With a `claim` it is made once; see there.
        """
        facts = await self.media.probe(path)
        artifact_type = _checked_type(facts, words.declared_type)
        self._check_allowed(facts)
        content = _text_of(path) if artifact_type is ArtifactType.TEXT else None
        size = (await asyncio.to_thread(path.stat)).st_size
        key = self.storage.new_key(
            actor.tenant_id,
            artifact_type,
            extension_for_format(facts.format),
            size=size,
            board_id=words.board_id,
            generator=f"user-upload-{artifact_type.value}",
        )
        stored = await self.storage.put(key, path, max_bytes=self.max_bytes)
        file = StoredFile(key=stored.key, size=stored.size, sha256=stored.sha256, facts=facts)

        def write(tx: Tx) -> tuple[Generation, bool]:
            made_id = new_id()
            earlier = None if claim is None else claim(tx, made_id)
            if earlier is None:
                self._write(tx, actor, made_id, artifact_type, file, content, words, source)
            return generation_for(tx, actor, earlier or made_id, Action.VIEW), earlier is None

        try:
            generation, is_new = await self.database.write(write, scope=scope_of(actor))
        except Refused:
            # Only then: when cancelled, or without an answer, it may be written all the same.
            await self.storage.delete(stored.key)
            raise
        if not is_new:
            await self.storage.delete(stored.key)
        return generation

    def _write(
        self,
        tx: Tx,
        actor: Actor,
        made_id: UUID,
        artifact_type: ArtifactType,
        file: StoredFile,
        content: str | None,
        words: UploadWords,
        source: str,
    ) -> None:
        user_id, now = require_person(actor, Duty.UPLOAD), self.clock.now()
        require_room(tx, actor.tenant_id, quota=self.quota, coming=file.size)
        if words.board_id is None:
            board = default_board(tx, actor, self.clock)
        else:
            board = board_for(tx, actor, words.board_id, Action.UPLOAD).board
        said = {"filename": words.filename, "description": words.description}
        params: dict[str, JsonValue] = {name: text for name, text in said.items() if text}
        new = NewGeneration(
            id=made_id,
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
            file=file,
            content=content,
            cost=free(),
            completed_at=now,
        )
        tx.generations.insert([new])
        for kind in (LedgerKind.HOLD, LedgerKind.SETTLE):
            tx.ledger.add(new, Entry(kind=kind, amount=ZERO), now=now)
        if words.parent_id is not None:
            parent = generation_for(tx, actor, words.parent_id, Action.VIEW)
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
                source=source,
                filename=words.filename,
                size=file.size,
                sha256=file.sha256,
                created_at=now,
            )
        )
        announce(tx, new, "created", phase=Phase.COMPLETED, progress=1.0, now=now)

    async def _received(
        self, actor: Actor, source: Source, words: UploadWords, key: str | None
    ) -> Generation:
        path = self._new_path()
        try:
            received = await receive(source, path, max_bytes=self.max_bytes)
            fingerprint = fingerprint_of("file", received.sha256, words)
            earlier = await self._earlier(actor, key, fingerprint)
            if earlier is not None:
                return earlier
            return await self.take_in(
                actor, path, words, source="file", claim=self._claim(actor, key, fingerprint)
            )
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def _earlier(self, actor: Actor, key: str | None, fingerprint: str) -> Generation | None:
        """What this very upload has made before."""
        if key is None:
            return None
        now = self.clock.now()

        def work(tx: Tx) -> Generation | None:
            made = made_before(tx, actor, key, fingerprint, now=now)
            return None if made is None else generation_for(tx, actor, made, Action.VIEW)

        return await self.database.read(work, scope=scope_of(actor))

    def _claim(self, actor: Actor, key: str | None, fingerprint: str) -> Claim:
        now = self.clock.now()
        return lambda tx, made_id: claim_for(tx, actor, key, fingerprint, made_id=made_id, now=now)

    def _new_path(self) -> Path:
        return self.scratch / f"upload-{new_id()}"

    def _check_allowed(self, facts: MediaFacts) -> None:
        types = self.content_types
        if types and not any(fnmatchcase(facts.mime, each) for each in types):
            raise Unsupported(
                f"{facts.mime!r} may not be uploaded here; allowed are {', '.join(types)}."
            )


def fingerprint_of(kind: str, what: str, words: UploadWords) -> str:
    """What two uploads have in common that are the same: where `what` is the hash of the bytes, or
    their address."""
    said = [kind, what, words.filename, words.declared_type, words.board_id, words.parent_id]
    if words.description is not None:
        said.append(words.description)
    text = json.dumps(["upload", *(each and str(each) for each in said)])
    return hashlib.sha256(text.encode()).hexdigest()


def _name_in(url: str) -> str | None:
    try:
        return unquote(urlsplit(url).path.rsplit("/", 1)[-1]) or None
    except ValueError:
        return None  # no address at all, which the client will say


def _checked_type(facts: MediaFacts, declared: ArtifactType | None) -> ArtifactType:
    found = facts.artifact_type or type_of_format(facts.format)
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
