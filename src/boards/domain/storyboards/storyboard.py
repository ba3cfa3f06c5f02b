"""A storyboard: what `storyboard.json` holds, read with the line of every fault, and written.

Keys that nobody knows are kept as they are: a file belongs to whoever writes it by hand, too.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from boards.domain.jobs import MAX_TAKES
from boards.domain.storyboards.lines import Path, lines_of, nearest_line
from boards.domain.storyboards.themes import Theme

__all__ = [
    "FILE",
    "VERSION",
    "Card",
    "CardKind",
    "Cover",
    "Fault",
    "Media",
    "MediaKind",
    "MediaSource",
    "Portrait",
    "Providers",
    "Reading",
    "StorySettings",
    "StoryType",
    "Storyboard",
    "read_storyboard",
    "storyboard_of",
    "write_storyboard",
]

FILE = "storyboard.json"
VERSION = 1
MOST_CARDS = 500
ASPECT = r"^[1-9][0-9]{0,3}:[1-9][0-9]{0,3}$"

Text = Annotated[str, Field(max_length=10_000)]
Word = Annotated[str, Field(min_length=1, max_length=200)]
Aspect = Annotated[str, Field(pattern=ASPECT)]
RelativePath = Annotated[str, Field(min_length=1, max_length=300)]


class StoryType(StrEnum):
    """What a story becomes; each type has a default theme."""

    REEL = "reel"
    ARTICLE = "article"


class CardKind(StrEnum):
    """What a card shows. Only an overlay has media of its own, under its words."""

    OVERLAY = "overlay"
    TITLE = "title"
    TEXT = "text"
    END = "end"


class MediaKind(StrEnum):
    """What a medium is."""

    IMAGE = "image"
    VIDEO = "video"


class MediaSource(StrEnum):
    """Where a medium comes from. `cover` is the story's cover used on a card; it is only read."""

    GENERATED = "generated"
    UPLOADED = "uploaded"
    COVER = "cover"


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True)


class Media(_Part):
    """What fills a slot. `path` is within the workspace; `theme` is the one a take was made under;
    `take` is the file that was picked, `generation` what it is on the board."""

    kind: MediaKind
    source: MediaSource
    theme: Word | None = None
    path: RelativePath | None = None
    take: Word | None = None
    generation: UUID | None = None


class Card(_Part):
    """One card. `id` stays with it when cards change places; files of its takes begin with it.

    `scene` says what the picture shows and `direction` how; `references` are what it is made after:
    `portrait`, `cover`, `card:3`, a path in the workspace, or the id of a generation. `seconds` is
    how long it is shown.
    """

    id: int = Field(ge=1, le=99_999)
    kind: CardKind = CardKind.OVERLAY
    text: Text = ""
    scene: Text = ""
    direction: Text = ""
    aspect: Aspect | None = None
    seconds: float | None = Field(default=None, gt=0, le=3600, allow_inf_nan=False)
    references: tuple[Word, ...] = Field(default=(), max_length=14)
    media: Media | None = None


class Cover(_Part):
    """The cover. Without a `scene` it shows the title; without a `theme` it has the default one of
    articles."""

    scene: Text = ""
    theme: Word | None = None
    aspect: Aspect | None = None
    media: Media | None = None


class Reference(_Part):
    """A reference photo: its path in the workspace, and what it is on the board."""

    path: RelativePath
    generation: UUID | None = None


class Portrait(_Part):
    """The portrait, made after its reference photos."""

    scene: Text = ""
    theme: Word | None = None
    aspect: Aspect | None = None
    references: tuple[Reference, ...] = Field(default=(), max_length=14)
    media: Media | None = None


class StorySettings(_Part):
    """How many takes a Generate makes, and how long takes in memory are kept unpicked."""

    takes: int = Field(default=4, ge=1, le=MAX_TAKES)
    prune_minutes: float = Field(default=3, ge=0, le=1440, allow_inf_nan=False)


class Providers(_Part):
    """The generators that this story is made with, by name; None for the server's own."""

    image: Word | None = None
    video: Word | None = None


