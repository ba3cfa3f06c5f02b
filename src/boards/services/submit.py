"""The one way in: every surface submits through `SubmitService.submit`.

All errors that can be known now are raised now: rights, input ids, typed inputs, the price. Then
one transaction checks rights and inputs again and writes the job, its generations, their lineage,
the holds and the events. Nothing is spent before that commit.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from uuid import UUID

import structlog
from pydantic import JsonValue

from boards.domain.access import Action, Actor
from boards.domain.artifacts import ArtifactType
from boards.domain.boards import DEFAULT_TITLE, Board
from boards.domain.costs import (
    ZERO,
    Basis,
    Confidence,
    Cost,
    Entry,
    LedgerKind,
    add,
    free,
    unpriced,
    usd_from_float,
)
from boards.domain.generations import Generation, Phase
from boards.domain.jobs import MAX_TAKES, Job
from boards.domain.lineage import Edge
from boards.errors import (
    Conflict,
    InvalidInput,
    NotConfigured,
    PluginError,
    Problem,
    Refused,
)
from boards.generators.artifact_resolution import ResolvedInputs, build_inputs, collect_ids
from boards.generators.base import BaseGenerator
from boards.ids import new_id
from boards.services.admission import Admission
from boards.services.events import announce
from boards.services.generators import GeneratorService
from boards.services.inputs import find_inputs
from boards.services.ports import Clock, Database, Dispatch, Limits, NewGeneration, Tx
from boards.services.rights import board_for, scope_of

__all__ = ["Submission", "SubmitRequest", "SubmitService", "default_board", "price_of"]

log = structlog.get_logger(__name__)

ESTIMATE_SECONDS = 5
"""How long a plugin's own estimate may take."""


