"""Starts victims quickly: one process imports everything once, and forks for each.

    python -m tests.providers.kills.nursery

Reads one JSON object a line (program, arguments, environment, folder, log) and answers with the
process id of the victim, which is as real a process as any, and dies of `kill -9` like any.
"""

import asyncio
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Coroutine
from importlib import import_module

from boards.adapters.providers import PROVIDERS
from tests.providers.kills import crowd, victim

PROGRAMS: dict[str, Callable[..., Coroutine[None, None, None]]] = {
    "victim": victim.main,
    "crowd": crowd.main,
}


def give_birth(order: dict[str, object]) -> int:
    """Fork, and run a program in the child; gives its process id."""
    pid = os.fork()
    if pid:
        return pid
    arguments = [str(each) for each in order["arguments"]]  # type: ignore[attr-defined]
    log = os.open(str(order["log"]), os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.clear()
    os.environ.update(order["environment"])  # type: ignore[call-overload]
    os.chdir(str(order["folder"]))
    try:
        asyncio.run(PROGRAMS[str(order["program"])](*arguments))
    except BaseException:  # noqa: BLE001 - the child ends here, and says why
        traceback.print_exc()
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
