"""`/health` and `/ready` over the composed application."""

from pathlib import Path

import httpx2
import pytest

from boards.bootstrap import asgi, open_app
from boards.errors import StorageError
from boards.settings import Settings

URL = "http://127.0.0.1"


async def test_ready_fails_with_a_part_and_health_tells_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_app(Settings(data_dir=tmp_path)) as app:
        transport = httpx2.ASGITransport(asgi(app))
        async with httpx2.AsyncClient(transport=transport, base_url=URL) as client:
            ready = await client.get("/ready")
            assert (ready.status_code, ready.json()["status"]) == (200, "ok")
            names = [part["name"] for part in ready.json()["parts"]]
            assert names == ["database", "storage", "dispatch"]

            async def full(*_: object, **__: object) -> None:
                raise StorageError("The disk is full; make room.")

            monkeypatch.setattr(app.storage, "put", full)
            ready, health = await client.get("/ready"), await client.get("/health")
            assert (ready.status_code, health.status_code) == (503, 200)
            assert ready.json()["code"] == "not_ready"
            assert ready.json()["detail"] == "storage: The disk is full; make room."
            assert health.json()["status"] == "failing"
            failing = [part for part in health.json()["parts"] if not part["ok"]]
            assert failing == [
                {"name": "storage", "ok": False, "message": "The disk is full; make room."}
            ]
