"""Cards from a script: each scene's heading begins a card, what stands below it says the rest.

Markdown, plain text with Markdown's headings, and screenplays:

    # Night train                 the title of the story
    ## A station before dawn      a scene: one card
    A lamp over empty tracks.     what the picture shows, after the heading
    > The last lamp is lit.       the words on the card
    Direction: seen from above    how it is shown
    Seconds: 4                    how long
    INT. CARRIAGE - NIGHT         a scene of a screenplay, like a heading
    MARA                          who speaks; what follows, up to a blank line, is words

No model reads it: the same text gives the same cards.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from boards.domain.storyboards.storyboard import MOST_CARDS, Card, Fault, Storyboard
from boards.errors import InvalidInput, Problem

__all__ = ["MOST_CHARACTERS", "Script", "read_script", "with_script"]

MOST_CHARACTERS = 1_000_000
MOST_TITLE = 200
MOST_WORDS = 10_000
MOST_SECONDS = 3600
_FAULTS_SHOWN = 5

_HEADING = re.compile(r"(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?")
_SLUGLINE = re.compile(
    r"(?:[0-9]+[A-Z]?\.?\s+)?((?:INT|EXT|EST|I/E|INT\.?/EXT|EXT\.?/INT)(?:\.\s*|\s+)\S.*)"
)
_NUMBERED = re.compile(r"(?:scene|shot|card)\s+[0-9]+[a-z]?\s*(?:[:.–—-]\s*|$)", re.IGNORECASE)
_KEY = re.compile(r"(title|scene|caption|text|direction|seconds)\s*:\s*(.*)", re.IGNORECASE)
_TRANSITION = re.compile(r"(?:[A-Z][A-Z ]* TO:|FADE (?:IN|OUT)[:.]?|THE END\.?)")
_SPEAKER = re.compile(r"[A-Z][A-Z0-9 .'’-]{0,60}(?:\s*\([^()]*\))?")
_ASIDE = re.compile(r"\([^()]*\)")
_RULE = re.compile(r"[-*_=]{3,}")
_UNSHOWN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True)
class Script:
    """What a script says. `title` is empty when it has none."""

    title: str
    cards: tuple[Card, ...]


def read_script(text: str) -> Script:
    """Read a script. InvalidInput, with the line of each fault, for one that gives no cards."""
    reader = _Reader()
    if len(text) > MOST_CHARACTERS:
        raise InvalidInput(
            f"The script has {len(text):,} characters; the most is {MOST_CHARACTERS:,}.",
            problems=(Problem(at="script", message="It is too long."),),
        )
    lines = text.removeprefix("\ufeff").splitlines()
    for number, line in enumerate(lines, start=1):
        reader.take(number, line)
    return reader.done(len(lines))


def with_script(board: Storyboard, text: str) -> Storyboard:
    """Give a storyboard the cards of a script, and its title if it has none. InvalidInput for a
    storyboard that has cards, and as `read_script`."""
    if board.cards:
        message = "The storyboard has cards already; give it a script or cards, not both."
        raise InvalidInput(message, problems=(Problem(at="script", message=message),))
    script = read_script(text)
    return board.model_copy(update={"title": board.title or script.title, "cards": script.cards})


@dataclass(kw_only=True)
class _Scene:
    """A card that is being read; `line` is that of its heading."""

    line: int
    heading: str
    shows: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    direction: list[str] = field(default_factory=list)
    seconds: float | None = None


@dataclass(kw_only=True)
class _Reader:
    title: str = ""
    scenes: list[_Scene] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    is_speech: bool = False
    is_after_blank: bool = True

    def take(self, number: int, raw: str) -> None:
        """Read one line."""
        line = raw.strip()
        after_blank, self.is_after_blank = self.is_after_blank, not line
        if _UNSHOWN.search(line):
            self._fault(number, "There are bytes here that are no text; save it as UTF-8.")
            return
        if not line:
            self.is_speech = False
            return
        heading = _HEADING.fullmatch(line)
        if heading is not None:
            self._heading(number, len(heading.group(1)), (heading.group(2) or "").strip())
            return
        slugline = _SLUGLINE.fullmatch(line)
        if slugline is not None:
            self._begin(number, slugline.group(1).strip())
            return
        if _RULE.fullmatch(line) or _TRANSITION.fullmatch(line):
            return
        key = _KEY.fullmatch(line)
        if key is not None and not self.is_speech:
            self._said(number, key.group(1).lower(), key.group(2).strip())
            return
        scene = self._scene(number)
        if scene is None:
            return
        if line.startswith(">"):
            scene.words.append(line.lstrip("> "))
        elif self.is_speech:
            if _ASIDE.fullmatch(line) is None:
                scene.words.append(line)
        elif after_blank and _SPEAKER.fullmatch(line) and _is_screenplay(scene):
            self.is_speech = True
        else:
            scene.shows.append(line)

    def done(self, lines: int) -> Script:
        """Give what was read."""
        if not self.scenes and not self.faults:
            self._fault(
                max(lines, 1),
                "There is no scene; begin each with a heading such as '## A station before dawn', "
                "or 'EXT. STATION - DAWN'.",
            )
        if len(self.scenes) > MOST_CARDS:
            extra = self.scenes[MOST_CARDS]
            self._fault(extra.line, f"This is one scene too many; a story has {MOST_CARDS} cards.")
        cards = [self._card(place, one) for place, one in enumerate(self.scenes, start=1)]
        if self.faults:
            found: Sequence[Fault] = sorted(self.faults, key=lambda fault: fault.line)
            said = "; ".join(map(str, found[:_FAULTS_SHOWN]))
            raise InvalidInput(
                f"The script gives no storyboard: {said}",
                problems=tuple(Problem(at="script", message=str(one)) for one in found),
            )
        return Script(title=self.title, cards=tuple(card for card in cards if card is not None))

    def _heading(self, number: int, level: int, words: str) -> None:
        if not words:
            self._fault(number, "The heading has no words; say what its scene shows.")
        elif level == 1 and not self.scenes and not self.title:
            self._name(number, words)
        else:
            self._begin(number, words)

    def _begin(self, number: int, words: str) -> None:
        self.is_speech = False
        self.scenes.append(_Scene(line=number, heading=words))

    def _name(self, number: int, words: str) -> None:
        if len(words) > MOST_TITLE:
            self._fault(number, f"The title has more than {MOST_TITLE} characters.")
        self.title = words[:MOST_TITLE]

    def _said(self, number: int, key: str, words: str) -> None:
        if key == "title":
            if self.scenes:
                self._fault(number, "The title stands before the first scene.")
            else:
                self._name(number, words)
            return
        scene = self._scene(number)
        if scene is None:
            return
        if key == "seconds":
            scene.seconds = self._seconds(number, words)
        elif words:
            {
                "scene": scene.shows,
                "caption": scene.words,
                "text": scene.words,
                "direction": scene.direction,
            }[key].append(words)

    def _seconds(self, number: int, words: str) -> float | None:
        try:
            seconds = float(words.removesuffix("s").strip())
        except ValueError:
            seconds = math.nan
        if not 0 < seconds <= MOST_SECONDS:
            self._fault(
                number, f"{words[:40]!r} is no time; write seconds up to {MOST_SECONDS}, such as 4."
            )
            return None
        return seconds

    def _scene(self, number: int) -> _Scene | None:
        """The scene that a line belongs to."""
        if not self.scenes:
            self._fault(
                number,
                "This stands under no scene; put a heading above it, such as "
                "'## A station before dawn'.",
            )
            return None
        return self.scenes[-1]

    def _card(self, place: int, scene: _Scene) -> Card | None:
        heading = _NUMBERED.sub("", scene.heading, count=1).strip() or ""
        parts = [part for part in (heading, " ".join(scene.shows)) if part]
        shows = (". " if heading and heading[-1] not in ".!?:" else " ").join(parts)
        words, direction = "\n".join(scene.words), " ".join(scene.direction)
        if not shows:
            self._fault(scene.line, "The scene does not say what it shows; write it below.")
            return None
        if max(len(shows), len(words), len(direction)) > MOST_WORDS:
            self._fault(scene.line, f"The scene has more than {MOST_WORDS:,} characters.")
            return None
        return Card(id=place, scene=shows, text=words, direction=direction, seconds=scene.seconds)

    def _fault(self, line: int, message: str) -> None:
        self.faults.append(Fault(line=line, at="", message=message))


def _is_screenplay(scene: _Scene) -> bool:
    """Whether names in capitals are speakers here; elsewhere they may be shouting."""
    return _SLUGLINE.fullmatch(scene.heading) is not None
