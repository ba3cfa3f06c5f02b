"""Takes of a story as answers show them: what is asked, prices, jobs, picks."""

from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from pydantic import Field

from boards.api.links import API
from boards.api.shapes.base import Answer, Name, Sent, Text, Whole
from boards.api.shapes.budgets import (
    BudgetShape,
    BudgetWarningShape,
    RefusalShape,
    budget_shape,
    refusal_shape,
    warning_shapes,
)
from boards.api.shapes.costs import CostShape, cost_shape
from boards.api.shapes.generations import FailureShape, failure_shape
from boards.domain.generations import Status
from boards.domain.jobs import JobState
from boards.domain.storyboards.edits import media_of
from boards.domain.storyboards.storyboard import (
    Media,
    MediaKind,
    MediaSource,
    Storyboard,
)
from boards.domain.storyboards.takes import Slot, SlotKind
from boards.services.ports.stories import StoryJobKind
from boards.services.stories.gallery import Take
from boards.services.stories.jobs import ItemView, StoryJobView, TakeView
from boards.services.stories.planning import TakesAsked
from boards.services.stories.takes import StoryEstimate, StorySubmission
from boards.services.stories.workspaces import Story

__all__ = [
    "BatchRequest",
    "MediaShape",
    "PickRequest",
    "PickedShape",
    "RerollRequest",
    "StartedShape",
    "StoryEstimateShape",
    "StoryJobShape",
    "TakeList",
    "TakesRequest",
    "estimate_shape",
    "job_shape",
    "picked_shape",
    "place_of",
    "started_shape",
    "take_list",
]


class TakesRequest(Sent):
    """How takes are to be made; what is left out is as the story says."""

    takes: Whole | None = Field(default=None, description="How many; by default the story's.")
    theme: Name | None = Field(default=None, description="The theme to make them under.")
    kind: MediaKind = Field(default=MediaKind.IMAGE, strict=False, description="What to make.")
    generator: Name | None = Field(default=None, description="The generator to make them with.")
    force: bool = Field(
        default=False, description="Make new ones, although there are some; this is paid again."
    )
    allow_unpriced: bool = Field(
        default=False,
        description="Run it under a hard budget although nobody knows what it costs.",
    )

    def asked(self) -> TakesAsked:
        return TakesAsked(
            takes=self.takes,
            theme=self.theme,
            kind=self.kind,
            generator=self.generator,
            force=self.force,
            allow_unpriced=self.allow_unpriced,
        )


class BatchRequest(TakesRequest):
    """The same for several cards, as one job."""

    cards: list[Whole] | None = Field(
        default=None,
        min_length=1,
        max_length=500,
        description="Which cards, counted from 1; null for every overlay with a scene and no "
        "upload.",
    )


class RerollRequest(Sent):
    """Make anew what was made under another theme; this is always paid."""

    cards: list[Whole] | None = Field(
        default=None, min_length=1, max_length=500, description="Only these; null for all."
    )
    takes: Whole | None = Field(default=None, description="How many; by default the story's.")
    allow_unpriced: bool = Field(
        default=False,
        description="Run it under a hard budget although nobody knows what it costs.",
    )

    def asked(self) -> TakesAsked:
        return TakesAsked(takes=self.takes, force=True, allow_unpriced=self.allow_unpriced)


class PickRequest(Sent):
    """The take to use."""

    take: Text = Field(min_length=1, max_length=100, description="Its file, such as `03-2.png`.")


class MediaShape(Answer):
    """What fills a slot."""

    kind: MediaKind = Field(description="What it is.")
    source: MediaSource = Field(description="Where it comes from.")
    theme: str | None = Field(description="The theme that it was made under.")
    path: str | None = Field(description="Where it lies in the workspace.")
    take: str | None = Field(description="The take that was picked.")
    generation_id: UUID | None = Field(description="What it is on the board.")


class PickedShape(Answer):
    """A slot after it was filled."""

    slot: SlotKind = Field(description="What was filled.")
    card: int | None = Field(description="The card, counted from 1; null for cover and portrait.")
    media: MediaShape | None = Field(description="What fills it now.")
    references: list[str] = Field(description="The portrait's reference photos.")
    revision: str = Field(description="The storyboard's revision.")
    commit: str | None = Field(description="The git commit of this save, if there is one.")
    note: str | None = Field(description="Why it was not committed; the save itself holds.")


class TakeShape(Answer):
    """One take that is there."""

    file: str = Field(description="Its name, by which it is picked.")
    url: str = Field(description="Where to get it.")
    slot: SlotKind = Field(description="What it is for.")
    card_id: int | None = Field(description="The id of its card; null for cover and portrait.")
    number: int = Field(description="It counts the takes of the slot, over all rounds.")
    round: int | None = Field(description="The Generate that it was made in; null if unknown.")
    kind: MediaKind = Field(description="What it is.")
    theme: str | None = Field(description="The theme that it was made under; null if unknown.")
    prompt: str | None = Field(description="What was asked for; null if unknown.")
    generator: str | None = Field(description="What made it; null if unknown.")
    generation_id: UUID | None = Field(description="What it is on the board; null if unknown.")
    picked: bool = Field(description="Whether it is the one that is used.")
    size: int = Field(description="Its size in bytes.")
    created_at: datetime = Field(description="When its file was written.")


