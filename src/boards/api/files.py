"""Serves stored files: ranges, revalidation, and no way for a file to act as a page of ours."""

import os
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from boards.api.conditions import Span, etag_of, is_unchanged, span_asked
from boards.api.filenames import disposition
from boards.domain.artifacts import is_shown
from boards.errors import StorageError
from boards.services.ports import Storage

__all__ = ["Served", "serve"]

_MIME = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")
CONTENT_POLICY = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
)


@dataclass(frozen=True, kw_only=True)
class Served:
    """A stored file about to be served. `tag` names its bytes and never other bytes.

    `size` is None where only the storage knows it.
    """

    key: str
    mime: str
    name: str
    tag: str
    size: int | None


async def serve(
    request: Request, storage: Storage, file: Served, *, download: bool = False
) -> Response:
    """Answer GET or HEAD for a stored file.

    A local file is handed to the server as a file, others are streamed. StorageError when the
    bytes are gone or are not as many as were stored.
    """
    mime = file.mime if _MIME.fullmatch(file.mime) else "application/octet-stream"
    etag = etag_of(file.tag)
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        # Asked for again each time, because rights may be withdrawn; a 304 costs no bytes.
        "Cache-Control": "private, no-cache",
        "Content-Disposition": disposition(file.name, inline=is_shown(mime) and not download),
        "Content-Security-Policy": CONTENT_POLICY,
        "X-Content-Type-Options": "nosniff",
    }
    if is_unchanged(request.headers, etag):
        return Response(status_code=304, headers=headers)
    media_type = f"{mime}; charset=utf-8" if mime.startswith("text/") else mime
    path = storage.local_path(file.key)
    size = await _size_of(storage, file, path)
    is_get = request.method == "GET"
    span = span_asked(request.headers, etag, size) if is_get else None
    if path is not None:
        return _LocalFile(path, headers, media_type, span)
    headers["Content-Length"] = str(span.size if span else size)
    if not is_get:
        return Response(headers=headers, media_type=media_type)
    if span is not None:
        headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{size}"
    return StreamingResponse(
        await _begun(storage, file.key, span),
        status_code=200 if span is None else 206,
        headers=headers,
        media_type=media_type,
    )


async def _size_of(storage: Storage, file: Served, path: Path | None) -> int:
    if path is not None:
        try:
            size = (await anyio.to_thread.run_sync(os.stat, path)).st_size
        except OSError as error:
            raise StorageError(
                f"The file {file.name!r} cannot be read.", detail=str(error)
            ) from None
    elif file.size is None:
        found = await storage.size(file.key)
        if found is None:
            raise StorageError(f"The file {file.name!r} is no longer in the storage.")
        return found
    else:
        return file.size
    if file.size is not None and size != file.size:
        raise StorageError(
            f"The file {file.name!r} is damaged: it has {size} bytes, {file.size} were stored."
        )
    return size


async def _begun(storage: Storage, key: str, span: Span | None) -> AsyncIterator[bytes]:
    """Begin to read before the status is sent: a file that is not there must not begin as a 200."""
    stream = storage.stream(key, start=span.start if span else 0, end=span.end if span else None)
    first = await anext(stream, b"")

    async def rest() -> AsyncIterator[bytes]:
        yield first
        async for chunk in stream:
            yield chunk

    return rest()


class _LocalFile(FileResponse):
    """A local file, of which the server sends the whole or exactly the span."""

    # Each piece is a hop to a thread and back.
    chunk_size = 512 * 1024

    def __init__(
        self, path: Path, headers: Mapping[str, str], media_type: str, span: Span | None
    ) -> None:
        super().__init__(path, headers=headers, media_type=media_type)
        self.span = span

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The caller's conditions are decided already; what is passed on is only their outcome.
        kept = [pair for pair in scope["headers"] if pair[0] not in (b"range", b"if-range")]
        if self.span is not None:
            kept.append((b"range", f"bytes={self.span.start}-{self.span.end - 1}".encode()))
        await super().__call__({**scope, "headers": kept}, receive, send)
