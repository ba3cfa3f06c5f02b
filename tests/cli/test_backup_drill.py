"""The drill of docs/backup.md, run as it is written there, while uploads come in."""

import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import httpx2
import pytest

from boards.testing.generators import tiny_png

PAGE = Path(__file__).resolve().parents[2] / "docs" / "backup.md"
SECONDS = 120


def commands() -> list[str]:
    """What the page says to type."""
    drill = PAGE.read_text("utf-8").split("## The drill")[1].split("\n## ")[0]
    found = re.findall(r"^\$ (.+)$", drill, re.MULTILINE)
    assert len(found) >= 6
    return found


@pytest.fixture
def shell(tmp_path):
    """Runs a line in a folder of its own; whatever server it started is stopped at the end."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOARDS_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    environment = {**kept, "PATH": path, "BOARDS_DATA_DIR": str(tmp_path / "data")}

    def run(line: str) -> str:
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        return done.stdout

    yield run
    subprocess.run(
        ["sh", "-c", "boards down"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )


class Uploads(threading.Thread):
    """Uploads small pictures, one after the other, until it is stopped."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.ids: list[str] = []
        self.has_some = threading.Event()
        self.is_over = threading.Event()

    def run(self) -> None:
        with httpx2.Client(base_url=self.address, timeout=SECONDS) as client:
            while not self.is_over.wait(0.1):
                files = {"file": ("a.png", tiny_png(len(self.ids)))}
                answer = client.post("/api/v1/uploads", files=files)
                assert answer.status_code == 201, answer.text
                self.ids.append(answer.json()["id"])
                if len(self.ids) >= 5:
                    self.has_some.set()


@pytest.mark.soak
def test_what_was_completed_when_it_began_is_there_again(shell, tmp_path):
    start, backup, *others = commands()
    shell(start)
    note = json.loads((tmp_path / "data" / "server.json").read_text())
    uploads = Uploads(note["url"])
    uploads.start()
    try:
        assert uploads.has_some.wait(SECONDS)
        before = list(uploads.ids)
        shell(backup)
    finally:
        uploads.is_over.set()
        uploads.join()
    assert len(uploads.ids) > len(before), "it held nobody up"
    said = [shell(line) for line in others]
    listed = {one["id"]: one for one in json.loads(said[-1])}
    assert set(before) <= listed.keys()
    kept = {path.stat().st_size for path in (tmp_path / "fresh" / "files").rglob("*.png")}
    assert {one["file"]["size"] for one in listed.values()} <= kept
