"""The attention list: what may have cost money and cannot go on by itself, and how it is decided.

A decision ends the hold once: it takes the row off the list by an UPDATE that carries its guard,
and whoever comes second finds nothing to decide. It is written into the events with who made it.
"""

from dataclasses import dataclass
from uuid import UUID

from boards.domain.access import Actor, Duty
from boards.domain.costs import CostSource
from boards.domain.generations import FINAL, Failure, Generation, Phase
from boards.errors import Conflict
from boards.generators.registry import GeneratorRegistry
from boards.services.audit import note
from boards.services.deliver import Money, cost_of_end, end_hold
from boards.services.events import Decision, announce
from boards.services.open_questions import AttentionItem, Reason, Way, reason_of, ways_out
from boards.services.ports import Clock, Database, GenerationFilter, Page, Tx
from boards.services.reconcile import Checked, Reconciler
from boards.services.rights import attention_for, require_person, scope_of, shown_to_decide

__all__ = ["AttentionService"]

_LOST = {
    Way.MARK_LOST: "It was given up as lost; its cost counts as spent, at the estimate.",
    Way.RELEASE_HOLD: "It was given up as lost; somebody made sure that it was not billed.",
}


@dataclass(frozen=True, kw_only=True)
class AttentionService:
    """Shows the list to those who may decide, and does what they decide."""

    database: Database
    registry: GeneratorRegistry
    reconciler: Reconciler
    clock: Clock

    async def list(self, actor: Actor, *, limit: int, cursor: str | None) -> Page[AttentionItem]:
        """List what waits for a decision that the actor may make, newest first: on the boards that
        they own or administer, for a tenant admin on all."""

        mine = require_person(actor, Duty.SEE_OWN)

        def look(tx: Tx) -> Page[AttentionItem]:
            boards = None if actor.is_tenant_admin else tx.boards.ids_administered_by(mine)
            which = GenerationFilter(board_ids=boards, needs_attention=True)
            page = tx.generations.list(which, limit=limit, cursor=cursor)
            items = [self._item(shown_to_decide(tx, actor, one)) for one in page.items]
            return Page(items=tuple(one for one in items if one), next=page.next)

        return await self.database.read(look, scope=scope_of(actor))

    async def check_again(self, actor: Actor, generation_id: UUID) -> Checked:
        """Ask the provider what became of it, and go on with what it says; never a paid call.

        Conflict when it is not on the list, or when there is nobody to ask; errors of the provider
        where it does not answer: then nothing has changed.
        """
        generation = await self.database.read(
            lambda tx: attention_for(tx, actor, generation_id), scope=scope_of(actor)
        )
        checked = await self.reconciler.check(generation, by=actor.user_id)
        shown = await self.database.read(
            lambda tx: shown_to_decide(tx, actor, checked.generation), scope=scope_of(actor)
        )
        return Checked(generation=shown, outcome=checked.outcome, message=checked.message)

    async def mark_lost(self, actor: Actor, generation_id: UUID) -> Generation:
        """Give it up: its cost counts as spent, at the estimate. What has not ended ends as failed.

        Conflict when it is not on the list, or while somebody is looking at it.
        """
        return await self._decide(actor, generation_id, Way.MARK_LOST)

    async def release_hold(self, actor: Actor, generation_id: UUID) -> Generation:
        """Say that it was not billed: the hold goes back. A lost submit ends as failed.

        Conflict as for `mark_lost`, and for a job that is still at the provider.
        """
        return await self._decide(actor, generation_id, Way.RELEASE_HOLD)

    async def _decide(self, actor: Actor, generation_id: UUID, way: Way) -> Generation:
        def work(tx: Tx) -> Generation:
            seen = attention_for(tx, actor, generation_id)
            reason = reason_of(seen)
            if reason is None:
                raise Conflict(_nothing_to_decide(seen))
            if way is Way.RELEASE_HOLD and reason is Reason.PARKED:
                raise Conflict(
                    f"The job of generation {generation_id} is still at its provider "
                    f"({seen.external_id!r}), and may bill. Check it again, cancel it, or mark it "
                    "as lost."
                )
            now = self.clock.now()
            is_free = way is Way.RELEASE_HOLD
            money = Money.RELEASE if is_free else Money.SETTLE
            cost = cost_of_end(seen, money, source=CostSource.DECISION)
            # The guard: of two who decide at once, the other finds nothing here.
            if not tx.generations.resolve(generation_id, now=now, cost=cost):
                raise Conflict(
                    f"Generation {generation_id} is being looked at just now, or somebody has "
                    "decided already; read it again."
                )
            generation = tx.generations.get(generation_id) or seen
            failure = generation.failure
            if generation.phase not in FINAL:
                failure = Failure(code="lost", message=_LOST[way])
                ended = tx.generations.move(
                    generation_id,
                    Phase.FAILED,
                    now=now,
                    failure=failure,
                    message="",
                    completed_at=now,
                )
                if not ended:
                    raise Conflict(_nothing_to_decide(generation))
            end_hold(tx, generation, money, now=now, source=CostSource.DECISION)
            after = tx.generations.get(generation_id) or generation
            note(tx, actor, f"attention.{way.value}", target=("generation", seen.id), now=now)
            announce(
                tx,
                after,
                "phase",
                phase=after.phase,
                failure=failure,
                decision=Decision(what=way.value, by=actor.user_id),
                now=now,
            )
            return shown_to_decide(tx, actor, after)

        return await self.database.write(work, scope=scope_of(actor))

    def _item(self, generation: Generation) -> AttentionItem | None:
        reason = reason_of(generation)
        if reason is None:
            return None
        generator = self.registry.get(generation.generator_name)
        ways = ways_out(generation, generator)
        return AttentionItem(generation=generation, reason=reason, ways=ways)


def _nothing_to_decide(generation: Generation) -> str:
    return (
        f"Generation {generation.id} is not on the attention list "
        f"(status: {generation.status.value}); there is nothing to decide."
    )
