"""Fixtures for transports: a lab, and a studio whose declared generators call it."""

from collections.abc import AsyncIterator, Iterator, MutableMapping
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
from boards.testing.lab import Lab, open_lab
from tests.providers.samples import SAMPLES, Sample
from tests.services.studio import Studio, open_studio

SECRETS = {name: f"planted-{name}-id:planted-{name}-secret" for name in PROVIDERS}
"""The keys with which the tests call; none may ever be seen again."""
NOWHERE = "http://127.0.0.1:1"
"""Where providers are that the lab does not have."""


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


@pytest.fixture
def connect(lab: Lab, client: GuardedClient):
    """Connections to the lab's providers."""
    keys = ConfiguredKeys({each.name: each.key for each in PROVIDERS.values()}, SECRETS)
    addresses = {each.name: each.addresses(lab.url) for each in lab.providers}

    def connect_to(provider: str) -> Connection:
        address = addresses.get(provider, {"base_url": NOWHERE})
        return Connection(client=client, keys=keys, **address)

    return connect_to


@pytest.fixture
def generators(connect) -> list[DeclaredGenerator]:
    """The declared generators of the sampled providers, impatient."""
    made = [
        DeclaredGenerator(declaration, make_transport(provider, connect(provider)))
        for provider in dict.fromkeys(each.provider for each in SAMPLES)
        for declaration in load_declarations(provider)
    ]
    for generator in made:
        generator.poll_every = 0.01
    return made


@pytest.fixture
async def studio(tmp_path: Path, client, generators) -> AsyncIterator[Studio]:
    """A studio with all of them, on SQLite."""
    url = f"sqlite:///{tmp_path / 'boards.db'}"
    async with open_studio(url, tmp_path, generators) as opened:
        opened.client = client
        yield opened
