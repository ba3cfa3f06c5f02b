"""Money: Decimal USD, unknown is None and never 0, and ledger rows that only ever add up.

Amounts are exact to a billionth of a dollar (nano-USD), which holds any price per token.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

__all__ = [
    "NANO",
    "ZERO",
    "Balance",
    "Basis",
    "Confidence",
    "Cost",
    "CostSource",
    "Entry",
    "LedgerKind",
    "add",
    "free",
    "of_takes",
    "share",
    "unpriced",
    "usd",
    "usd_from_float",
]

ZERO = Decimal(0)
NANO = Decimal("0.000000001")
LARGEST = Decimal(1_000_000)


def usd(amount: Decimal | int | str) -> Decimal:
    """Round an amount to nano-USD. ValueError for NaN, infinite, negative or absurd amounts."""
    value = Decimal(amount)
    if not value.is_finite():
        raise ValueError(f"{amount!r} is not an amount of money.")
    if value < 0:
        raise ValueError(f"{amount!r} is negative; a cost cannot be.")
    if value > LARGEST:
        raise ValueError(f"{amount!r} is more than {LARGEST} USD for one run; check the unit.")
    return value.quantize(NANO, rounding=ROUND_HALF_EVEN)


def usd_from_float(amount: object) -> Decimal:
    """Convert a plugin's float once, by its shortest decimal form: 0.1 becomes 0.1 exactly.

    ValueError for NaN, negative, infinite or absurd figures, and for what is no number.
    """
    if isinstance(amount, bool) or not isinstance(amount, (int, float, Decimal)):
        raise ValueError(f"{amount!r} is not an amount of money.")
    if not math.isfinite(amount):
        raise ValueError(f"{amount!r} is not an amount of money.")
    return usd(amount if isinstance(amount, Decimal) else repr(amount))


class Confidence(StrEnum):
    """How sure a figure is: billed by the provider, read from a price list, guessed, or unknown."""

    EXACT = "exact"
    LISTED = "listed"
    ESTIMATED = "estimated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What a cost was worked out from: so many units at a unit price."""

    provider: str
    model: str
    unit: str
    units: Decimal
    unit_price: Decimal | None


class CostSource(StrEnum):
    """Where the amount of a settlement comes from."""

    PROVIDER = "provider"
    """The provider said what it charged."""
    USAGE = "usage"
    """The provider said what it counted, and the price list what that costs."""
    ESTIMATE = "estimate"
    """The provider said nothing: it is the estimate, for what was delivered."""
    DECISION = "decision"
    """Somebody decided about an open question, at the estimate."""
    UNPRICED = "unpriced"
    """Nobody knows; it counts as nothing."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """A cost in USD in the one shape that every surface shows. `amount` None means unpriced.

    `source` says where the amount of an actual cost comes from; an estimate has none.
    """

    amount: Decimal | None
    confidence: Confidence
    basis: Basis | None = None
    cached_units: int = 0
    currency: str = "USD"
    source: CostSource | None = None

    @property
    def known(self) -> bool:
        return self.amount is not None


def free(basis: Basis | None = None, *, cached_units: int = 0) -> Cost:
    """A cost that is known to be nothing."""
    return Cost(amount=ZERO, confidence=Confidence.EXACT, basis=basis, cached_units=cached_units)


def unpriced(basis: Basis | None = None) -> Cost:
    """A cost that nobody knows."""
    return Cost(amount=None, confidence=Confidence.UNKNOWN, basis=basis)


_ORDER = (Confidence.EXACT, Confidence.LISTED, Confidence.ESTIMATED, Confidence.UNKNOWN)


def add(costs: Iterable[Cost]) -> Cost:
    """Add costs up: one unknown makes the sum unknown; the sum is as sure as its least sure."""
    parts = list(costs)
    if not parts:
        return free()
    known = [part.amount for part in parts if part.amount is not None]
    total = sum(known, ZERO) if len(known) == len(parts) else None
    return Cost(
        amount=total,
        confidence=max((part.confidence for part in parts), key=_ORDER.index),
        basis=parts[0].basis if len(parts) == 1 else None,
        cached_units=sum(part.cached_units for part in parts),
    )


def of_takes(each: Cost, takes: int, *, cached: int = 0) -> Cost:
    """What so many takes of one run come to, of which `cached` are there already and cost nothing.

    `cached_units` counts those takes.
    """
    paid = takes - cached
    if paid == 0:
        return free(each.basis, cached_units=cached)
    basis = each.basis and replace(each.basis, units=each.basis.units * paid)
    amount = None if each.amount is None else each.amount * paid
    return replace(each, amount=amount, basis=basis, cached_units=cached)


def share(amount: Decimal | None, parts: int) -> Decimal | None:
    """The equal share that each sibling of a batch shows; never summed."""
    if amount is None:
        return None
    return (amount / parts).quantize(NANO, rounding=ROUND_HALF_EVEN)


class LedgerKind(StrEnum):
    """The kinds of ledger rows. The first three are unique per generation."""

    HOLD = "hold"
    SETTLE = "settle"
    RELEASE = "release"
    ADJUST = "adjust"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One ledger row: amounts are never negative but for `adjust`; `cause` tells adjusts apart.

    `source` says where the amount of a settlement comes from; rows of other kinds need none.
    """

    kind: LedgerKind
    amount: Decimal
    cause: str = ""
    source: CostSource | None = None


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What the rows of one generation come to, in USD."""

    held: Decimal
    spent: Decimal

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Balance":
        """Derive the balance; a settle or a release ends the hold, in whatever order they come."""
        held = spent = ZERO
        ended = False
        for entry in entries:
            match entry.kind:
                case LedgerKind.HOLD:
                    held += entry.amount
                case LedgerKind.SETTLE:
                    spent += entry.amount
                    ended = True
                case LedgerKind.RELEASE:
                    ended = True
                case LedgerKind.ADJUST:
                    spent += entry.amount
        return cls(held=ZERO if ended else held, spent=spent)
