"""Real processes to be killed, and the one that starts them quickly."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

__all__ = ["ROOT", "WAIT", "Nursery", "Victim"]

ROOT = Path(__file__).resolve().parents[3]
WAIT = 60.0
"""Seconds after which a wait gives up; no test is decided by it."""


@dataclass(frozen=True, kw_only=True)
class Victim:
    """A process that is about to be killed."""

    pid: int
    log: Path

    @property
    def is_alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait for the boundary; a victim that ends before it has a story to tell."""
        while not reached():
            if not self.is_alive:
                pytest.fail(f"The victim ended by itself:\n{self.log.read_text()}")
            await asyncio.sleep(0.01)

    async def kill(self) -> None:
        """What `kill -9` does."""
        while self.is_alive:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            await asyncio.sleep(0.01)


class Nursery:
    """Where victims come from; see `nursery.py`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.providers.kills.nursery"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._say("") == "ready"

    def start(
        self,
        program: str,
        arguments: list[str],
        environ: dict[str, str],
        folder: Path,
        *,
        log: str = "victim.log",
    ) -> Victim:
        """Fork a process that calls `main` of a module of this package with these texts."""
        path = folder / log
        order = {
            "program": program,
            "arguments": arguments,
            "environment": environ,
            "folder": str(folder),
            "log": str(path),
        }
        return Victim(pid=int(self._say(json.dumps(order) + "\n")), log=path)

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _say(self, line: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line)
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()
