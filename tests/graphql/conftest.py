"""The GraphQL surface over a studio: a real database and real runs."""

from collections.abc import AsyncIterator

import pytest

from tests.graphql.asking import Ask, Server
from tests.services.conftest import provider, studio
from tests.services.studio import Studio

__all__ = ["provider", "studio"]


@pytest.fixture
def server(studio: Studio) -> Server:
    """The surface; whoever asks is `server.actor`."""
    return Server(studio=studio, actor=studio.actor)


@pytest.fixture
async def ask(server: Server) -> AsyncIterator[Ask]:
    async with server.client() as client:
        yield Ask(client)
