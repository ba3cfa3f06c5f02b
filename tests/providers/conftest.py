"""Fixtures for transports: a lab, and a studio whose declared generators call it."""

import shutil
from collections.abc import AsyncIterator, Iterator, MutableMapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import structlog
from structlog.testing import capture_logs

from boards.adapters.providers import PROVIDERS
from boards.adapters.providers.declared import make_transport
from boards.adapters.providers.wire import ConfiguredKeys, Connection
from boards.catalog import load_declarations
from boards.generators.declared import DeclaredGenerator
from boards.outbound.client import GuardedClient
from boards.services.callbacks import Callbacks
from boards.services.ledger import LedgerService
from boards.services.ports import SYSTEM
from boards.testing.lab import Lab, open_lab
from tests.db.conftest import sqlite_template
from tests.providers.samples import SAMPLES, Sample
from tests.services.studio import Studio, open_studio

__all__ = ["sqlite_template"]

SECRETS = {name: f"planted-{name}-id:planted-{name}-secret" for name in PROVIDERS}
"""The keys with which the tests call; none may ever be seen again."""


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What is logged meanwhile, with tracebacks; no key is ever in it."""
    with capture_logs(processors=[structlog.processors.format_exc_info]) as entries:
        yield entries
    seen = repr(entries)
    for provider, secret in SECRETS.items():
        assert secret not in seen, f"the key of {provider} was logged"


@pytest.fixture(params=SAMPLES, ids=str)
def sample(request) -> Sample:
    """Each transport in turn."""
    found: Sample = request.param
    return found


@pytest.fixture(params=[each for each in SAMPLES if not each.synchronous], ids=str)
def queued(request) -> Sample:
    """Each transport whose jobs are polled."""
    found: Sample = request.param
    return found


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    """A lab whose jobs are done at once."""
    async with open_lab(book=tmp_path / "book.jsonl") as opened:
        yield opened


@pytest.fixture
async def client(lab: Lab) -> AsyncIterator[GuardedClient]:
    """A client that may call the lab, and nothing else that is private."""
    port = urlsplit(lab.url).port or 0
    async with GuardedClient(allow=frozenset({("127.0.0.1", port)}), total_seconds=10) as opened:
        yield opened


@asynccontextmanager
async def studio_at(
    lab: Lab, client: GuardedClient, folder: Path, *, callbacks: Callbacks | None = None
) -> AsyncIterator[Studio]:
    """A studio on SQLite with the models of the sampled providers, impatient, at the lab."""
    asks = callbacks or Callbacks()
    names = {each.name: each.key for each in PROVIDERS.values()}
    keys = ConfiguredKeys(names, SECRETS)
    generators: list[DeclaredGenerator] = []
    for provider in lab.providers:
        if provider.name in {each.provider for each in SAMPLES}:
            address = provider.addresses(lab.url)
            connection = Connection(
                client=client,
                keys=keys,
                callback=asks.of(provider.name),
                base_url=address["base_url"],
                upload_url=address.get("upload_url", ""),
                catalog_url=address.get("catalog_url", ""),
            )
            transport = make_transport(provider.name, connection)
            generators += [
                DeclaredGenerator(declaration, transport, elsewhere=True)
                for declaration in load_declarations(provider.name)
            ]
    for generator in generators:
        generator.poll_every = 0.01
    url = f"sqlite:///{folder / 'boards.db'}"
    async with open_studio(url, folder, generators) as opened:
        opened.client = client
        yield opened


@pytest.fixture
async def studio(
    lab: Lab,
    client: GuardedClient,
    sqlite_template: Path,
    tmp_path: Path,
) -> AsyncIterator[Studio]:
    """A studio that calls the lab."""
    shutil.copyfile(sqlite_template, tmp_path / "boards.db")
    async with studio_at(lab, client, tmp_path) as opened:
        yield opened
        # Whatever a test did to runs, their money is in order.
        examined = await LedgerService(database=opened.database, clock=opened.clock).examine(SYSTEM)
        assert examined.faults == ()
