"""Uploads that come in pieces: a connection may break, and another process may take the next piece.

What has come is kept in the storage and its row in the database, so that nothing depends on one
process. Whoever brings a piece says where it begins; of two that begin at the same place one is
kept. The last piece and the generation that the file becomes are written in one transaction, so a
file whose last byte was acknowledged is a generation.
"""

import asyncio
import base64
import hashlib
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import structlog

from boards.domain.access import Actor, Duty
from boards.domain.generations import Generation
from boards.errors import (
    BoardsError,
    Conflict,
    InvalidInput,
    NotFound,
    Problem,
    TooLarge,
    Unsupported,
)
from boards.ids import new_id
from boards.outbound.files import in_thread, write_errors
from boards.services.blobs import release
from boards.services.ports import SYSTEM, BlobUse, Clock, Database, Part, Resumable, Storage, Tx
from boards.services.receiving import receive
from boards.services.replays import check_key, claim_for
from boards.services.rights import require_person, scope_of
from boards.services.uploads import UploadService, UploadWords, fingerprint_of

__all__ = ["CHECKSUM", "CHECKSUMS", "Checksum", "ResumableService"]

log = structlog.get_logger(__name__)

KEEP = timedelta(hours=24)
MOST_UNFINISHED = 100
"""How many files of one person may be coming in at once."""
MOST_PARTS = 10_000
AT_ONCE = 100
CHECKSUMS = ("sha1", "sha256", "sha512", "md5")
"""The algorithms by which a piece may be checked; a checksum here is against accidents."""
CHECKSUM = "checksum"
"""Where the problem is of a piece that does not come to its checksum."""


@dataclass(frozen=True, kw_only=True)
class Checksum:
    """What a piece should come to, by one of `CHECKSUMS`."""

    algorithm: str
    digest: bytes

    @classmethod
    def read(cls, text: str) -> "Checksum":
        """Read `sha256 base64…`. InvalidInput for anything else."""
        algorithm, _, encoded = text.strip().partition(" ")
        try:
            digest = base64.b64decode(encoded, validate=True)
        except ValueError:
            digest = b""
        if algorithm not in CHECKSUMS or not digest:
            raise InvalidInput(
                f"The checksum {text[:80]!r} cannot be read; send one of {', '.join(CHECKSUMS)}, a "
                "space, and the digest in base64."
            )
        return cls(algorithm=algorithm, digest=digest)

    def is_of(self, path: Path) -> bool:
        """Tell whether a file comes to it; reads the whole of it."""
        with path.open("rb") as file:
            return hashlib.file_digest(file, self.algorithm).digest() == self.digest


