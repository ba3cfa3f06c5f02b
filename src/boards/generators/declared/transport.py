"""How one provider is spoken to: the port that every transport implements, and its traits as data.

A transport knows a protocol and no model; a declaration knows a model and no protocol. A new
provider is one class with the five methods of `Transport`; see docs/providers.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from pydantic import BaseModel, JsonValue

from boards.generators.base import Poll
from boards.generators.declared.declaration import Declaration

__all__ = [
    "Answer",
    "Call",
    "Carry",
    "Count",
    "InputFile",
    "Job",
    "Made",
    "Outcome",
    "Rate",
    "TellsCallback",
    "Traits",
    "Transport",
    "Way",
    "Webhook",
]


class Way(StrEnum):
    """How an input's bytes travel to a provider."""

    DATA_URI = "data_uri"
    """Inside the body, as a `data:` URI."""
    UPLOAD = "upload"
    """By the provider's own upload; the body holds the address that it gave."""
    PART = "part"
    """As a part of a multipart body."""
    SIGNED_URL = "signed_url"
    """As a URL of ours, made fresh at the submit; needs `BOARDS_PUBLIC_URL`."""


@dataclass(frozen=True, kw_only=True)
class Carry:
    """One way for inputs and the most bytes that it takes. A transport lists them in its order."""

    way: Way
    max_bytes: int


@dataclass(frozen=True, kw_only=True)
class Rate:
    """How often one account may call: `per_second` on average, `burst` at once."""

    per_second: float
    burst: int


class Count(StrEnum):
    """What a provider counts and tells after the work: the signal of the exact cost."""

    BILLABLE_UNITS = "billable_units"
    """Units of the model's own price (a header of fal)."""
    TEXT_INPUT_TOKENS = "text_input_tokens"
    IMAGE_INPUT_TOKENS = "image_input_tokens"
    AUDIO_INPUT_TOKENS = "audio_input_tokens"
    TEXT_OUTPUT_TOKENS = "text_output_tokens"
    IMAGE_OUTPUT_TOKENS = "image_output_tokens"
    SECONDS = "seconds"
    CHARACTERS = "characters"
    OUTPUTS = "outputs"
    CREDITS = "credits"
    USD = "usd"
    """The amount itself."""


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """Whether a provider calls back, and how its calls are known to be its own."""

    signature: Literal["none", "ed25519_jwks", "standard_webhooks", "hmac_body", "ask_again"]
    window: float = 300.0
    """Seconds that a timestamp may be off."""


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What is peculiar to a provider. Seconds and bytes throughout.

    idempotency   `none`: a lost answer is never sent again; `header`: a submit may be repeated
                  with the same `Call.key`; `lookup`: `Transport.lookup` finds the lost job
    cancels       whether a job can be stopped: never, while queued, or while running
    bills_on      when the provider charges
    synchronous   the submit's answer is the result; there is no id to resume by
    results_live  how long finished results can be fetched; None when it does not say
    carries       the ways for inputs, in order of preference; the first that fits is taken
    counts        what the provider counts for its bill; empty when it tells nothing
    """

    provider: str
    idempotency: Literal["none", "header", "lookup"] = "none"
    cancels: Literal["none", "queued", "running"] = "none"
    bills_on: Literal["submit", "success", "time"] = "success"
    synchronous: bool = False
    results_live: float | None = None
    longest_run: float = 3600.0
    poll_every: float = 2.0
    carries: tuple[Carry, ...] = ()
    counts: frozenset[Count] = frozenset()
    webhook: Webhook | None = None
    rate: Rate = field(default_factory=lambda: Rate(per_second=10.0, burst=20))


@dataclass(frozen=True, kw_only=True)
class InputFile:
    """An input artifact as a file of this machine. `field` is the name to send it under."""

    field: str
    path: Path
    name: str
    mime: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job at the provider: whose key to use, which model it is, and the provider's id."""

    tenant_id: str
    declaration: Declaration
    external_id: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """A paid call, complete: the inputs have travelled, and `body` is what the model takes.

    `key` is the generation's id: the idempotency key where the provider takes one. `inputs` are
    what it was made from; `files` are inputs that go as parts of the body.
    """

    key: str
    tenant_id: str
    declaration: Declaration
    inputs: BaseModel = field(repr=False)
    body: Mapping[str, JsonValue] = field(repr=False)
    files: tuple[InputFile, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Made:
    """One thing that a provider made. `source` is a URL (also `data:`) or the bytes; for a text
    it is the text. A `role`, declared in `result.extra`, makes it an extra file instead of an
    output."""

    source: str | bytes = field(repr=False)
    format: str | None = None
    role: str | None = None
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    fps: float | None = None
    sample_rate: int | None = None
    channels: int | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a finished job came to.

    Either `document`, the provider's JSON, from which the declaration's `result` reads, or `made`
    where there is none (an answer that is the audio itself). `counts` is the cost signal.
    """

    document: JsonValue = field(default=None, repr=False)
    made: tuple[Made, ...] = ()
    counts: Mapping[Count, Decimal] = field(default_factory=dict)
    notes: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer to a submit: an id to resume by, or at once the outcome.

    `other_ids` are further names of the same job, by which a webhook may call it.
    """

    external_id: str | None = None
    other_ids: tuple[str, ...] = ()
    outcome: Outcome | None = None


class Transport(Protocol):
    """One provider's protocol.

    Methods raise the provider errors of `boards.errors` and nothing else. `billed=False` says that
    a call surely cost nothing; a lost, broken or senseless answer to `submit` says None.
    """

    @property
    def traits(self) -> Traits: ...

    @property
    def unavailable(self) -> str | None:
        """What is missing, such as `set FAL_KEY`; None when calls can be made."""
        ...

    async def upload(self, file: InputFile, *, tenant_id: str) -> str:
        """Bring a file to the provider and give the address to put into the body. Costs nothing."""
        ...

    async def submit(self, call: Call) -> Answer:
        """Send the one paid call, once. Never tries again."""
        ...

    async def look(self, job: Job) -> Poll:
        """Ask once how the job stands. An exception is no verdict."""
        ...

    async def fetch(self, job: Job) -> Outcome:
        """Get what a finished job came to; may be asked again.

        ContentRefused and Rejected are verdicts; all else is tried again later.
        """
        ...

    async def cancel(self, job: Job) -> bool:
        """Tell the provider to stop; True when it confirmed that the job ended without result."""
        ...

    async def lookup(self, key: str, *, tenant_id: str, declaration: Declaration) -> Answer | None:
        """Find the id of the job submitted for `key`, where `idempotency` is `lookup`."""
        ...


@runtime_checkable
class TellsCallback(Protocol):
    """A transport whose provider, asked about a job, says with which callback it was submitted."""

    async def callbacks_of(self, job: Job) -> tuple[str, ...]:
        """The addresses that the provider calls about this job. Errors as of `Transport.look`."""
        ...
