"""What takes more than one request, as generators that give each request and get its answer.

The clients drive them: they send an Operation and hand back what it answers or raises, and sleep
through a Pause. So there is one loop for both, and it can be tried without a network or a clock.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from boards.client import operations
from boards.client.answers import Job, Submission
from boards.client.errors import (
    AnswerLost,
    ClientError,
    JobFailed,
    NeedsAttention,
    NotBoards,
    StillRunning,
    SubmitUnknown,
    Unreachable,
)
from boards.client.operations import Operation
from boards.client.sending import Body, JobLike, id_of

__all__ = ["ATTEMPTS", "Flow", "Pause", "generate", "outcome_of", "submit", "wait"]

T = TypeVar("T")

ATTEMPTS = 3
"""How often a submit is sent, always under one idempotency key."""
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
LOST_IN_A_ROW = 6
"""How many answers may be lost in a row while a job is waited for: a server that starts anew."""
LONGEST_ASK = 25.0
"""Seconds; the server would wait for longer, and many a proxy would not."""
GATEWAY = frozenset({502, 503, 504})
"""What a proxy says when the server behind it may have heard the request, and did not answer."""


@dataclass(frozen=True, kw_only=True)
class Pause:
    """Nothing is asked for so many seconds."""

    seconds: float


Flow: TypeAlias = Generator[Operation[Any] | Pause, Any, T]
Clock: TypeAlias = Callable[[], float]


def submit(body: Body, key: str) -> Flow[Submission]:
    """Have something made; this spends.

    A lost answer is asked for again under the same key, which makes nothing twice. Raises
    SubmitUnknown when it is lost each time; only if it was never sent, Unreachable.
    """
    lost: ClientError | None = None
    for attempt in range(ATTEMPTS):
        if attempt:
            yield Pause(seconds=_pause(attempt))
        try:
            submission: Submission = yield operations.submit(body, key)
        except Unreachable as error:
            if lost is None:
                error.idempotency_key = key
                raise
        except ClientError as error:
            error.idempotency_key = key
            if not _is_lost(error):
                raise
            lost = error
        else:
            return submission
    unknown = SubmitUnknown(
        "The answer to the submit was lost, so it may be under way and may cost. Send it again "
        f"with idempotency_key={key!r}: that makes nothing twice."
    )
    unknown.idempotency_key = key
    raise unknown from lost


def wait(which: JobLike, timeout: float | None, clock: Clock) -> Flow[Job]:
    """Wait until a job has ended, or somebody has to decide, or `timeout` seconds are over."""
    until = None if timeout is None else clock() + max(timeout, 0.0)
    lost = 0
    while True:
        left = LONGEST_ASK if until is None else max(until - clock(), 0.0)
        try:
            job: Job = yield operations.job(which, round(min(left, LONGEST_ASK), 3))
        except ClientError as error:
            lost += 1
            if not (isinstance(error, Unreachable) or _is_lost(error)) or lost >= LOST_IN_A_ROW:
                raise
            yield Pause(seconds=_pause(lost))
            continue
        lost = 0
        if job.is_final or job.needs_attention or (until is not None and clock() >= until):
            return job


def outcome_of(job: Job) -> Job:
    """A job that is done. Raises a JobError for one that came to anything else."""
    if job.state == "done":
        return job
    if job.needs_attention:
        raise NeedsAttention(
            f"Job {job.job_id} waits for a decision: it may have cost something, and there is no "
            f"result. See attention() before you ask for it again{_why(job)}",
            job,
        )
    if job.is_final:
        how = "failed" if job.state == "failed" else "been cancelled"
        raise JobFailed(f"Job {job.job_id} has {how}{_why(job)}", job)
    raise StillRunning(f"Job {job.job_id} has not ended; wait for it with wait().", job)


def generate(body: Body, key: str, timeout: float | None, clock: Clock) -> Flow[Job]:
    """Have something made and wait for it; this spends."""
    submission = yield from submit(body, key)
    job = yield from wait(id_of(submission), timeout, clock)
    return outcome_of(job)


def _is_lost(error: ClientError) -> bool:
    if isinstance(error, NotBoards):
        # Cut off on its way, or a proxy's own words.
        return error.http_status in GATEWAY or 200 <= error.http_status < 300
    return isinstance(error, AnswerLost)


def _pause(attempt: int) -> float:
    return float(min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE))


def _why(job: Job) -> str:
    errors = [one.error.message for one in job.generations if one.error is not None]
    return f": {errors[0]}" if errors else "."