class TakeList(Answer):
    """The takes that are in the workspace, as the files tell."""

    takes: list[TakeShape] = Field(description="The takes, by number.")


class StartedShape(Answer):
    """A job that was started."""

    job_id: UUID = Field(description="Poll it at `jobs/{job_id}` of the workspace.")
    cost_estimate: CostShape = Field(description="What it will cost, as the estimate said.")
    warnings: list[BudgetWarningShape] = Field(description="What soft budgets say.")
    spends_money: bool = Field(description="Whether anything of it is paid for, or may be.")


class EstimateItem(Answer):
    """What one slot would cost."""

    slot: SlotKind = Field(description="What takes are for.")
    card: int | None = Field(description="The card, counted from 1; null for cover and portrait.")
    takes: int = Field(description="How many are wanted.")
    cached: int = Field(description="How many are there already or paid for; they cost nothing.")
    generator: str = Field(description="What would make them.")
    theme: str = Field(description="The theme they would be made under.")
    prompt: str = Field(description="What would be asked for.")
    aspect: str = Field(description="The shape that would be asked for.")
    cost_estimate: CostShape = Field(description="What the rest would cost.")


class StoryEstimateShape(Answer):
    """What takes would cost. Nothing was spent."""

    cost_estimate: CostShape = Field(description="The cost of everything together.")
    items: list[EstimateItem] = Field(description="Each card, the cover or the portrait.")
    budget: BudgetShape | None = Field(
        description="Of the budgets that bound it the one with the least left; null without any."
    )
    warnings: list[BudgetWarningShape] = Field(description="What soft budgets say.")
    refusal: RefusalShape | None = Field(
        description="What a start would be refused with now; null if it would pass."
    )


class JobTake(Answer):
    """A take of a job."""

    file: str | None = Field(description="Its name; null until it is in the workspace.")
    url: str | None = Field(description="Where to get it; null until it is there.")
    slot: SlotKind = Field(description="What it is for.")
    card: int | None = Field(description="Where its card stands now, from 1; null for none.")
    card_id: int | None = Field(description="The id of its card; null for cover and portrait.")
    number: int = Field(description="It counts the takes of the slot, over all rounds.")
    status: Status = Field(description="How it stands.")
    cached: bool = Field(description="It cost this job nothing.")
    generation_id: UUID | None = Field(description="What it is on the board.")
    error: FailureShape | None = Field(description="Why it failed, if it did.")


class JobItem(Answer):
    """What a job makes for one card, or for the cover or the portrait."""

    slot: SlotKind = Field(description="What it is for.")
    card: int | None = Field(description="Where the card stands now, from 1; null for none.")
    card_id: int | None = Field(description="The id of the card; null for cover and portrait.")
    state: JobState = Field(description="How it stands.")
    partial: bool = Field(description="Done, but some takes gave nothing.")
    takes: list[JobTake] = Field(description="Its takes.")
    cost_estimate: CostShape = Field(description="What was held for it.")
    cost_actual: CostShape = Field(description="What it has come to so far.")
    error: FailureShape | None = Field(description="Why a take of it failed, if one did.")


class Progress(Answer):
    """How many takes have ended."""

    done: int = Field(description="How many have ended.")
    total: int = Field(description="Of how many.")
    fraction: float = Field(description="From 0 to 1, with what runs counted in part.")


class StoryJobShape(Answer):
    """A job of a story."""

    job_id: UUID = Field(description="The id of this job.")
    kind: StoryJobKind = Field(description="What it makes.")
    state: JobState = Field(description="done, failed and cancelled are final.")
    partial: bool = Field(description="Done, but some takes gave nothing.")
    needs_attention: bool = Field(description="Somebody has to decide about a take of it.")
    cost_estimate: CostShape = Field(description="What was held for all of it.")
    cost_actual: CostShape = Field(description="What it has come to so far.")
    eta: float | None = Field(description="Seconds until it is done; null while nobody knows.")
    progress: Progress = Field(description="How far it is.")
    line: str = Field(description="The same in one line, such as `3 of 8 done, ~$0.12 spent`.")
    takes: list[JobTake] = Field(description="Its takes; a file is there before it is named.")
    items: list[JobItem] = Field(description="The same by card.")
    created_at: datetime = Field(description="When it was asked for.")


