"""The one way in: every surface submits through `SubmitService.submit`.

All errors that can be known now are raised now: rights, input ids, typed inputs, the price. Then
one transaction checks rights and inputs again and writes the job, its generations, their lineage,
the holds and the events. Nothing is spent before that commit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from boards.domain.access import Action, Actor, Duty
from boards.domain.artifacts import ArtifactType
from boards.domain.boards import DEFAULT_TITLE, Board
from boards.domain.costs import ZERO, Cost, Entry, LedgerKind, add
from boards.domain.generations import Generation, Phase
from boards.domain.jobs import Job
from boards.domain.lineage import Edge
from boards.errors import Conflict, NotConfigured
from boards.generators.artifact_resolution import build_inputs
from boards.generators.declared import DeclaredGenerator
from boards.ids import new_id
from boards.services.admission import Admission, hand_over
from boards.services.budgets import BudgetWarning, hold_to_budgets, spender_of
from boards.services.caching import ResultCache, made_again
from boards.services.events import announce
from boards.services.generators import GeneratorService, why_unavailable
from boards.services.inputs import find_inputs
from boards.services.planning import Plan, plan_of
from boards.services.ports import (
    Claim,
    Clock,
    Database,
    Dispatch,
    Limits,
    NewGeneration,
    Taker,
    Tx,
)
from boards.services.quotes import Quote, quote_of
from boards.services.replays import check_key, claim, earlier_of
from boards.services.rights import board_for, require, require_person, scope_of
from boards.services.storage_quotas import require_room
from boards.services.submissions import Submission, SubmitRequest
from boards.services.tracing import link_to

__all__ = ["Submission", "SubmitRequest", "SubmitService", "default_board"]


@dataclass(frozen=True, kw_only=True)
class SubmitService:
    """Estimates and submits. `quota` is how many bytes a tenant may keep, where nothing else was
    said for it; None for no limit."""

    database: Database
    generators: GeneratorService
    dispatch: Dispatch
    clock: Clock
    limits: Limits
    cache: ResultCache | None = None
    here: Taker | None = None
    quota: int | None = None

    @cached_property
    def _admission(self) -> Admission:
        return Admission(
            database=self.database,
            dispatch=self.dispatch,
            clock=self.clock,
            limits=self.limits,
            here=self.here,
        )

    async def estimate(self, actor: Actor, request: SubmitRequest) -> Cost:
        """Say what the request would cost, in USD; spends nothing. Errors as `submit`."""
        require(actor, Duty.ESTIMATE)
        return (await self._plan(actor, request)).cost

    async def quote(self, actor: Actor, requests: Sequence[SubmitRequest]) -> Quote:
        """Price a whole plan, and hold it against the budgets as `submit` would; spends nothing.

        Errors as `submit`, but for OverBudget, which is told in the quote.
        """
        require(actor, Duty.ESTIMATE)
        plans = [await self._plan(actor, request) for request in requests]
        now = self.clock.now()
        return await self.database.read(
            lambda tx: quote_of(tx, actor, requests, plans, now=now), scope=scope_of(actor)
        )

    async def earlier(self, actor: Actor, request: SubmitRequest) -> Submission | None:
        """What a request with the same idempotency key was answered with; errors as `submit`."""
        if check_key(request.key) is None:
            return None
        return await self.database.look(
            lambda tx: earlier_of(tx, actor, request, now=self.clock.now()), scope=scope_of(actor)
        )

    async def submit(self, actor: Actor, request: SubmitRequest) -> Submission:
        """Write the job and have it run; give the earlier one for an idempotency key sent again.

        Raises NotFound, Forbidden, Conflict, InvalidInput for what is asked, OverBudget for what
        it costs, TooLarge where the storage is full, NotConfigured when a key or a package is
        missing, Conflict when the provider has retired the model, and PluginError when the
        generator's own estimate fails.
        """
        return await self.submit_together(actor, [request])

    async def submit_together(
        self,
        actor: Actor,
        requests: Sequence[SubmitRequest],
        *,
        also: Callable[[Tx, Submission], None] | None = None,
    ) -> Submission:
        """Write one job for several requests, all or none of them, and have it run.

        They name one board. The first one's key is that of all. `also` is called in the same
        transaction, after everything else is written, for rows that must never be there without
        the job or the job without them; not for a request that is only answered again. Errors as
        `submit`.
        """
        require(actor, Duty.GENERATE)
        first = requests[0]
        earlier = await self.earlier(actor, first)
        if earlier is not None:
            return earlier
        plans = [await self._plan(actor, request) for request in requests]
        if all(plan.cached for plan in plans):
            return await self.database.write(
                lambda tx: self._write(tx, actor, requests, plans, also)[0],
                scope=scope_of(actor),
            )
        for plan in plans:
            if not plan.cached:
                await self._check_runs(actor, plan)
        here = self.here

        def write(tx: Tx) -> tuple[Submission, tuple[UUID, ...], tuple[Claim, ...]]:
            require_room(tx, actor.tenant_id, quota=self.quota)
            submission, admitted = self._write(tx, actor, requests, plans, also)
            return submission, admitted, here.claim(tx, admitted) if here and admitted else ()

        # Inputs are told apart, and places given out, among all tenants.
        scope = scope_of(actor, looks_beyond=True)
        submission, admitted, claims = await self.database.write(write, scope=scope)
        link_to(submission.job.id)
        await hand_over(admitted, claims, dispatch=self.dispatch, here=here)
        if submission.is_replay:
            return submission
        if not {one.id for one in submission.generations if not one.cached_from} <= set(admitted):
            # No place is free, or another submit was choosing just then and did not see these.
            self._admission.soon()
        return submission

    async def _check_runs(self, actor: Actor, plan: Plan) -> None:
        """Refuse what could not be run now. Conflict and NotConfigured as `submit`."""
        retired = getattr(plan.generator, "retired", None)
        if retired:
            raise Conflict(f"{plan.generator.name!r} cannot be run any more: {retired}.")
        # Only what is declared has a provider's key.
        is_declared = isinstance(plan.generator, DeclaredGenerator)
        own = await self.generators.own_keys(actor) if is_declared else {}
        missing = why_unavailable(plan.generator, own)
        if missing is None and isinstance(plan.generator, DeclaredGenerator):
            missing = plan.generator.out_of_reach(plan.resolved.model)
        if missing:
            raise NotConfigured(f"{plan.generator.name!r} is not available here: {missing}.")

    async def _plan(self, actor: Actor, request: SubmitRequest) -> Plan:
        return await plan_of(self.database, self.generators, actor, request, cache=self.cache)

    def _write(
        self,
        tx: Tx,
        actor: Actor,
        requests: Sequence[SubmitRequest],
        plans: Sequence[Plan],
        also: Callable[[Tx, Submission], None] | None,
    ) -> tuple[Submission, tuple[UUID, ...]]:
        """The submit transaction."""
        user_id = require_person(actor, Duty.GENERATE)
        now = self.clock.now()
        board = self._board(tx, actor, requests[0].board_id)
        for plan in plans:
            if plan.resolved.edges:
                # Inputs may have been deleted, or rights withdrawn, since the plan was made.
                ids = [edge.input_id for edge in plan.resolved.edges]
                schema = plan.generator.get_input_schema()
                build_inputs(
                    schema, plan.inputs, find_inputs(tx, actor, ids), tenant_id=actor.tenant_id
                )
        job_id = new_id()
        # Equal requests wait here for the first one; only that one is held to the budgets.
        earlier = claim(tx, actor, requests[0], job_id=job_id, now=now)
        if earlier is not None:
            return earlier, ()
        # Before money is written, and after everything that may wait for another submit.
        warnings = self._hold_to_budgets(tx, actor, board.id, requests, plans)
        job = Job(
            id=job_id,
            tenant_id=actor.tenant_id,
            board_id=board.id,
            user_id=user_id,
            generator_name=plans[0].generator.name,
            takes=sum(request.takes for request in requests),
            created_at=now,
            token_id=actor.token_id,
            session_id=actor.session_id,
        )
        new: list[NewGeneration] = []
        edges: list[Edge] = []
        for request, plan in zip(requests, plans, strict=True):
            made = (
                made_again(plan.cached, job, plan.inputs, plan.each)
                if plan.cached
                else self._new(plan, job, request)
            )
            new += made
            edges += [
                Edge(
                    output_id=generation.id,
                    input_id=edge.input_id,
                    role=edge.role,
                    position=edge.position,
                    artifact_type=edge.artifact_type,
                )
                for generation in made
                for edge in plan.resolved.edges
            ]
        tx.jobs.insert(job)
        tx.generations.insert(new)
        if edges:
            tx.lineage.insert(edges, tenant_id=job.tenant_id)
        tx.ledger.hold(new, token_id=actor.token_id, session_id=actor.session_id, now=now)
        for generation in new:
            if generation.cached_from is not None:
                tx.ledger.add(generation, Entry(kind=LedgerKind.SETTLE, amount=ZERO), now=now)
        for generation in new:
            announce(tx, generation, "created", phase=generation.phase, now=now)
        for warning in warnings:
            announce(tx, new[0], "budget", phase=Phase.PENDING, message=warning.message, now=now)
        submission = Submission(
            job=job,
            generations=tuple(_as_generation(one) for one in new if one.batch_index == 0),
            estimate=plans[0].cost if len(plans) == 1 else add(plan.cost for plan in plans),
            warnings=warnings,
        )
        if also is not None:
            also(tx, submission)
        admitted: list[UUID] = []
        for provider in dict.fromkeys(one.generator.provider for one in plans if not one.cached):
            admitted += tx.generations.admit(
                self.limits, now=now, at_most=max(job.takes, 8), provider=provider
            )
        return submission, tuple(admitted)

    def _hold_to_budgets(
        self,
        tx: Tx,
        actor: Actor,
        board_id: UUID,
        requests: Sequence[SubmitRequest],
        plans: Sequence[Plan],
    ) -> tuple[BudgetWarning, ...]:
        """Hold what is asked to the budgets: the sum of the prices, and whatever has none."""
        known = [plan.cost.amount for plan in plans if plan.cost.amount is not None]
        asked = [(sum(known, ZERO), plans[0], False)] if known else []
        parts: list[tuple[Decimal | None, Plan, bool]] = [
            *asked,
            *(
                (None, plan, request.allow_unpriced)
                for request, plan in zip(requests, plans, strict=True)
                if plan.cost.amount is None
            ),
        ]
        return tuple(
            warning
            for amount, plan, is_allowed in parts
            for warning in hold_to_budgets(
                tx,
                spender_of(actor, board_id),
                amount,
                generator=plan.generator.name,
                allow_unpriced=is_allowed,
                now=self.clock.now(),
            )
        )

    def _new(self, plan: Plan, job: Job, request: SubmitRequest) -> list[NewGeneration]:
        return [
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
                cache_key=plan.cache_key,
                created_at=job.created_at,
            )
            for _ in range(request.takes)
        ]

    def _board(self, tx: Tx, actor: Actor, board_id: UUID | None) -> Board:
        """The board asked for, or the caller's default board, made at first use."""
        if board_id is not None:
            return board_for(tx, actor, board_id, Action.GENERATE).board
        return default_board(tx, actor, self.clock)


def default_board(tx: Tx, actor: Actor, clock: Clock) -> Board:
    """Give the actor's default board; it is made at first use."""
    user_id = require_person(actor, Duty.SEE_OWN)
    board = tx.boards.default_of(user_id)
    if board is None:
        now = clock.now()
        board = Board(
            id=new_id(),
            tenant_id=actor.tenant_id,
            owner_id=user_id,
            title=DEFAULT_TITLE,
            description=None,
            is_public=False,
            created_at=now,
            updated_at=now,
        )
        board = tx.boards.ensure_default(board)
    return board


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
        file=new.file,
        content=new.content,
        extra_files=new.extra_files,
        output_metadata=new.output_metadata,
        progress=1 if new.phase is Phase.COMPLETED else 0,
        cost=new.cost,
        completed_at=new.completed_at,
        cached_from=new.cached_from,
    )
