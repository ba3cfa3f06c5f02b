"""Setting words: faces, kerning, tracking, wrapping, and the largest size that fills a box.

Text becomes a mask (uint8, 0 to 255), so that a style may fill it with anything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

__all__ = [
    "Block",
    "Box",
    "Face",
    "Line",
    "cap_height",
    "fit",
    "fit_lines",
    "font",
    "paragraph",
    "stack",
    "text_width",
    "wrap",
]

_FONTS = Path(__file__).parent.parent / "fonts"


class Face(StrEnum):
    """The faces at hand, by file name."""

    CONDENSED = "anton"
    BLACK = "archivo-black"
    SERIF = "dm-serif-display"
    TEXT = "inter-tight"


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True)
class Line:
    """One line at its size: `width` is its ink's width, `tracking` extra space between letters."""

    text: str
    face: Face
    size: int
    tracking: float
    width: float


@dataclass(frozen=True)
class Block:
    """Lines with their baselines counted from the block's top, which is the first line's caps."""

    lines: tuple[Line, ...]
    baselines: tuple[float, ...]
    width: float
    height: float

    @property
    def size(self) -> int:
        return max((line.size for line in self.lines), default=0)

    def mask(self, canvas: tuple[int, int], left: float, top: float, align: str) -> Image.Image:
        """Draw the block with its left top there; `align` is left, centre or right."""
        image = Image.new("L", canvas)
        draw = ImageDraw.Draw(image)
        for line, baseline in zip(self.lines, self.baselines, strict=True):
            spare = self.width - line.width
            x = left + {"left": 0.0, "centre": spare / 2, "right": spare}[align]
            _draw(draw, line, x, top + baseline)
        return image


@lru_cache(maxsize=256)
def font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    """Open a face at a size in pixels."""
    return ImageFont.truetype(_FONTS / f"{face}.woff", size)


def _offsets(line: Line) -> list[float]:
    """Where each letter begins, kerned and tracked.

    Letter by letter, because Pillow can space letters only when a system library is there.
    """
    face = font(line.face, line.size)
    at = [0.0]
    for one, other in pairwise(line.text):
        pair = face.getlength(one + other) - face.getlength(other)
        at.append(at[-1] + pair + line.tracking * line.size)
    return at


def text_width(text: str, face: Face, size: int, tracking: float = 0.0) -> float:
    """Width of a text in pixels."""
    return font(face, size).getlength(text) + tracking * size * max(0, len(text) - 1)


def _line(text: str, face: Face, size: int, tracking: float) -> Line:
    return Line(text, face, size, tracking, text_width(text, face, size, tracking))


def _draw(draw: ImageDraw.ImageDraw, line: Line, x: float, baseline: float) -> None:
    face_at_size = font(line.face, line.size)
    at = _offsets(line)
    # The first letter's side bearing would make a left edge look indented at display sizes.
    bearing = face_at_size.getbbox(line.text[0], anchor="ls")[0] if line.text else 0
    for char, offset in zip(line.text, at, strict=False):
        draw.text((x + offset - bearing, baseline), char, fill=255, font=face_at_size, anchor="ls")


def cap_height(face: Face, size: int) -> float:
    """Height of a capital letter in pixels."""
    return float(-font(face, size).getbbox("H", anchor="ls")[1])


def descent(text: str, face: Face, size: int) -> float:
    """How far the letters of a text reach below the baseline, in pixels."""
    return float(max(0, font(face, size).getbbox(text, anchor="ls")[3])) if text else 0.0


def _ascent(text: str, face: Face, size: int) -> float:
    return float(max(0, -font(face, size).getbbox(text, anchor="ls")[1])) if text else 0.0


def wrap(text: str, lines: int, measure: Callable[[str], float]) -> list[str]:
    """Divide a text into at most so many lines, the longest as short as can be."""
    words = text.split()
    if lines <= 1 or len(words) <= 1:
        return [" ".join(words)] if words else []
    lines = min(lines, len(words))
    space = measure(" ")
    ends = [0.0]
    for word in words:
        ends.append(ends[-1] + measure(word) + space)
    # best[k][i]: (longest line, where the last line begins) of the first i words in k lines
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for _ in range(lines):
        row: dict[int, tuple[float, int]] = {}
        for end in range(1, len(words) + 1):
            options = [
                (max(best[-1][start][0], ends[end] - ends[start]), start)
                for start in range(end)
                if start in best[-1]
            ]
            if options:
                row[end] = min(options)
        best.append(row)
    out: list[str] = []
    end = len(words)
    for k in range(lines, 0, -1):
        start = best[k][end][1]
        out.insert(0, " ".join(words[start:end]))
        end = start
    return out


def stack(lines: list[Line], leading: float) -> Block:
    """Put lines below each other.

    `leading` is the gap between a line's baseline and the capitals below it, as a share of their
    size; letters that reach out of that (accents, tails) get the room they need in capitals only.
    """
    baselines: list[float] = []
    y = 0.0
    for n, line in enumerate(lines):
        if n:
            y += cap_height(line.face, line.size) + leading * line.size
            if line.text.isupper():
                y += max(
                    0.0,
                    _ascent(line.text, line.face, line.size) * 0.9
                    - cap_height(line.face, line.size),
                )
        else:
            y += _ascent(line.text, line.face, line.size)
        baselines.append(y)
    last = lines[-1] if lines else None
    height = y + (descent(last.text, last.face, last.size) if last else 0.0)
    width = max((line.width for line in lines), default=0.0)
    return Block(tuple(lines), tuple(baselines), width, height)


