"""The contract of storage, over every back end that can be had on one machine."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest

from boards.adapters.storage.objects import ObjectStorage, open_cloud
from boards.adapters.storage.routed import RoutedStorage
from boards.testing.storage_contract import (
    PROMISES,
    TestFailures,
    TestHostileKeys,
    TestKeeping,
    TestLimits,
    TestListing,
    TestParts,
    TestRaces,
    TestRemoving,
    TestTakenKeys,
    TestVisibility,
)
from tests.storage.servers import SERVERS, Missing, Server

__all__ = [
    "TestFailures",
    "TestHostileKeys",
    "TestKeeping",
    "TestLimits",
    "TestListing",
    "TestParts",
    "TestRaces",
    "TestRemoving",
    "TestTakenKeys",
    "TestVisibility",
]

HERE: Mapping[str, Callable[[Path], ObjectStorage]] = {
    "local": lambda folder: ObjectStorage.local(folder / "objects"),
    "memory": lambda _: ObjectStorage.memory(),
}
GAPS: Mapping[str, Mapping[str, str]] = {
    "s3 (rclone)": {
        "one of many wins": "rclone takes no conditions on a write; keys are made unique, so that "
        "two never write the same",
    },
}
"""What cannot be kept, and why. The table in docs/storage.md is held to it."""
BACK_ENDS = [
    *(pytest.param(name, id=name) for name in (*HERE, "routed")),
    # Azurite and rclone are processes of their own.
    *(pytest.param(name, id=name, marks=pytest.mark.slow) for name in SERVERS),
]


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Server]]:
    """Starts each server when it is first asked for, and says NOT RUN where it cannot be had."""
    running: dict[str, Server | Missing] = {}
    with ExitStack() as stack:

        def start(name: str) -> Server:
            if name not in running:
                folder = tmp_path_factory.mktemp("server")
                try:
                    running[name] = stack.enter_context(SERVERS[name](folder))
                except Missing as reason:
                    running[name] = reason
            found = running[name]
            if isinstance(found, Missing):
                pytest.skip(f"NOT RUN: {found}")
            return found

        yield start


@pytest.fixture(params=BACK_ENDS)
def back_end(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def gaps(back_end: str) -> Mapping[str, str]:
    return GAPS.get(back_end, {})


@pytest.fixture
def storage(
    back_end: str, gaps: Mapping[str, str], servers: Callable[[str], Server], tmp_path: Path
) -> ObjectStorage | RoutedStorage:
    assert gaps.keys() <= PROMISES.keys()
    if back_end in HERE:
        return HERE[back_end](tmp_path)
    if back_end == "routed":
        stores = {name: make(tmp_path) for name, make in HERE.items()}
        return RoutedStorage(stores, default="memory")
    return open_cloud(servers(back_end).bucket(f"b-{uuid4().hex}"))
