"""Making things anew: one generation, or it and all that was made from it, with an input swapped.

A rerun of several is one submit: one job, one estimate, every hold written at once, so that the
budgets are asked for the whole. What is to be made from something that is not there yet is written
with the id that it will have, and held back until that is complete. Then it is priced by what it is
really made from: if it would cost more than was held for it, it is not run.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

import structlog
from pydantic import JsonValue

from boards.domain.access import Action, Actor, Duty
from boards.domain.costs import free
from boards.domain.generations import FINAL, Failure, Generation, Phase, Status
from boards.errors import BoardsError, Conflict, InvalidInput, Problem
from boards.generators.artifact_resolution import build_inputs
from boards.generators.registry import GeneratorRegistry
from boards.ids import parse_id
from boards.services.deliver import Money, end_hold
from boards.services.events import announce
from boards.services.inputs import as_found
from boards.services.notices import ends_something
from boards.services.planning import price_of
from boards.services.ports import SYSTEM, Clock, Database, Event, InputWait, Tx
from boards.services.quotes import Quote
from boards.services.rights import (
    board_for,
    generation_for,
    recipes_among,
    require,
    scope_of,
    visible_among,
)
from boards.services.submissions import Submission, SubmitRequest
from boards.services.submit import SubmitService

__all__ = ["MOST_STEPS", "Draft", "LeftOut", "Rerun", "RerunQuote", "RerunService", "Swap"]

log = structlog.get_logger(__name__)

MOST_STEPS = 100
"""So many generations are made anew at once."""
_AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class Swap:
    """Wherever `old_id` was an input, `new_id` is to be one."""

    old_id: UUID
    new_id: UUID


@dataclass(frozen=True, kw_only=True)
class Rerun:
    """What is to be made anew. `with_uses` also all that was made from it, and from that.

    `board_id` None is its own board. `most`, in USD, is what somebody has agreed to: with a higher
    estimate nothing is run. `key` is the idempotency key.
    """

    generation_id: UUID
    swap: Swap | None = None
    with_uses: bool = False
    board_id: UUID | None = None
    allow_unpriced: bool = False
    most: Decimal | None = None
    key: str | None = None


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """What was made from it and is not made anew, and why not."""

    generation_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class RerunQuote:
    """What a rerun would cost: `again` are the generations, in the order of the quote's parts."""

    quote: Quote
    again: tuple[UUID, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a generation was made with, for a form. `missing` are inputs that are no more there, or
    not the actor's to use."""

    generation: Generation
    inputs: Mapping[str, JsonValue]
    missing: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class _Step:
    """One generation that is made anew; `after` are those made anew that it is made from."""

    old: Generation
    request: SubmitRequest
    after: frozenset[UUID]


@dataclass(kw_only=True)
class RerunService:
    """Plans reruns, submits them, and lets their later steps start when their inputs are there."""

    database: Database
    registry: GeneratorRegistry
    submit: SubmitService
    clock: Clock
    _may_wait: bool = True
    _asked: bool = False
    _task: asyncio.Task[None] | None = None

    async def quote(self, actor: Actor, rerun: Rerun) -> RerunQuote:
        """Price a rerun, all of it together; spends nothing. What comes later is priced by what it
        was made from before. Errors as `run`, but for OverBudget, which is told in the quote."""
        require(actor, Duty.ESTIMATE)
        steps, left_out = await self._plan(actor, rerun)
        return RerunQuote(
            quote=await self.submit.quote(actor, [step.request for step in steps]),
            again=tuple(step.old.id for step in steps),
            left_out=left_out,
        )

    async def run(self, actor: Actor, rerun: Rerun) -> Submission:
        """Submit a rerun as one job.

        NotFound and Forbidden for who may not see how it was made, Conflict for what was not made
        by a generator and for an estimate above `most`, InvalidInput for a swap of what is no
        input; then errors as `SubmitService.submit`.
        """
        require(actor, Duty.GENERATE)
        asked = SubmitRequest(
            generator="", inputs={}, key=rerun.key, fingerprint=_fingerprint(rerun)
        )
        earlier = await self.submit.earlier(actor, asked)
        if earlier is not None:
            return earlier
        steps, _ = await self._plan(actor, rerun)

        def hold_back(tx: Tx, submission: Submission) -> None:
            total = submission.estimate.amount
            if rerun.most is not None and (total is None or total > rerun.most):
                raise Conflict(
                    f"This would now cost {'an unknown amount' if total is None else total} USD, "
                    f"and {rerun.most} were agreed to. Nothing was run; look at the estimate again."
                )
            _hold_back(tx, steps, submission)

        return await self.submit.submit_together(
            actor, [step.request for step in steps], also=hold_back
        )

    async def remix(self, actor: Actor, generation_id: UUID) -> Draft:
        """Give what a generation was made with, for a form. Errors as for how it was made."""

        def look(tx: Tx) -> Draft:
            found = generation_for(tx, actor, generation_id, Action.VIEW_RECIPES)
            if found.job_id is None:
                raise _not_made(found)
            ids = {edge.input_id for edge in tx.lineage.inputs_of([found.id])}
            seen = visible_among(tx, actor, ids)
            missing = ids - seen.keys()
            inputs = _without(found.input_params, missing)
            return Draft(generation=found, inputs=inputs, missing=tuple(sorted(missing)))

        return await self.database.read(look, scope=scope_of(actor))

    async def _plan(
        self, actor: Actor, rerun: Rerun
    ) -> tuple[Sequence[_Step], tuple[LeftOut, ...]]:
        return await self.database.read(lambda tx: _plan(tx, actor, rerun), scope=scope_of(actor))

    # What waits

    def hear(self, events: Sequence[Event]) -> None:
        """Listen to the events of commits: whatever has ended may be what others wait for."""
        self._may_wait = self._may_wait or any(event.type == "created" for event in events)
        if not self._may_wait or not any(ends_something(event.data) for event in events):
            return
        # While it is advanced more may end.
        self._asked = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._advance_soon(), name="boards-reruns")

    async def stop(self) -> None:
        """Break off what `hear` began; the chore makes it good."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _advance_soon(self) -> None:
        try:
            while self._asked:
                self._asked = False
                await self.advance()
        except Exception:
            log.exception("reruns_not_advanced")

    async def advance(self) -> int:
        """Let go what can start, and end what never can; gives how many waited no longer. It is
        safe for several processes to do this at once: every change is guarded."""
        self._may_wait = False
        waits = await self.database.look(lambda tx: tx.waits.list(limit=_AT_ONCE), scope=SYSTEM)
        self._may_wait = self._may_wait or bool(waits)
        ended = 0
        for wait in waits:
            if all(phase is Phase.COMPLETED for phase in wait.inputs):
                ended += await self._let_go(wait)
            elif Phase.CANCELLED in wait.inputs:
                ended += await self._end(wait, None)
            elif any(phase in (None, Phase.FAILED) for phase in wait.inputs):
                message = "What it was to be made from gave no result, so it was not run."
                failure = Failure(code="input_failed", message=message, retryable=False)
                ended += await self._end(wait, failure)
            else:
                ended += await self._forget_if_over(wait)
        return ended

    async def _let_go(self, wait: InputWait) -> bool:
        try:
            refusal = await self._priced(wait)
        except BoardsError as error:
            refusal = Failure(code=error.code, message=error.message, retryable=False)
        if refusal is not None:
            return await self._end(wait, refusal)
        now = self.clock.now()
        return await self.database.write(
            lambda tx: tx.waits.let_go(wait.generation_id, now=now), scope=SYSTEM
        )

    async def _priced(self, wait: InputWait) -> Failure | None:
        """Price it by what it is really made from; a failure where that is more than was held."""

        def look(tx: Tx) -> tuple[Generation | None, Mapping[UUID, Generation]]:
            generation = tx.generations.get(wait.generation_id)
            edges = tx.lineage.inputs_of([wait.generation_id])
            return generation, tx.generations.among({edge.input_id for edge in edges})

        generation, rows = await self.database.read(look, scope=SYSTEM)
        if generation is None or generation.phase is not Phase.PENDING:
            return None
        generator = self.registry.get(generation.generator_name)
        if generator is None:
            name = generation.generator_name
            message = f"Generator {name!r} is not installed here any more."
            return Failure(code="plugin_error", message=message, retryable=False)
        found = {key: as_found(row, readable=True) for key, row in rows.items()}
        resolved = build_inputs(
            generator.get_input_schema(),
            generation.input_params,
            found,
            tenant_id=generation.tenant_id,
        )
        price, held = (await price_of(generator, resolved)).amount, generation.estimate.amount
        if held is None or (price is not None and price <= held):
            return None
        message = (
            f"Made from the new inputs it would cost "
            f"{'an unknown amount' if price is None else f'{price} USD'}, more than the {held} USD "
            "that were estimated, so it was not run. Make it by itself if that is all right."
        )
        return Failure(code="over_estimate", message=message, retryable=False)

    async def _end(self, wait: InputWait, failure: Failure | None) -> bool:
        """End what can never start: as failed, or cancelled with what it waited for."""
        now = self.clock.now()
        to = Phase.CANCELLED if failure is None else Phase.FAILED

        def work(tx: Tx) -> bool:
            generation = tx.generations.get(wait.generation_id)
            if not tx.waits.let_go(wait.generation_id, now=now) or generation is None:
                return False
            if not tx.generations.move(
                generation.id,
                to,
                now=now,
                failure=failure,
                cost=free(generation.estimate.basis),
            ):
                return False
            end_hold(tx, generation, Money.RELEASE, now=now)
            announce(tx, generation, "phase", phase=to, now=now, failure=failure)
            return True

        return await self.database.write(work, scope=SYSTEM)

    async def _forget_if_over(self, wait: InputWait) -> bool:
        """End the wait of what was cancelled while it waited."""
        now = self.clock.now()

        def work(tx: Tx) -> bool:
            generation = tx.generations.get(wait.generation_id)
            if generation is not None and generation.phase not in FINAL:
                return False
            tx.waits.let_go(wait.generation_id, now=now)
            return True

        return await self.database.write(work, scope=SYSTEM)


def _plan(tx: Tx, actor: Actor, rerun: Rerun) -> tuple[Sequence[_Step], tuple[LeftOut, ...]]:
    """Choose what is made anew, in an order in which inputs come before what is made of them."""
    root = generation_for(tx, actor, rerun.generation_id, Action.VIEW_RECIPES)
    board_id = rerun.board_id or root.board_id
    board_for(tx, actor, board_id, Action.GENERATE)
    if root.job_id is None:
        raise _not_made(root)
    edges = tx.lineage.inputs_of([root.id])
    if rerun.swap is not None and all(edge.input_id != rerun.swap.old_id for edge in edges):
        message = f"Generation {rerun.swap.old_id} is no input of generation {root.id}."
        raise InvalidInput(message, problems=(Problem(at="swap.old_id", message=message),))
    known = {root.id: root}
    if rerun.with_uses:
        edges = tx.lineage.descendants(root.id, max_depth=MOST_STEPS, most=10 * MOST_STEPS)
        seen = visible_among(tx, actor, {edge.output_id for edge in edges})
        open_to = recipes_among(tx, actor, seen.values())
        known |= {key: one for key, one in seen.items() if key in open_to}
    chosen: dict[UUID, frozenset[UUID]] = {root.id: frozenset()}
    left_out: dict[UUID, str] = {}
    into: dict[UUID, set[UUID]] = {}
    for edge in edges if rerun.with_uses else ():
        into.setdefault(edge.output_id, set()).add(edge.input_id)
    # The nearest come first, and whatever it is made from has been decided about before it.
    for key in _in_order(root.id, into):
        reason = _why_not(known.get(key))
        again = into[key] & chosen.keys()
        if not again:
            reason = "what it was made from is not made anew"
        if reason is None:
            chosen[key] = frozenset(again)
        elif key in known:
            left_out[key] = reason
    if len(chosen) > MOST_STEPS:
        message = f"That is {len(chosen)} generations; at most {MOST_STEPS} are made anew at once."
        raise InvalidInput(message, problems=(Problem(at="with_uses", message=message),))
    swapped = {} if rerun.swap is None else {rerun.swap.old_id: rerun.swap.new_id}
    steps = [
        _Step(
            old=known[key],
            request=SubmitRequest(
                generator=known[key].generator_name,
                inputs=_swapped(known[key].input_params, swapped),
                board_id=board_id,
                force=True,
                allow_unpriced=rerun.allow_unpriced,
                key=rerun.key,
                fingerprint=_fingerprint(rerun),
            ),
            after=after,
        )
        for key, after in chosen.items()
    ]
    return steps, tuple(LeftOut(generation_id=key, reason=left_out[key]) for key in left_out)


def _in_order(root: UUID, into: Mapping[UUID, set[UUID]]) -> Sequence[UUID]:
    """What was made from the root, each behind all of it that it was made from."""
    order: list[UUID] = []
    placed = {root}
    left = dict(into)
    while left:
        # Inputs from outside of the tree are there already.
        ready = [key for key, made_from in left.items() if not made_from & left.keys()]
        if not ready:
            break
        order += ready
        placed.update(ready)
        for key in ready:
            del left[key]
    return order


def _why_not(found: Generation | None) -> str | None:
    if found is None:
        return "it is not yours to see"
    if found.job_id is None:
        return "it was not made by a generator"
    if found.status is not Status.COMPLETED:
        return f"it is {found.status.value}"
    if found.batch_index > 0:
        return "it is a further output of a batch"
    return None


def _not_made(found: Generation) -> Conflict:
    return Conflict(
        f"Generation {found.id} was not made by a generator; there is nothing to make again."
    )


def _hold_back(tx: Tx, steps: Sequence[_Step], submission: Submission) -> None:
    """Have the later steps wait for the earlier ones."""
    if len(submission.generations) != len(steps):
        raise Conflict("This submit has made something else than was planned; try again.")
    made = {step.old.id: one.id for step, one in zip(steps, submission.generations, strict=True)}
    for step, new in zip(steps, submission.generations, strict=True):
        if not step.after:
            continue
        instead = {key: made[key] for key in step.after}
        edges = [
            replace(edge, input_id=instead.get(edge.input_id, edge.input_id))
            for edge in tx.lineage.inputs_of([new.id])
        ]
        tx.waits.hold_back(
            new.id,
            tenant_id=new.tenant_id,
            inputs=_swapped(new.input_params, instead),
            edges=edges,
        )


def _swapped(inputs: Mapping[str, JsonValue], instead: Mapping[UUID, UUID]) -> dict[str, JsonValue]:
    return {key: _swap(value, instead) for key, value in inputs.items()}


def _swap(value: JsonValue, instead: Mapping[UUID, UUID]) -> JsonValue:
    if isinstance(value, list):
        return [_swap(item, instead) for item in value]
    if isinstance(value, dict):
        return {key: _swap(item, instead) for key, item in value.items()}
    found = parse_id(value) if isinstance(value, str) else None
    return str(instead[found]) if found is not None and found in instead else value


def _without(inputs: Mapping[str, JsonValue], ids: set[UUID]) -> dict[str, JsonValue]:
    """Leave places free that these ids stood in."""

    def left(value: JsonValue) -> JsonValue:
        if isinstance(value, list):
            return [item for item in map(left, value) if item is not None]
        if isinstance(value, dict):
            return {key: left(item) for key, item in value.items()}
        return None if isinstance(value, str) and parse_id(value) in ids else value

    kept = {key: left(value) for key, value in inputs.items()}
    return {key: value for key, value in kept.items() if value is not None}


def _fingerprint(rerun: Rerun) -> str:
    asked = {
        "rerun": str(rerun.generation_id),
        "swap": None if rerun.swap is None else [str(rerun.swap.old_id), str(rerun.swap.new_id)],
        "with_uses": rerun.with_uses,
        "board_id": None if rerun.board_id is None else str(rerun.board_id),
        "allow_unpriced": rerun.allow_unpriced,
    }
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
