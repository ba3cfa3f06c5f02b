"""Tables for spreadsheets: CSV in which no text of a user is ever taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

__all__ = ["CSV", "cell", "csv_of"]

CSV = "text/csv; charset=utf-8"

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet run a cell instead of showing it."""


def cell(text: str) -> str:
    """Make a text of a user safe to be opened in a spreadsheet, which shows the apostrophe not."""
    return f"'{text}" if text.lstrip(" ").startswith(_STARTS) else text


def csv_of(heads: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    """Write a table. Numbers go as they are; every text has to come through `cell`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return out.getvalue()
