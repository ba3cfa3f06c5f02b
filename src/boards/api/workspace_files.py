"""Serves the files of a workspace, from wherever it is kept, as stored files are served."""

import hashlib

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from boards.api.conditions import etag_of, is_unchanged, span_asked
from boards.api.filenames import disposition
from boards.api.files import CONTENT_POLICY, Served, serve
from boards.domain.artifacts import is_shown, mime_for_format
from boards.services.ports import Storage
from boards.services.ports.stories import Opened

__all__ = ["serve_opened"]


async def serve_opened(request: Request, storage: Storage, opened: Opened) -> Response:
    """Answer GET for a file of a workspace, with ranges and revalidation."""
    facts = opened.facts
    name = facts.path.rpartition("/")[2]
    mime = mime_for_format(name.rpartition(".")[2])
    # A hand may change a file in place: its time and size tell.
    tag = hashlib.sha256(
        f"{facts.path}:{facts.size}:{facts.modified_at.timestamp()}".encode()
    ).hexdigest()[:32]
    if opened.key is not None:
        served = Served(key=opened.key, mime=mime, name=name, tag=tag, size=None)
        return await serve(request, storage, served)
    etag = etag_of(tag)
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Content-Disposition": disposition(name, inline=is_shown(mime)),
        "Content-Security-Policy": CONTENT_POLICY,
        "X-Content-Type-Options": "nosniff",
    }
    if is_unchanged(request.headers, etag):
        return Response(status_code=304, headers=headers)
    if opened.path is not None:
        return FileResponse(opened.path, headers=headers, media_type=mime)
    data = opened.data or b""
    span = span_asked(request.headers, etag, len(data))
    if span is None:
        return Response(data, headers=headers, media_type=mime)
    headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{len(data)}"
    return Response(data[span.start : span.end], status_code=206, headers=headers, media_type=mime)
