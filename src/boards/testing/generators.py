"""Fake generators with scripted behaviour and counters, for tests of whatever runs generators.

`FakePaid` is one opaque `generate()` that may have paid. `FakeProviderGenerator` is resumable and
talks to a `FakeProvider`, an in-memory service that outlives it: hand the same provider to a second
generator and the process has "restarted".
"""

import asyncio
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Field

from boards.errors import Broken, NotFound, TimedOut
from boards.generators.artifacts import ImageArtifact
from boards.generators.base import BaseGenerator, Poll, PollState, ResumableGenerator, Submitted
from boards.generators.context import GeneratorContext

__all__ = [
    "FakeInput",
    "FakeJob",
    "FakeOutput",
    "FakePaid",
    "FakeProvider",
    "FakeProviderGenerator",
    "tiny_png",
]


class FakeInput(BaseModel):
    """What the fakes take."""

    prompt: str = Field(default="a fake", min_length=1, max_length=500)
    n: int = Field(default=1, ge=1, le=9, description="How many images")
    seed: int | None = Field(default=None, ge=0)
    image_source: ImageArtifact | None = None
    references: list[ImageArtifact] = Field(default_factory=list)


class FakeOutput(BaseModel):
    """What the fakes give: `images`, of which the first is the primary."""

    images: list[ImageArtifact]
    seed: int | None = None


