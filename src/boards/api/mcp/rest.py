"""How tools reach Boards: by the routes of REST, and only by those that agents may use.

So a tool has no right, check or price of its own: what REST refuses, it refuses, in REST's words.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mcp.server.mcpserver.exceptions import ToolError

from boards.api.links import API

__all__ = ["ALLOWED", "Answered", "Refusal", "Rest", "RestCall"]

ALLOWED = (
    ("GET", "/agent-sessions/{id}"),
    ("POST", "/agent-sessions"),
    ("GET", "/generators"),
    ("GET", "/generators/{name}"),
    ("POST", "/estimate"),
    ("POST", "/generations"),
    ("GET", "/generations"),
    ("GET", "/generations/{id}"),
    ("GET", "/generations/{id}/content"),
    ("GET", "/generations/{id}/thumbnail"),
    ("GET", "/generations/{id}/lineage"),
    ("GET", "/jobs"),
    ("GET", "/jobs/{id}"),
    ("POST", "/jobs/{id}/cancel"),
    ("GET", "/boards"),
    ("GET", "/boards/{id}"),
    ("POST", "/boards"),
    ("GET", "/search"),
    ("GET", "/workspace"),
    ("POST", "/workspace"),
    ("GET", "/workspace/{slug}"),
    ("PUT", "/workspace/{slug}"),
    ("GET", "/workspace/{slug}/themes"),
    ("GET", "/workspace/{slug}/takes"),
    ("GET", "/workspace/{slug}/jobs/{id}"),
    ("POST", "/workspace/{slug}/jobs/{id}/cancel"),
    ("POST", "/workspace/{slug}/{what}/estimate"),
    ("POST", "/workspace/{slug}/{what}/generate"),
    ("POST", "/workspace/{slug}/{what}/pick"),
    ("POST", "/workspace/{slug}/cards/{n}/pick"),
    ("POST", "/workspace/{slug}/reroll"),
)
"""Everything that agents may do. Nothing here publishes, shares, decides about a lost run, changes
a budget, or makes a token or a key: those stay with people."""

_PATTERNS = tuple(
    (method, re.compile(re.sub(r"\{\w+\}", r"[^/]+", path))) for method, path in ALLOWED
)


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What a route answered."""

    status: int
    media_type: str
    body: bytes


RestCall = Callable[
    [str, str, Mapping[str, str], Mapping[str, str], bytes | None], Awaitable[Answered]
]
"""Makes one request: method, path below the server, query, further headers, body."""


@dataclass(frozen=True, kw_only=True)
class Rest:
    """REST as tools use it. `headers` go with each request.

    Raises Refusal for every refusal, with its code and what to do next.
    """

    send: RestCall
    headers: Mapping[str, str]

    async def get(self, path: str, **query: object) -> Any:
        """Read what a route answers as JSON. What of the query is None is left out."""
        return json.loads((await self._sent("GET", path, query=query)).body)

    async def bytes(self, path: str) -> Answered:
        """Read what a route answers as it is."""
        return await self._sent("GET", path)

    async def post(
        self, path: str, body: object = None, *, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Send JSON to a route, and read what it answers."""
        return json.loads((await self._sent("POST", path, body=body, headers=headers)).body)

    async def put(self, path: str, body: object) -> Any:
        """Put JSON in the place of what is there."""
        return json.loads((await self._sent("PUT", path, body=body)).body)

    async def _sent(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        if not any(verb == method and form.fullmatch(path) for verb, form in _PATTERNS):
            message = f"Agents may not {method} {path}; a person can, in the studio."
            raise Refusal("forbidden", message)
        asked = {name: str(value) for name, value in (query or {}).items() if value is not None}
        sent = {**self.headers, **(headers or {})}
        content = None
        if method != "GET":
            sent["content-type"] = "application/json"
            content = json.dumps({} if body is None else body).encode()
        answer = await self.send(method, f"{API}{path}", asked, sent, content)
        if answer.status >= 400:
            raise _refusal(answer)
        return answer


class Refusal(ToolError):
    """What Boards refused, or could not do. `problem` is what a program reads: `code`, `detail`,
    and for money the figures of the budget."""

    def __init__(self, code: str, detail: str, **more: Any) -> None:
        super().__init__(f"{code}: {detail}")
        self.problem = {"code": code, "detail": detail, **more}


def _refusal(answer: Answered) -> Refusal:
    try:
        problem = json.loads(answer.body)
        code, detail = str(problem["code"]), str(problem["detail"])
    except (ValueError, KeyError, TypeError):
        return Refusal("unreachable", f"What answers is no Boards server (HTTP {answer.status}).")
    beside = {"type", "title", "status", "code", "detail"}
    return Refusal(code, detail, **{k: v for k, v in problem.items() if k not in beside})
