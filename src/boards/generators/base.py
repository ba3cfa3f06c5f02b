"""The base classes of generators: a name, typed inputs, a price, and the work itself.

    class Poster(BaseGenerator):
        name = "poster"
        artifact_type = "image"
        description = "A poster from a title"

        def get_input_schema(self) -> type[BaseModel]:
            return PosterInput

        async def estimate_cost(self, inputs: PosterInput) -> float:
            return 0.0

        async def generate(self, inputs: PosterInput, context: GeneratorContext) -> PosterOutput:
            ...

A generator that spends money should be a `ResumableGenerator`: then a crash never pays twice.
"""

import asyncio
import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel

from boards.domain.costs import Cost, usd_from_float
from boards.errors import Broken, PluginError
from boards.generators.artifacts import GeneratorResult
from boards.generators.context import GeneratorContext, running

__all__ = [
    "BaseGenerator",
    "Poll",
    "PollState",
    "ResumableGenerator",
    "Submitted",
    "call_generate",
    "takes_context",
]


class BaseGenerator(ABC):
    """What every generator is. Three attributes and three methods are required.

    Optional attributes:
      version        a new one says that the same inputs may give another result; without one
                     results are never taken from the cache
      provider       whose service or library does the work; caps and keys go by it
      deterministic  True when the same inputs always give the same result, without a seed
      is_algorithmic True for what follows rules, without a trained model: its results say so
      repeatable     True for free work that is safe to run again (local tools)
      bills_on       when the provider charges: at the submit, at success, or by time
      longest_run    seconds after which a run that has not ended is given up
    """

    name: str
    artifact_type: str
    description: str

    version: str | None = None
    provider: str = "local"
    deterministic: bool = False
    is_algorithmic: bool = False
    repeatable: bool = False
    bills_on: Literal["submit", "success", "time"] = "success"
    longest_run: float = 3600.0

    @abstractmethod
    def get_input_schema(self) -> type[BaseModel]:
        """Return Pydantic model class for input validation."""

    @abstractmethod
    async def generate(self, *args: Any, **kwargs: Any) -> BaseModel:
        """Execute generation and return results.

        Called as `generate(inputs)` or `generate(inputs, context)`, whichever is declared.
        Returns a Pydantic model that holds artifacts, or a `GeneratorResult`.
        """

    @abstractmethod
    async def estimate_cost(self, inputs: Any) -> float:
        """Estimate cost in USD for this generation."""

    async def price(self, inputs: Any) -> Decimal | None:
        """Say what one run costs, exactly in USD; None says that nobody knows ("unpriced").

        Without an override the float of `estimate_cost` is converted once. A NaN, negative or
        infinite figure raises ValueError.
        """
        return usd_from_float(await self.estimate_cost(inputs))

    async def quote(self, inputs: Any) -> Cost | None:  # noqa: ARG002 - for those who override it
        """Say the price with what it was worked out from; None leaves it to `price`."""
        return None

    def get_output_schema(self) -> type[BaseModel]:
        """Return Pydantic model class for output (optional override)."""
        return GeneratorResult

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {getattr(self, 'name', '?')!r}>"


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """A provider's answer to a submit.

    `external_id` resumes the run; a synchronous provider has none and gives `result` at once.
    `other_ids` are further names of the same job, by which a webhook may call it.
    """

    external_id: str | None = None
    other_ids: tuple[str, ...] = ()
    result: BaseModel | None = None


class PollState(StrEnum):
    """What a provider says about a job that it accepted."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Poll:
    """One look at a provider's job. `after` is the wait before the next look, in seconds."""

    state: PollState
    progress: float | None = None
    message: str = ""
    after: float | None = None
    error: Exception | None = None
    facts: dict[str, str] = field(default_factory=dict)