def tiny_png(colour: int = 0, *, size: int = 4) -> bytes:
    """A valid PNG of one colour (0xRRGGBB), `size` pixels wide and high."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        checksum = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    row = b"\x00" + colour.to_bytes(3, "big") * size
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(row * size))
        + chunk(b"IEND", b"")
    )


async def _store(inputs: FakeInput, context: GeneratorContext) -> FakeOutput:
    seed = inputs.seed if inputs.seed is not None else zlib.crc32(inputs.prompt.encode())
    colours = [(seed + n * 0x010305) & 0xFFFFFF for n in range(inputs.n)]
    images = [await context.store_image(tiny_png(each), format="png") for each in colours]
    context.note(fake=True)
    return FakeOutput(images=images, seed=seed)


class FakePaid(BaseGenerator):
    """One opaque paid call. `outcomes` says how the calls end, in order; then all succeed.

    `calls` counts them, `running` tells how many are under way. With a `gate` each call waits for
    it after it has counted, that is after the money is gone.
    """

    name = "fake-paid"
    artifact_type = "image"
    description = "Pretends to pay for images"
    version: str | None = "1"
    provider = "fake"

    def __init__(
        self,
        *outcomes: BaseException | None,
        price: Decimal | None = Decimal("0.25"),
        gate: asyncio.Event | None = None,
        name: str = "fake-paid",
        repeatable: bool = False,
    ) -> None:
        self.name = name
        self.repeatable = repeatable
        self.gate = gate
        self.calls = 0
        self.running = 0
        self.inputs: list[FakeInput] = []
        self._outcomes = list(outcomes)
        self._price = price

    def get_input_schema(self) -> type[FakeInput]:
        return FakeInput

    def get_output_schema(self) -> type[FakeOutput]:
        return FakeOutput

    async def estimate_cost(self, inputs: FakeInput) -> float:
        return float((self._price or 0) * inputs.n)

    async def price(self, inputs: FakeInput) -> Decimal | None:
        return None if self._price is None else self._price * inputs.n

    async def generate(self, inputs: FakeInput, context: GeneratorContext) -> FakeOutput:
        self.calls += 1
        self.inputs.append(inputs)
        self.running += 1
        try:
            if self.gate is not None:
                await self.gate.wait()
            outcome = self._outcomes.pop(0) if self._outcomes else None
            if outcome is not None:
                raise outcome
            await context.progress(0.5, "Half done")
            return await _store(inputs, context)
        finally:
            self.running -= 1


@dataclass(kw_only=True)
class FakeJob:
    """A job at the fake provider. `key` is the generation for which it was submitted."""

    id: str
    key: str
    state: PollState = PollState.QUEUED
    looks: int = 0
    error: Exception | None = None


@dataclass(kw_only=True)
class FakeProvider:
    """An in-memory provider. Its script says what goes wrong; its counters say what it did.

    looks              polls until a job is done by itself; None: only by `finish` or `fail`
    drop_answers       so many submits are accepted, and paid, but their answer is lost
    refuse             raised by the next submits, one each; such a submit makes no job
    broken_polls       so many looks raise a network error
    fail_with          every job fails with this
    same_key_same_job  a repeated key gives the same job (an idempotency header)
    cancels            up to which state a job can be cancelled
    """

    looks: int | None = 1
    drop_answers: int = 0
    refuse: list[Exception] = field(default_factory=list)
    broken_polls: int = 0
    fail_with: Exception | None = None
    same_key_same_job: bool = False
    cancels: Literal["none", "queued", "running"] = "running"

    jobs: dict[str, FakeJob] = field(default_factory=dict)
    submits: int = 0
    polls: int = 0
    fetches: int = 0
    cancel_calls: int = 0
    lookups: int = 0

    @property
    def paid(self) -> int:
        """How many jobs were made: each costs money."""
        return len(self.jobs)

    def submit(self, key: str) -> FakeJob:
        """Take one paid call. TimedOut when the answer is lost on the way."""
        self.submits += 1
        if self.refuse:
            raise self.refuse.pop(0)
        job = self.find(key) if self.same_key_same_job else None
        if job is None:
            job = FakeJob(id=f"fake-{len(self.jobs) + 1}", key=key)
            self.jobs[job.id] = job
        if self.drop_answers > 0:
            self.drop_answers -= 1
            raise TimedOut("The answer to the submit was lost.")
        return job

    def look(self, job_id: str) -> FakeJob:
        """Look at a job, which moves it on. Broken while the network is, NotFound for no job."""
        self.polls += 1
        if self.broken_polls > 0:
            self.broken_polls -= 1
            raise Broken("The connection was reset.")
        job = self._job(job_id)
        if job.state in (PollState.QUEUED, PollState.RUNNING):
            job.looks += 1
            job.state = PollState.RUNNING
            if self.fail_with is not None:
                self.fail(job_id, self.fail_with)
            elif self.looks is not None and job.looks >= self.looks:
                job.state = PollState.DONE
        return job

    def find(self, key: str) -> FakeJob | None:
        """Find the job of a generation."""
        return next((job for job in self.jobs.values() if job.key == key), None)

    def finish(self, job_id: str) -> None:
        """Let a job succeed, however late."""
        self._job(job_id).state = PollState.DONE

    def fail(self, job_id: str, error: Exception | None = None) -> None:
        """Let a job fail."""
        job = self._job(job_id)
        job.state, job.error = PollState.FAILED, error

    def cancel(self, job_id: str) -> bool:
        """Cancel a job if the provider can at this point."""
        self.cancel_calls += 1
        job = self._job(job_id)
        can: dict[str, Sequence[PollState]] = {
            "none": (),
            "queued": (PollState.QUEUED,),
            "running": (PollState.QUEUED, PollState.RUNNING),
        }
        if job.state not in can[self.cancels]:
            return job.state is PollState.CANCELLED
        job.state = PollState.CANCELLED
        return True

    def _job(self, job_id: str) -> FakeJob:
        if job_id not in self.jobs:
            raise NotFound(f"The fake provider has no job {job_id!r}.")
        return self.jobs[job_id]


class FakeProviderGenerator(ResumableGenerator):
    """Makes images at a `FakeProvider`; never sleeps longer than `poll_every` seconds."""

    name = "fake-provider"
    artifact_type = "image"
    description = "Pretends to make images at a provider"
    version: str | None = "1"
    provider = "fake"

    def __init__(
        self,
        provider: FakeProvider | None = None,
        *,
        price: Decimal | None = Decimal("0.10"),
        idempotency: Literal["none", "header", "lookup"] = "none",
        name: str = "fake-provider",
        poll_every: float = 0.0,
    ) -> None:
        self.name = name
        self.service = provider or FakeProvider()
        self.idempotency = idempotency
        self.cancels = self.service.cancels
        self.poll_every = poll_every
        self._price = price
        if idempotency == "header":
            self.service.same_key_same_job = True

    def get_input_schema(self) -> type[FakeInput]:
        return FakeInput

    def get_output_schema(self) -> type[FakeOutput]:
        return FakeOutput

    async def estimate_cost(self, inputs: FakeInput) -> float:
        return float((self._price or 0) * inputs.n)

    async def price(self, inputs: FakeInput) -> Decimal | None:
        return None if self._price is None else self._price * inputs.n

    async def submit(self, inputs: FakeInput, context: GeneratorContext) -> Submitted:  # noqa: ARG002 - a provider would read the inputs
        job = self.service.submit(context.generation_id)
        return Submitted(external_id=job.id)

    async def poll(self, external_id: str, context: GeneratorContext) -> Poll:  # noqa: ARG002 - nothing to report
        job = self.service.look(external_id)
        done = job.state is PollState.DONE
        return Poll(state=job.state, progress=1.0 if done else 0.5, error=job.error)

    async def fetch(
        self, external_id: str, inputs: FakeInput, context: GeneratorContext
    ) -> FakeOutput:
        self.service.fetches += 1
        job = self.service.jobs[external_id]
        if job.state is not PollState.DONE:
            raise Broken(f"The fake job {external_id!r} is {job.state}; there is no result.")
        return await _store(inputs, context)

    async def cancel(self, external_id: str, context: GeneratorContext) -> bool:  # noqa: ARG002 - nothing to report
        return self.service.cancel(external_id)

    async def lookup(self, context: GeneratorContext) -> Submitted | None:
        self.service.lookups += 1
        job = self.service.find(context.generation_id)
        return Submitted(external_id=job.id) if job is not None else None
