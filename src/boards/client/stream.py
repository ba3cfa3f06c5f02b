"""Server-sent events: what is asked, how bytes become messages, and how to go on. No I/O."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from boards.client import operations
from boards.client.answers import End, Event, Snapshot
from boards.client.errors import (
    ClientError,
    Forbidden,
    Misused,
    NotBoards,
    Refused,
    Unreachable,
)
from boards.client.operations import Operation
from boards.client.reading import Unreadable, read
from boards.client.sending import BoardLike, JobLike

__all__ = ["Frames", "Message", "Stream"]

Message: TypeAlias = Snapshot | Event

RETRY_SECONDS = 2.0
LONGEST_RETRY = 30.0
FAILURES_IN_A_ROW = 8


@dataclass(kw_only=True)
class Frame:
    """One event as the standard shapes it."""

    event: str = ""
    data: list[str] = field(default_factory=list)


class Frames:
    """Cuts bytes into frames, however they are cut into chunks. `retry` is in seconds."""

    def __init__(self) -> None:
        self.retry: float | None = None
        self._rest = b""
        self._frame = Frame()
        self._is_first = True

    def feed(self, chunk: bytes) -> Iterator[tuple[str, str]]:
        """Give name and data of each event that is complete now."""
        # A carriage return at the end may be the first half of a line's end.
        text = self._rest + chunk
        held = b"\r" if text.endswith(b"\r") else b""
        *lines, rest = _lines(text.removesuffix(held))
        self._rest = rest + held
        for line in lines:
            if line:
                self._take(line.decode("utf-8-sig" if self._is_first else "utf-8", "replace"))
                self._is_first = False
                continue
            done, self._frame = self._frame, Frame()
            if done.data:
                yield done.event, "\n".join(done.data)

    def _take(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._frame.event = value
        elif name == "data":
            self._frame.data.append(value)
        elif name == "retry" and value.isascii() and value.isdigit():
            self.retry = int(value) / 1000


def _lines(text: bytes) -> list[bytes]:
    """Split at the three ends of lines that the standard knows, and at no other."""
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")


class Stream:
    """Follows a job, a board or everything over any number of connections.

    The client asks what `operation` says, gives the bytes to `feed`, and calls `lost` when a
    connection fails or ends; it stops once `has_ended`.
    """

    def __init__(self, job: JobLike | None, board: BoardLike | None, last_id: int | None) -> None:
        self.has_ended = False
        self._job = job
        self._board = board
        self._last_id = last_id
        self._frames = Frames()
        self._retry = RETRY_SECONDS
        self._failures = 0
        self._was_open = False

    def operation(self) -> Operation[None]:
        """The request that opens or reopens the stream, after the last message that was given."""
        self._frames = Frames()
        return operations.events(self._job, self._board, self._last_id)

    def feed(self, chunk: bytes) -> Iterator[Message]:
        """Give the messages that are complete now. Forbidden when it may be followed no longer."""
        self._was_open = True
        for name, data in self._frames.feed(chunk):
            self._retry = self._frames.retry or self._retry
            message = _message(name, data)
            if message is None:
                continue
            self._failures = 0
            if isinstance(message, End):
                self._end(message)
                continue
            self._last_id = message.id
            yield message

    def lost(self, error: ClientError | None = None) -> float:
        """How many seconds to wait before it is opened again; raises what is final.

        Final is what was refused, whatever keeps it from being opened at first, and what happens
        time after time.
        """
        if error is not None and (not self._was_open or _is_final(error)):
            raise error
        if self.has_ended:
            return 0.0
        self._failures += 1
        if self._failures >= FAILURES_IN_A_ROW:
            raise error or Unreachable("The stream of events ends again and again.")
        return float(min(self._retry * 2 ** (self._failures - 1), LONGEST_RETRY))

    def _end(self, end: End) -> None:
        self._last_id = end.id
        if end.reason == "forbidden":
            raise Forbidden(
                "You may not follow these events any longer.", code="forbidden", status=403
            )
        self.has_ended = end.reason == "finished"


def _is_final(error: ClientError) -> bool:
    if isinstance(error, NotBoards):
        return error.http_status < 500
    return isinstance(error, Refused | Misused)


def _message(name: str, data: str) -> Message | End | None:
    shapes: dict[str, type[Message | End]] = {"snapshot": Snapshot, "event": Event, "end": End}
    shape = shapes.get(name)
    if shape is None:
        return None
    try:
        return read(shape, json.loads(data))
    except (Unreadable, ValueError) as error:
        raise NotBoards(f"An event cannot be read: {error}.", status=200) from None