@dataclass(frozen=True, kw_only=True)
class SubmitRequest:
    """What somebody asks to be made. `takes` is the number of separate runs."""

    generator: str
    inputs: Mapping[str, JsonValue]
    board_id: UUID | None = None
    takes: int = 1
    priority: int = 0
    force: bool = False


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What was written for a request."""

    job: Job
    generations: tuple[Generation, ...]
    estimate: Cost


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """A checked request: nothing in it has been written or spent."""

    generator: BaseGenerator
    resolved: ResolvedInputs
    each: Cost
    inputs: dict[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SubmitService:
    """Estimates and submits."""

    database: Database
    generators: GeneratorService
    dispatch: Dispatch
    clock: Clock
    limits: Limits

    @cached_property
    def _admission(self) -> Admission:
        return Admission(
            database=self.database, dispatch=self.dispatch, clock=self.clock, limits=self.limits
        )

    async def estimate(self, actor: Actor, request: SubmitRequest) -> Cost:
        """Say what the request would cost, in USD; spends nothing. Errors as `submit`."""
        plan = await self._plan(actor, request)
        return add([plan.each] * request.takes)

    async def submit(self, actor: Actor, request: SubmitRequest) -> Submission:
        """Write the job and have it run.

        Raises NotFound, Forbidden, Conflict, InvalidInput for what is asked, OverBudget for what
        it costs, NotConfigured when a key or a package is missing, Conflict when the provider has
        retired the model, and PluginError when the generator's own estimate fails.
        """
        plan = await self._plan(actor, request)
        retired = getattr(plan.generator, "retired", None)
        if retired:
            raise Conflict(f"{plan.generator.name!r} cannot be run any more: {retired}.")
        missing = getattr(plan.generator, "unavailable", None)
        if missing:
            raise NotConfigured(f"{plan.generator.name!r} is not available here: {missing}.")
        submission, admitted = await self.database.write(
            lambda tx: self._write(tx, actor, request, plan), scope=scope_of(actor)
        )
        if admitted:
            await self.dispatch.enqueue(admitted)
        if not {one.id for one in submission.generations} <= set(admitted):
            # No place is free, or another submit was choosing just then and did not see these.
            self._admission.soon()
        return submission

    async def _plan(self, actor: Actor, request: SubmitRequest) -> _Plan:
        generator = self.generators.get(request.generator)
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

            resolved = await self.database.read(look, scope=scope_of(actor))
        else:
            resolved = build_inputs(schema, request.inputs, {}, tenant_id=actor.tenant_id)
        return _Plan(
            generator=generator,
            resolved=resolved,
            each=await price_of(generator, resolved),
            inputs=dict(request.inputs),
        )

    def _write(
        self, tx: Tx, actor: Actor, request: SubmitRequest, plan: _Plan
    ) -> tuple[Submission, tuple[UUID, ...]]:
        """The submit transaction."""
        if actor.user_id is None:
            raise Refused("Sign in to generate.")
        now = self.clock.now()
        board = self._board(tx, actor, request.board_id)
        if plan.resolved.edges:
            # Inputs may have been deleted, or rights withdrawn, since the plan was made.
            ids = [edge.input_id for edge in plan.resolved.edges]
            schema = plan.generator.get_input_schema()
            build_inputs(
                schema, plan.inputs, find_inputs(tx, actor, ids), tenant_id=actor.tenant_id
            )
        job = Job(
            id=new_id(),
            tenant_id=actor.tenant_id,
            board_id=board.id,
            user_id=actor.user_id,
            generator_name=plan.generator.name,
            takes=request.takes,
            created_at=now,
        )
        new = [
            NewGeneration(
                id=new_id(),
                tenant_id=job.tenant_id,
                board_id=job.board_id,
                user_id=job.user_id,
                job_id=job.id,
                generator_name=plan.generator.name,
                generator_version=plan.generator.version,
                provider=plan.generator.provider,
                artifact_type=ArtifactType(plan.generator.artifact_type),
                phase=Phase.PENDING,
                priority=request.priority,
                input_params=plan.inputs,
                estimate=plan.each,
                repeatable=plan.generator.repeatable,
                created_at=now,
            )
            for _ in range(request.takes)
        ]
        tx.jobs.insert(job)
        tx.generations.insert(new)
        edges = [
            Edge(
                output_id=generation.id,
                input_id=edge.input_id,
                role=edge.role,
                position=edge.position,
                artifact_type=edge.artifact_type,
            )
            for generation in new
            for edge in plan.resolved.edges
        ]
        if edges:
            tx.lineage.insert(edges, tenant_id=job.tenant_id)
        for generation in new:
            hold = Entry(kind=LedgerKind.HOLD, amount=plan.each.amount or ZERO)
            tx.ledger.add(generation, hold, now=now)
            announce(tx, generation, "created", phase=Phase.PENDING, now=now)
        admitted = tx.generations.admit(
            self.limits, now=now, at_most=max(request.takes, 8), provider=plan.generator.provider
        )
        submission = Submission(
            job=job,
            generations=tuple(_as_generation(generation) for generation in new),
            estimate=add([plan.each] * request.takes),
        )
        return submission, admitted

    def _board(self, tx: Tx, actor: Actor, board_id: UUID | None) -> Board:
        """The board asked for, or the caller's default board, made at first use."""
        if board_id is not None:
            return board_for(tx, actor, board_id, Action.GENERATE).board
        return default_board(tx, actor, self.clock)


def default_board(tx: Tx, actor: Actor, clock: Clock) -> Board:
    """Give the actor's default board; it is made at first use."""
    if actor.user_id is None:
        raise Refused("Sign in to have a board.")
    board = tx.boards.default_of(actor.user_id)
    if board is None:
        now = clock.now()
        board = Board(
            id=new_id(),
            tenant_id=actor.tenant_id,
            owner_id=actor.user_id,
            title=DEFAULT_TITLE,
            description=None,
            is_public=False,
            created_at=now,
            updated_at=now,
        )
        board = tx.boards.ensure_default(board)
    return board


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


def _as_generation(new: NewGeneration) -> Generation:
    """The generation as its row stands right after the insert."""
    return Generation(
        id=new.id,
        tenant_id=new.tenant_id,
        board_id=new.board_id,
        user_id=new.user_id,
        job_id=new.job_id,
        batch_id=new.batch_id,
        batch_index=new.batch_index,
        batch_size=new.batch_size,
        generator_name=new.generator_name,
        generator_version=new.generator_version,
        provider=new.provider,
        artifact_type=new.artifact_type,
        phase=new.phase,
        priority=new.priority,
        input_params=new.input_params,
        estimate=new.estimate,
        created_at=new.created_at,
        updated_at=new.created_at,
    )
