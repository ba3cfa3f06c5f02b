"""Search: what of a generation can be found, cut into words, and what somebody asks for.

Both databases are given words that were cut here, and a query of such words. So a search finds the
same on both, and nothing that is typed can be a mistake in a database's own query language.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import JsonValue

from boards.ids import parse_id

__all__ = [
    "MOST_TERMS",
    "Findable",
    "Order",
    "Term",
    "findable_of",
    "prompt_of",
    "terms_of",
    "words_of",
]

MOST_WORDS = 2_000
"""So many words of each text can be found."""
LONGEST_WORD = 64
MOST_TERMS = 16
"""So many words and phrases of a query are looked for; what follows is left out."""

_PROMPTS = frozenset(
    ("prompt", "text", "texts", "title", "subtitle", "caption", "captions", "lyrics", "description")
)
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}://|data:)", re.IGNORECASE)
_PLAIN = re.compile(r"[a-z0-9]+")
_PIECE = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')


class Order(StrEnum):
    """In which order generations come. What cost the most comes first by `cost`."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    COST = "cost"


@dataclass(frozen=True, kw_only=True)
class Findable:
    """By which words a generation is found; each text is words with a space between."""

    prompt: str
    name: str
    tags: str
    notes: str


@dataclass(frozen=True, kw_only=True)
class Term:
    """One thing that is looked for: words that stand side by side. With `is_prefix` the last of
    them only has to begin so; `is_excluded` says that it must not be there."""

    words: tuple[str, ...]
    is_prefix: bool = False
    is_excluded: bool = False


def words_of(text: str, *, most: int = MOST_WORDS) -> tuple[str, ...]:
    """Cut a text into words: letters and digits, without case and accents.

    Languages that leave no space between words are cut into characters, so that whatever stands
    side by side is found as a phrase.
    """
    if text.isascii():
        return tuple(word[:LONGEST_WORD] for word in _PLAIN.findall(text.lower())[:most])
    words: list[str] = []
    current: list[str] = []

    def end() -> None:
        if current:
            words.append("".join(current)[:LONGEST_WORD])
            current.clear()

    for character in unicodedata.normalize("NFKD", text.casefold()):
        if len(words) >= most:
            break
        kind = unicodedata.category(character)[0]
        if kind == "M":
            continue
        if kind not in "LN":
            end()
        elif _stands_alone(character):
            end()
            words.append(character)
        else:
            current.append(character)
    end()
    return tuple(words[:most])


def _stands_alone(character: str) -> bool:
    """Chinese and Japanese characters. Hangul has spaces, and falls apart into its letters."""
    point = ord(character)
    return 0x2E80 <= point <= 0x9FFF or 0xF900 <= point <= 0xFAFF or 0x20000 <= point <= 0x3FFFF


def terms_of(query: str) -> tuple[Term, ...]:
    """Read what somebody has typed; nothing is wrong, at worst nothing is left of it.

    Words must all be there. "Words in quotes" stand side by side; what has a star at its end, and
    the last word unless it is quoted, only has to begin so; what a minus stands before must not be
    there.
    """
    found: list[Term] = []
    pieces = list(_PIECE.finditer(query))
    for piece in pieces[:MOST_TERMS]:
        minus, quoted, plain = piece.groups()
        words = words_of(quoted if plain is None else plain, most=MOST_TERMS)
        if not words:
            continue
        is_last = piece is pieces[-1] and not query[-1:].isspace() and not minus
        found.append(
            Term(
                words=words,
                is_prefix=plain is not None and (plain.endswith("*") or is_last),
                is_excluded=bool(minus),
            )
        )
    if all(term.is_excluded for term in found):
        return ()
    return tuple(found)


def prompt_of(inputs: Mapping[str, JsonValue]) -> str:
    """What somebody wrote into the inputs: prompts and other texts, but neither choices, ids and
    addresses, nor what is not to be seen."""
    return "\n".join(_written(inputs, is_prompt=False))


def _written(value: JsonValue | Mapping[str, JsonValue], *, is_prompt: bool) -> Iterable[str]:
    if isinstance(value, str):
        is_text = is_prompt or len(value.split(maxsplit=1)) > 1
        if is_text and parse_id(value) is None and not _ADDRESS.match(value):
            yield value
    elif isinstance(value, list):
        for item in value:
            yield from _written(item, is_prompt=is_prompt)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not key.startswith("negative"):
                yield from _written(
                    item, is_prompt=is_prompt or key in _PROMPTS or key.endswith("prompt")
                )


def findable_of(
    inputs: Mapping[str, JsonValue],
    *,
    names: Iterable[str],
    tags: Iterable[str] = (),
    notes: Iterable[str] = (),
) -> Findable:
    """Gather by what a generation is found; `names` are its generator's and its file's."""
    return Findable(
        prompt=_joined([prompt_of(inputs)]),
        name=_joined(names),
        tags=_joined(tags),
        notes=_joined(notes),
    )


def _joined(texts: Iterable[str]) -> str:
    return " ".join(words_of("\n".join(texts)))
