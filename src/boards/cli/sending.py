"""Sends files of one's own: large ones in pieces, and whole folders, of which only what is new."""

import asyncio
import base64
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import quote

from boards.cli.answers import GenerationJson
from boards.cli.exits import EXITS, Exit, Stop
from boards.cli.remote import API, UPLOAD_SECONDS, Client, stop_of_answer
from boards.ids import new_id

__all__ = ["Outcome", "Sent", "files_in", "send_file", "send_folder"]

PIECE_BYTES = 8 * 2**20
IN_PIECES_BYTES = 32 * 2**20
"""From this size on a file goes in pieces, of which a broken connection costs one at most."""
ATTEMPTS = 8
LONGEST_WAIT = 10.0
ALL = 1_000_000
TUS = {"Tus-Resumable": "1.0.0"}
GOES_ON = frozenset({"unreachable", "no_answer", "storage_error"})
"""What ends the whole of it, since no other file would fare better."""


class Outcome(StrEnum):
    """What became of a file."""

    UPLOADED = "uploaded"
    THERE = "there"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A file of a folder, and what became of it: the generation's id, or why it was refused."""

    path: Path
    outcome: Outcome
    generation_id: str | None = None
    why: str | None = None


@dataclass(frozen=True, kw_only=True)
class Words:
    """What is said about an upload."""

    board_id: str | None = None
    parent_id: str | None = None


def files_in(folder: Path) -> Iterator[Path]:
    """Every file below a folder, in order; without what begins with a dot, and without links."""
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(here) / name
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path


async def send_folder(
    client: Client, folder: Path, words: Words, tell: Callable[[Sent], None]
) -> list[Sent]:
    """Upload what of a folder the board has not got, by the hashes of the bytes; so one that was
    broken off goes on when it is called again. A file that is refused holds up no other."""
    board = words.board_id
    there = {
        one["file"]["sha256"]: one["id"]
        for one in await client.generations(board_id=board, status="completed", limit=ALL)
        if one["file"]
    }
    done: list[Sent] = []
    for path in files_in(folder):
        digest = await asyncio.to_thread(_sha256, path)
        if digest in there:
            sent = Sent(path=path, outcome=Outcome.THERE, generation_id=there[digest])
        else:
            sent = await _send_one(client, path, words)
            if sent.generation_id is not None:
                there[digest] = sent.generation_id
        done.append(sent)
        tell(sent)
    return done


async def send_file(client: Client, path: Path, words: Words) -> GenerationJson:
    """Upload one file, a large one in pieces. Stop when it is refused, or cannot be read."""
    try:
        if _size(path) < IN_PIECES_BYTES:
            return await client.upload(path, board_id=words.board_id, parent_id=words.parent_id)
        return await _send_in_pieces(client, path, words)
    except OSError as error:
        raise Stop(
            f"{str(path)!r} cannot be read: {error.strerror}.", exit_code=Exit.USAGE
        ) from error


async def _send_one(client: Client, path: Path, words: Words) -> Sent:
    try:
        made = await send_file(client, path, words)
    except Stop as stop:
        if stop.code in GOES_ON or EXITS.get(stop.code) is Exit.REFUSED:
            raise
        return Sent(path=path, outcome=Outcome.REFUSED, why=stop.message)
    return Sent(path=path, outcome=Outcome.UPLOADED, generation_id=made["id"])


async def _send_in_pieces(client: Client, path: Path, words: Words) -> GenerationJson:
    size = _size(path)
    words_said = {"filename": path.name, "board_id": words.board_id, "parent_id": words.parent_id}
    metadata = ",".join(
        f"{name} {base64.b64encode(text.encode()).decode()}"
        for name, text in words_said.items()
        if text
    )
    headers = {
        **TUS,
        "Upload-Length": str(size),
        "Upload-Metadata": metadata,
        "Idempotency-Key": str(new_id()),
    }
    said = await _ask(client, "POST", f"{API}/uploads/tus", headers=headers)
    at = f"{API}/uploads/tus/{quote(said['location'].rpartition('/')[2], safe='')}"
    offset, failures = 0, 0
    while True:
        piece = await asyncio.to_thread(_read, path, offset)
        digest = base64.b64encode(hashlib.sha256(piece).digest()).decode()
        headers = {
            **TUS,
            "Upload-Offset": str(offset),
            "Upload-Checksum": f"sha256 {digest}",
            "Content-Type": "application/offset+octet-stream",
        }
        try:
            said = await _ask(client, "PATCH", at, headers=headers, content=piece)
        except Stop as stop:
            failures += 1
            if stop.code not in ("no_answer", "conflict", "wrong_checksum") or failures > ATTEMPTS:
                raise
            # What had come by then is kept: ask how much that is.
            await asyncio.sleep(min(0.2 * 2**failures, LONGEST_WAIT))
            said = await _ask(client, "HEAD", at, headers=TUS)
        made = said.get("boards-generation-id")
        if made is not None:
            return await client.generation(made)
        offset = int(said["upload-offset"])


async def _ask(client: Client, method: str, path: str, **content: Any) -> Mapping[str, str]:
    """Make a request and give the headers of its answer. Stop when it is refused."""
    answer = await client.answer(method, path, timeout=UPLOAD_SECONDS, **content)
    if not answer.is_success:
        raise stop_of_answer(answer)
    return answer.headers


def _size(path: Path) -> int:
    return path.stat().st_size


def _read(path: Path, offset: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(PIECE_BYTES)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
