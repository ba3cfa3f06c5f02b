"""Takes: what their files are called, what makes two of them the same, and which are missing.

A take's file is `cards/takes/NN-T.ext`: NN is the card's id, T counts the takes of the card over
all rounds and never begins anew. Beside it lies `NN-T.json` with how it was made.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from boards.domain.storyboards.storyboard import MediaKind
from boards.errors import Refused

__all__ = [
    "TAKES",
    "Made",
    "Recipe",
    "Slot",
    "SlotKind",
    "TakeName",
    "missing_ordinals",
    "read_take_name",
    "round_to_fill",
    "seed_of",
]

TAKES = "cards/takes"
_NAME = re.compile(r"(cover|portrait|[0-9]{2,5})-([1-9][0-9]{0,5})(?:\.([a-z0-9]{1,5}))?")


class SlotKind(StrEnum):
    """What takes are made for."""

    CARD = "card"
    COVER = "cover"
    PORTRAIT = "portrait"


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A place for one picked medium: a card, by its id, the cover or the portrait."""

    kind: SlotKind
    card_id: int | None = None

    @property
    def name(self) -> str:
        """How its files begin: `03`, `cover`, `portrait`."""
        return self.kind.value if self.card_id is None else f"{self.card_id:02d}"

    def file(self, extension: str) -> str:
        """Where the picked medium lies, which the next steps use."""
        if self.kind is SlotKind.CARD:
            return f"cards/{self.name}.{extension}"
        return f"{self.name}.{extension}"


@dataclass(frozen=True, kw_only=True)
class TakeName:
    """A take's name, taken apart. `extension` is None where it was left out."""

    slot: Slot
    number: int
    extension: str | None = None

    @property
    def stem(self) -> str:
        return f"{self.slot.name}-{self.number}"


def read_take_name(text: str) -> TakeName:
    """Read `03-2.png` or `03-2`. Refused for anything else, such as a path."""
    found = _NAME.fullmatch(text)
    if found is None:
        raise Refused(f"{text!r:.80} is no take; takes are called like '03-2.png'.")
    name, number, extension = found.groups()
    slot = (
        Slot(kind=SlotKind(name))
        if name in ("cover", "portrait")
        else Slot(kind=SlotKind.CARD, card_id=int(name))
    )
    if slot.name != name:
        raise Refused(f"{text!r:.80} is no take; takes are called like '{slot.name}-2.png'.")
    return TakeName(slot=slot, number=int(number), extension=extension)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Everything that makes a take what it is, but for chance. `references` are the SHA-256 of
    what it is made after."""

    slot: str
    kind: MediaKind
    generator: str
    version: str | None
    prompt: str
    aspect: str
    theme: str
    references: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What two takes have in common that were asked for in the same words."""
        parts = [
            *(self.slot, self.kind.value, self.generator, self.version),
            *(self.prompt, self.aspect, self.theme, list(self.references)),
        ]
        text = json.dumps(parts, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Made:
    """A take that is there or on its way: its recipe's key, its round, its place in that."""

    recipe: str
    round: int
    ordinal: int


def round_to_fill(made: Iterable[Made], recipe: str, *, force: bool) -> int:
    """The round a Generate is for: the last one of the recipe, or with `force` a new one."""
    last = max((one.round for one in made if one.recipe == recipe), default=0)
    return last + 1 if force or last == 0 else last


def missing_ordinals(
    made: Collection[Made], recipe: str, round_number: int, takes: int
) -> tuple[int, ...]:
    """Which of the takes 1 to `takes` of a round are neither there nor on their way."""
    there = {one.ordinal for one in made if one.recipe == recipe and one.round == round_number}
    return tuple(number for number in range(1, takes + 1) if number not in there)


def seed_of(recipe: str, round_number: int, ordinal: int, *, most: int) -> int:
    """A seed that tells the takes of a recipe apart and is the same whenever it is asked for, so
    that a take made once is found again."""
    text = f"{recipe}:{round_number}:{ordinal}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) % (most + 1)
