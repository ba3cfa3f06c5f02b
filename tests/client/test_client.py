"""Both kinds of client do the same at a real server, and `AsyncBoards` inside an application."""

import asyncio
import hashlib
import inspect
import io
import subprocess
import sys
from contextlib import aclosing, closing
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from boards import client
from boards.bootstrap import asgi, open_app
from boards.client import (
    AsyncBoards,
    Boards,
    Conflict,
    Event,
    InvalidInput,
    JobFailed,
    NeedsAttention,
    NotFound,
    Request,
    Snapshot,
    StillRunning,
    Unreachable,
)
from boards.testing.generators import tiny_png
from tests.client.conftest import WAIT, Seat, settings_in


def names_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


class TestGenerating:
    async def test_from_a_request_to_the_bytes(self, seat: Seat, tmp_path: Path):
        estimate = await seat.ask("estimate", "priced", {"n": 2}, takes=2)
        assert estimate.cost_estimate.amount == Decimal("1.00")
        assert estimate.refusal is None

        request = Request(generator="priced", inputs={"prompt": "A boat", "n": 2})
        job = await seat.ask("generate", request, takes=2, wait=WAIT)

        assert (job.state, job.is_final) == ("done", True)
        assert job.cost_actual.amount == Decimal("1.00")
        assert [one.status for one in job.generations] == ["completed"] * 4
        first = job.generations[0]
        path = await seat.ask("download", first, tmp_path / "boat.png")
        content = await seat.ask("content", str(first.id))
        assert path.read_bytes() == content
        assert hashlib.sha256(content).hexdigest() == first.file.sha256
        assert names_in(tmp_path) == ["boat.png"]

    async def test_a_plan_is_estimated_together(self, seat: Seat):
        parts = [Request(generator="priced"), Request(generator="priced", inputs={"n": 3})]

        estimate = await seat.ask("estimate_plan", parts)

        assert estimate.cost_estimate.amount == Decimal("1.00")
        assert [one.cost_estimate.amount for one in estimate.parts] == [
            Decimal("0.25"),
            Decimal("0.75"),
        ]

    async def test_an_earlier_result_is_an_input_and_the_lineage_tells(self, seat: Seat):
        upload = await seat.ask("upload", tiny_png(), filename="boat.png")
        job = await seat.ask("generate", "free", {"image_source": upload}, force=True, wait=WAIT)

        lineage = await seat.ask("lineage", job.generations[0])

        (source,) = lineage.ancestors.branches
        assert (source.generation_id, source.role) == (upload.id, "image_source")

    async def test_the_same_key_is_the_same_job(self, seat: Seat):
        key = str(uuid4())
        first = await seat.ask("submit", "priced", {}, idempotency_key=key)
        again = await seat.ask("submit", "priced", {}, idempotency_key=key)
        other = await seat.ask("submit", "priced", {})

        assert (first.is_replay, again.is_replay) == (False, True)
        assert first.job_id == again.job_id != other.job_id

    async def test_a_job_that_failed_says_why(self, seat: Seat):
        with pytest.raises(JobFailed, match="Not this") as caught:
            await seat.ask("generate", "coy", wait=WAIT)

        (failed,) = caught.value.job.generations
        assert failed.error is not None
        assert failed.error.code == "content_refused"

    async def test_a_paid_call_without_an_answer_needs_attention(self, seat: Seat):
        with pytest.raises(NeedsAttention) as caught:
            await seat.ask("generate", "broken", force=True, wait=WAIT)

        (stuck,) = caught.value.job.generations
        items = await seat.ask("attention")
        assert "mark_lost" in next(one.ways for one in items if one.generation.id == stuck.id)
        with pytest.raises(Conflict, match="billed"):
            await seat.ask("check", stuck)
        assert (await seat.ask("release_hold", stuck)).needs_attention is False

    async def test_a_wait_has_an_end(self, seat: Seat):
        job = (await seat.ask("generate", "free", wait=WAIT)).job_id
        assert (await seat.ask("wait", job, 0.0)).is_final

        with pytest.raises(StillRunning) as caught:
            await seat.ask("generate", "local-poster", {"prompt": "A"}, force=True, wait=0.0)
        ended = await seat.ask("wait", caught.value.job, WAIT)
        assert ended.state == "done"
        with pytest.raises(Conflict):
            await seat.ask("cancel", ended.generations[0])


class TestLists:
    async def test_are_read_to_their_end_and_filtered(self, seat: Seat):
        board = await seat.ask("create_board", "Harbour", description="Boats")
        made = await seat.ask("generate", "free", {"n": 3}, board=board, takes=2, wait=WAIT)
        uploaded = await seat.ask("upload", io.BytesIO(tiny_png(7)), board=board)
        ids = {one.id for one in made.generations} | {uploaded.id}

        everything = await seat.ask("generations", board=board)
        some = await seat.ask("generations", board=board, limit=2)
        free = await seat.ask("generations", board=board, generator="free", status="completed")

        assert {one.id for one in everything} == ids
        assert [one.id for one in some] == [one.id for one in everything[:2]]
        assert {one.id for one in free} == ids - {uploaded.id}
        assert [one.job_id for one in await seat.ask("jobs", board=board)] == [made.job_id]
        assert board.id in {one.id for one in await seat.ask("boards")}
        assert (await seat.ask("board", board.id)).description == "Boats"

    async def test_generators_come_with_their_schemas(self, seat: Seat):
        found = await seat.ask("generators", "image")
        schema = await seat.ask("schema", "free")

        assert {"local-poster", "free", "priced"} <= {one.name for one in found}
        assert schema["properties"]["n"]["maximum"] == 9
        assert next(one for one in found if one.name == "free").input_schema == schema