class Storyboard(_Part):
    """One story."""

    version: int = Field(default=VERSION, ge=1, le=VERSION)
    title: Text = ""
    type: StoryType = StoryType.REEL
    aspect: Aspect | None = None
    theme: Word | None = None
    settings: StorySettings = StorySettings()
    providers: Providers = Providers()
    themes: Mapping[Word, Theme] = Field(default_factory=dict)
    cards: tuple[Card, ...] = Field(default=(), max_length=MOST_CARDS)
    cover: Cover = Cover()
    portrait: Portrait = Portrait()

    def card_at(self, number: int) -> Card | None:
        """The card at a place, counted from 1."""
        return self.cards[number - 1] if 1 <= number <= len(self.cards) else None

    def card_with(self, card_id: int) -> Card | None:
        """The card with an id, wherever it stands."""
        return next((card for card in self.cards if card.id == card_id), None)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong in a file: `line` counts from 1, `at` is dotted, such as `cards.0.kind`."""

    line: int
    at: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.at + ': ' if self.at else ''}{self.message}"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was read: a storyboard, unless there are `faults`. `problems` are rules that it breaks
    and that can be mended in the studio; a card with one of its own cannot be generated."""

    storyboard: Storyboard | None = None
    faults: tuple[Fault, ...] = ()
    problems: tuple[Fault, ...] = ()


def read_storyboard(text: str) -> Reading:
    """Read a file's text. Cards without an id get one: their place, if no other has it."""
    try:
        data = json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        return Reading(faults=(Fault(line=error.lineno, at="", message=f"{error.msg}."),))
    except (ValueError, RecursionError) as error:
        return Reading(faults=(Fault(line=1, at="", message=str(error)),))
    if not isinstance(data, dict):
        return Reading(faults=(Fault(line=1, at="", message="This is no JSON object."),))
    return storyboard_of(data, text=text)


def storyboard_of(data: Mapping[str, JsonValue], *, text: str | None = None) -> Reading:
    """Read what was sent, or what stood in `text`, which then gives the lines."""
    lines = {} if text is None else lines_of(text)
    try:
        board = Storyboard.model_validate(_with_ids(data))
    except ValidationError as error:
        faults = (
            Fault(
                line=nearest_line(lines, _path(fault["loc"])),
                at=".".join(map(str, fault["loc"])),
                message=fault["msg"],
            )
            for fault in error.errors(include_url=False, include_context=False, include_input=False)
        )
        return Reading(faults=tuple(faults))
    problems = tuple(
        Fault(line=nearest_line(lines, path), at=".".join(map(str, path)), message=message)
        for path, message in _broken_rules(board)
    )
    return Reading(storyboard=board, problems=problems)


def write_storyboard(board: Storyboard) -> str:
    """The text of a file: two spaces, keys in the order of the schema, a line feed at the end."""
    data = board.model_dump(mode="json", by_alias=True, exclude_none=True)
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _broken_rules(board: Storyboard) -> Sequence[tuple[Path, str]]:
    broken: list[tuple[Path, str]] = []
    counts = Counter(card.id for card in board.cards)
    for index, card in enumerate(board.cards):
        at: Path = ("cards", index)
        if counts[card.id] > 1:
            broken.append(((*at, "id"), f"Several cards have the id {card.id}; give each its own."))
        if card.kind is CardKind.OVERLAY and card.media is None and not card.scene.strip():
            broken.append(
                (at, f"Card {index + 1} is an overlay: give it a scene, or upload its media.")
            )
        if card.media is not None and not is_safe_path(card.media.path):
            broken.append(
                ((*at, "media", "path"), f"{card.media.path!r} is no path in the workspace.")
            )
    for name, media in (("cover", board.cover.media), ("portrait", board.portrait.media)):
        if media is not None and not is_safe_path(media.path):
            broken.append(((name, "media", "path"), f"{media.path!r} is no path in the workspace."))
    for index, one in enumerate(board.portrait.references):
        if not is_safe_path(one.path):
            broken.append(
                (("portrait", "references", index), f"{one.path!r} is no path in the workspace.")
            )
    return broken


_SAFE = re.compile(r"^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$")


def is_safe_path(path: str | None) -> bool:
    """Whether a path stays in the workspace: plain names, none of which begins with a dot."""
    return path is None or (_SAFE.fullmatch(path) is not None and len(path) <= 300)


def _with_ids(data: Mapping[str, Any]) -> dict[str, Any]:
    cards = data.get("cards")
    if not isinstance(cards, list):
        return dict(data)
    taken = {card.get("id") for card in cards if isinstance(card, dict)}
    filled = []
    for place, card in enumerate(cards, start=1):
        if isinstance(card, dict) and card.get("id") is None:
            number = place
            while number in taken:
                number += 1
            taken.add(number)
            filled.append({"id": number, **{k: v for k, v in card.items() if k != "id"}})
        else:
            filled.append(card)
    return {**data, "cards": filled}


def _path(where: Sequence[int | str]) -> Path:
    return tuple(where)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"The key {key!r} stands there twice; keep one of them.")
        found[key] = value
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number.")
