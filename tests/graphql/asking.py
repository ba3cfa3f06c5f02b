"""Asks the GraphQL surface as a client does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from typing import Any, cast

import httpx2
from fastapi import FastAPI

from boards.api.app import create_app
from boards.api.graphql.limits import Limits
from boards.api.graphql.router import router
from boards.api.services import Services
from boards.domain.access import Actor
from boards.services.lookups import LookupService
from boards.services.ports import Database
from boards.services.streams import StreamService
from tests.services.studio import Studio

BASE = "http://localhost:8088"


@dataclass(kw_only=True)
class Server:
    """The surface over a studio. `actor` is who asks; `database` may be another than the studio's
    for look-ups."""

    studio: Studio
    actor: Actor
    introspection: bool = True
    editor: bytes | None = None
    limits: Limits | None = None
    database: Database | None = None
    streams: StreamService | None = None

    def app(self) -> FastAPI:
        async def actor_for(_: object) -> Actor:
            return self.actor

        studio = self.studio
        # What the studio lacks, GraphQL does not use.
        parts = {one.name: getattr(studio, one.name, None) for one in fields(Services)}
        parts |= {"actor_for": actor_for}
        services = Services(**cast(Any, parts))
        graphql = router(
            LookupService(database=self.database or studio.database),
            self.streams,
            introspection=self.introspection,
            editor=self.editor,
            limits=self.limits,
        )
        return create_app(services, version="0", routers=[graphql])

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx2.AsyncClient]:
        transport = httpx2.ASGITransport(self.app())
        async with httpx2.AsyncClient(transport=transport, base_url=BASE) as client:
            yield client


class Ask:
    """Sends documents."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client

    async def __call__(self, query: str, **variables: Any) -> Any:
        """Give the data; there must be no errors."""
        answer = await self.answer(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def answer(self, query: str, **variables: Any) -> Any:
        response = await self.client.post("/graphql", json={"query": query, "variables": variables})
        assert response.status_code == 200, response.text
        return response.json()

    async def error(self, query: str, **variables: Any) -> Any:
        """Give the one error."""
        answer = await self.answer(query, **variables)
        (error,) = answer["errors"]
        return error

    async def code(self, query: str, **variables: Any) -> str:
        error = await self.error(query, **variables)
        code = error["extensions"]["code"]
        assert isinstance(code, str)
        return code
