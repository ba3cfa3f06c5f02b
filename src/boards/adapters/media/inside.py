"""What runs in the process of `confined`: one line of JSON in, one out, until the input ends.

    python -m boards.adapters.media.inside SECONDS BYTES

It takes at most SECONDS of processor time for each file, and at most BYTES of memory altogether. It
writes no file, and has none of the server's environment.
"""

import base64
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from boards.adapters.media.containers import container_facts
from boards.adapters.media.thumbnails import previews
from boards.domain.artifacts import MediaFacts
from boards.errors import BoardsError

__all__ = ["main"]

Answer = Mapping[str, Any]


def main(arguments: list[str]) -> int:
    """Answer questions until there are no more."""
    seconds, most_bytes = int(arguments[0]), int(arguments[1])
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # Whatever a library prints must not be taken for an answer.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _bound_memory(most_bytes)
    for line in sys.stdin:
        _bound_time(seconds)
        answers.write(json.dumps(_answer(json.loads(line))) + "\n")
        answers.flush()
    return 0


def _answer(asked: Mapping[str, Any]) -> Answer:
    try:
        return {"done": WORK[asked["what"]](asked)}
    except BoardsError as error:
        return {"refused": error.code, "message": error.message, "detail": error.detail}
    except MemoryError:
        return {"refused": "too_large", "message": None, "detail": "MemoryError"}


def _facts(asked: Mapping[str, Any]) -> Any:
    found = container_facts(Path(asked["path"]), asked["name"])
    return None if found is None else asdict(found)


def _previews(asked: Mapping[str, Any]) -> Any:
    made = asdict(previews(Path(asked["path"]), MediaFacts(**asked["facts"])))
    return {
        name: base64.b64encode(value).decode() if isinstance(value, bytes) else value
        for name, value in made.items()
    }


WORK: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {"facts": _facts, "previews": _previews}


def _bound_memory(most_bytes: int) -> None:
    try:
        import resource
    except ImportError:
        return  # Windows has no such limits; the time is bounded from outside all the same.
    bounds = {
        resource.RLIMIT_AS: most_bytes,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for which, bound in bounds.items():
        _, highest = resource.getrlimit(which)
        wanted = bound if highest == resource.RLIM_INFINITY else min(bound, highest)
        resource.setrlimit(which, (wanted, highest))


def _bound_time(seconds: int) -> None:
    """Allow so much more processor time from here on."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, highest = resource.getrlimit(resource.RLIMIT_CPU)
    bound = int(used.ru_utime + used.ru_stime) + seconds + 1
    if highest == resource.RLIM_INFINITY or bound < highest:
        resource.setrlimit(resource.RLIMIT_CPU, (bound, highest))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
