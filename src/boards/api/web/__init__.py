"""Serves the studio: the page that Vite has built from web/, and nothing that anybody uploaded.

The files are read once and answered from memory by their exact names, so no path can lead
elsewhere. Where nothing has been built, `/` says how to build it.
"""

import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from boards.api.conditions import etag_of, is_unchanged

__all__ = [
    "CONTENT_POLICY",
    "EDITOR_POLICY",
    "STATIC",
    "BuiltFile",
    "built_files",
    "editor_page",
    "router",
]

STATIC = Path(__file__).parent / "_static"
INDEX = "index.html"
EDITOR = "graphiql.html"
"""The page of the GraphQL editor, which only that surface serves, and only where it may."""
HASHED = "assets/"
"""Below this folder a name holds the hash of its content, so it never stands for another."""
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""The page runs and shows only what this server serves, and sends nothing elsewhere."""

EDITOR_POLICY = (
    CONTENT_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
    .replace("font-src 'self'", "font-src 'self' data:")
    .replace("img-src 'self'", "img-src 'self' data:")
)
"""The editor brings its typeface along and writes styles of its own; scripts come from here."""

NOT_BUILT = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>Boards</title>
<h1>Boards is running</h1>
<p>Its web page has not been built in this copy of the source. Build it and start again:</p>
<pre>make web</pre>
<p>A release from the package index has it built in. The API is at <code>/api/v1</code>, and
<code>boards --help</code> lists the commands.</p>
</html>
"""


@dataclass(frozen=True, kw_only=True)
class BuiltFile:
    """A file of the page. `packed` is the same by gzip, where that was made too."""

    content: bytes
    packed: bytes | None
    media_type: str
    cache_control: str
    etag: str


def built_files(folder: Path = STATIC) -> Mapping[str, BuiltFile]:
    """Read the built page, by names relative to `folder`. Empty where none was built."""
    if not (folder / INDEX).is_file():
        return {}
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
    return {
        name: BuiltFile(
            content=content,
            packed=found.get(f"{name}.gz"),
            media_type=_media_type(name),
            cache_control=FOREVER if name.startswith(HASHED) else ASK_AGAIN,
            etag=etag_of(hashlib.sha256(content).hexdigest()),
        )
        for name, content in found.items()
        if not name.endswith(".gz")
    }


def editor_page(folder: Path = STATIC) -> bytes | None:
    """The page of the GraphQL editor; its files are among those of `router`. None where none was
    built."""
    path = folder / EDITOR
    return path.read_bytes() if path.is_file() else None


def router(folder: Path = STATIC) -> APIRouter:
    """The routes of the page: `/` and each of its files. None of them is part of the contract."""
    routes = APIRouter(include_in_schema=False)
    files = {name: file for name, file in built_files(folder).items() if name != EDITOR}

    async def serve(request: Request) -> Response:
        name = request.url.path.removeprefix(request.scope.get("root_path", "")).lstrip("/")
        return _answer(request, files[name or INDEX])

    async def tell() -> Response:
        return HTMLResponse(NOT_BUILT, status_code=503, headers={"Cache-Control": "no-store"})

    routes.add_api_route("/", serve if files else tell, methods=["GET", "HEAD"])
    for name in files:
        routes.add_api_route(f"/{name}", serve, methods=["GET", "HEAD"])
    return routes


def _answer(request: Request, file: BuiltFile) -> Response:
    headers = {
        "Cache-Control": file.cache_control,
        "Content-Security-Policy": CONTENT_POLICY,
        "ETag": file.etag,
        "Vary": "Accept-Encoding",
    }
    if is_unchanged(request.headers, file.etag):
        return Response(status_code=304, headers=headers)
    content = file.content
    if file.packed is not None and _takes_gzip(request.headers.get("accept-encoding", "")):
        content = file.packed
        headers["Content-Encoding"] = "gzip"
    if request.method == "HEAD":
        headers["Content-Length"] = str(len(content))
        content = b""
    return Response(content, headers=headers, media_type=file.media_type)


def _takes_gzip(accepted: str) -> bool:
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _media_type(name: str) -> str:
    # Written out where a system's own table is known to say otherwise.
    known = {".js": "text/javascript", ".md": "text/plain", ".woff2": "font/woff2"}
    guessed = known.get(Path(name).suffix) or mimetypes.guess_type(name)[0]
    return guessed or "application/octet-stream"
