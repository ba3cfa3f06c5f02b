"""Changes to a storyboard: each gives a new one and leaves the rest as it was."""

from collections.abc import Sequence

from boards.domain.storyboards.storyboard import Media, Portrait, Reference, Storyboard
from boards.domain.storyboards.takes import Slot, SlotKind
from boards.domain.storyboards.themes import Theme
from boards.errors import Conflict, NotFound, Refused

__all__ = [
    "media_of",
    "reordered",
    "with_media",
    "with_portrait_references",
    "with_theme",
    "without_theme",
]


def media_of(board: Storyboard, slot: Slot) -> Media | None:
    """What fills a slot."""
    if slot.kind is SlotKind.COVER:
        return board.cover.media
    if slot.kind is SlotKind.PORTRAIT:
        return board.portrait.media
    card = board.card_with(slot.card_id or 0)
    return None if card is None else card.media


def with_media(board: Storyboard, slot: Slot, media: Media | None) -> Storyboard:
    """Fill a slot. Conflict when its card is not there any more."""
    if slot.kind is SlotKind.COVER:
        return board.model_copy(update={"cover": board.cover.model_copy(update={"media": media})})
    if slot.kind is SlotKind.PORTRAIT:
        portrait = board.portrait.model_copy(update={"media": media})
        return board.model_copy(update={"portrait": portrait})
    if board.card_with(slot.card_id or 0) is None:
        raise Conflict(f"The card with the id {slot.card_id} is not in the storyboard any more.")
    cards = tuple(
        card.model_copy(update={"media": media}) if card.id == slot.card_id else card
        for card in board.cards
    )
    return board.model_copy(update={"cards": cards})


def with_portrait_references(board: Storyboard, references: Sequence[Reference]) -> Storyboard:
    """Set the portrait's reference photos."""
    portrait: Portrait = board.portrait.model_copy(update={"references": tuple(references)})
    return board.model_copy(update={"portrait": portrait})


def reordered(board: Storyboard, ids: Sequence[int]) -> Storyboard:
    """Bring the cards into the order of their ids. Refused unless each is named once."""
    if sorted(ids) != sorted(card.id for card in board.cards):
        raise Refused(
            f"Name each card once; their ids are {', '.join(str(card.id) for card in board.cards)}."
        )
    by_id = {card.id: card for card in board.cards}
    return board.model_copy(update={"cards": tuple(by_id[one] for one in ids)})


def with_theme(board: Storyboard, name: str, theme: Theme) -> Storyboard:
    """Add a theme of the story's own, or change one."""
    return board.model_copy(update={"themes": {**board.themes, name: theme}})


def without_theme(board: Storyboard, name: str, *, is_shipped: bool) -> Storyboard:
    """Remove a theme of the story's own. NotFound when it is none, Conflict while it is in use
    and none of the installation would take its place."""
    if name not in board.themes:
        raise NotFound(f"The story has no theme {name!r:.80} of its own.")
    if name in (board.theme, board.cover.theme, board.portrait.theme) and not is_shipped:
        raise Conflict(f"The theme {name!r} is in use; choose another one first.")
    return board.model_copy(
        update={"themes": {key: one for key, one in board.themes.items() if key != name}}
    )
