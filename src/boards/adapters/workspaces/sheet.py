"""Draws a contact sheet: small pictures in rows, each with its name under it."""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont, ImageOps

from boards.services.stories.sheets import Cell

__all__ = ["contact_sheet"]

COLUMNS, CELL, GAP, LABEL = 5, 220, 12, 34
MOST_PIXELS = 100_000_000
PAPER, INK, FAINT, MARK = "#ffffff", "#1a1a1a", "#e4e4e4", "#c1121f"


def contact_sheet(cells: Sequence[Cell]) -> bytes:
    """A JPEG of all of them, the picked ones framed. Blocks."""
    rows = max(-(-len(cells) // COLUMNS), 1)
    width = COLUMNS * (CELL + GAP) + GAP
    page = Image.new("RGB", (width, rows * (CELL + LABEL + GAP) + GAP), PAPER)
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(13)
    for index, cell in enumerate(cells):
        left = GAP + index % COLUMNS * (CELL + GAP)
        top = GAP + index // COLUMNS * (CELL + LABEL + GAP)
        picture = _small(cell.data)
        if picture is None:
            draw.rectangle((left, top, left + CELL, top + CELL), fill=FAINT)
            draw.text((left + 12, top + CELL // 2), cell.kind, fill=INK, font=font)
        else:
            at = (left + (CELL - picture.width) // 2, top + (CELL - picture.height) // 2)
            page.paste(picture, at)
        if cell.is_picked:
            box = (left - 3, top - 3, left + CELL + 3, top + CELL + 3)
            draw.rectangle(box, outline=MARK, width=3)
        draw.text((left, top + CELL + 5), cell.label, fill=INK, font=font)
    out = io.BytesIO()
    page.save(out, "JPEG", quality=88)
    return out.getvalue()


def _small(data: bytes | None) -> Image.Image | None:
    """A picture that fits its cell; None for what is none, or would not fit in memory."""
    if data is None:
        return None
    try:
        with Image.open(io.BytesIO(data)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                return None
            opened.draft("RGB", (CELL * 2, CELL * 2))
            upright = ImageOps.exif_transpose(opened).convert("RGB")
            upright.thumbnail((CELL, CELL))
            return upright
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
