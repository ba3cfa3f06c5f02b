"""Fixtures for the services: a studio with fake generators, on each database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from boards.testing.generators import FakePaid, FakeProvider, FakeProviderGenerator
from tests.services.samples import SAMPLES
from tests.services.studio import Studio, open_studio


@pytest.fixture
def provider() -> FakeProvider:
    """The provider behind `fake-provider`."""
    return FakeProvider()


@pytest.fixture
async def studio(tmp_path: Path, provider: FakeProvider) -> AsyncIterator[Studio]:
    """A studio on SQLite."""
    generators = [FakePaid(), FakeProviderGenerator(provider), *(make() for make in SAMPLES)]
    async with open_studio(f"sqlite:///{tmp_path / 'boards.db'}", tmp_path, generators) as studio:
        yield studio
