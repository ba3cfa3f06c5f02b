"""What a scraper reads of a whole installation: what waits, runs, is held and has ended."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.request import urlopen

import httpx2
import pytest

from boards.adapters.telemetry.metrics import Metrics
from boards.bootstrap import App, asgi, open_app
from boards.domain.access import Actor
from boards.errors import ConfigError
from boards.services.ports import SYSTEM, Scope
from boards.settings import Settings

GENERATORS = """\
generators:
  - class: boards.testing.generators:FakePaid
    name: priced
    options: {price: 0.25}
  - class: boards.adapters.providers.local.poster:LocalPoster
"""


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    config = tmp_path / "generators.yaml"
    config.write_text(GENERATORS)
    settings = Settings(data_dir=tmp_path / "data", generators_config_path=config, paused=("fake",))
    async with open_app(settings) as opened:
        yield opened


@pytest.fixture
async def http(app: App) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(asgi(app))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def make(http: httpx2.AsyncClient, generator: str, **inputs: str) -> str:
    body = {"generator": generator, "inputs": inputs}
    job: str = (await http.post("/api/v1/generations", json=body)).json()["job_id"]
    return job


async def read(http: httpx2.AsyncClient) -> dict[str, float]:
    lines = (await http.get("/metrics")).text.splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


async def test_what_waits_and_what_is_held(http: httpx2.AsyncClient) -> None:
    await make(http, "priced")
    await make(http, "priced")
    found = await read(http)
    assert found['boards_waiting{provider="fake"}'] == 2
    assert found['boards_waiting_oldest_seconds{provider="fake"}'] >= 0
    assert found["boards_lease_overdue_seconds"] == 0


async def test_what_has_ended_and_how_requests_went(http: httpx2.AsyncClient) -> None:
    job = await make(http, "local-poster", prompt="Night train")
    await http.get(f"/api/v1/jobs/{job}?wait=30")
    await http.get("/api/v1/jobs/nothing")
    found = await read(http)
    assert found['boards_runs_ended_total{phase="completed"}'] == 1
    name = "boards_http_request_seconds_count"
    assert found[f'{name}{{operation="get_job",status="200"}}'] == 1
    assert found[f'{name}{{operation="get_job",status="422"}}'] == 1


async def test_no_path_of_a_caller_becomes_a_label(http: httpx2.AsyncClient) -> None:
    await http.get("/api/v1/secret-of-somebody")
    await http.request("BREW", "/api/v1/boards")
    text = (await http.get("/metrics")).text
    assert "secret-of-somebody" not in text
    assert "BREW" not in text


async def test_an_examined_ledger_says_what_is_wrong(app: App, http: httpx2.AsyncClient) -> None:
    await app.watch.examine()
    assert (await read(http))["boards_ledger_faults"] == 0


async def test_figures_are_of_all_tenants_and_asked_for_by_the_server_only(app: App) -> None:
    figures = await app.database.read(lambda tx: tx.gauges.figures(), scope=SYSTEM)
    assert figures.waiting == {}
    actor: Actor = app.actor
    with pytest.raises(Exception, match="SYSTEM scope"):
        await app.database.read(
            lambda tx: tx.gauges.figures(), scope=Scope(tenant_id=actor.tenant_id)
        )


def test_a_worker_shows_its_counts_by_itself() -> None:
    metrics = Metrics()
    metrics.call("fal", buys=True, outcome="ok", seconds=0.2)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    end = metrics.show_at("127.0.0.1", port)
    try:
        with pytest.raises(ConfigError, match=f"127.0.0.1:{port}"):
            metrics.show_at("127.0.0.1", port)
        with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            assert b'boards_provider_calls_total{outcome="ok",paid="yes",provider="fal"} 1.0' in (
                answer.read()
            )
    finally:
        end()
