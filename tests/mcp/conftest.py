"""A composed Boards with a generator that costs money, and the official client of MCP."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from boards.bootstrap import App, asgi, open_app
from boards.settings import Settings

GENERATORS = """\
generators:
  - class: boards.testing.generators:FakePaid
    name: priced
    options: {price: 0.25}
  - class: tests.cli.makers:Unpriced
  - class: boards.adapters.providers.local.poster:LocalPoster
"""
BASE = "http://127.0.0.1"


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    config = tmp_path / "generators.yaml"
    config.write_text(GENERATORS)
    settings = Settings(data_dir=tmp_path / "data", generators_config_path=config)
    async with open_app(settings) as opened:
        yield opened


@asynccontextmanager
async def agent(
    app: App, headers: Mapping[str, str] | None = None, **more: Any
) -> AsyncIterator[Client]:
    """An agent over streamable HTTP."""
    transport = httpx2.ASGITransport(asgi(app))
    async with (
        httpx2.AsyncClient(transport=transport, headers=headers, timeout=60) as http,
        Client(streamable_http_client(f"{BASE}/mcp", http_client=http), **more) as client,
    ):
        yield client


async def token_of(app: App, *scopes: str) -> Mapping[str, str]:
    """The header of an API token of the administrator's."""
    made = await app.people.tokens.create(
        app.actor, name="robot", scopes=scopes or ("read", "generate", "manage"), expires_days=None
    )
    return {"Authorization": f"Bearer {made.text}"}
