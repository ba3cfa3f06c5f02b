"""A detached server in real processes: it starts, is looked after, and stops; nothing else does."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from boards.adapters.datadir import hold_data_dir, holder_of
from boards.cli import standing
from boards.cli.exits import Exit
from boards.cli.server_file import SERVER_FILE
from tests.cli.conftest import Ran

HOLDER = """
import sys, time
from contextlib import nullcontext
from pathlib import Path
from boards.adapters.datadir import hold_data_dir
with hold_data_dir(Path(sys.argv[1]), work=sys.argv[2] or None) as hold:
    with hold.listening(sys.argv[3]) if sys.argv[3] else nullcontext():
        print("held", flush=True)
        time.sleep(600)
"""

ADDRESS = "http://127.0.0.1:9"
"""Where nobody listens."""

Boards = Callable[..., Ran]


@pytest.fixture
def boards(home: Path) -> Iterator[Boards]:
    """Run `boards` in processes of their own; the server that is left at the end is ended."""
    environ = {**os.environ, "BOARDS_PORT": "0", "PYTHONPATH": str(Path(__file__).parents[2])}

    def run(*arguments: str) -> Ran:
        command = [sys.executable, "-P", "-m", "boards", *arguments]
        ran = subprocess.run(
            command,
            cwd=home,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )
        return Ran(code=ran.returncode, out=ran.stdout, err=ran.stderr)

    yield run
    holder = holder_of(home / "data")
    if holder is not None and holder.pid is not None and holder.is_seen:
        os.kill(holder.pid, signal.SIGKILL)
        wait_until_free(home / "data")


@contextmanager
def held_by(folder: Path, work: str = "", address: str = "") -> Iterator[int]:
    """Have another process hold a folder; gives its number."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), work, address],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process.pid
        assert process.poll() is None, "it is not to be ended by anybody"
    finally:
        process.kill()
        process.communicate()


def wait_until_free(data: Path) -> None:
    deadline = time.monotonic() + 60
    while holder_of(data) is not None:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def note(data: Path, pid: int) -> None:
    (data / SERVER_FILE).write_text(json.dumps({"url": ADDRESS, "pid": pid}))


@pytest.mark.slow
class TestADetachedServer:
    def test_goes_on_by_itself_until_it_is_stopped(self, boards, home):
        up = boards("up", "--detach")
        assert up.code == Exit.OK, up.err
        address = up.out.removeprefix("Boards is at ").partition(" ")[0]
        assert up.out.splitlines()[1] == f"Everything it keeps is in {home / 'data'}"

        status = boards("status", "--json").json
        assert status["state"] == "running"
        assert status["address"] == address
        assert status["data_dir"] == str(home / "data")
        assert status["queue"] == {"waiting": 0, "running": 0, "attention": 0}
        holder = holder_of(home / "data")
        assert holder is not None
        assert (holder.pid, holder.work) == (status["pid"], "up")
        assert os.getsid(status["pid"]) == status["pid"], "a session of its own"

        started = boards("generate", "local-noop", "delay=600", "--no-wait", "--json").json
        shown = boards("status")
        assert shown.code == Exit.OK
        assert [line.split()[0] for line in shown.out.splitlines()] == [
            *("server", "process", "since", "version", "data", "queue"),
        ]
        assert "1 running" in shown.out or "1 waiting" in shown.out
        assert boards("cancel", started["job_id"]).code == Exit.OK

        assert f"Boards is at {address} (boards down stops it)" in boards("logs").out
        second = boards("up", "--detach")
        assert second.code == Exit.LOCKED
        assert f"runs already, at {address} (process {status['pid']})" in second.err

        down = boards("down")
        assert down.code == Exit.OK, down.err
        assert "It has stopped, after" in down.out
        assert holder_of(home / "data") is None
        assert not (home / "data" / SERVER_FILE).exists()
        assert boards("status").code == Exit.UNREACHABLE
        assert "Traceback" not in boards("logs").out

    def test_lets_what_runs_come_to_its_end(self, boards, home):
        boards("up", "--detach")
        started = boards("generate", "local-noop", "delay=3", "--no-wait", "--json").json
        down = boards("down", "--json")
        assert down.code == Exit.OK, down.err
        (one,) = started["generations"]
        assert boards("show", one["id"], "--json").json["status"] == "completed"

    def test_that_was_killed_is_in_nobodys_way(self, boards, home):
        pid = boards("up", "--detach", "--json").json["pid"]
        os.kill(pid, signal.SIGKILL)
        wait_until_free(home / "data")
        assert (home / "data" / SERVER_FILE).exists(), "the note of the dead"
        status = boards("status", "--json")
        assert (status.code, status.json["state"]) == (Exit.UNREACHABLE, "stopped")
        assert status.json["pid"] is None
        down = boards("down")
        assert down.code == Exit.UNREACHABLE
        assert "No server runs" in down.err
        assert boards("up", "--detach").code == Exit.OK

    def test_says_that_its_port_is_taken(self, boards, home):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            ran = boards("up", "--detach", "--port", str(port))
        assert ran.code == Exit.LOCKED
        assert f"did not start: 127.0.0.1:{port} cannot be listened on" in ran.err
        assert str(home / "data" / "logs" / "boards.log") in ran.err
        assert "Traceback" not in ran.err
        assert holder_of(home / "data") is None

    def test_says_what_is_wrong_with_a_file_of_settings(self, boards, home):
        (home / "generators.yaml").write_text("generators:\n  - clas: a.b:C\n")
        ran = boards("up", "--detach")
        assert ran.code == Exit.UNREACHABLE
        assert "generators.yaml:2: unknown key 'clas'" in ran.err
        assert holder_of(home / "data") is None

    def test_is_not_started_beside_a_command_that_has_the_data(self, boards, home):
        with held_by(home / "data") as pid:
            ran = boards("up", "--detach")
            assert ran.code == Exit.LOCKED
            assert f"Process {pid} has the data directory" in ran.err
            assert not (home / "data" / "logs").exists()

    def test_needs_a_data_directory_that_can_be_written_to(self, boards, home):
        (home / "data").touch()
        ran = boards("up", "--detach")
        assert ran.code == Exit.BROKEN
        assert "BOARDS_DATA_DIR" in ran.err

    def test_can_be_followed_until_ctrl_c(self, boards, home):
        (home / "data" / "logs").mkdir(parents=True)
        (home / "data" / "logs" / "boards.log").write_text("a line\n")
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "boards", "logs", "-f"],
            cwd=home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "a line\n"
            with (home / "data" / "logs" / "boards.log").open("a") as log:
                log.write("another\n")
            assert process.stdout.readline() == "another\n"
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
        finally:
            process.kill()
            process.communicate()
        assert process.returncode == Exit.INTERRUPTED
        assert "Traceback" not in err