def picked_shape(story: Story, slot: Slot) -> PickedShape:
    """Show a slot after it was filled."""
    media = media_of(story.storyboard, slot)
    return PickedShape(
        slot=slot.kind,
        card=place_of(story.storyboard, slot),
        media=None if media is None else _media(media),
        references=[one.path for one in story.storyboard.portrait.references],
        revision=story.revision,
        commit=story.saved.commit if story.saved else None,
        note=story.saved.note if story.saved else None,
    )


def take_list(slug: str, takes: tuple[Take, ...]) -> TakeList:
    """Show the takes that are there."""
    return TakeList(
        takes=[
            TakeShape(
                file=one.file,
                url=_url(slug, one.file),
                slot=one.slot.kind,
                card_id=one.slot.card_id,
                number=one.number,
                round=one.note.round if one.note else None,
                kind=one.kind,
                theme=one.note.theme if one.note else None,
                prompt=one.note.prompt if one.note else None,
                generator=one.note.generator if one.note else None,
                generation_id=one.note.generation if one.note else None,
                picked=one.is_picked,
                size=one.size,
                created_at=one.created_at,
            )
            for one in takes
        ]
    )


def started_shape(submission: StorySubmission) -> StartedShape:
    """Show a job that was started."""
    return StartedShape(
        job_id=submission.job.id,
        cost_estimate=cost_shape(submission.estimate),
        warnings=warning_shapes(submission.warnings),
        spends_money=submission.estimate.amount is None or submission.estimate.amount > 0,
    )


def estimate_shape(estimate: StoryEstimate, board: Storyboard) -> StoryEstimateShape:
    """Show what takes would cost."""
    budget, refusal = estimate.quote.budget, estimate.quote.refusal
    return StoryEstimateShape(
        cost_estimate=cost_shape(estimate.total),
        items=[
            EstimateItem(
                slot=plan.slot.kind,
                card=place_of(board, plan.slot),
                takes=plan.takes,
                cached=plan.cached,
                generator=plan.generator,
                theme=plan.brief.theme,
                prompt=plan.brief.prompt,
                aspect=plan.brief.aspect,
                cost_estimate=cost_shape(cost),
            )
            for plan, cost in zip(estimate.plans, estimate.costs, strict=True)
        ],
        budget=None if budget is None else budget_shape(budget),
        warnings=warning_shapes(estimate.quote.warnings),
        refusal=None if refusal is None else refusal_shape(refusal),
    )


def job_shape(slug: str, view: StoryJobView, board: Storyboard | None) -> StoryJobShape:
    """Show a job of a story; `board` tells where its cards stand now, None for nobody knows."""
    return StoryJobShape(
        job_id=view.job.id,
        kind=view.job.kind,
        state=view.state,
        partial=view.partial,
        needs_attention=view.needs_attention,
        cost_estimate=cost_shape(view.estimate),
        cost_actual=cost_shape(view.actual),
        eta=None if view.eta is None else round(view.eta, 1),
        progress=Progress(done=view.done, total=view.total, fraction=view.progress),
        line=view.line,
        takes=[_job_take(slug, one, board) for one in view.takes],
        items=[_item(slug, one, board) for one in view.items],
        created_at=view.job.created_at,
    )


def _item(slug: str, item: ItemView, board: Storyboard | None) -> JobItem:
    failure = next((one.failure for one in item.takes if one.failure is not None), None)
    return JobItem(
        slot=item.slot.kind,
        card=place_of(board, item.slot),
        card_id=item.slot.card_id,
        state=item.state,
        partial=item.partial,
        takes=[_job_take(slug, one, board) for one in item.takes],
        cost_estimate=cost_shape(item.estimate),
        cost_actual=cost_shape(item.actual),
        error=None if failure is None else failure_shape(failure),
    )


def _job_take(slug: str, view: TakeView, board: Storyboard | None) -> JobTake:
    return JobTake(
        file=view.file,
        url=None if view.file is None else _url(slug, view.file),
        slot=view.take.slot.kind,
        card=place_of(board, view.take.slot),
        card_id=view.take.slot.card_id,
        number=view.take.number,
        status=view.status,
        cached=view.is_cached,
        generation_id=view.take.generation_id,
        error=None if view.failure is None else failure_shape(view.failure),
    )


def _url(slug: str, file: str) -> str:
    """Within this server, so that a page asks the one that it came from."""
    return f"{API}/workspace/{quote(slug, safe='')}/takes/{quote(file)}"


def place_of(board: Storyboard | None, slot: Slot) -> int | None:
    """Where the card of a slot stands now, counted from 1."""
    if board is None or slot.card_id is None:
        return None
    return next((at for at, card in enumerate(board.cards, 1) if card.id == slot.card_id), None)


def _media(media: Media) -> MediaShape:
    return MediaShape(
        kind=media.kind,
        source=media.source,
        theme=media.theme,
        path=media.path,
        take=media.take,
        generation_id=media.generation,
    )