class ResumableGenerator(BaseGenerator):
    """A generator whose run survives a crash without paying again.

    The run stores the intent before `submit`, the external id right after, and from then on only
    calls `poll` and `fetch`. `submit` makes exactly one paid call and never retries it.

      idempotency    none: a lost answer is never sent again; header: `submit` may be repeated
                     with the same `context.generation_id`; lookup: `lookup` finds the lost job
      cancels        whether the provider can stop a job: never, while queued, or while running
      poll_every     seconds between two looks, when a `Poll` does not say
    """

    idempotency: Literal["none", "header", "lookup"] = "none"
    cancels: Literal["none", "queued", "running"] = "none"
    poll_every: float = 2.0

    async def prepare(
        self,
        inputs: Any,
        context: GeneratorContext,  # noqa: ARG002 - for those who override it
    ) -> Any:
        """Do what costs nothing before the paid call, such as uploads; `submit` gets what it gives.

        It runs before the intent is written: a crash here is simply begun again.
        """
        return inputs

    @abstractmethod
    async def submit(self, inputs: Any, context: GeneratorContext) -> Submitted:
        """Send the one paid call. ProviderError(billed=False) says that it surely cost nothing."""

    @abstractmethod
    async def poll(self, external_id: str, context: GeneratorContext) -> Poll:
        """Look once. An exception is not a verdict: it is asked again until the deadline."""

    @abstractmethod
    async def fetch(self, external_id: str, inputs: Any, context: GeneratorContext) -> BaseModel:
        """Fetch and store the finished result. Must be safe to call again."""

    async def cancel(
        self,
        external_id: str,  # noqa: ARG002 - for those who override it
        context: GeneratorContext,  # noqa: ARG002 - as above
    ) -> bool:
        """Tell the provider to stop; True when it confirmed that it did."""
        return False

    async def lookup(
        self,
        context: GeneratorContext,  # noqa: ARG002 - for those who override it
    ) -> Submitted | None:
        """Find the job of this generation at the provider after its answer was lost."""
        return None

    async def was_submitted_with(
        self,
        external_id: str,  # noqa: ARG002 - for those who override it
        callback: str,  # noqa: ARG002 - as above
        context: GeneratorContext,  # noqa: ARG002 - as above
    ) -> bool:
        """Ask the provider whether this job was submitted with that callback address; True only
        when it says so. A webhook without a signature is believed no further than this."""
        return False

    async def generate(self, *args: Any, **kwargs: Any) -> BaseModel:
        """Submit, poll and fetch in one go, for scripts; a real run uses the steps.

        Called as `generate(inputs, context)`.
        """
        inputs, context = (*args, *kwargs.values())
        submitted = await self.submit(await self.prepare(inputs, context), context)
        if submitted.result is not None:
            return submitted.result
        if submitted.external_id is None:
            raise Broken(f"Generator {self.name!r} gave neither an external id nor a result.")
        while True:
            poll = await self.poll(submitted.external_id, context)
            if poll.state is PollState.DONE:
                return await self.fetch(submitted.external_id, inputs, context)
            if poll.state in (PollState.FAILED, PollState.CANCELLED):
                raise poll.error or Broken(f"Generator {self.name!r}: the provider's job failed.")
            await asyncio.sleep(self.poll_every if poll.after is None else poll.after)


def _context_parameter(generator: BaseGenerator) -> inspect.Parameter | None:
    # Of the class where it can be: to look at a signature takes longer than most of a run.
    method = generator.generate
    return _context_of(getattr(method, "__func__", method), hasattr(method, "__func__"))


@lru_cache(maxsize=1024)
def _context_of(function: Callable[..., Any], is_method: bool) -> inspect.Parameter | None:
    parameters = list(inspect.signature(function).parameters.values())[int(is_method) :]
    for position, parameter in enumerate(parameters):
        if parameter.kind is parameter.VAR_POSITIONAL or parameter.name == "context":
            return parameter
        # A second parameter with a default of its own is an option of the author's, no context.
        is_second = position == 1 and parameter.kind is not parameter.KEYWORD_ONLY
        if is_second and parameter.default is parameter.empty:
            return parameter if parameter.kind is not parameter.VAR_KEYWORD else None
    return None


def takes_context(generator: BaseGenerator) -> bool:
    """Tell whether `generate` takes the run's context beside the inputs.

    It does when a parameter is called `context`, or when a second one must be given.
    """
    return _context_parameter(generator) is not None


async def call_generate(
    generator: BaseGenerator, inputs: BaseModel, context: GeneratorContext
) -> BaseModel:
    """Call `generate` the way it is declared, with `context` as the current run.

    Raises what the generator raises, and PluginError when `generate` is no `async def`.
    """
    parameter = _context_parameter(generator)
    with running(context):
        if parameter is None:
            call: Any = generator.generate(inputs)
        elif parameter.kind is parameter.KEYWORD_ONLY:
            call = generator.generate(inputs, **{parameter.name: context})
        else:
            call = generator.generate(inputs, context)
        if not inspect.isawaitable(call):
            raise PluginError(f"Generator {generator.name!r}: declare `async def generate`.")
        output: BaseModel = await call
    return output
