"""How the server of a data directory stands: from the lock, from its note, and by asking it."""

import asyncio
import os
import signal
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from boards.adapters.datadir import Holder, holder_of
from boards.cli.exits import Exit, Stop
from boards.cli.remote import open_client, version_at
from boards.cli.server_file import announced_address, announced_pid, local_address
from boards.settings import Settings

__all__ = [
    "SERVER_WORK",
    "Standing",
    "State",
    "count_work",
    "look",
    "stop_server",
    "waits_seconds",
]

SERVER_WORK = "up"
"""What a server writes into the lock as its work; `boards down` ends nothing else."""
COUNTED = 1000
LOOK_SECONDS = 0.1
MORE_SECONDS = 15.0
"""What a server needs at its end besides letting its runs end."""


class State(StrEnum):
    """How it stands."""

    STOPPED = "stopped"
    RUNNING = "running"
    BETWEEN = "between"
    """It has the data directory and does not answer: it starts, or stops."""
    BUSY = "busy"
    """A command has the data directory, and no server can start."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The server of a data directory. What is not known is None.

    `holder` is who has the data directory. A server that shares it, as `boards serve` does, has
    not.
    """

    state: State
    holder: Holder | None = None
    pid: int | None = None
    address: str | None = None
    version: str | None = None

    @property
    def since(self) -> datetime | None:
        """When its process took the data directory."""
        return None if self.holder is None else self.holder.since

    @property
    def age_seconds(self) -> float | None:
        return None if self.since is None else (datetime.now(UTC) - self.since).total_seconds()


def look(settings: Settings) -> Standing:
    """Look once. StorageError when the data directory cannot be looked into."""
    holder = holder_of(settings.data_dir)
    if holder is None:
        # A server that shares the directory, or the note of one that was killed.
        pid, address = announced_pid(settings.data_dir), announced_address(settings.data_dir)
    else:
        pid, address = holder.pid, local_address(holder.address)
    if holder is not None and holder.work != SERVER_WORK:
        return Standing(state=State.BUSY, holder=holder, pid=pid)
    version = None if address is None else asyncio.run(version_at(address))
    if version is not None:
        return Standing(
            state=State.RUNNING, holder=holder, pid=pid, address=address, version=version
        )
    if holder is not None:
        return Standing(state=State.BETWEEN, holder=holder, pid=pid)
    return Standing(state=State.STOPPED)


def count_work(settings: Settings, server: Standing) -> dict[str, int] | None:
    """Count what waits, runs and needs a person, each up to `COUNTED`; None without an answer."""
    if server.address is None:
        return None
    to_it = settings.model_copy(update={"server": server.address})

    async def count() -> dict[str, int]:
        async with open_client(to_it) as client:
            waiting = await client.generations(status="pending", limit=COUNTED)
            running = await client.generations(status="processing", limit=COUNTED)
            stuck = await client.generations(needs_attention=True, limit=COUNTED)
        return {
            "waiting": len(waiting),
            "running": sum(not one["needs_attention"] for one in running),
            "attention": len(stuck),
        }

    try:
        return asyncio.run(count())
    except Stop:
        return None  # it wants a token, say; how it stands is told all the same


def waits_seconds(settings: Settings) -> float:
    """How long a server may take to stop, in seconds."""
    return settings.drain_seconds + MORE_SECONDS


def stop_server(settings: Settings, server: Holder) -> float:
    """Ask the server to stop, wait until it has, and give the seconds that it took.

    It is asked once, and only while it listens: a second signal would end its runs in the middle.
    Stop when it may not be asked or does not end in time; nobody ever kills it.
    """
    began = time.monotonic()
    is_asked = False
    while True:
        now = holder_of(settings.data_dir)
        if now is None or now.pid != server.pid:
            return time.monotonic() - began
        if not is_asked and now.address is not None:
            _ask_to_end(now)
            is_asked = True
        if time.monotonic() - began > waits_seconds(settings):
            raise Stop(
                f"Process {server.pid} has not ended after {waits_seconds(settings):.0f} seconds. "
                "It was left alone; `boards status` tells when it has, `boards logs` what it does.",
                exit_code=Exit.LOCKED,
                code="locked",
            )
        time.sleep(LOOK_SECONDS)


def _ask_to_end(server: Holder) -> None:
    if server.pid is None or not server.is_seen or server.work != SERVER_WORK:
        raise Stop(
            f"The server wrote itself down as process {server.pid}, and no such server can be seen "
            "from here. Stop it where it was started, perhaps in a container or by another user.",
            exit_code=Exit.REFUSED,
        )
    if sys.platform == "win32":
        raise Stop("Stop it with Ctrl-C where it was started.", exit_code=Exit.REFUSED)
    try:
        os.kill(server.pid, signal.SIGTERM)
    except ProcessLookupError:
        return  # it has just ended
    except PermissionError:
        raise Stop(
            f"Process {server.pid} is another user's; stop it as that user.",
            exit_code=Exit.REFUSED,
        ) from None
