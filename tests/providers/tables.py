"""Prints what the fault table and the kill matrix hold every transport to.

    python -m tests.providers.tables            print both
    python -m tests.providers.tables --write    put them into docs/reliability.md

A test holds the page to the tables.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from boards.testing.lab import Stage
from tests.providers.kills.boundaries import Boundary, unknown_after
from tests.providers.samples import SAMPLES, Sample
from tests.providers.test_faults import (
    DEADLINES,
    DONE,
    FAILED,
    LATER,
    NEVER_ARRIVED,
    OPEN,
    PARKED,
    PICTURES,
    REFUSED,
    RESULTS,
    SUBMITS,
    UNKNOWN,
    End,
    Row,
)

__all__ = ["BEGIN", "FINISH", "PAGE", "tables"]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
BEGIN, FINISH = "<!-- tables: begin -->", "<!-- tables: end -->"

ENDS = (
    (DONE, "done"),
    (REFUSED, "refused"),
    (FAILED, "failed"),
    (UNKNOWN, "unknown"),
    (NEVER_ARRIVED, "unknown, not taken on"),
    (OPEN, "open"),
    (PARKED, "parked"),
)
BOUNDARIES = {
    Boundary.BEFORE_INTENT: "before the intent is written",
    Boundary.AFTER_INTENT: "after it, before the call",
    Boundary.ON_THE_WIRE: "the call is on the wire",
    Boundary.AFTER_ACCEPT: "accepted, the answer is lost",
    Boundary.AFTER_ID: "the id is written",
    Boundary.BETWEEN_POLLS: "between two looks",
    Boundary.MID_DOWNLOAD: "half of the result has come",
    Boundary.AFTER_BYTES: "the bytes are stored, nothing is written",
    Boundary.BEFORE_SETTLE: "before the settlement",
}


def tables() -> str:
    """Both tables as Markdown."""
    return "\n".join(
        [
            "### Transport × kill point",
            "",
            *_table("killed when", _kills()),
            "",
            "### Transport × fault",
            "",
            *_table("fault", _faults()),
        ]
    )


def _kills() -> Iterator[list[str]]:
    for boundary, said in BOUNDARIES.items():
        yield [said, *(_after(boundary, sample) for sample in SAMPLES)]


def _after(boundary: Boundary, sample: Sample) -> str:
    if not boundary.is_met_by(sample):
        return "–"
    return "unknown" if unknown_after(boundary, sample) else "done"


def _faults() -> Iterator[list[str]]:
    for row in SUBMITS:
        yield [_said(row), *(_name(row.end) for _ in SAMPLES)]
    for row in LATER:
        yield [_said(row), *("–" if each.synchronous else _name(row.end) for each in SAMPLES)]
    for row in RESULTS:
        yield [_said(row), *(_of_result(row, each) for each in SAMPLES)]
    for row in PICTURES:
        yield [_said(row), *(_of_picture(row, each) for each in SAMPLES)]
    for row in DEADLINES:
        yield [_said(row), *(_at_deadline(row, each) for each in SAMPLES)]


def _of_result(row: Row, sample: Sample) -> str:
    if sample.synchronous:
        return "–"
    return _name(DONE if sample.one_question else row.end)


def _of_picture(row: Row, sample: Sample) -> str:
    return "–" if sample.synchronous or sample.makes != "image" else _name(row.end)


def _at_deadline(row: Row, sample: Sample) -> str:
    if not sample.synchronous:
        return _name(row.end)
    return _name(UNKNOWN) if row.stage is Stage.SUBMIT else "–"


def _said(row: Row) -> str:
    more = " ".join(
        f"{name}={'all' if value is None else value}" for name, value in row.more.items()
    )
    return f"`{row.stage} {row.kind}{' ' if more else ''}{more}`"


def _name(end: End) -> str:
    return next(name for known, name in ENDS if known == end)


def _table(head: str, rows: Iterator[Sequence[str]]) -> Iterator[str]:
    yield f"| {head} | {' | '.join(str(each) for each in SAMPLES)} |"
    yield "|---" * (len(SAMPLES) + 1) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


if __name__ == "__main__":
    if "--write" in sys.argv:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        after = rest.partition(FINISH)[2]
        PAGE.write_text(f"{before}{BEGIN}\n\n{tables()}\n\n{FINISH}{after}")
    else:
        sys.stdout.write(f"{tables()}\n")
