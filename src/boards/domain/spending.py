"""What was spent: figures by day, generator, provider, board or person, and models that cost
something else than they were estimated at.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from boards.domain.costs import ZERO

__all__ = [
    "DRIFT_RUNS",
    "DRIFT_SHARE",
    "MOST_DAYS",
    "Display",
    "Figures",
    "SpendBy",
    "SpendRow",
    "days_between",
    "drifts",
    "is_drifting",
    "ratio_of",
    "total_of",
]

MOST_DAYS = 366
DRIFT_RUNS = 5
"""So many runs must have a provider's own figure before anything is said about a model."""
DRIFT_SHARE = Decimal("0.1")
"""How far the sum of actual costs may be from that of the estimates, as a share of the latter."""


class SpendBy(StrEnum):
    """What the rows of a report stand for."""

    DAY = "day"
    GENERATOR = "generator"
    PROVIDER = "provider"
    BOARD = "board"
    USER = "user"
    TOKEN = "token"  # noqa: S105 - the word, no token
    SESSION = "session"


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Sums over the runs that were settled in a time, in USD.

    `estimated` is what was held for them. `measured` counts those whose cost the provider told,
    `measured_spent` and `measured_estimated` are the sums of these alone. `unpriced` counts those
    of unknown cost, which stand in `spent` with nothing. `held` is what is held now.
    """

    runs: int = 0
    spent: Decimal = ZERO
    estimated: Decimal = ZERO
    held: Decimal = ZERO
    unpriced: int = 0
    measured: int = 0
    measured_spent: Decimal = ZERO
    measured_estimated: Decimal = ZERO

    def __add__(self, other: "Figures") -> "Figures":
        names = (field.name for field in fields(self))
        return Figures(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True, kw_only=True)
class SpendRow:
    """One row of a report. `key` is a day, a name or an id; `label` is what people call it."""

    key: str
    label: str
    figures: Figures


@dataclass(frozen=True, kw_only=True)
class Display:
    """The currency in which amounts are shown beside USD; `rate` is what one USD is in it."""

    currency: str
    rate: Decimal

    def of(self, usd: Decimal) -> Decimal:
        """Convert an amount, to a hundredth of a cent: it is shown, and never summed or stored."""
        return (usd * self.rate).quantize(Decimal("0.0001"), rounding=ROUND_HALF_EVEN)


def total_of(rows: Iterable[SpendRow]) -> Figures:
    """Add rows up."""
    return sum((row.figures for row in rows), Figures())


def days_between(first: date, last: date, zone: ZoneInfo) -> list[tuple[date, datetime, datetime]]:
    """List the days from `first` to `last`, both included, with their beginnings and ends."""
    found = []
    day = first
    while day <= last:
        following = day + timedelta(days=1)
        found.append(
            (day, datetime.combine(day, time(), zone), datetime.combine(following, time(), zone))
        )
        day = following
    return found


def ratio_of(figures: Figures) -> Decimal | None:
    """What runs cost for each dollar of their estimates, where the provider told; None where
    nobody can say."""
    if not figures.measured or figures.measured_estimated <= 0:
        return None
    return (figures.measured_spent / figures.measured_estimated).quantize(Decimal("0.001"))


def is_drifting(figures: Figures) -> bool:
    """Tell whether a model's actual costs have left its estimates: it is to be priced anew."""
    if figures.measured < DRIFT_RUNS:
        return False
    difference = abs(figures.measured_spent - figures.measured_estimated)
    return difference > figures.measured_estimated * DRIFT_SHARE


def drifts(rows: Iterable[SpendRow]) -> tuple[SpendRow, ...]:
    """Pick the models that drift, the most expensive difference first."""
    found = [row for row in rows if is_drifting(row.figures)]

    def difference(row: SpendRow) -> Decimal:
        return abs(row.figures.measured_spent - row.figures.measured_estimated)

    return tuple(sorted(found, key=lambda row: (-difference(row), row.key)))