class TestDown:
    """None of these may end the process that has the data directory."""

    @pytest.fixture(autouse=True)
    def impatient(self, home, monkeypatch):
        monkeypatch.setenv("BOARDS_DRAIN_SECONDS", "0")
        monkeypatch.setattr(standing, "MORE_SECONDS", 0.3)
        monkeypatch.setattr(standing, "LOOK_SECONDS", 0.02)

    def test_without_a_server_says_so_and_makes_nothing(self, cli, home):
        ran = cli("down")
        assert ran.code == Exit.UNREACHABLE
        assert f"No server runs on '{home / 'data'}'" in ran.err
        assert not (home / "data").exists()

    def test_leaves_a_command_alone(self, cli, home):
        with held_by(home / "data", "", ADDRESS) as pid:
            note(home / "data", pid)
            ran = cli("down")
            assert ran.code == Exit.REFUSED
            assert f"Process {pid} is a command" in ran.err

    def test_does_not_hurry_a_server_that_starts_or_stops(self, cli, home):
        with held_by(home / "data", "up") as pid:
            ran = cli("down")
            assert ran.code == Exit.LOCKED
            assert f"Process {pid} has not ended after" in ran.err

    @pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are not shown here")
    def test_asks_no_process_that_only_has_the_servers_number(self, cli, home):
        """As where the server is in a container, in which numbers stand for other processes."""
        with held_by(home / "elsewhere") as innocent, held_by(home / "data", "up"):
            (home / "data" / "lock").write_text(f"{innocent} up {ADDRESS}")
            ran = cli("down")
            assert ran.code == Exit.REFUSED
            assert "no such server can be seen from here" in ran.err

    def test_asks_nobody_for_the_note_of_a_dead_server(self, cli, home):
        with held_by(home / "elsewhere") as innocent, held_by(home / "data", "up"):
            note(home / "data", innocent)
            assert cli("down").code == Exit.LOCKED

    def test_asks_once_and_waits(self, cli, home, monkeypatch):
        asked: list[tuple[int, int]] = []
        with held_by(home / "data", "up", ADDRESS) as pid:
            note(home / "data", os.getpid())  # another server's here; the lock is what counts
            with monkeypatch.context() as patch:
                patch.setattr(os, "kill", lambda *call: asked.append(call))
                assert cli("down").code == Exit.LOCKED
            assert asked == [(pid, signal.SIGTERM)]


class TestStatus:
    def test_without_a_server_says_where_it_looked(self, cli, home):
        ran = cli("status")
        assert ran.code == Exit.UNREACHABLE
        assert ran.out.splitlines() == [
            "server    stopped; `boards up` starts it",
            f"data      {home / 'data'}",
        ]
        assert not (home / "data").exists(), "asking makes nothing"

    def test_tells_of_a_command_that_has_the_data(self, cli, home):
        with hold_data_dir(home / "data"):
            ran = cli("status", "--json")
        assert ran.code == Exit.UNREACHABLE
        assert (ran.json["state"], ran.json["pid"]) == ("busy", os.getpid())

    def test_tells_of_a_server_that_does_not_answer(self, cli, home):
        with hold_data_dir(home / "data", work="up"):
            ran = cli("status")
        assert ran.code == Exit.UNREACHABLE
        assert "does not answer: it starts, or stops" in ran.out

    def test_tells_where_commands_go_when_that_is_elsewhere(self, cli, monkeypatch):
        monkeypatch.setenv("BOARDS_SERVER", "http://127.0.0.1:9")
        assert "commands  talk to http://127.0.0.1:9" in cli("status").out


def test_json_of_up_goes_with_detach(cli):
    assert cli("up", "--json").code == Exit.USAGE
