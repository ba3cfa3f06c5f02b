"""Health: each part is checked by using it, and what is wrong is said without secrets."""

import pytest

from boards.errors import StorageError
from boards.services.health import HealthService
from tests.services.studio import Studio


def health(studio: Studio) -> HealthService:
    return HealthService(database=studio.database, storage=studio.storage, dispatch=studio.dispatch)


async def failing(studio: Studio) -> dict[str, str]:
    parts = await health(studio).check()
    assert [part.name for part in parts] == ["database", "storage", "dispatch"]
    return {part.name: part.message for part in parts if not part.ok}


async def test_all_parts_work(studio: Studio) -> None:
    assert await failing(studio) == {}


async def test_the_check_leaves_no_file(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    put = studio.storage.put

    async def noted(key: str, *rest: object, **options: object) -> object:
        written.append(key)
        return await put(key, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(studio.storage, "put", noted)
    await health(studio).check()
    [key] = written
    assert await studio.storage.size(key) is None


async def test_a_full_disk_is_told(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object, **__: object) -> None:
        raise StorageError("The disk is full; make room.")

    monkeypatch.setattr(studio.storage, "put", full)
    assert await failing(studio) == {"storage": "The disk is full; make room."}


async def test_a_database_that_is_gone_is_told_and_its_secrets_are_not(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: object, **__: object) -> None:
        raise OSError("postgresql://user:hunter2@db refused")

    monkeypatch.setattr(studio.database, "read", gone)
    told = await failing(studio)
    assert list(told) == ["database"]
    assert "hunter2" not in told["database"]


async def test_a_dispatch_that_lost_its_connection_is_told(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(studio.dispatch), "is_connected", property(lambda _: False))
    assert list(await failing(studio)) == ["dispatch"]