@dataclass(frozen=True, kw_only=True)
class ResumableService:
    """Takes files in, piece by piece. What is not ended after `keep` since its last piece goes."""

    database: Database
    storage: Storage
    uploads: UploadService
    clock: Clock
    keep: timedelta = field(default=KEEP)

    @property
    def max_bytes(self) -> int:
        """The largest file that is taken."""
        return self.uploads.max_bytes

    async def begin(
        self, actor: Actor, *, size: int, words: UploadWords, key: str | None = None
    ) -> Resumable:
        """Announce a file of so many bytes. Raises as `UploadService.upload` for what can be known
        now, and Conflict when too many of the actor's are coming in already.

        `key` is an idempotency key: sent again, it gives the same upload.
        """
        user_id = require_person(actor, Duty.UPLOAD)
        check_key(key)
        if size > self.max_bytes:
            raise TooLarge(f"The file is larger than the limit of {self.max_bytes} bytes.")
        if size < 1:
            raise InvalidInput("This file is empty; choose another, or export it again.")
        await self.uploads.check(actor, words)
        now = self.clock.now()
        new = Resumable(
            id=new_id(),
            tenant_id=actor.tenant_id,
            user_id=user_id,
            board_id=words.board_id,
            parent_id=words.parent_id,
            filename=words.filename,
            artifact_type=words.declared_type,
            size=size,
            received=0,
            parts=(),
            generation_id=None,
            created_at=now,
            expires_at=now + self.keep,
        )
        fingerprint = fingerprint_of("resumable", str(size), words)

        def work(tx: Tx) -> Resumable:
            earlier = claim_for(tx, actor, key, fingerprint, made_id=new.id, now=now)
            if earlier is not None:
                return _own(tx, actor, earlier)
            if tx.uploads.count_unfinished(user_id) >= MOST_UNFINISHED:
                raise Conflict(
                    f"{MOST_UNFINISHED} files of yours are coming in already; end one of them, or "
                    "wait until it expires."
                )
            tx.uploads.begin(new)
            return new

        return await self.database.write(work, scope=scope_of(actor))

    async def get(self, actor: Actor, upload_id: UUID) -> Resumable:
        """Tell how far it has come. NotFound for another's, and for one that has expired."""
        require_person(actor, Duty.UPLOAD)
        now = self.clock.now()
        found = await self.database.read(
            lambda tx: _own(tx, actor, upload_id), scope=scope_of(actor)
        )
        if found.expires_at <= now:
            raise _gone(upload_id)
        return found

    async def append(
        self,
        actor: Actor,
        upload_id: UUID,
        *,
        offset: int,
        source: AsyncIterator[bytes],
        checksum: Checksum | None = None,
    ) -> Resumable:
        """Take the next piece, which begins at `offset`, as far as it comes; the last one makes the
        generation.

        Conflict when the file has come less or more far, or has ended; InvalidInput with a problem
        at `CHECKSUM`, and nothing kept; and whatever `UploadService.upload` raises of the whole
        file, which is then dropped.
        """
        upload = await self.get(actor, upload_id)
        if upload.generation_id is not None or offset != upload.received:
            raise Conflict(
                f"{upload.received} of {upload.size} bytes have come; send what follows them."
            )
        if len(upload.parts) >= MOST_PARTS:
            raise Conflict(
                f"The file has come in {MOST_PARTS} pieces; begin anew, with larger ones."
            )
        path = self.uploads.scratch / f"piece-{new_id()}"
        try:
            received = await receive(source, path, max_bytes=upload.size - offset)
            if checksum is not None and not await asyncio.to_thread(checksum.is_of, path):
                message = (
                    "The piece does not come to its checksum; nothing was kept. Send it again."
                )
                raise InvalidInput(message, problems=(Problem(at=CHECKSUM, message=message),))
            if offset + received.size < upload.size:
                return await self._keep_piece(actor, upload, path)
            generation = await self._end(actor, upload, path)
            return replace(upload, received=upload.size, generation_id=generation.id)
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def end(self, actor: Actor, upload_id: UUID) -> None:
        """Give it up; what it may have become stays."""
        upload = await self.get(actor, upload_id)
        await self.database.write(self._drop(upload), scope=scope_of(actor))

    async def expire(self) -> int:
        """Forget what has expired, with its bytes, and count it."""
        count = 0
        while True:
            now = self.clock.now()
            found = await self.database.read(
                lambda tx: tx.uploads.expired(before=now, limit=AT_ONCE),  # noqa: B023
                scope=SYSTEM,
            )
            for upload in found:
                await self.database.write(self._drop(upload), scope=SYSTEM)
            count += len(found)
            if len(found) < AT_ONCE:
                break
        if count:
            log.info("uploads_expired", count=count)
        return count

    async def _keep_piece(self, actor: Actor, upload: Resumable, path: Path) -> Resumable:
        size = (await asyncio.to_thread(path.stat)).st_size
        if size == 0:
            return upload
        key = self.storage.new_key(upload.tenant_id, None, "part")
        stored = await self.storage.put(key, path)
        part = Part(key=key, size=size)
        expires_at = self.clock.now() + self.keep

        def write(tx: Tx) -> bool:
            if not tx.uploads.add_part(upload, part, expires_at=expires_at):
                return False
            # As long as the file is coming in, its pieces are used and no orphans.
            use = BlobUse(
                owner_id=upload.id,
                role=f"part:{upload.received}",
                key=stored.key,
                size=stored.size,
                sha256=stored.sha256,
            )
            tx.blobs.claim(upload.tenant_id, [use], now=self.clock.now())
            return True

        is_kept = await self.database.write(write, scope=scope_of(actor))
        if not is_kept:
            await self.storage.delete(key)
            raise Conflict("Another piece came meanwhile; ask how far the file has come.")
        return replace(
            upload,
            received=upload.received + size,
            parts=(*upload.parts, part),
            expires_at=expires_at,
        )

    async def _end(self, actor: Actor, upload: Resumable, last: Path) -> Generation:
        words = UploadWords(
            filename=upload.filename,
            declared_type=upload.artifact_type,
            board_id=upload.board_id,
            parent_id=upload.parent_id,
        )

        def claim(tx: Tx, made_id: UUID) -> UUID | None:
            if tx.uploads.finish(upload, made_id):
                release(tx, [upload.id], now=self.clock.now())
                return None
            there = _own(tx, actor, upload.id)
            if there.generation_id is None:
                raise Conflict("Another piece came meanwhile; ask how far the file has come.")
            return there.generation_id

        async with AsyncExitStack() as stack:
            whole = last
            if upload.parts:
                whole = last.with_name(f"whole-{new_id()}")
                stack.push_async_callback(asyncio.to_thread, whole.unlink, missing_ok=True)
                await self._put_together(upload, last, whole)
            try:
                made = await self.uploads.take_in(
                    actor, whole, words, source="resumable", claim=claim
                )
            except (InvalidInput, TooLarge, Unsupported):
                # It will be no better when it is sent again.
                with suppress(BoardsError):
                    await self.end(actor, upload.id)
                raise
        return made

    async def _put_together(self, upload: Resumable, last: Path, whole: Path) -> None:
        with write_errors(whole):
            file = await asyncio.to_thread(whole.open, "xb")
        try:
            for part in upload.parts:
                async for block in self.storage.stream(part.key):
                    with write_errors(whole):
                        await in_thread(file.write, block)
            with write_errors(whole):
                await in_thread(_append, last, file)
        finally:
            with write_errors(whole):
                await in_thread(file.close)

    def _drop(self, upload: Resumable) -> Callable[[Tx], None]:
        """Forget it, and leave its pieces to the sweep."""

        def work(tx: Tx) -> None:
            if tx.uploads.drop(upload.id):
                release(tx, [upload.id], now=self.clock.now())

        return work


def _own(tx: Tx, actor: Actor, upload_id: UUID) -> Resumable:
    found = tx.uploads.resumable(upload_id)
    if found is None or found.user_id != actor.user_id:
        raise _gone(upload_id)
    return found


def _gone(upload_id: UUID) -> NotFound:
    return NotFound(f"Upload {upload_id} not found; it may have expired.")


def _append(source: Path, file: BinaryIO) -> None:
    with source.open("rb") as read:
        shutil.copyfileobj(read, file, 2**20)
