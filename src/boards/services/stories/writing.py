"""Writes down what was asked of a story, in the transaction that spends for it.

So no take is paid for that belongs nowhere, and none is waited for that nobody makes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from boards.domain.access import Actor, Duty
from boards.domain.generations import Generation
from boards.errors import Conflict
from boards.ids import new_id
from boards.services.ports import Tx
from boards.services.ports.stories import NewTake, StoryJob, StoryJobKind, Workspace
from boards.services.rights import require_person
from boards.services.stories.planning import SlotPlan
from boards.services.submissions import Submission

__all__ = ["Writer"]


@dataclass(kw_only=True)
class Writer:
    """Writes down what was asked, in the transaction that spends for it."""

    actor: Actor
    workspace: Workspace
    kind: StoryJobKind
    plans: Sequence[SlotPlan]
    is_overtaken: bool = False
    """Whether somebody else has asked for the same meanwhile, so that it must be planned anew."""

    def write(self, tx: Tx, submission: Submission) -> None:
        """Conflict when another submit was faster with one of these takes: nothing is spent."""
        since = min(plan.planned_at for plan in self.plans)
        # From here on nobody else numbers takes of this workspace until the transaction ends.
        tx.stories.touch(self.workspace.id, now=submission.job.created_at)
        wanted = {
            (plan.slot.name, plan.recipe, plan.round, ordinal)
            for plan in self.plans
            for ordinal in plan.missing
        }
        known = {one.id for plan in self.plans for one in plan.on_way}
        for one in tx.stories.made_since(self.workspace.id, since):
            if (
                one.id not in known
                and (one.slot.name, one.recipe, one.round, one.ordinal) in wanted
            ):
                self.is_overtaken = True
                raise Conflict("The same takes were asked for at the same moment; ask again.")
        job = self.job(submission)
        tx.stories.insert_job(job, self.takes(tx, job, submission.generations))

    def job(self, submission: Submission) -> StoryJob:
        """The story's job, which has the id of the one that runs."""
        return replace(self.new_job(submission.job.created_at), id=submission.job.id)

    def new_job(self, now: datetime) -> StoryJob:
        """A job with an id of its own."""
        return StoryJob(
            id=new_id(),
            tenant_id=self.workspace.tenant_id,
            workspace_id=self.workspace.id,
            user_id=require_person(self.actor, Duty.GENERATE),
            kind=self.kind,
            created_at=now,
        )

    def takes(self, tx: Tx, job: StoryJob, generations: Sequence[Generation]) -> list[NewTake]:
        """The rows: those that are made, in order of the requests, and those that are there."""
        last = dict(tx.stories.last_numbers(self.workspace.id))
        made = iter(generations)
        rows: list[NewTake] = []
        for plan in self.plans:
            number = max(last.get(plan.slot.name, 0), plan.last_number)
            there = {one.made.ordinal: one for one in plan.there if one.made is not None}
            on_way = {one.ordinal: one for one in plan.on_way}
            for ordinal in range(1, plan.takes + 1):
                new = NewTake(
                    id=new_id(),
                    tenant_id=job.tenant_id,
                    workspace_id=job.workspace_id,
                    job_id=job.id,
                    slot=plan.slot,
                    number=0,
                    recipe=plan.recipe,
                    round=plan.round,
                    ordinal=ordinal,
                    theme=plan.brief.theme,
                    prompt=plan.brief.prompt,
                    aspect=plan.brief.aspect,
                    kind=plan.kind,
                    generator=plan.generator,
                    created_at=job.created_at,
                )
                if ordinal in there:
                    take = there[ordinal]
                    rows.append(
                        replace(
                            new,
                            number=take.number,
                            is_shared=True,
                            generation_id=None if take.note is None else take.note.generation,
                            file=take.file,
                            ended_at=job.created_at,
                        )
                    )
                elif ordinal in on_way:
                    earlier = on_way[ordinal]
                    rows.append(
                        replace(
                            new,
                            number=earlier.number,
                            is_shared=True,
                            generation_id=earlier.generation_id,
                        )
                    )
                else:
                    number += 1
                    rows.append(replace(new, number=number, generation_id=next(made).id))
            last[plan.slot.name] = number
        return rows
