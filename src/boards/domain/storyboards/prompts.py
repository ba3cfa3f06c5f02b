"""What is asked of a generator for a slot: the words, the theme and the shape."""

from dataclasses import dataclass

from boards.domain.storyboards.edits import media_of
from boards.domain.storyboards.storyboard import Card, CardKind, MediaSource, Storyboard, StoryType
from boards.domain.storyboards.takes import Slot, SlotKind
from boards.domain.storyboards.themes import Shelf, ThemeUse
from boards.errors import Refused

__all__ = ["Brief", "brief_of", "current_theme", "is_made_under_another_theme", "references_of"]

_USES = {StoryType.REEL: ThemeUse.REEL, StoryType.ARTICLE: ThemeUse.ARTICLE}


@dataclass(frozen=True, kw_only=True)
class Brief:
    """What a slot shall show."""

    slot: Slot
    theme: str
    prompt: str
    aspect: str
    references: tuple[str, ...] = ()


def current_theme(board: Storyboard, shelf: Shelf, slot: Slot) -> str:
    """The name of the theme that a slot's takes are made under now."""
    match slot.kind:
        case SlotKind.COVER:
            return board.cover.theme or shelf.default_for(ThemeUse.ARTICLE)
        case SlotKind.PORTRAIT:
            return board.portrait.theme or shelf.default_for(ThemeUse.PORTRAIT)
        case SlotKind.CARD:
            return board.theme or shelf.default_for(_USES[board.type])


def is_made_under_another_theme(board: Storyboard, shelf: Shelf, slot: Slot) -> bool:
    """Whether what is picked was made under the old theme; never so for an upload."""
    media = media_of(board, slot)
    return (
        media is not None
        and media.source is MediaSource.GENERATED
        and media.theme != current_theme(board, shelf, slot)
    )


def brief_of(board: Storyboard, shelf: Shelf, slot: Slot, *, theme: str | None = None) -> Brief:
    """Say what a slot shall show. Refused where nothing can be generated, with the reason."""
    name = theme or current_theme(board, shelf, slot)
    found = shelf.get(name)
    words: list[str] = []
    aspect = found.aspect
    match slot.kind:
        case SlotKind.COVER:
            words = [board.cover.scene or board.title]
            aspect = board.cover.aspect or found.aspect
            if not words[0].strip():
                raise Refused("The cover has no scene and the story no title; write one of them.")
        case SlotKind.PORTRAIT:
            words = [board.portrait.scene or "A portrait of the person in the photos"]
            aspect = board.portrait.aspect or found.aspect
            if not board.portrait.references:
                raise Refused("The portrait has no reference photos; upload one first.")
        case SlotKind.CARD:
            card = _generated_card(board, slot)
            words = [card.scene, card.direction]
            aspect = card.aspect or board.aspect or found.aspect
    spoken = [text.strip().rstrip(".") for text in words if text.strip()]
    return Brief(
        slot=slot,
        theme=name,
        prompt=". ".join([*spoken, found.style.strip()]),
        aspect=aspect,
        references=references_of(board, slot),
    )


def references_of(board: Storyboard, slot: Slot) -> tuple[str, ...]:
    """What a slot's takes are made after, as it is written down."""
    if slot.kind is SlotKind.PORTRAIT:
        return tuple(one.path for one in board.portrait.references)
    card = None if slot.card_id is None else board.card_with(slot.card_id)
    return () if card is None else card.references


def _generated_card(board: Storyboard, slot: Slot) -> Card:
    number = next(
        (at for at, card in enumerate(board.cards, start=1) if card.id == slot.card_id), 0
    )
    card = board.card_at(number)
    if card is None:
        raise Refused(f"There is no card with the id {slot.card_id}.")
    if card.kind is not CardKind.OVERLAY:
        raise Refused(
            f"Card {number} is of the kind {card.kind.value!r}; only an overlay has media."
        )
    if not card.scene.strip():
        raise Refused(f"Card {number} has no scene; write what it shall show, or upload its media.")
    return card
