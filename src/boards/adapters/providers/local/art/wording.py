"""What of a prompt stands on its poster: a short title, and the whole prompt as a caption.

A short prompt is its own title. Of a long one the title is the part before the first preposition,
comma or colon; the caption then carries every word. Letters that the fonts lack are spelled in
Latin ones where the Unicode name tells how (Greek, Cyrillic, kana, Hangul), else left out.
"""

import re
import unicodedata
from dataclasses import dataclass

__all__ = ["Wording", "drawable", "is_lost", "word_set", "wording", "words_of"]

LONGEST_TITLE_WORDS = 6
LONGEST_TITLE_CHARS = 34


def word_set(words: str) -> frozenset[str]:
    """A set of words written as one text."""
    return frozenset(words.split())


_ARTICLES = word_set("a an the")
_BREAKS = word_set(
    "at in on of with without under over above below by from for through between beside near "
    "behind beyond into onto along across during before after around against towards among while "
    "where who that which made is are as painted drawn photographed wearing holding standing "
    "sitting looking"
)
# Left of a title these add nothing: they speak to an image model, not to a reader.
_MEDIUM = re.compile(
    r"^(a |an |the )?(photo(graph)?|picture|image|painting|illustration|poster|drawing|render|"
    r"watercolou?r|portrait|sketch|close-?up|shot)s? (of|showing|for) ",
    re.IGNORECASE,
)
_EXTRA = {
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ħ": "h", "ŋ": "n", "œ": "oe", "Œ": "OE",
    "ſ": "s", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "−": "-", "‐": "-", "‑": "-",
}  # fmt: skip
_NAMED = re.compile(
    r"^(?:GREEK|CYRILLIC|HIRAGANA|KATAKANA|HANGUL) "
    r"(?P<case>SMALL |CAPITAL )?(?:LETTER|SYLLABLE) (?:SMALL )?(?P<name>[A-Z]+)"
)
_GREEK = {
    "ALPHA": "a", "BETA": "v", "GAMMA": "g", "DELTA": "d", "EPSILON": "e", "ZETA": "z", "ETA": "i",
    "THETA": "th", "IOTA": "i", "KAPPA": "k", "LAMDA": "l", "MU": "m", "NU": "n", "XI": "x",
    "OMICRON": "o", "PI": "p", "RHO": "r", "SIGMA": "s", "FINAL": "s", "TAU": "t", "UPSILON": "y",
    "PHI": "f", "CHI": "ch", "PSI": "ps", "OMEGA": "o",
}  # fmt: skip
_CYRILLIC = {
    "SHORT": "i", "HARD": "", "SOFT": "", "YERU": "y", "EL": "l", "EM": "m", "EN": "n", "ER": "r",
    "ES": "s", "EF": "f", "HA": "kh", "IE": "e", "IO": "yo", "BYELORUSSIAN": "i", "SHCHA": "shch",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The text of a poster; `caption` is empty when the title says it all.

    `said` are the prompt's words in lower case, of which a style may show one.
    """

    title: str
    caption: str
    said: frozenset[str] = frozenset()


def _spelled(char: str) -> str:
    """Spell one letter of another script in Latin letters, by its Unicode name; "" if unknown."""
    name = unicodedata.name(char, "")
    found = _NAMED.match(name)
    if found is None:
        return ""
    letter = found["name"]
    if name.startswith("GREEK"):
        sound = _GREEK.get(letter, letter[:1].lower())
    elif name.startswith("CYRILLIC"):
        sound = _CYRILLIC.get(letter, letter.lower())
        if sound == letter.lower() and len(sound) > 1 and letter not in ("YA", "YU", "YI"):
            sound = sound.rstrip("aeiu") or sound  # BE, VE, KA, SHCHA are names of consonants
    else:
        sound = letter.lower()
    return sound.capitalize() if found["case"] == "CAPITAL " else sound


def drawable(text: str) -> str:
    """Put a text in the letters that the fonts have (Latin-1 and common punctuation)."""
    out: list[str] = []
    for char in unicodedata.normalize("NFC", text):
        if char.isspace():
            out.append(" ")
        elif " " <= char <= "~" or "\u00a1" <= char <= "\u00ff" or char in "–—‘’“”„•…€":
            out.append(char)
        elif char in _EXTRA:
            out.append(_EXTRA[char])
        else:
            plain = unicodedata.normalize("NFKD", char)
            latin = "".join(c for c in plain if " " <= c <= "~")
            # A Hangul syllable decomposes as well, into parts whose names read badly.
            whole = "" if latin else _spelled(char)
            base = plain[0] if plain else char
            out.append(latin or whole or (_spelled(base) if base != char else ""))
    return " ".join("".join(out).split())


def is_lost(prompt: str) -> bool:
    """Whether half of the letters cannot be spelled; the rest would say something else."""
    letters = [char for char in prompt if char.isalnum()]
    return 2 * sum(not drawable(char) for char in letters) >= max(1, len(letters))


def words_of(text: str) -> list[str]:
    """The words of a text in order, lower case, without punctuation; of any script."""
    return re.findall(r"[^\W_]+(?:[-'’][^\W_]+)*", text.lower())


def _first_phrase(text: str) -> str:
    """Everything up to the first comma, or the first preposition that leaves two words before."""
    words = re.split(r"[,;:.!?|–—\n]\s*|\s-\s", text.strip())[0].split()
    if len(words) <= LONGEST_TITLE_WORDS and len(" ".join(words)) <= LONGEST_TITLE_CHARS:
        return " ".join(words)
    bare = words[1:] if words and words[0].lower() in _ARTICLES else words
    for at, word in enumerate(bare):
        if at >= 1 and word.lower() in _BREAKS:
            return " ".join(bare[: min(at, LONGEST_TITLE_WORDS)])
    return " ".join(bare[:LONGEST_TITLE_WORDS])


def wording(prompt: str) -> Wording:
    """Divide a prompt into title and caption; both are empty when no letter can be drawn."""
    text = drawable(prompt)
    said = frozenset(words_of(prompt))
    if is_lost(prompt):
        return Wording(title="", caption="", said=said)
    lines = [drawable(line) for line in prompt.splitlines() if drawable(line)]
    if len(lines) > 1 and len(lines[0]) <= 60:
        return Wording(title=lines[0], caption=" ".join(lines[1:]), said=said)
    core = _MEDIUM.sub("", text)
    title = _first_phrase(core) or text[:LONGEST_TITLE_CHARS]
    return Wording(title=title, caption="" if title == text else text, said=said)
