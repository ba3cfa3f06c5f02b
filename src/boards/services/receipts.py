"""Receipts: what a paid call has brought, written down beside the bytes before the row tells.

A provider that gives its result with its answer keeps no job by which to ask again. From the moment
in which its files are in storage until the row says so, a crash, a database that is away, or a run
that was taken for dead would leave them orphaned. The receipt lies under a key that follows from
the generation, so whoever looks for the lost result finds it.
"""

import json

import structlog

from boards.domain.artifacts import check_key
from boards.domain.generations import Generation
from boards.errors import BoardsError, Conflict, NotFound
from boards.services.manifest import Manifest, dump_manifest, load_manifest
from boards.services.ports import Storage

__all__ = ["drop_receipt", "has_receipt", "read_receipt", "write_receipt"]

log = structlog.get_logger(__name__)

MAX_BYTES = 16 * 2**20


async def write_receipt(storage: Storage, generation: Generation, manifest: Manifest) -> None:
    """Write down what is stored; a failure is logged, for the row is still to be written."""
    key = _key(generation)
    data = json.dumps(dump_manifest(manifest)).encode()
    try:
        try:
            await storage.put(key, data)
        except Conflict:
            # Of an attempt whose bytes were not what was written.
            await storage.delete(key)
            await storage.put(key, data)
    except BoardsError:
        log.warning("receipt_not_written", generation_id=str(generation.id), exc_info=True)


async def has_receipt(storage: Storage, generation: Generation) -> bool:
    """Tell whether there is one, whole or not."""
    return await storage.size(_key(generation)) is not None


async def read_receipt(storage: Storage, generation: Generation) -> Manifest | None:
    """Give what was stored, every file of it verified; None when there is none or it is not whole.

    StorageError when the storage does not answer.
    """
    try:
        data = await storage.read(_key(generation), max_bytes=MAX_BYTES)
    except NotFound:
        return None
    try:
        manifest = load_manifest(json.loads(data))
    except ValueError:
        log.exception("receipt_unreadable", generation_id=str(generation.id))
        return None
    for file in manifest.files:
        if not await storage.verify(file.key, file.sha256):
            log.error("receipt_not_whole", generation_id=str(generation.id), key=file.key)
            return None
    return manifest


async def drop_receipt(storage: Storage, generation: Generation) -> None:
    """Remove it once the row tells; what is left behind harms nobody."""
    try:
        await storage.delete(_key(generation))
    except BoardsError:
        log.warning("receipt_left_behind", generation_id=str(generation.id), exc_info=True)


def _key(generation: Generation) -> str:
    return check_key(f"{generation.tenant_id}/receipts/{generation.id}.json")
