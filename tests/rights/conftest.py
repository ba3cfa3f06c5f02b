"""One installation for all tests of rights: it takes longer to open than to ask."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from pydantic import SecretStr

from boards.bootstrap.app import asgi, open_app
from boards.settings import Settings
from tests.rights.world import World


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """People of every kind, and the app that they ask."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("rights"),
        auth_provider="local",
        multi_tenant_mode=True,
        tenant_registration=True,
        max_tenants_per_user=1000,
        # All of these tests are one minute's requests of a few people.
        rate_per_minute=0,
        visitor_rate_per_minute=0,
        # Nothing listens there.
        webhook_private_hosts=("127.0.0.1:9",),
        secret_key=SecretStr("not a secret, but long enough for one"),
    )
    async with open_app(settings) as app:
        world = World(app=app, api=asgi(app))
        await world.settle()
        yield world
