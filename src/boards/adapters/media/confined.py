"""A process of its own for the libraries that read hostile bytes in C.

FFmpeg reads dozens of formats, and every year somebody finds a file that makes it crash or run
away. It may do so in here: the process has a bound of memory and of time, none of the server's
secrets in its environment, and what it answers is JSON, so that it can only lie about a picture.
"""

import base64
import json
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import structlog

from boards.domain.artifacts import MediaFacts
from boards.errors import InvalidInput, StorageError, TooLarge
from boards.services.ports import MadePreviews

__all__ = ["Confined"]

log = structlog.get_logger(__name__)

MAX_ANSWER = 32 * 2**20
_PASSED_ON = ("PATH", "PYTHONPATH", "PYTHONHOME", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR")
"""Parts of the environment without which Python may not start. No key of a provider is there."""


@dataclass(kw_only=True)
class Confined:
    """Asks the process, which is started when it is first needed, one question at a time.

    `seconds` bounds the wait for an answer, and the processor time for it; `memory` is in bytes.
    `program` is what Python is to run.
    """

    seconds: float = 60.0
    memory: int = 3 * 2**30
    program: tuple[str, ...] = ("-m", "boards.adapters.media.inside")
    _process: "subprocess.Popen[str] | None" = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def facts(self, path: Path, name: str) -> MediaFacts | None:
        """As `containers.container_facts`."""
        if find_spec("av") is None:
            return None
        found = self._ask({"what": "facts", "path": str(path), "name": name})
        return None if found is None else MediaFacts(**found)

    def previews(self, path: Path, facts: MediaFacts) -> MadePreviews:
        """As `thumbnails.previews`."""
        made = self._ask({"what": "previews", "path": str(path), "facts": asdict(facts)})
        return MadePreviews(
            small=_decoded(made["small"]),
            medium=_decoded(made["medium"]),
            large=_decoded(made["large"]),
            waveform=_decoded(made["waveform"]),
            blurhash=made["blurhash"],
            note=made["note"],
        )

    def close(self) -> None:
        """Stop the process."""
        with self._lock:
            self._stop()

    def _ask(self, question: Mapping[str, Any]) -> Any:
        with self._lock:
            line = self._line(json.dumps(question))
        if line is None:
            raise TooLarge(
                f"This file took more than {self.seconds:g} s, or more memory than there is for "
                "it, to be looked into; make it smaller or convert it first."
            )
        try:
            answer = json.loads(line)
            if "refused" not in answer:
                return answer["done"]
            message = answer["message"]
        except (ValueError, TypeError, KeyError) as error:
            raise InvalidInput("This file could not be looked into.", detail=repr(error)) from None
        if answer["refused"] == "too_large" or message is None:
            raise TooLarge(
                message or "This file takes more memory than there is for it; make it smaller.",
                detail=answer["detail"],
            )
        raise InvalidInput(message, detail=answer["detail"])

    def _line(self, question: str) -> str | None:
        """Ask, and wait; None when the process did not live to answer."""
        for is_last in (False, True):
            was_there = self._process is not None
            process = self._started()
            killer = threading.Timer(self.seconds, process.kill)
            killer.daemon = True
            killer.start()
            try:
                line = _asked(process, question)
            except (OSError, ValueError):
                line = ""
            finally:
                killer.cancel()
            if line.endswith("\n"):
                return line
            log.warning("media_process_died", status=process.poll())
            self._stop()
            if is_last or not was_there:
                break
            # An old process may have died of something else: a fresh one decides.
        return None

    def _started(self) -> "subprocess.Popen[str]":
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._stop()
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        try:
            process = subprocess.Popen(  # noqa: S603 - our own module, by our own Python
                [
                    *(sys.executable, *self.program),
                    *(str(max(int(self.seconds), 1)), str(self.memory)),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                env=environment,
            )
        except OSError as error:
            raise StorageError(
                "The process that looks into files does not start.", detail=str(error)
            ) from error
        self._process = process
        weakref.finalize(self, _end, process)
        return process

    def _stop(self) -> None:
        if self._process is not None:
            _end(self._process)
            self._process = None


def _decoded(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)


def _asked(process: "subprocess.Popen[str]", question: str) -> str:
    if process.stdin is None or process.stdout is None:
        return ""
    process.stdin.write(question + "\n")
    process.stdin.flush()
    return process.stdout.readline(MAX_ANSWER)


def _end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                pass
