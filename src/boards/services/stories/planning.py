"""Plans takes: what is there already, what is missing, and the requests that would make it.

Nothing is spent here. The estimate and the run are made of the same plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from pydantic import JsonValue

from boards.domain.access import Action, Actor
from boards.domain.jobs import MAX_TAKES
from boards.domain.storyboards.edits import media_of
from boards.domain.storyboards.prompts import Brief, brief_of
from boards.domain.storyboards.storyboard import MediaKind, Storyboard
from boards.domain.storyboards.takes import (
    Recipe,
    Slot,
    SlotKind,
    missing_ordinals,
    round_to_fill,
    seed_of,
)
from boards.errors import NotConfigured, NotFound, Refused
from boards.generators.base import BaseGenerator
from boards.ids import parse_id
from boards.services.generators import GeneratorService, why_unavailable
from boards.services.ports import Clock, Database, Storage, Tx
from boards.services.ports.stories import PlannedTake, Workspace
from boards.services.rights import generation_for, scope_of
from boards.services.stories.gallery import Gallery, Take
from boards.services.stories.inputs import inputs_for, most_seed, with_seed
from boards.services.stories.workspaces import Story, WorkspaceService
from boards.services.submissions import SubmitRequest
from boards.services.uploads import UploadService

__all__ = ["Defaults", "Planner", "SlotPlan", "TakesAsked"]


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """The generators that takes are made with where a story says nothing. None: there is none."""

    image: str | None = None
    video: str | None = None


@dataclass(frozen=True, kw_only=True)
class TakesAsked:
    """How takes are to be made. What is None is as the story says.

    `force` makes new ones although there are some; `generator` is used instead of the story's.
    """

    takes: int | None = None
    theme: str | None = None
    kind: MediaKind = MediaKind.IMAGE
    generator: str | None = None
    force: bool = False
    allow_unpriced: bool = False


@dataclass(frozen=True, kw_only=True)
class SlotPlan:
    """What a request means for one slot: so many `takes`, of which some are `there`, some `on_way`
    by an earlier job, and the rest of the places, `missing`, are to be made by `requests`."""

    slot: Slot
    brief: Brief
    recipe: str
    round: int
    takes: int
    kind: MediaKind
    generator: str
    there: tuple[Take, ...]
    on_way: tuple[PlannedTake, ...]
    missing: tuple[int, ...]
    requests: tuple[SubmitRequest, ...]
    last_number: int
    planned_at: datetime

    @property
    def cached(self) -> int:
        """How many cost nothing any more."""
        return len(self.there) + len(self.on_way)


@dataclass(frozen=True, kw_only=True)
class Planner:
    """Makes plans."""

    database: Database
    clock: Clock
    workspaces: WorkspaceService
    generators: GeneratorService
    uploads: UploadService
    storage: Storage
    defaults: Defaults = field(default_factory=Defaults)

    def gallery(self, workspace: Workspace) -> Gallery:
        """What reads a workspace's takes."""
        return Gallery(
            workspace=workspace, files=self.workspaces.files(workspace), storage=self.storage
        )

    def generator_for(self, board: Storyboard, asked: TakesAsked) -> BaseGenerator:
        """The generator that takes are made with. NotConfigured when there is none of that name,
        or none was chosen; Refused when it makes something else."""
        own = board.providers.video if asked.kind is MediaKind.VIDEO else board.providers.image
        usual = self.defaults.video if asked.kind is MediaKind.VIDEO else self.defaults.image
        name = asked.generator or own or usual
        kind = asked.kind.value
        if name is None:
            raise NotConfigured(
                f"Generation is unavailable: no {kind} provider is configured. Name a generator as "
                f"providers.{kind} in the storyboard, or set "
                f"BOARDS_STORY_{kind.upper()}_GENERATOR."
            )
        try:
            found = self.generators.get(name)
        except NotFound as error:
            raise NotConfigured(f"Generation is unavailable: {error.message}") from None
        if found.artifact_type != kind:
            raise Refused(f"{found.name!r} makes {found.artifact_type} and not {kind}.")
        return found

    async def why_unavailable(
        self, actor: Actor, board: Storyboard, asked: TakesAsked
    ) -> str | None:
        """Why nothing can be generated now, and what to do about it; None when it can."""
        try:
            generator = self.generator_for(board, asked)
        except (NotConfigured, Refused) as error:
            return error.message
        missing = why_unavailable(generator, await self.generators.own_keys(actor))
        if missing is None:
            return None
        return f"Generation is unavailable: {generator.name!r}: {missing}."

    async def plan(
        self,
        actor: Actor,
        story: Story,
        slots: Sequence[Slot],
        asked: TakesAsked,
    ) -> tuple[SlotPlan, ...]:
        """Plan the takes of some slots. Refused for what cannot be made, with the reason."""
        board, workspace = story.storyboard, story.workspace
        takes = board.settings.takes if asked.takes is None else asked.takes
        if not 1 <= takes <= MAX_TAKES:
            raise Refused(f"takes is {takes!r}; give a number from 1 to {MAX_TAKES}.")
        planned_at = self.clock.now()
        generator = self.generator_for(board, asked)
        gallery = self.gallery(workspace)
        there = await gallery.takes(board, slots)
        on_way = await self.database.read(
            lambda tx: tx.stories.open_takes(workspace.id), scope=scope_of(actor)
        )
        shelf = self.workspaces.themes_of(board)
        plans = []
        for slot in slots:
            brief = brief_of(board, shelf, slot, theme=asked.theme)
            references = await self._references(actor, story, brief)
            recipe = Recipe(
                slot=slot.name,
                kind=asked.kind,
                generator=generator.name,
                version=generator.version,
                prompt=brief.prompt,
                aspect=brief.aspect,
                theme=brief.theme,
                references=tuple(references.values()),
            ).key
            inputs = inputs_for(
                generator,
                prompt=brief.prompt,
                aspect=brief.aspect,
                references=tuple(references),
            )
            own = [one for one in there if one.slot == slot]
            coming = [one for one in on_way if one.slot == slot]
            made = [one.made for one in own if one.made is not None]
            made += [one.made for one in coming]
            number = round_to_fill(made, recipe, force=asked.force)
            missing = missing_ordinals(made, recipe, number, takes)
            plans.append(
                SlotPlan(
                    slot=slot,
                    brief=brief,
                    recipe=recipe,
                    round=number,
                    takes=takes,
                    kind=asked.kind,
                    generator=generator.name,
                    there=tuple(
                        one
                        for one in own
                        if one.made is not None
                        and (one.made.recipe, one.made.round) == (recipe, number)
                        and one.made.ordinal <= takes
                    ),
                    on_way=tuple(
                        one
                        for one in coming
                        if (one.recipe, one.round) == (recipe, number) and one.ordinal <= takes
                    ),
                    missing=missing,
                    requests=tuple(
                        SubmitRequest(
                            generator=generator.name,
                            inputs=one,
                            board_id=workspace.board_id,
                            force=asked.force,
                            allow_unpriced=asked.allow_unpriced,
                        )
                        for one in _seeded(generator, inputs, recipe, number, missing)
                    ),
                    last_number=await gallery.last_number(slot),
                    planned_at=planned_at,
                )
            )
        return tuple(plans)

    async def _references(self, actor: Actor, story: Story, brief: Brief) -> Mapping[UUID, str]:
        """What a slot is made after: the generations, each with the hash of its content."""
        found: dict[UUID, str] = {}
        for words in brief.references:
            generation_id = await self._reference(actor, story, words)

            def look(tx: Tx, of: UUID = generation_id) -> str:
                generation = generation_for(tx, actor, of, Action.VIEW)
                return generation.file.sha256 if generation.file else str(of)

            found[generation_id] = await self.database.read(look, scope=scope_of(actor))
        return found

    async def _reference(self, actor: Actor, story: Story, words: str) -> UUID:
        """The generation that a reference names; a file that is none yet is uploaded, once."""
        board = story.storyboard
        found = parse_id(words)
        if found is not None:
            return found
        if words in ("portrait", "cover") or words.startswith("card:"):
            media = media_of(board, _slot_named(words))
            if media is None:
                raise Refused(f"The reference {words!r} has no picture yet; make or upload one.")
            if media.generation is not None:
                return media.generation
            path = media.path
        else:
            path = words
            for one in board.portrait.references:
                if one.path == path and one.generation is not None:
                    return one.generation
        if path is None:
            raise Refused(f"The reference {words!r} names no file.")
        workspace = story.workspace
        if await self.workspaces.files(workspace).facts(workspace, path) is None:
            raise Refused(f"The reference {words!r} is not in the workspace; upload it first.")
        data = await self.gallery(workspace).read(path, max_bytes=self.uploads.max_bytes)
        generation = await self.uploads.upload(
            actor,
            source=data,
            filename=path.rpartition("/")[2],
            board_id=workspace.board_id,
            key=f"story:{workspace.id}:{sha256(path.encode() + data).hexdigest()}",
        )
        return generation.id


def _slot_named(words: str) -> Slot:
    if not words.startswith("card:"):
        return Slot(kind=SlotKind(words))
    number = words.removeprefix("card:")
    if not number.isdecimal():
        raise Refused(f"The reference {words!r} names no card; write it as card:3.")
    return Slot(kind=SlotKind.CARD, card_id=int(number))


def _seeded(
    generator: BaseGenerator,
    inputs: Mapping[str, JsonValue],
    recipe: str,
    round_number: int,
    ordinals: Sequence[int],
) -> list[dict[str, JsonValue]]:
    most = most_seed(generator)
    return [
        with_seed(
            inputs, None if most is None else seed_of(recipe, round_number, ordinal, most=most)
        )
        for ordinal in ordinals
    ]
