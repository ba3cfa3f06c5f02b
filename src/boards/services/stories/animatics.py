"""Animatics: what is picked, one card after the other, as a video with words and music.

It is a generation like any other, made by a generator of this machine and submitted by the one
service function: it is on the story's board, has the picks as its lineage, and costs nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from pydantic import JsonValue

from boards.domain.access import Action, Actor
from boards.domain.storyboards.prompts import current_theme
from boards.domain.storyboards.storyboard import (
    Card,
    CardKind,
    Media,
    MediaKind,
    MediaSource,
    Storyboard,
)
from boards.domain.storyboards.takes import Slot, SlotKind
from boards.errors import Forbidden, NotConfigured, NotFound, Refused
from boards.services.ports import Tx
from boards.services.rights import generation_for, scope_of
from boards.services.stories.planning import Planner
from boards.services.stories.workspaces import Story
from boards.services.submissions import Submission, SubmitRequest
from boards.services.submit import SubmitService

__all__ = ["GENERATOR", "AnimaticService"]

GENERATOR = "local-animatic"
USUAL_SECONDS = 3.0
"""How long a card is shown that says nothing; a video is shown whole."""


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """A card that is shown: with its medium, or None for words alone."""

    place: int
    card: Card
    media: Media | None


@dataclass(frozen=True, kw_only=True)
class AnimaticService:
    """Has animatics made."""

    planner: Planner
    submits: SubmitService

    async def make(
        self, actor: Actor, slug: str, *, music: UUID | None = None, key: str | None = None
    ) -> Submission:
        """Have the animatic of a story made; `music` is a generation, `key` an idempotency key.

        Overlays without a pick are left out. Refused when none has one, or a file is gone;
        NotConfigured without the generator or its extra, with what to install; NotFound and
        Forbidden for the story and the music; InvalidInput for more than the generator takes.
        """
        workspaces = self.planner.workspaces
        story = await workspaces.read(await workspaces.find(actor, slug, Action.GENERATE))
        self._check_generator()
        if music is not None:
            await self.planner.database.read(
                lambda tx: generation_for(tx, actor, music, Action.VIEW), scope=scope_of(actor)
            )
        shown = _shown(story.storyboard)
        if not any(one.media for one in shown):
            raise Refused("No card has a pick or an upload to show; pick a take first.")
        lengths = await self._on_board(actor, shown)
        shots: list[JsonValue] = []
        for one in shown:
            shot: dict[str, JsonValue] = {"caption": one.card.text}
            seconds = one.card.seconds
            if one.media is not None:
                generation_id = one.media.generation
                if generation_id is None or generation_id not in lengths:
                    generation_id = await self._taken_in(actor, story, one.place, one.media)
                shot["media"] = str(generation_id)
                if one.media.kind is MediaKind.VIDEO:
                    seconds = seconds or lengths.get(generation_id)
            shots.append({**shot, "seconds": seconds or USUAL_SECONDS})
        inputs: dict[str, JsonValue] = {"shots": shots, "aspect_ratio": self._aspect(story)}
        if music is not None:
            inputs["audio"] = str(music)
        request = SubmitRequest(
            generator=GENERATOR, inputs=inputs, board_id=story.workspace.board_id, key=key
        )
        return await self.submits.submit(actor, request)

    def _check_generator(self) -> None:
        try:
            self.planner.generators.get(GENERATOR)
        except NotFound:
            raise NotConfigured(
                f"An animatic is made by {GENERATOR!r}, which is not loaded here; add it to the "
                "list of generators."
            ) from None

    async def _on_board(self, actor: Actor, shown: Sequence[_Shown]) -> dict[UUID, float | None]:
        """Those of the media that are generations which the actor may use, with their seconds."""
        ids = {one.media.generation for one in shown if one.media and one.media.generation}

        def look(tx: Tx) -> dict[UUID, float | None]:
            found: dict[UUID, float | None] = {}
            for generation_id in ids:
                try:
                    generation = generation_for(tx, actor, generation_id, Action.VIEW)
                except (NotFound, Forbidden):
                    continue
                if generation.file is not None:
                    found[generation_id] = generation.file.facts.duration
            return found

        return await self.planner.database.read(look, scope=scope_of(actor))

    async def _taken_in(self, actor: Actor, story: Story, place: int, media: Media) -> UUID:
        """Upload a medium that is nowhere but in the workspace, once."""
        workspace, uploads = story.workspace, self.planner.uploads
        path = media.path
        files = self.planner.workspaces.files(workspace)
        if path is None or await files.facts(workspace, path) is None:
            raise Refused(
                f"What is picked for card {place} is not in the workspace any more; pick again."
            )
        data = await self.planner.gallery(workspace).read(path, max_bytes=uploads.max_bytes)
        generation = await uploads.upload(
            actor,
            source=data,
            filename=path.rpartition("/")[2],
            board_id=workspace.board_id,
            key=f"story:{workspace.id}:{sha256(path.encode() + data).hexdigest()}",
        )
        return generation.id

    def _aspect(self, story: Story) -> str:
        """The shape of the whole; a card's own does not change it."""
        board = story.storyboard
        if board.aspect is not None:
            return board.aspect
        shelf = self.planner.workspaces.themes_of(board)
        return shelf.get(current_theme(board, shelf, Slot(kind=SlotKind.CARD, card_id=0))).aspect


def _shown(board: Storyboard) -> tuple[_Shown, ...]:
    found = []
    for place, card in enumerate(board.cards, start=1):
        media = card.media
        if media is not None and media.source is MediaSource.COVER and media.path is None:
            media = board.cover.media
        if media is not None or (card.kind is not CardKind.OVERLAY and card.text.strip()):
            found.append(_Shown(place=place, card=card, media=media))
    return tuple(found)
