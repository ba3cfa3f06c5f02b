"""Keys that are planted in every way there is, and seen nowhere again: a whole run of the lab, with
providers that quote the key in what they say."""

import io
import json
import logging
import os
import sqlite3
from asyncio import timeout, to_thread
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest
import structlog
from pydantic import JsonValue

from boards.adapters.providers import PROVIDERS
from boards.bootstrap import App, asgi, open_app
from boards.cli.main import main
from boards.outbound.answers import Response
from boards.outbound.client import GuardedClient
from boards.services.submit import SubmitRequest
from boards.settings import load_settings
from boards.testing.lab import Kind, Lab, Stage
from tests.providers.samples import SAMPLES, Sample
from tests.services.studio import WAIT

pytestmark = pytest.mark.slow

KEYS = {name: f"planted-{name}-id-0001:planted-{name}-secret-0002" for name in PROVIDERS}
BY_COMMAND, BY_REST, TOGETHER = ("fal", "luma"), ("replicate", "elevenlabs"), ("openai", "gemini")
FAULTS = (None, Kind.INPUT, Kind.AUTH, Kind.STATUS)
HOST = "http://127.0.0.1:8088"


@pytest.fixture
def place(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory, the lab in place of the providers, and keys in the environment."""
    for name in list(os.environ):
        if name.startswith("BOARDS_") or name in {each.key for each in PROVIDERS.values()}:
            monkeypatch.delenv(name)
    together = {PROVIDERS[name].key: KEYS[name] for name in TOGETHER}
    environment = {
        name: value
        for name, value in lab.environment.items()
        if name.startswith("BOARDS_PROVIDERS__")
    }
    for name in ("kie", "runway"):
        environment[PROVIDERS[name].key] = KEYS[name]
    # A tenant's own key goes before this one, which is another.
    environment["FAL_KEY"] = KEYS["fal"].replace("fal", "installation")
    environment["BOARDS_GENERATOR_API_KEYS"] = json.dumps(together)
    environment["BOARDS_SECRET_KEY"] = "a-secret-for-tests-of-32-characters-or-more"
    environment["BOARDS_DATA_DIR"] = str(tmp_path / "data")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The keys that calls were made with. Providers quote them in everything that they refuse."""
    found: set[str] = set()
    real = GuardedClient.request

    async def request(self: GuardedClient, method: str, url: str, **more: Any) -> Response:
        answer = await real(self, method, url, **more)
        sent = " ".join((more.get("headers") or {}).values())
        keys = [key for key in KEYS.values() if key in sent]
        found.update(keys)
        if not keys or answer.status < 400:
            return answer
        try:
            said = json.loads(answer.body)
        except ValueError:
            return replace(answer, body=answer.body + keys[0].encode())
        return replace(answer, body=json.dumps(quoting(said, keys[0])).encode())

    monkeypatch.setattr(GuardedClient, "request", request)
    return found


def quoting(said: JsonValue, key: str) -> JsonValue:
    """Put the key into every text for people; codes stay what they are."""
    if isinstance(said, dict):
        return {name: quoting(value, key) for name, value in said.items()} | {"your_key": key}
    if isinstance(said, list):
        return [quoting(each, key) for each in said]
    return f"{said} Your key {key} was used." if isinstance(said, str) and " " in said else said


@pytest.fixture
def logging_as_it_was() -> Iterator[None]:
    """Put back what a command does to this process's logging, so that it is captured again."""
    root = logging.getLogger()
    handlers, level, config = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers, root.level = handlers, level
    structlog.configure(**config)


def set_by_command(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    root, config = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{KEYS[provider]}\n"))
    assert main(["keys", "set", provider]) == 0
    root.handlers, root.level = handlers, level
    structlog.configure(**config)


async def run(app: App, sample: Sample) -> None:
    """Run a sample until it stands: at its end, or before a person."""
    request = SubmitRequest(generator=sample.generator, inputs=sample.inputs)
    job = (await app.submit.submit(app.actor, request)).job
    async with timeout(WAIT * 3):
        while True:
            view = await app.jobs.wait(app.actor, job.id, 0.2)
            if view.is_settled or view.generations[0].needs_attention:
                return


async def test_no_planted_key_is_ever_seen_again(
    lab: Lab,
    place: Path,
    used: set[str],
    logged: list[Any],
    logging_as_it_was: None,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for provider in BY_COMMAND:
        await to_thread(set_by_command, provider, monkeypatch)
    async with open_app(load_settings()) as app:
        for generator in app.registry.list_all():
            cast(Any, generator).poll_every = 0.01
        transport = httpx2.ASGITransport(app=asgi(app))
        async with httpx2.AsyncClient(transport=transport, base_url=HOST) as http:
            for provider in BY_REST:
                path = f"/api/v1/keys/{provider}"
                assert (await http.put(path, json={"key": KEYS[provider]})).status_code == 200
            for sample in SAMPLES:
                for kind in FAULTS:
                    if kind is not None:
                        lab.fault(Stage.SUBMIT, kind, provider=sample.provider)
                    if not sample.synchronous:
                        lab.fault(Stage.POLL, Kind.AUTH, provider=sample.provider)
                    await run(app, sample)
            answers = await everything(http)

    assert used == set(KEYS.values()), "each key was called with, from wherever it came"
    printed = capsys.readouterr()
    told = {**answers, "log": repr(logged), "out": printed.out, "err": printed.err}
    assert len(logged) > len(SAMPLES)
    for where, text in {**told, **columns(place / "boards.db")}.items():
        assert not secrets_in(text.encode()), where
    for name, data in files(place).items():
        assert not secrets_in(data), name


async def everything(http: httpx2.AsyncClient) -> dict[str, str]:
    """What every route without an id answers, every generation, and the same by GraphQL."""
    contract = (await http.get("/api/v1/openapi.json")).json()
    paths = [
        path
        for path, routes in contract["paths"].items()
        if "get" in routes and "{" not in path and "events" not in path
    ]
    assert {"/api/v1/keys", "/api/v1/providers", "/api/v1/attention"} <= set(paths)
    found = {path: (await http.get(path)).text for path in paths}
    rows = (await http.get("/api/v1/generations?limit=200")).json()["items"]
    assert len(rows) >= len(SAMPLES) * len(FAULTS)
    assert {row["status"] for row in rows} >= {"completed", "failed", "processing"}
    for row in rows:
        path = f"/api/v1/generations/{row['id']}"
        found[path] = (await http.get(path)).text
    query = "{ generators { name unavailable } attentionList { items { reason } } }"
    found["graphql"] = (await http.post("/graphql", json={"query": query})).text
    assert "errors" not in json.loads(found["graphql"]), found["graphql"]
    return found


def files(folder: Path) -> dict[str, bytes]:
    """Every file of the data directory: the database, what was made, and notes."""
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def columns(database: Path) -> dict[str, str]:
    """Every column of every table, as text."""
    found: dict[str, str] = {}
    with closing(sqlite3.connect(database)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables.fetchall():
            rows = connection.execute(f'SELECT * FROM "{table}"')
            names = [each[0] for each in rows.description]
            for row in rows:
                for name, value in zip(names, row, strict=True):
                    found[f"{table}.{name}"] = found.get(f"{table}.{name}", "") + f" {value!r}"
    assert len(found["provider_keys.sealed"]) > 200
    assert found["provider_keys.ending"].count("0002") == len(BY_COMMAND) + len(BY_REST)
    return found


def secrets_in(data: bytes) -> list[str]:
    """The keys, and the parts of them, that stand in some bytes."""
    parts = [part for key in KEYS.values() for part in (*key.split(":"), key)]
    return [part for part in parts if part.encode() in data]
