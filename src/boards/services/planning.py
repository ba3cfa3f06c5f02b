"""Checks a request and prices it: what every estimate and every submit begins with.

Nothing is written and nothing is spent here. One function prices for all surfaces.
"""

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal

import structlog
from pydantic import JsonValue

from boards.domain.access import Action, Actor
from boards.domain.costs import (
    ZERO,
    Basis,
    Confidence,
    Cost,
    free,
    of_takes,
    unpriced,
    usd_from_float,
)
from boards.domain.generations import Generation
from boards.domain.jobs import MAX_TAKES
from boards.errors import InvalidInput, PluginError, Problem
from boards.generators.artifact_resolution import ResolvedInputs, build_inputs, collect_ids
from boards.generators.base import BaseGenerator
from boards.services.caching import ResultCache
from boards.services.generators import GeneratorService
from boards.services.inputs import find_inputs
from boards.services.ports import Database, Tx
from boards.services.rights import board_for, scope_of
from boards.services.submissions import SubmitRequest

__all__ = ["Plan", "plan_of", "price_of"]

log = structlog.get_logger(__name__)

ESTIMATE_SECONDS = 5
"""How long a plugin's own estimate may take."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A checked request: nothing in it has been written or spent. `each` is the cost of a take."""

    generator: BaseGenerator
    resolved: ResolvedInputs
    each: Cost
    takes: int = 1
    inputs: dict[str, JsonValue] = field(default_factory=dict)
    cache_key: str | None = None
    cached: tuple[Generation, ...] = ()
    """The outputs of an earlier run with the same result, which then costs nothing."""

    @property
    def cost(self) -> Cost:
        """What all takes come to."""
        return of_takes(self.each, self.takes, cached=self.takes if self.cached else 0)


async def plan_of(
    database: Database,
    generators: GeneratorService,
    actor: Actor,
    request: SubmitRequest,
    *,
    cache: ResultCache | None = None,
) -> Plan:
    """Check everything that can be known now, and price it; what is in the cache costs nothing.

    Raises NotFound, Forbidden, Conflict and InvalidInput for what is asked, and PluginError when
    the generator's own estimate fails.
    """
    generator = generators.get(request.generator)
    if not 1 <= request.takes <= MAX_TAKES:
        message = f"takes is {request.takes!r}; give a number from 1 to {MAX_TAKES}."
        raise InvalidInput(message, problems=(Problem(at="takes", message=message),))
    schema = generator.get_input_schema()
    ids = collect_ids(schema, request.inputs)
    if ids or request.board_id is not None:

        def look(tx: Tx) -> ResolvedInputs:
            if request.board_id is not None:
                board_for(tx, actor, request.board_id, Action.GENERATE)
            found = find_inputs(tx, actor, ids)
            return build_inputs(schema, request.inputs, found, tenant_id=actor.tenant_id)

        resolved = await database.look(look, scope=scope_of(actor, looks_beyond=bool(ids)))
    else:
        resolved = build_inputs(schema, request.inputs, {}, tenant_id=actor.tenant_id)
    each = await price_of(generator, resolved)
    key: str | None = None
    cached: tuple[Generation, ...] = ()
    if cache is not None:
        key, cached = await cache.find(actor, generator, resolved)
        if request.force or request.takes > 1:
            cached = ()  # a new take is asked for, and several are
    return Plan(
        generator=generator,
        resolved=resolved,
        each=free(each.basis, cached_units=1) if cached else each,
        takes=request.takes,
        inputs=dict(request.inputs),
        cache_key=key,
        cached=cached,
    )


async def price_of(generator: BaseGenerator, resolved: ResolvedInputs) -> Cost:
    """Ask a generator for its price, for at most five seconds.

    PluginError when it raises, takes too long, or gives NaN, a negative or an infinite figure:
    what cannot be priced by its own rules is not run.
    """
    try:
        async with asyncio.timeout(ESTIMATE_SECONDS):
            quoted = await generator.quote(resolved.model)
            if quoted is not None:
                return quoted
            answer = await generator.price(resolved.model)
        amount = None if answer is None else usd_from_float(answer)
    except TimeoutError:
        raise PluginError(
            f"The price of {generator.name!r} took more than {ESTIMATE_SECONDS:g} s, "
            "so nothing was run."
        ) from None
    except Exception as error:
        log.warning("estimate_failed", generator=generator.name, exc_info=True)
        raise PluginError(
            f"The price of {generator.name!r} cannot be worked out, so nothing was run.",
            detail=repr(error),
        ) from error
    basis = Basis(
        provider=generator.provider,
        model=generator.name,
        unit="run",
        units=Decimal(1),
        unit_price=amount,
    )
    if amount is None:
        return unpriced(basis)
    if amount == ZERO:
        return free(basis)
    return Cost(amount=amount, confidence=Confidence.ESTIMATED, basis=basis)
