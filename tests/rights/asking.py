"""Asks the app itself, without a network, and mostly hangs up as soon as a stream has begun."""

import asyncio
import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.types import Message

HOST = "localhost:8088"
OWN_PAGE = {"host": HOST, "origin": f"http://{HOST}"}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back. Of a stream only how it began."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


async def ask(
    app: FastAPI,
    method: str,
    path: str,
    *,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, Any] | None = None,
    body: bytes = b"",
    content_type: str | None = None,
    address: str = "127.0.0.1",
    begun: asyncio.Event | None = None,
    heard: list[bytes] | None = None,
) -> Answer:
    """Send one request as a browser on our own page would. With `begun`, which is set when a stream
    has begun, a stream is read to its end; `heard` then holds what it has said so far."""
    sent = {**OWN_PAGE, **(headers or {})}
    if content_type is not None:
        sent["content-type"] = content_type
        sent["content-length"] = str(len(body))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": urlencode(query or {}).encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
        "client": (address, 50000),
        "server": ("127.0.0.1", 8088),
        "state": {},
        "app": app,
    }
    hangs_up = begun is None
    streams = begun or asyncio.Event()
    over = asyncio.Event()
    requests = iter([{"type": "http.request", "body": body, "more_body": False}])
    found: dict[str, Any] = {"status": 0, "headers": {}}
    chunks: list[bytes] = [] if heard is None else heard

    async def receive() -> Message:
        for request in requests:
            return request
        await (streams if hangs_up else over).wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            found["status"] = message["status"]
            found["headers"] = {
                name.decode().lower(): value.decode() for name, value in message["headers"]
            }
        else:
            chunks.append(message.get("body", b""))
            if found["headers"].get("content-type", "").startswith("text/event-stream"):
                streams.set()

    await app(scope, receive, send)
    return Answer(status=found["status"], headers=found["headers"], body=b"".join(chunks))


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


def as_metadata(pairs: Mapping[str, str]) -> str:
    """What is said about an upload in pieces."""
    return ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items()
    )


def as_form(fields: Mapping[str, str], *, name: str, content: bytes) -> tuple[bytes, str]:
    """A multipart form whose file comes last, and its content type."""
    edge = "edge-of-the-form"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    parts.append(head.encode() + b"Content-Type: image/png\r\n\r\n" + content + b"\r\n")
    return b"".join(parts) + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"
