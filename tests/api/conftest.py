"""The app over doubles of the services: here only the edge is under test."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest
from fastapi import FastAPI

from boards.api.app import create_app
from boards.api.services import Services
from tests.api.doubles import Doubles, MakeApp, client_of, make_doubles


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out a file that is costly to collect where none of its tests would run."""
    is_soak = collection_path.name == "test_contracts_at_length.py"
    return True if is_soak and "not soak" in config.option.markexpr else None


@pytest.fixture
def doubles() -> Doubles:
    return make_doubles()


@pytest.fixture
def make_app(doubles: Doubles) -> MakeApp:
    def make(**changes: Any) -> FastAPI:
        return create_app(cast(Services, doubles), version="1.2.3", **changes)

    return make


@pytest.fixture
def app(make_app: MakeApp) -> FastAPI:
    return make_app()


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(app) as client:
        yield client