class TestUploads:
    async def test_a_path_keeps_its_name(self, seat: Seat, tmp_path: Path):
        file = tmp_path / "photo.png"
        file.write_bytes(tiny_png(5))

        upload = await seat.ask("upload", file, artifact_type="image")

        assert upload.inputs["filename"] == "photo.png"
        assert await seat.ask("content", upload) == tiny_png(5)

    async def test_what_was_deleted_is_gone(self, seat: Seat):
        upload = await seat.ask("upload", tiny_png(6))

        await seat.ask("delete", upload)

        with pytest.raises(NotFound) as caught:
            await seat.ask("generation", upload)
        assert caught.value.code == "not_found"
        assert caught.value.request_id


async def first_of(seat: Seat, **asked: Any) -> Snapshot | Event:
    """The first message of a stream, which is closed then."""
    if isinstance(seat.client, AsyncBoards):
        async with aclosing(seat.client.events(**asked)) as messages:
            return await anext(messages)

    def blocking() -> Snapshot | Event:
        with closing(seat.client.events(**asked)) as messages:
            return next(messages)

    return await asyncio.to_thread(blocking)


class TestEvents:
    async def test_a_job_is_followed_to_its_end(self, seat: Seat):
        submission = await seat.ask("submit", "local-poster", {"prompt": "B"}, force=True)

        messages = await seat.ask("events", job=submission)

        assert isinstance(messages[0], Snapshot)
        last = [one for one in messages if isinstance(one, Snapshot)][-1]
        assert last.job is not None
        assert last.job.state == "done"

    async def test_a_stream_goes_on_after_the_message_that_was_last_read(self, seat: Seat):
        board = await seat.ask("create_board", "Stream")
        first = await first_of(seat, board=board)
        job = await seat.ask("generate", "free", board=board, wait=WAIT)

        missed = await seat.ask("generations", board=board)
        following = await first_of(seat, board=board, last_id=first.id)

        assert isinstance(following, Event)
        assert following.generation_id == job.generations[0].id == missed[0].id

    async def test_a_job_that_is_not_there_is_refused_at_once(self, seat: Seat):
        with pytest.raises(NotFound):
            await seat.ask("events", job=uuid4())


class TestRefusals:
    async def test_of_inputs_say_where(self, seat: Seat):
        with pytest.raises(InvalidInput) as caught:
            await seat.ask("generate", "free", {"n": 99})

        assert [one.at for one in caught.value.problems] == ["inputs.n"]
        assert (caught.value.code, caught.value.http_status) == ("invalid_input", 422)
        assert caught.value.idempotency_key

    async def test_of_a_name_that_nobody_has_name_the_nearest(self, seat: Seat):
        with pytest.raises(NotFound, match="'free'"):
            await seat.ask("generator", "fre")

    async def test_nobody_at_the_address_is_said_so(self):
        with Boards("http://127.0.0.1:9") as nobody, pytest.raises(Unreachable, match="boards up"):
            nobody.generators()
        async with AsyncBoards("http://127.0.0.1:9") as nobody:
            with pytest.raises(Unreachable, match="boards up"):
                await anext(nobody.events())


def test_no_proxy_of_the_environment_gets_the_token(address: str, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")

    with Boards(address) as boards:
        assert boards.generators()


async def test_the_asynchronous_client_asks_an_application_in_its_own_process(tmp_path: Path):
    async with open_app(settings_in(tmp_path)) as app:
        transport = httpx2.ASGITransport(asgi(app))
        async with AsyncBoards("http://localhost", transport=transport) as boards:
            job = await boards.generate("priced", {"n": 2}, wait=WAIT)
            content = await boards.content(job.generations[0])
            listed = [one async for one in boards.generations()]
            found = [one async for one in boards.search("priced", order="newest")]
            missed = [one async for one in boards.search("priced", tag="nobody-s")]
            messages = [one async for one in boards.events(job=job)]

    assert job.cost_actual.amount == Decimal("0.50")
    assert content.startswith(b"\x89PNG")
    assert {one.id for one in listed} == {one.id for one in job.generations}
    assert {one.id for one in found} == {one.id for one in job.generations}
    assert missed == []
    assert [type(one) for one in messages] == [Snapshot]


def methods(kind: type) -> dict[str, tuple[object, str | None]]:
    """Names, parameters and docstrings of what a client offers."""
    found: dict[str, tuple[object, str | None]] = {}
    for name, method in inspect.getmembers(kind, inspect.isfunction):
        if not name.startswith("_"):
            found[name] = (inspect.signature(method).parameters, inspect.getdoc(method))
    return found


def test_both_kinds_offer_the_same():
    assert methods(Boards) == methods(AsyncBoards)
    assert len(methods(Boards)) > 20


def test_every_public_name_is_there():
    assert sorted(client.__all__) == client.__all__
    assert [name for name in client.__all__ if not hasattr(client, name)] == []


def test_importing_the_client_is_light(record_property):
    """By what it loads; how long that takes is written down, and decides nothing."""
    script = (
        "import sys, time; began = time.process_time(); import boards.client;"
        "print(time.process_time() - began, *sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    seconds, *modules = ran.stdout.split()
    record_property("import_boards_client_ms", round(float(seconds) * 1000, 1))
    assert "boards.client" in modules
    heavy = {"fastapi", "sqlalchemy", "pydantic", "starlette", "numpy", "PIL", "typer"}
    assert not heavy & set(modules)
