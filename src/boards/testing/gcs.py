"""A small stand-in for Google Cloud Storage: as much of its XML API as storing files needs.

Objects are kept in memory, by bucket. What it knows: put with `x-goog-if-generation-match: 0`,
uploads in parts, get and head with one range, delete, and listing below a prefix. It asks for no
credentials. Google's own answers were the model; what it does not know it answers with 501.
"""

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

__all__ = ["StandInGcs", "serving_gcs"]

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


@dataclass(frozen=True, kw_only=True)
class _Stored:
    data: bytes
    kind: str
    generation: int
    modified: str

    @property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.data, usedforsecurity=False).hexdigest()}"'


@dataclass(kw_only=True)
class StandInGcs:
    """The server's address, and what lies in it. `lose_answers` of the next requests to write are
    carried out and answered with 503, as when the answer is lost on its way."""

    url: str = ""
    objects: dict[str, _Stored] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    lose_answers: int = 0
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def credentials(self) -> str:
        """What a client is told as the key of its service account."""
        return json.dumps(
            {
                "gcs_base_url": self.url,
                "disable_oauth": True,
                "client_email": "",
                "private_key": "",
                "private_key_id": "",
            }
        )

    def keep(self, path: str, data: bytes, kind: str) -> _Stored:
        """Keep an object under `/bucket/key`."""
        stored = _Stored(
            data=data,
            kind=kind,
            generation=next(self._numbers),
            modified=formatdate(usegmt=True),
        )
        self.objects[path] = stored
        return stored

    def begin(self) -> str:
        """Begin an upload in parts."""
        name = f"upload-{next(self._numbers)}"
        self.uploads[name] = {}
        return name


@contextmanager
def serving_gcs() -> Iterator[StandInGcs]:
    """Serve on a free port of this machine until the block ends."""
    stand_in = StandInGcs()

    class Handler(_Handler):
        gcs = stand_in

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand_in.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    gcs: StandInGcs

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_PUT(self) -> None:
        body, path, query = self._body(), self._path, self._query
        with self.gcs.lock:
            upload = query.get("uploadId")
            if upload is not None:
                parts = self.gcs.uploads.get(upload)
                if parts is None:
                    self._answer(404)
                    return
                parts[int(query["partNumber"])] = body
                digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
                self._answer(200, headers={"ETag": f'"{digest}"'})
                return
            if self.headers.get("x-goog-if-generation-match") == "0" and path in self.gcs.objects:
                self._answer(412)
                return
            stored = self.gcs.keep(path, body, self.headers.get("Content-Type", ""))
        self._written(stored)

    def do_POST(self) -> None:
        body, path, query = self._body(), self._path, self._query
        with self.gcs.lock:
            if "uploads" in query:
                name = self.gcs.begin()
                self._xml("InitiateMultipartUploadResult", f"<UploadId>{name}</UploadId>")
                return
            parts = self.gcs.uploads.pop(query.get("uploadId", ""), None)
            if parts is None:
                self._answer(501 if "uploadId" not in query else 404)
                return
            asked = [int(number) for number in re.findall(rb"<PartNumber>(\d+)<", body)]
            data = b"".join(parts[number] for number in asked)
            stored = self.gcs.keep(path, data, "")
        self._xml(
            "CompleteMultipartUploadResult",
            f"<ETag>{escape(stored.etag)}</ETag>",
            {"x-goog-generation": str(stored.generation)},
        )

    def do_DELETE(self) -> None:
        self._body()
        with self.gcs.lock:
            upload = self._query.get("uploadId")
            shelf: dict[str, object] = dict(self.gcs.uploads if upload else self.gcs.objects)
            name = upload or self._path
            if name not in shelf:
                self._answer(404)
                return
            if upload:
                del self.gcs.uploads[upload]
            else:
                del self.gcs.objects[self._path]
        self._answer(204)

    def do_HEAD(self) -> None:
        self._get()

    def do_GET(self) -> None:
        self._get()

    def _get(self) -> None:
        if self._query.get("list-type") == "2":
            self._list()
            return
        stored = self.gcs.objects.get(self._path)
        if stored is None:
            self._answer(404)
            return
        headers = {
            "ETag": stored.etag,
            "Last-Modified": stored.modified,
            "Content-Type": stored.kind or "application/octet-stream",
            "x-goog-generation": str(stored.generation),
        }
        asked = _RANGE.fullmatch(self.headers.get("Range", ""))
        if asked is None:
            self._answer(200, stored.data, headers)
            return
        size = len(stored.data)
        start = int(asked[1])
        end = min(int(asked[2]) + 1, size) if asked[2] else size
        if start >= end:
            self._answer(416)
            return
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        self._answer(206, stored.data[start:end], headers)

    def _list(self) -> None:
        bucket, prefix = self._path.strip("/"), self._query.get("prefix", "")
        after, most = self._query.get("continuation-token", ""), 1000
        with self.gcs.lock:
            known = {
                path.removeprefix(f"/{bucket}/"): stored
                for path, stored in self.gcs.objects.items()
                if path.startswith(f"/{bucket}/")
            }
        found = sorted(key for key in known if key.startswith(prefix) and key > after)
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(known[key].data)}</Size>"
            "<LastModified>2026-11-20T12:00:00.000Z</LastModified>"
            f"<ETag>{escape(known[key].etag)}</ETag></Contents>"
            for key in found[:most]
        )
        if len(found) > most:
            rows += f"<NextContinuationToken>{escape(found[most - 1])}</NextContinuationToken>"
        self._xml("ListBucketResult", rows)

    @property
    def _path(self) -> str:
        return unquote(urlsplit(self.path).path)

    @property
    def _query(self) -> dict[str, str]:
        sent = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        return {name: values[0] for name, values in sent.items()}

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _written(self, stored: _Stored) -> None:
        if self.gcs.lose_answers:
            self.gcs.lose_answers -= 1
            self._answer(503)
            return
        generation = str(stored.generation)
        self._answer(200, headers={"ETag": stored.etag, "x-goog-generation": generation})

    def _xml(self, root: str, inner: str, headers: dict[str, str] | None = None) -> None:
        text = f'<?xml version="1.0" encoding="UTF-8"?><{root}>{inner}</{root}>'
        self._answer(200, text.encode(), {"Content-Type": "application/xml", **(headers or {})})

    def _answer(
        self, status: int, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