def _largest(fits: Callable[[int], bool], low: int, high: int) -> int:
    """The largest size that fits, by halving; `low` when none does."""
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle):
            low = middle
        else:
            high = middle - 1
    return low


def _cut(text: str, face: Face, size: int, tracking: float, width: float) -> list[str]:
    """Break at line ends and at `width`, and words that are longer than a line."""
    out: list[str] = []
    for part in text.split("\n"):
        out.append("")
        for word in part.split():
            joined = f"{out[-1]} {word}".strip()
            if text_width(joined, face, size, tracking) <= width:
                out[-1] = joined
                continue
            rest = word
            while text_width(rest, face, size, tracking) > width and len(rest) > 1:
                keep = len(rest) - 1
                while keep > 1 and text_width(rest[:keep] + "-", face, size, tracking) > width:
                    keep -= 1
                out.append(rest[:keep] + "-")
                rest = rest[keep:]
            out.append(rest)
    return [line for line in out if line]


def fit(
    text: str,
    face: Face,
    box: Box,
    *,
    most_lines: int = 3,
    tracking: float = 0.0,
    leading: float = 0.14,
    largest: float = 1e9,
    smallest: float = 8,
) -> Block:
    """Set a text as large as its box allows, in one size, in the number of lines that is best.

    Where even `smallest` is too large, lines are broken at the box's width and cut at its foot,
    with an ellipsis.
    """
    if not text.strip():
        return Block((), (), 0.0, 0.0)
    probe = 100
    best: Block | None = None
    for count in range(1, min(most_lines, len(text.split())) + 1):
        parts = wrap(text, count, lambda part: text_width(part, face, probe, tracking))
        widest = max(text_width(part, face, probe, tracking) for part in parts)
        guess = int(min(largest, probe * box.width / max(widest, 1)))
        if guess < smallest:
            continue

        def set_at(size: int, parts: list[str] = parts) -> Block:
            return stack([_line(part, face, size, tracking) for part in parts], leading)

        def fits(size: int, parts: list[str] = parts) -> bool:
            block = stack([_line(part, face, size, tracking) for part in parts], leading)
            return block.width <= box.width and block.height <= box.height

        size = _largest(fits, int(smallest) - 1, guess)
        if size >= smallest and (best is None or size > best.size):
            best = set_at(size)
    if best is not None:
        return best
    return paragraph(text, face, box, size=int(smallest), tracking=tracking, leading=leading)


def _ended(line: str, face: Face, size: int, tracking: float, width: float) -> str:
    """A line with an ellipsis at its end, short enough for it."""
    kept = line.rstrip(" .,-…")
    while len(kept) > 1 and text_width(kept + "…", face, size, tracking) > width:
        kept = kept[:-1].rstrip(" .,-…")
    return kept + "…"


def paragraph(
    text: str, face: Face, box: Box, *, size: int, tracking: float = 0.0, leading: float = 0.6
) -> Block:
    """Set a text at one size, broken at the box's width and cut at its foot with an ellipsis."""
    if not text.strip():
        return Block((), (), 0.0, 0.0)
    lines = _cut(text, face, size, tracking, box.width)
    block = stack([_line(part, face, size, tracking) for part in lines], leading)
    while len(lines) > 1 and block.height > box.height:
        lines.pop()
        lines[-1] = _ended(lines[-1], face, size, tracking, box.width)
        block = stack([_line(part, face, size, tracking) for part in lines], leading)
    return block


def fit_lines(
    text: str,
    face: Face,
    box: Box,
    *,
    most_lines: int = 4,
    leading: float = 0.1,
    spread: float = 2.2,
) -> Block:
    """Set each line as wide as the box, so that the block stands like a wall.

    `spread` bounds how much larger one line may be than another.
    """
    best: Block | None = None
    probe = 100
    for count in range(1, min(most_lines, len(text.split())) + 1):
        parts = wrap(text, count, lambda part: text_width(part, face, probe))
        sizes = [probe * box.width / max(text_width(part, face, probe), 1) for part in parts]
        least = min(sizes)
        sizes = [min(size, least * spread) for size in sizes]
        block = stack(
            [_line(p, face, max(6, int(s)), 0.0) for p, s in zip(parts, sizes, strict=True)],
            leading,
        )
        if block.height > box.height:
            scale = box.height / block.height
            block = stack(
                [
                    _line(p, face, max(6, int(s * scale)), 0.0)
                    for p, s in zip(parts, sizes, strict=True)
                ],
                leading,
            )
        area = sum(line.width * line.size for line in block.lines)
        if best is None or area > sum(line.width * line.size for line in best.lines) * 1.02:
            best = block
    return best or Block((), (), 0.0, 0.0)
