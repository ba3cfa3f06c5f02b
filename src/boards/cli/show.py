"""How things look in a terminal: 80 columns are enough, and nothing is said by colour alone."""

import json
import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import IO

from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from boards.cli.answers import CostJson, GenerationJson, NodeJson

__all__ = [
    "console",
    "describe_file",
    "duration",
    "lineage_tree",
    "money",
    "print_json",
    "size",
    "table",
]

WIDTH = 80
COLUMN_GAP = 2


def console(stream: IO[str] | None = None) -> Console:
    """Print through this; it leaves colour away where there is no terminal, or by NO_COLOR."""
    made = Console(file=stream or sys.stdout, highlight=False, markup=False, emoji=False)
    # In a narrower window the window wraps, which cuts nothing off.
    made.width = max(made.width, WIDTH)
    return made


def print_json(value: object) -> None:
    """Print for programs."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def money(cost: CostJson | None) -> str:
    """Write a cost: `$0.156`, `$0.00`, `unpriced`, or nothing while it is not known yet."""
    if cost is None:
        return ""
    if cost["amount"] is None:
        return "unpriced"
    amount = Decimal(cost["amount"])
    text = f"{amount:.2f}" if amount == round(amount, 2) else f"{amount:f}"
    return f"${text}" if cost["currency"] == "USD" else f"{text} {cost['currency']}"


def size(count: int) -> str:
    """Write a number of bytes: `312 B`, `4.2 kB`, `13.0 MB`."""
    if count < 1000:
        return f"{count} B"
    amount, units = count / 1000, ["kB", "MB", "GB", "TB"]
    while amount >= 999.95 and len(units) > 1:
        amount /= 1000
        units.pop(0)
    return f"{amount:.1f} {units[0]}"


def duration(seconds: float) -> str:
    """Write a time span: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 30 min`, `5 d 04 h`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, days = minutes // 60, minutes // 1440
    if days:
        return f"{days} d {hours % 24:02} h"
    if hours:
        return f"{hours} h {minutes % 60:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def describe_file(generation: GenerationJson) -> str:
    """Write what a file is in brief: `png 1024x1280`, `wav 12 s`."""
    file = generation["file"]
    if file is None:
        return ""
    parts = [file["format"]]
    if file["width"] and file["height"]:
        parts.append(f"{file['width']}x{file['height']}")
    if file["duration"]:
        parts.append(duration(file["duration"]))
    return " ".join(parts)


def describe_details(generation: GenerationJson) -> str:
    """Write what else is known of a file: `h264, 24 fps, 2 channels of 48 kHz, 12 frames`."""
    file = generation["file"]
    if file is None:
        return ""
    parts = []
    if file.get("codec"):
        parts.append(str(file["codec"]))
    if file.get("fps"):
        parts.append(f"{file['fps']:g} fps")
    if file.get("channels"):
        rate = file.get("sample_rate")
        parts.append(f"{file['channels']} ch" + (f" of {rate / 1000:g} kHz" if rate else ""))
    if file.get("frames"):
        parts.append(f"{file['frames']} frames")
    if file.get("orientation"):
        parts.append(f"turned by {file['orientation']}°")
    if file.get("has_alpha"):
        parts.append("transparent")
    if file.get("is_signed"):
        parts.append("signed (C2PA)")
    return ", ".join(parts)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, whole: Sequence[str]) -> Table:
    """Lay rows out. The columns named in `whole` are never cut: ids, above all, are to be copied;
    the others give way and wrap. A column of amounts stands at the right."""
    rows = [list(row) for row in rows]
    made = Table(box=None, pad_edge=False, padding=(0, COLUMN_GAP, 0, 0), show_edge=False)
    for column, head in enumerate(heads):
        is_whole = head in whole
        made.add_column(
            head,
            no_wrap=is_whole,
            min_width=max(len(row[column]) for row in (heads, *rows)) if is_whole else None,
            overflow="fold",
            justify="right" if head in {"COST", "SIZE", "TIME"} else "left",
        )
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return made


def lineage_tree(root: NodeJson) -> Tree:
    """Draw a tree of lineage: each branch is what the one above was made from, or went into."""
    tree = Tree(_label(root), guide_style="")
    todo = [(root, tree)]
    while todo:
        node, drawn = todo.pop()
        todo += [(branch, drawn.add(_label(branch))) for branch in node["branches"]]
    return tree


def _label(node: NodeJson) -> Text:
    role = f"{node['role']}: " if node["role"] else ""
    if not node["known"]:
        return Text(f"{role}not to be seen, or gone")
    again = " (again)" if node["repeated"] else ""
    standing = "" if node["status"] == "completed" else f" {node['status']}"
    return Text(f"{role}{node['generator']}{standing} {node['generation_id']}{again}")
