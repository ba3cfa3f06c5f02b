"""Starts a server that goes on without a terminal, and waits until it answers."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from boards.adapters.datadir import holder_of
from boards.cli.exits import Exit, Stop
from boards.cli.logfile import log_path, opened, said_since
from boards.cli.remote import version_at
from boards.cli.standing import State, look
from boards.settings import Settings

__all__ = ["Detached", "detach"]

PATIENCE_SECONDS = 120.0
"""Long enough for the first start of a new version, which copies and changes the database."""
LOOK_SECONDS = 0.1
TOLD_LINES = 12


@dataclass(frozen=True, kw_only=True)
class Detached:
    """A server that was started and answers."""

    pid: int
    address: str
    log: Path


def detach(
    settings: Settings, *, host: str | None, port: int | None, start_paused: bool = False
) -> Detached:
    """Start a server in a session of its own. `host`, `port` and `start_paused` are given on to it.

    Stop when one runs already, with its own reason when it ends at once, or when it does not answer
    in time; then it is left to go on.
    """
    if sys.platform == "win32":
        raise Stop("--detach needs Linux or macOS; leave it out.", exit_code=Exit.USAGE)
    _refuse_second(settings)
    log = log_path(settings.data_dir)
    command = [sys.executable, "-P", "-m", "boards", "up", "--log-file", str(log)]
    for option, value in (("--host", host), ("--port", port)):
        if value is not None:
            command += [option, str(value)]
    if start_paused:
        command.append("--paused")
    with _writing(log) as (file, begin):
        process = subprocess.Popen(  # noqa: S603 - this program itself
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    address = _wait(process, settings.data_dir, log, begin)
    # It is to go on; the interpreter would warn of a child that nobody waited for.
    process.returncode = 0
    return Detached(pid=process.pid, address=address, log=log)


def _refuse_second(settings: Settings) -> None:
    now = look(settings)
    if now.state is State.STOPPED:
        return
    if now.state is State.RUNNING:
        said = f"A server runs already, at {now.address} (process {now.pid})."
    elif now.state is State.BETWEEN:
        said = f"A server is starting or stopping (process {now.pid}); wait until it has."
    else:
        said = f"Process {now.pid} has the data directory; wait until it has ended."
    raise Stop(f"{said} `boards status` tells more.", exit_code=Exit.LOCKED, code="locked")


@contextmanager
def _writing(log: Path) -> Iterator[tuple[int, int]]:
    """The log open to be written, and the size that it has by now."""
    with os.fdopen(opened(log), "ab") as file:
        yield file.fileno(), file.seek(0, os.SEEK_END)


def _wait(process: "subprocess.Popen[bytes]", data_dir: Path, log: Path, begin: int) -> str:
    """Wait until the server answers, and give its address."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    try:
        while time.monotonic() < deadline:
            code = process.poll()
            if code is not None:
                raise _ended(code, log, begin)
            holder = holder_of(data_dir)
            address = holder.address if holder is not None and holder.pid == process.pid else None
            if address is not None and asyncio.run(version_at(address)) is not None:
                return address
            time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        raise Stop(
            f"Interrupted; process {process.pid} goes on starting. `boards down` stops it.",
            exit_code=Exit.INTERRUPTED,
        ) from None
    process.returncode = 0  # it is left to go on
    raise Stop(
        f"Process {process.pid} does not answer after {PATIENCE_SECONDS:.0f} seconds. It was left "
        f"to go on; `boards logs -f` shows what it does. Its log, {log}, ends with:\n"
        f"{said_since(log, begin, last=TOLD_LINES)}",
        exit_code=Exit.UNREACHABLE,
        code="no_answer",
    )


def _ended(code: int, log: Path, begin: int) -> Stop:
    """Say why the server ended, in its own words."""
    said = said_since(log, begin, last=TOLD_LINES)
    # The last thing that a command says is its error.
    _, marked, reason = f"\n{said}".rpartition("\nError: ")
    if marked:
        said = f"The server did not start: {reason}\nIts log is {log}"
    else:
        how = f"by signal {-code}" if code < 0 else f"with {code}"
        said = f"The server did not start; it ended {how}. Its log, {log}, ends with:\n{said}"
    known = Exit(code) if code in set(Exit) and code != Exit.OK else Exit.BROKEN
    return Stop(said, exit_code=known, code="not_started")
