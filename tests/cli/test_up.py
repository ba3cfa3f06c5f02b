"""`boards up` in a real process: commands find it, talk to it, and it stops cleanly."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from boards.cli.exits import Exit
from boards.testing.generators import tiny_png

pytestmark = pytest.mark.slow

SCRIPT = "import sys; from boards.cli.main import main; sys.exit(main(sys.argv[1:]))"


def environment() -> dict[str, str]:
    """This process's, with these tests importable: the list of generators names some of them."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


@dataclass(frozen=True, kw_only=True)
class Up:
    """A server in a process of its own."""

    process: "subprocess.Popen[str]"
    address: str
    data_line: str

    def stop(self, how: signal.Signals = signal.SIGINT) -> tuple[str, str]:
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=60)
        return out, err


@pytest.fixture
def up(home: Path) -> Iterator[Up]:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, "up", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        found = re.fullmatch(r"Boards is at (http://127\.0\.0\.1:\d+) \(Ctrl-C stops it\)\n", first)
        assert found, first or process.communicate(timeout=60)[1]
        yield Up(process=process, address=found[1], data_line=process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def test_commands_find_it_and_it_goes_with_its_note(cli, home, up):
    assert up.data_line == f"Everything it keeps is in {home / 'data'}\n"
    (home / "a.png").write_bytes(tiny_png())
    made = cli("generate", "free", "image_source=a.png", "--json")
    assert made.code == Exit.OK, made.err
    (one,) = made.json["generations"]
    assert one["file"]["url"].startswith(up.address)
    assert one["file"]["path"] is None
    assert one["id"] in cli("list").out
    assert "runs Boards" in cli("doctor").out

    (home / "out").mkdir()
    assert cli("generate", "free", "--save", "out").code == Exit.OK
    (saved,) = (home / "out").iterdir()
    assert saved.read_bytes().startswith(b"\x89PNG")

    started = cli("generate", "local-noop", "delay=600", "--no-wait", "--json").json
    assert started["state"] in {"queued", "running"}
    assert cli("cancel", started["job_id"]).code == Exit.OK

    refused = cli("up", "--port", "0")
    assert refused.code == Exit.LOCKED
    assert f"in use by process {up.process.pid}" in refused.err

    _, err = up.stop()
    assert up.process.returncode == 0, err
    assert not (home / "data" / "server.json").exists()
    assert "Traceback" not in err
    assert one["id"] in cli("list").out, "without a server, from the same data"


def test_it_is_stopped_by_sigterm_as_well(home, up):
    _, err = up.stop(signal.SIGTERM)
    assert up.process.returncode == 0, err
    assert not (home / "data" / "server.json").exists()


def test_a_killed_one_leaves_a_note_that_misleads_nobody(cli, home, up):
    up.process.kill()
    up.process.wait(timeout=30)
    assert (home / "data" / "server.json").exists()
    ran = cli("generate", "local-noop")
    assert ran.code == Exit.OK
    assert str(home / "data") in ran.out


def test_a_server_can_be_named(cli, home, up, monkeypatch):
    monkeypatch.setenv("BOARDS_DATA_DIR", str(home / "elsewhere"))
    assert cli("generate", "local-noop", "--server", up.address).code == Exit.OK
    monkeypatch.setenv("BOARDS_SERVER", up.address)
    assert len(cli("list", "--json").json) == 1
    assert not (home / "elsewhere").exists()


def test_a_taken_port_is_said_in_one_line(cli, home, up, monkeypatch):
    monkeypatch.setenv("BOARDS_DATA_DIR", str(home / "elsewhere"))
    port = up.address.rpartition(":")[2]
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, "up", "--port", port],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment(),
    )
    assert ran.returncode == Exit.LOCKED
    assert "Traceback" not in ran.stderr
    assert f"127.0.0.1:{port} cannot be listened on" in ran.stderr
    assert not (home / "elsewhere" / "server.json").exists()


def test_options_are_checked_like_settings(cli):
    ran = cli("up", "--host", "0.0.0.0")
    assert ran.code == Exit.UNREACHABLE
    assert "--host" in ran.err
    assert "nobody signs in" in ran.err
    assert cli("up", "--port", "abc").code == Exit.USAGE


def test_a_server_that_is_not_there_is_said_to_be(cli):
    ran = cli("list", "--server", "http://127.0.0.1:9")
    assert ran.code == Exit.UNREACHABLE
    assert "No server answers at http://127.0.0.1:9" in ran.err
