"""Takes: price them, have them made, show them, pick one; and uploads in their place.

A take is a generation like any other: it is submitted by the one service function, has a cost, a
lineage and a job, and can be cancelled. This adds only what a story needs: which takes are missing,
what their files are called, and the note of what was asked in the transaction that spends.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from boards.domain.access import Action, Actor
from boards.domain.artifacts import ArtifactType, StoredFile, extension_for_format
from boards.domain.costs import Cost, add, free
from boards.domain.generations import Generation
from boards.domain.storyboards.edits import media_of, with_media, with_portrait_references
from boards.domain.storyboards.storyboard import (
    Card,
    CardKind,
    Media,
    MediaKind,
    MediaSource,
    Reference,
    Storyboard,
)
from boards.domain.storyboards.takes import TAKES, Slot, SlotKind
from boards.errors import Conflict, NotFound, Refused, Unsupported
from boards.ids import new_id
from boards.services.budgets import BudgetWarning
from boards.services.ports import Tx
from boards.services.ports.stories import (
    Opened,
    StoryJob,
    StoryJobKind,
    Workspace,
)
from boards.services.quotes import Quote
from boards.services.receiving import receive
from boards.services.replays import check_key
from boards.services.rights import scope_of
from boards.services.stories.gallery import Take, kind_of_file
from boards.services.stories.planning import Planner, SlotPlan, TakesAsked
from boards.services.stories.rights import workspace_for
from boards.services.stories.workspaces import Story
from boards.services.stories.writing import Writer
from boards.services.submissions import Submission, SubmitRequest
from boards.services.submit import SubmitService
from boards.services.uploads import UploadWords

__all__ = ["Batch", "StoryEstimate", "StorySubmission", "TakeService", "Uploaded"]

_TRIES = 4
_KINDS = {ArtifactType.IMAGE: MediaKind.IMAGE, ArtifactType.VIDEO: MediaKind.VIDEO}
_REFERENCES = "portrait/refs"
MOST_REFERENCES = 14


@dataclass(frozen=True, kw_only=True)
class Batch:
    """For what takes are wanted. `cards` are places counted from 1, None for every overlay card
    that has a scene and no upload; `flagged` for whatever was made under another theme, the cover
    and the portrait too."""

    kind: StoryJobKind
    cards: tuple[int, ...] | None = None
    flagged: bool = False

    @classmethod
    def card(cls, number: int) -> "Batch":
        """One card, by its place."""
        return cls(kind=StoryJobKind.TAKES, cards=(number,))


@dataclass(frozen=True, kw_only=True)
class StoryEstimate:
    """What takes would cost. `total.cached_units` counts those that cost nothing because they are
    there or on their way. `quote` is what the budgets say. Nothing was spent."""

    total: Cost
    plans: tuple[SlotPlan, ...]
    costs: tuple[Cost, ...]
    quote: Quote


@dataclass(frozen=True, kw_only=True)
class StorySubmission:
    """A job that makes takes, and what it costs, exactly as the estimate said."""

    job: StoryJob
    estimate: Cost
    warnings: tuple[BudgetWarning, ...] = ()
    is_replay: bool = False


@dataclass(frozen=True, kw_only=True)
class Uploaded:
    """A file that was uploaded, as the story has it and as it is on the board."""

    story: Story
    generation: Generation
    path: str


@dataclass(frozen=True, kw_only=True)
class TakeService:
    """Makes and picks takes."""

    planner: Planner
    submits: SubmitService

    async def estimate(
        self, actor: Actor, slug: str, batch: Batch, asked: TakesAsked
    ) -> StoryEstimate:
        """Say what the takes would cost; spends nothing.

        Raises Refused for what cannot be made, with the reason, NotConfigured without a generator,
        NotFound and Forbidden for the workspace and its cards.
        """
        story = await self._story(actor, slug, Action.GENERATE)
        plans = await self.planner.plan(actor, story, _slots(story, batch), asked)
        requests = [request for plan in plans for request in plan.requests]
        quote = await self.submits.quote(actor, requests)
        costs = _costs(plans, [part.cost for part in quote.parts])
        return StoryEstimate(
            total=_total(plans, quote.total), plans=plans, costs=costs, quote=quote
        )

    async def generate(
        self,
        actor: Actor,
        slug: str,
        batch: Batch,
        asked: TakesAsked,
        *,
        key: str | None = None,
    ) -> StorySubmission:
        """Have the takes made that are missing, as one job; this spends what `estimate` says.

        `key` is an idempotency key. Errors as `estimate`, and those of a submit: OverBudget, and
        NotConfigured when the provider's key is missing.
        """
        for _ in range(_TRIES):
            submission = await self._generate(actor, slug, batch, asked, key)
            if submission is not None:
                return submission
        raise Conflict("The same takes are being asked for again and again; look at what is there.")

    async def _generate(
        self, actor: Actor, slug: str, batch: Batch, asked: TakesAsked, key: str | None
    ) -> StorySubmission | None:
        """Try once; None when somebody else was faster with one of the takes."""
        fingerprint = _fingerprint(slug, batch, asked)
        story = await self._story(actor, slug, Action.GENERATE)
        earlier = await self._earlier(actor, key, fingerprint)
        if earlier is not None:
            return earlier
        plans = await self.planner.plan(actor, story, _slots(story, batch), asked)
        writer = Writer(actor=actor, workspace=story.workspace, kind=batch.kind, plans=plans)
        requests = [request for plan in plans for request in plan.requests]
        if not requests:
            return await self._there_already(writer)
        requests[0] = replace(requests[0], key=key, fingerprint=fingerprint)
        try:
            submission = await self.submits.submit_together(actor, requests, also=writer.write)
        except Conflict:
            if not writer.is_overtaken:
                raise
            return None
        if submission.is_replay:
            return await self._job(actor, submission)
        return StorySubmission(
            job=writer.job(submission),
            estimate=_total(plans, submission.estimate),
            warnings=submission.warnings,
        )

    async def takes(self, actor: Actor, slug: str, slot: "Slot | int") -> tuple[Take, ...]:
        """List the takes of a card, by its place, or of another slot, as the files tell."""
        story = await self._story(actor, slug, Action.VIEW_RECIPES)
        found = _slot_at(story.storyboard, slot) if isinstance(slot, int) else slot
        gallery = self.planner.gallery(story.workspace)
        return await gallery.takes(story.storyboard, [found])

    async def all_takes(self, actor: Actor, slug: str) -> tuple[Take, ...]:
        """List the takes of all slots."""
        story = await self._story(actor, slug, Action.VIEW_RECIPES)
        slots = [Slot(kind=SlotKind.CARD, card_id=card.id) for card in story.storyboard.cards]
        slots += [Slot(kind=SlotKind.COVER), Slot(kind=SlotKind.PORTRAIT)]
        return await self.planner.gallery(story.workspace).takes(story.storyboard, slots)

    async def pick(self, actor: Actor, slug: str, slot: "Slot | int", take: str) -> Story:
        """Choose a take for a card, by its place, or for another slot.

        It is copied to where the next steps look for it, and recorded with the theme that it was
        made under. Refused for what is no take of that slot, NotFound for one that is gone.
        """
        story = await self._story(actor, slug, Action.UPLOAD)
        found = _slot_at(story.storyboard, slot) if isinstance(slot, int) else slot
        gallery = self.planner.gallery(story.workspace)
        chosen = await gallery.take(story.storyboard, found, take)
        return await self.use(story.workspace, chosen)

    async def use(self, workspace: Workspace, take: Take) -> Story:
        """Fill a slot with a take of it."""
        files = self.planner.workspaces.files(workspace)
        path = take.slot.file(take.file.rpartition(".")[2])
        gallery = self.planner.gallery(workspace)
        data = await gallery.read(take.path, max_bytes=self.planner.uploads.max_bytes)
        await files.put(workspace, path, data)
        media = Media(
            kind=take.kind,
            source=MediaSource.GENERATED,
            theme=None if take.note is None else take.note.theme,
            path=path,
            take=take.file,
            generation=None if take.note is None else take.note.generation,
        )
        return await self._fill(workspace, take.slot, media, f"Pick {take.file}")

    async def upload(
        self,
        actor: Actor,
        slug: str,
        slot: "Slot | int",
        *,
        source: AsyncIterator[bytes] | Path | bytes,
        filename: str | None,
    ) -> Uploaded:
        """Fill a slot with an image or a video of one's own, as it is.

        TooLarge over the limit, Unsupported for other kinds of files; nothing is changed then.
        """
        story = await self._story(actor, slug, Action.UPLOAD)
        found = _slot_at(story.storyboard, slot) if isinstance(slot, int) else slot
        card = story.storyboard.card_with(found.card_id or 0)
        if card is not None and card.kind is not CardKind.OVERLAY:
            raise Refused(
                f"Card {slot} is of the kind {card.kind.value!r}; only an overlay has media."
            )
        kinds = {ArtifactType.IMAGE}
        if found.kind is SlotKind.CARD:
            kinds.add(ArtifactType.VIDEO)
        generation = await self._take_in(actor, story.workspace, source, filename, kinds)
        file = _file_of(generation)
        path = found.file(extension_for_format(file.facts.format))
        await self.planner.workspaces.files(story.workspace).put(story.workspace, path, file)
        media = Media(
            kind=_KINDS[generation.artifact_type],
            source=MediaSource.UPLOADED,
            path=path,
            generation=generation.id,
        )
        saved = await self._fill(story.workspace, found, media, f"Upload {path}")
        return Uploaded(story=saved, generation=generation, path=path)

    async def upload_reference(
        self,
        actor: Actor,
        slug: str,
        *,
        source: AsyncIterator[bytes] | Path | bytes,
        filename: str | None,
    ) -> Uploaded:
        """Add a reference photo of the portrait. Refused when there are too many; else errors as
        `upload`."""
        story = await self._story(actor, slug, Action.UPLOAD)
        if len(story.storyboard.portrait.references) >= MOST_REFERENCES:
            raise Refused(f"A portrait has at most {MOST_REFERENCES} reference photos.")
        workspace = story.workspace
        generation = await self._take_in(actor, workspace, source, filename, {ArtifactType.IMAGE})
        file = _file_of(generation)
        files = self.planner.workspaces.files(workspace)
        listed = await files.list(workspace, _REFERENCES)
        numbers = [one.path.rpartition("/")[2].partition(".")[0] for one in listed]
        number = max((int(one) for one in numbers if one.isdecimal()), default=0) + 1
        path = f"{_REFERENCES}/{number:02d}.{extension_for_format(file.facts.format)}"
        await files.put(workspace, path, file)
        one = Reference(path=path, generation=generation.id)
        saved = await self.planner.workspaces.apply(
            workspace,
            lambda board: with_portrait_references(board, [*board.portrait.references, one]),
            message=f"Add {path}",
            files=(path,),
        )
        return Uploaded(story=saved, generation=generation, path=path)

    async def file(self, actor: Actor, slug: str, name: str) -> tuple[Workspace, Opened]:
        """Find a take, by its name, or another picture of the workspace, by its path.

        NotFound when there is none; Refused for what is no name of one, such as a way out.
        """
        parts = name.split("/")
        if "\\" in name or any(part in ("", ".", "..") or part[0] == "." for part in parts):
            raise Refused(f"{name!r:.80} is no file of a workspace.")
        workspace = await self.planner.workspaces.find(actor, slug, Action.VIEW_RECIPES)
        files = self.planner.workspaces.files(workspace)
        missing = NotFound(f"There is no file {name!r:.80} in the workspace {slug!r}.")
        if kind_of_file(name) is None:
            raise missing
        paths = [name] if len(parts) > 1 else [f"{TAKES}/{name}", f"cards/{name}", name]
        for path in paths:
            if await files.facts(workspace, path) is not None:
                return workspace, await files.open(workspace, path)
        raise missing

    async def _fill(self, workspace: Workspace, slot: Slot, media: Media, message: str) -> Story:
        """Record what fills a slot, and then remove the file that did before."""
        before: list[str] = []

        def edit(board: Storyboard) -> Storyboard:
            old = media_of(board, slot)
            before[:] = [old.path] if old is not None and old.path not in (None, media.path) else []
            return with_media(board, slot, media)

        files = self.planner.workspaces.files(workspace)
        story = await self.planner.workspaces.apply(
            workspace, edit, message=message, files=(media.path or "",)
        )
        for path in before:
            if path.startswith((f"cards/{slot.name}.", f"{slot.name}.")):
                await files.remove(workspace, path)
        return story

    async def _take_in(
        self,
        actor: Actor,
        workspace: Workspace,
        source: AsyncIterator[bytes] | Path | bytes,
        filename: str | None,
        kinds: set[ArtifactType],
    ) -> Generation:
        """Look at what comes in before it becomes a generation of the board."""
        uploads = self.planner.uploads
        words = UploadWords(filename=filename, board_id=workspace.board_id)
        await uploads.check(actor, words)
        path = uploads.scratch / f"story-{new_id()}"
        try:
            await receive(source, path, max_bytes=uploads.max_bytes)
            facts = await uploads.media.probe(path)
            if facts.artifact_type not in kinds:
                known = " or ".join(sorted(kind.value for kind in kinds))
                raise Unsupported(f"The file is {facts.format}; upload an {known} here.")
            return await uploads.take_in(actor, path, words, source="file")
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def _story(self, actor: Actor, slug: str, action: Action) -> Story:
        workspaces = self.planner.workspaces
        return await workspaces.read(await workspaces.find(actor, slug, action))

    async def _earlier(
        self, actor: Actor, key: str | None, fingerprint: str
    ) -> StorySubmission | None:
        """What was answered to the same request under this key. InvalidInput for another one."""
        if check_key(key) is None:
            return None
        request = SubmitRequest(generator="", inputs={}, key=key, fingerprint=fingerprint)
        earlier = await self.submits.earlier(actor, request)
        return None if earlier is None else await self._job(actor, earlier)

    async def _job(self, actor: Actor, submission: Submission) -> StorySubmission | None:
        def look(tx: Tx) -> StorySubmission | None:
            job = tx.stories.job(submission.job.id)
            if job is None:
                return None
            own = {one.id for one in submission.generations}
            shared = [one for one in tx.stories.takes_of(job.id) if one.generation_id not in own]
            cached = submission.estimate.cached_units + len(shared)
            return StorySubmission(
                job=job,
                estimate=replace(submission.estimate, cached_units=cached),
                is_replay=True,
            )

        return await self.planner.database.read(look, scope=scope_of(actor))

    async def _there_already(self, writer: Writer) -> StorySubmission:
        """A job of which everything is there or paid for by an earlier one."""
        job = writer.new_job(writer.plans[0].planned_at)

        def work(tx: Tx) -> None:
            workspace_for(tx, writer.actor, writer.workspace.slug, Action.GENERATE)
            tx.stories.insert_job(job, writer.takes(tx, job, ()))

        await self.planner.database.write(work, scope=scope_of(writer.actor))
        return StorySubmission(job=job, estimate=_total(writer.plans, free()))


def _slots(story: Story, batch: Batch) -> tuple[Slot, ...]:
    """The slots that takes are wanted for. Refused when there is none."""
    board = story.storyboard
    if batch.kind in (StoryJobKind.COVER, StoryJobKind.PORTRAIT):
        return (Slot(kind=SlotKind(batch.kind.value)),)
    if batch.cards is not None:
        chosen = tuple(dict.fromkeys(_slot_at(board, number) for number in batch.cards))
        if batch.flagged:
            chosen = tuple(slot for slot in chosen if slot in story.flagged)
    elif batch.flagged:
        chosen = story.flagged
    else:
        chosen = tuple(
            Slot(kind=SlotKind.CARD, card_id=card.id) for card in board.cards if _wants(card)
        )
    if not chosen:
        raise Refused(
            "Nothing was made under another theme."
            if batch.flagged
            else "No card of the storyboard wants takes: none is an overlay with a scene."
        )
    return chosen


def _wants(card: Card) -> bool:
    is_own = card.media is not None and card.media.source is not MediaSource.GENERATED
    return card.kind is CardKind.OVERLAY and bool(card.scene.strip()) and not is_own


def _slot_at(board: Storyboard, number: int) -> Slot:
    card = board.card_at(number)
    if card is None:
        raise NotFound(f"There is no card {number}; the storyboard has {len(board.cards)}.")
    return Slot(kind=SlotKind.CARD, card_id=card.id)


def _costs(plans: Sequence[SlotPlan], parts: Sequence[Cost]) -> tuple[Cost, ...]:
    """What each slot comes to, from what each request does."""
    left = iter(parts)
    return tuple(
        replace(total, cached_units=total.cached_units + plan.cached)
        for plan in plans
        for total in [add([next(left) for _ in plan.requests])]
    )


def _total(plans: Sequence[SlotPlan], cost: Cost) -> Cost:
    return replace(cost, cached_units=cost.cached_units + sum(plan.cached for plan in plans))


def _file_of(generation: Generation) -> StoredFile:
    if generation.file is None:
        raise NotFound(f"Generation {generation.id} has no file.")
    return generation.file


def _fingerprint(slug: str, batch: Batch, asked: TakesAsked) -> str:
    """What two requests for takes have in common that ask for the same."""
    parts = [
        *("story", slug, batch.kind.value, batch.cards, batch.flagged),
        *(asked.takes, asked.theme, asked.kind.value, asked.generator),
        *(asked.force, asked.allow_unpriced),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
