"""Every dispatch keeps the contract; under one that keeps nothing, nothing is lost or run twice."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from boards.adapters.db.database import OpenDatabase
from boards.adapters.dispatch.in_process import InProcessDispatch
from boards.adapters.dispatch.pgqueuer import PgQueuerDispatch
from boards.adapters.media.probe import MediaProbe
from boards.adapters.storage.objects import ObjectStorage
from boards.services.ports import Dispatcher
from boards.testing.dispatch import DispatchContract, Rig, UnreliableDispatch

SEEDS = (1, 2, 3)


def rig_of(
    database: OpenDatabase, folder: Path, *dispatches: Dispatcher, is_reliable: bool = True
) -> Rig:
    return Rig(
        database=database,
        storage=ObjectStorage.memory(),
        media=MediaProbe(),
        scratch=folder,
        dispatches=dispatches,
        is_reliable=is_reliable,
    )


def queues(dsn: str) -> Sequence[PgQueuerDispatch]:
    """One that sends and two that receive."""
    return [PgQueuerDispatch(dsn=dsn, look_every=0.5, picked_for=1.0) for _ in range(3)]


class TestInProcess(DispatchContract):
    @pytest.fixture
    def rig(self, sqlite: OpenDatabase, tmp_path: Path) -> Rig:
        return rig_of(sqlite, tmp_path, InProcessDispatch())


@pytest.mark.postgres
class TestInProcessOnPostgres(DispatchContract):
    @pytest.fixture
    def rig(self, postgres: OpenDatabase, tmp_path: Path) -> Rig:
        return rig_of(postgres, tmp_path, InProcessDispatch())


@pytest.mark.postgres
class TestPgQueuer(DispatchContract):
    @pytest.fixture
    def rig(self, postgres: OpenDatabase, dsn: str, tmp_path: Path) -> Rig:
        return rig_of(postgres, tmp_path, *queues(dsn))


@pytest.mark.slow
class TestUnreliableInProcess(DispatchContract):
    @pytest.fixture(params=SEEDS)
    def rig(self, request: pytest.FixtureRequest, sqlite: OpenDatabase, tmp_path: Path) -> Rig:
        bad = UnreliableDispatch(through=InProcessDispatch(), seed=request.param)
        return rig_of(sqlite, tmp_path, bad, is_reliable=False)


@pytest.mark.slow
@pytest.mark.postgres
class TestUnreliablePgQueuer(DispatchContract):
    @pytest.fixture(params=SEEDS)
    def rig(
        self, request: pytest.FixtureRequest, postgres: OpenDatabase, dsn: str, tmp_path: Path
    ) -> Rig:
        bad = [UnreliableDispatch(through=one, seed=request.param) for one in queues(dsn)]
        return rig_of(postgres, tmp_path, *bad, is_reliable=False)
