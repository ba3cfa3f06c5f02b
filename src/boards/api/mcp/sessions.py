"""In which session of an agent a tool acts: what it spends is held to that session's budget."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mcp.server.mcpserver import Context

from boards.api.mcp.rest import Rest

__all__ = ["AGENT_HEADER", "OneSession", "RestFor", "Session"]

AGENT_HEADER = "boards-session"
NAME = "mcp"


@dataclass(frozen=True, kw_only=True)
class Session:
    """Opens the session at the first need; `current` opens or finds it."""

    rest: Rest
    current: Callable[[Rest], Awaitable[str]]

    async def spending(self) -> Rest:
        """REST as it is used to spend: in the session."""
        headers = {**self.rest.headers, AGENT_HEADER: await self.current(self.rest)}
        return Rest(send=self.rest.send, headers=headers)

    async def standing(self) -> Any:
        """The session and how its budget stands."""
        return await self.rest.get(f"/agent-sessions/{await self.current(self.rest)}")


RestFor = Callable[[Context[Any, Any]], Session]
"""Tells in whose name and in which session a tool is called."""


async def going_on(rest: Rest) -> str:
    """The session of the caller's token that goes on, or a new one; so it is on streamable HTTP,
    whose requests may come to any process and belong to no connection."""
    if AGENT_HEADER in rest.headers:
        return rest.headers[AGENT_HEADER]
    opened = await rest.post("/agent-sessions", {"name": NAME, "anew": False})
    return str(opened["id"])


@dataclass(kw_only=True)
class OneSession:
    """The session of one process, such as that of `boards mcp`. `budget` is its USD; None is what
    the server has set for agents."""

    budget: str | None = None
    _id: str | None = None
    _opens: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def current(self, rest: Rest) -> str:
        """Open it at the first call."""
        async with self._opens:
            if self._id is None:
                asked: Mapping[str, object] = {"name": NAME, "budget": self.budget}
                self._id = str((await rest.post("/agent-sessions", asked))["id"])
            return self._id
