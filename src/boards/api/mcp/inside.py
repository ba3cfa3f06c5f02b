"""Sends a request to an application in this process, as if it came from outside."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from starlette.types import ASGIApp, Message

from boards.api.mcp.rest import Answered, RestCall

__all__ = ["inside"]


def inside(app: ASGIApp, *, client: tuple[str, int] | None, scheme: str) -> RestCall:
    """Requests to `app` in the name of `client`, through all that stands before its routes."""

    async def send(
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes | None,
    ) -> Answered:
        content = body or b""
        raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
        raw.append((b"content-length", str(len(content)).encode()))
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": scheme,
            "path": path,
            "raw_path": quote(path).encode(),
            "root_path": "",
            "query_string": urlencode(query).encode(),
            "headers": raw,
            "client": client,
            "server": None,
            "state": {},
        }
        parts: list[bytes] = []
        begun: dict[str, Any] = {}
        is_read = False
        has_ended = asyncio.Event()

        async def receive() -> Message:
            nonlocal is_read
            if is_read:
                # Somebody who left: what streams its answer stops then.
                await has_ended.wait()
                return {"type": "http.disconnect"}
            is_read = True
            return {"type": "http.request", "body": content, "more_body": False}

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                begun.update(message)
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))

        try:
            await app(scope, receive, answer)
        finally:
            has_ended.set()
        found = {name.lower(): value for name, value in begun["headers"]}
        return Answered(
            status=begun["status"],
            media_type=found.get(b"content-type", b"").decode("latin-1").partition(";")[0],
            body=b"".join(parts),
        )

    return send
