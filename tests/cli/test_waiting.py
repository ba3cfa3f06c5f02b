"""Waiting for a job: its end, a server that comes and goes, and Ctrl-C."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest

from boards.cli import waiting
from boards.cli.answers import JobJson
from boards.cli.exits import Exit, Stop
from boards.cli.remote import Client
from boards.cli.waiting import settled, wait_for

ADDRESS = "http://127.0.0.1:8088"


def job(state: str, *generations: tuple[str, str]) -> dict[str, Any]:
    return {
        "job_id": "j",
        "state": state,
        "progress": 0.5,
        "generations": [
            {"id": str(n), "status": status, "phase": phase, "message": ""}
            for n, (status, phase) in enumerate(generations)
        ],
    }


RUNNING = job("running", ("processing", "submitted"))
DONE = job("done", ("completed", "completed"))
CANCELLED = job("cancelled", ("cancelled", "cancelled"))


@pytest.mark.parametrize(
    ("given", "is_settled"),
    [
        (RUNNING, False),
        (DONE, True),
        (job("running", ("completed", "completed"), ("pending", "pending")), False),
        (job("running", ("failed", "failed"), ("processing", "submit_unknown")), True),
    ],
)
def test_a_job_is_settled_when_only_a_person_can_move_it(given, is_settled):
    assert settled(cast(JobJson, given)) is is_settled


class Server:
    """Answers with what it is given, in order; keeps what it was asked."""

    def __init__(self, *answers: dict[str, Any] | Exception) -> None:
        self.answers: Iterator[dict[str, Any] | Exception] = iter(answers)
        self.asked: list[str] = []
        self.is_waited_for = asyncio.Event()

    def client(self, *, address: str | None = ADDRESS) -> Client:
        async def nowhere(_: str) -> Path | None:
            return None

        transport = httpx2.MockTransport(self.answer)
        http = httpx2.AsyncClient(base_url=ADDRESS, transport=transport)
        return Client(http=http, address=address, locate=nowhere)

    async def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        answer = next(self.answers, None)
        if answer is None:
            self.is_waited_for.set()
            await asyncio.Event().wait()
        if isinstance(answer, Exception):
            raise answer
        return httpx2.Response(200, json=answer)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for a lost server again at once."""
    pause = asyncio.sleep
    monkeypatch.setattr(waiting.asyncio, "sleep", lambda _: pause(0))  # type: ignore[attr-defined]


class TestWaiting:
    async def test_ends_with_the_job(self):
        server = Server(RUNNING, RUNNING, DONE)
        assert (await wait_for(server.client(), "j", title="x"))["state"] == "done"
        assert len(server.asked) == 3

    async def test_outlives_a_restart_of_the_server(self):
        gone = httpx2.ConnectError("refused")
        server = Server(RUNNING, gone, httpx2.ReadError("reset"), gone, DONE)
        assert (await wait_for(server.client(), "j", title="x"))["state"] == "done"

    async def test_gives_a_lost_server_up_and_says_that_the_job_goes_on(self, monkeypatch):
        monkeypatch.setattr(waiting, "LOST_SECONDS", -1)
        server = Server(RUNNING, httpx2.ConnectError("refused"))
        with pytest.raises(Stop) as caught:
            await wait_for(server.client(), "j", title="x")
        assert caught.value.exit_code is Exit.UNREACHABLE
        assert "`boards show j`" in caught.value.message

    async def test_shows_a_bar_on_a_terminal(self, monkeypatch, capsys):
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
        await wait_for(Server(RUNNING, DONE).client(), "j", title="local-poster")
        assert "local-poster" in capsys.readouterr().err

    async def test_says_nothing_elsewhere(self, capsys):
        await wait_for(Server(RUNNING, DONE).client(), "j", title="local-poster")
        printed = capsys.readouterr()
        assert (printed.out, printed.err) == ("", "")


class TestCtrlC:
    async def interrupted(
        self, server: Server, *, address: str | None, then: Sequence[dict[str, Any]] = ()
    ) -> str:
        """Cancel the wait, as asyncio does at SIGINT, while it waits for an answer."""
        task = asyncio.create_task(wait_for(server.client(address=address), "j", title="x"))
        await server.is_waited_for.wait()
        server.answers = iter(then)
        task.cancel()
        with pytest.raises(Stop) as caught:
            await task
        assert caught.value.exit_code is Exit.INTERRUPTED
        return caught.value.message

    async def test_leaves_a_job_on_a_server_alone(self):
        server = Server(RUNNING)
        said = await self.interrupted(server, address=ADDRESS)
        assert f"keeps running on {ADDRESS}" in said
        assert "boards cancel j" in said
        assert not [asked for asked in server.asked if "cancel" in asked]

    async def test_cancels_a_job_in_this_process(self):
        server = Server(RUNNING)
        said = await self.interrupted(server, address=None, then=[RUNNING, CANCELLED])
        assert said == "Interrupted; job j is cancelled."
        assert server.asked[-2:] == ["POST /api/v1/jobs/j/cancel", "GET /api/v1/jobs/j"]

    async def test_says_so_when_the_job_was_quicker(self):
        said = await self.interrupted(Server(RUNNING), address=None, then=[DONE])
        assert "job j had ended before" in said


@pytest.mark.slow
def test_ctrl_c_cancels_cleanly_in_a_real_process(home, cli):
    script = "import sys; from boards.cli.main import main; sys.exit(main(sys.argv[1:]))"
    process = subprocess.Popen(
        [sys.executable, "-c", script, "generate", "local-noop", "delay=600"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    try:
        assert process.stderr is not None
        assert process.stderr.readline() == "Price: $0.00\n"
        time.sleep(0.5)  # into the wait; earlier is as good
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == Exit.INTERRUPTED, err
    assert out == ""
    assert re.search(r"Interrupted; job \S+ is cancelled\.", err), err
    assert [one["status"] for one in cli("list", "--json").json] == ["cancelled"]
