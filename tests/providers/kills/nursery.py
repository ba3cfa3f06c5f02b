"""Starts victims quickly: one process imports everything once, and forks for each.

    python -m tests.providers.kills.nursery

Reads one JSON object a line (arguments, environment, folder, log) and answers with the process id
of the victim, which is as real a process as any, and dies of `kill -9` like any.
"""

import asyncio
import json
import os
import signal
import sys
from importlib import import_module
from pathlib import Path

from boards.adapters.providers import PROVIDERS
from tests.providers.kills.boundaries import Boundary
from tests.providers.kills.victim import main


def give_birth(order: dict[str, object]) -> int:
    """Fork, and run the victim in the child; gives its process id."""
    pid = os.fork()
    if pid:
        return pid
    boundary, generator, inputs, marker = (str(each) for each in order["arguments"])  # type: ignore[attr-defined]
    log = os.open(str(order["log"]), os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.clear()
    os.environ.update(order["environment"])  # type: ignore[call-overload]
    os.chdir(str(order["folder"]))
    try:
        asyncio.run(main(Boundary(boundary), generator, inputs, Path(marker)))
    finally:
        os._exit(1)


def _answer(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    for provider in PROVIDERS.values():
        import_module(provider.transport.partition(":")[0])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are not waited for
    _answer("ready")
    for line in sys.stdin:
        _answer(str(give_birth(json.loads(line))))
