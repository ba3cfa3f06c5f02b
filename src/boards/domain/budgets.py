"""Budgets: how much may be spent by whom, where and by when, and what that means for a request.

A budget bounds what is spent and held together. A hard one refuses; a soft one only warns. What is
free passes every budget, whatever its state; what has no price needs an explicit allowance under a
hard one, because nobody can say whether it fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from boards.domain.costs import ZERO

__all__ = [
    "DEFAULT_ZONE",
    "Budget",
    "BudgetScope",
    "Judgement",
    "Objection",
    "Period",
    "Reason",
    "Spender",
    "Standing",
    "Strictness",
    "Window",
    "judge",
    "tightest",
    "window_of",
    "zone_named",
]

DEFAULT_ZONE = "UTC"


class BudgetScope(StrEnum):
    """Whose spending a budget bounds."""

    TENANT = "tenant"
    USER = "user"
    BOARD = "board"
    TOKEN = "token"  # noqa: S105 - the word, no token
    """Everything that is done with one API token."""
    SESSION = "session"
    """One session of an agent."""


class Period(StrEnum):
    """When a budget begins anew, in the tenant's time zone."""

    DAY = "day"
    MONTH = "month"
    TOTAL = "total"
    """Never."""


class Strictness(StrEnum):
    """What a budget does when it is reached."""

    HARD = "hard"
    SOFT = "soft"


@dataclass(frozen=True, kw_only=True)
class Budget:
    """One bound, in USD. `subject_id` is the id of what the scope names; of the tenant itself for
    the tenant's."""

    id: UUID
    tenant_id: UUID
    scope: BudgetScope
    subject_id: UUID
    period: Period
    strictness: Strictness
    amount: Decimal
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class Spender:
    """Who spends, and where: what decides which budgets apply. A part that is None has none."""

    tenant_id: UUID
    user_id: UUID | None = None
    board_id: UUID | None = None
    token_id: UUID | None = None
    session_id: UUID | None = None

    def subject(self, scope: BudgetScope) -> UUID | None:
        """The id by which a budget of this scope would name the spender."""
        subjects = {
            BudgetScope.TENANT: self.tenant_id,
            BudgetScope.USER: self.user_id,
            BudgetScope.BOARD: self.board_id,
            BudgetScope.TOKEN: self.token_id,
            BudgetScope.SESSION: self.session_id,
        }
        return subjects[scope]


@dataclass(frozen=True, kw_only=True)
class Window:
    """The time over which a budget counts: from `start`, until `end`, when it begins anew. None
    has no such bound."""

    start: datetime | None
    end: datetime | None


def zone_named(name: str) -> ZoneInfo | None:
    """Find a time zone by its IANA name, such as `Europe/Berlin`; None when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # A name that is none, one that is a path, and one that is a folder of zones.
        return None


def window_of(period: Period, now: datetime, zone: ZoneInfo) -> Window:
    """Say from when to when a period around `now` goes; both ends in UTC.

    Days are the calendar's, so that one with a change of the clocks has 23 or 25 hours.
    """
    if period is Period.TOTAL:
        return Window(start=None, end=None)
    first = now.astimezone(zone).date()
    following = first + timedelta(days=1)
    if period is Period.MONTH:
        first = first.replace(day=1)
        following = (first + timedelta(days=31)).replace(day=1)
    return Window(
        start=datetime.combine(first, time(), zone).astimezone(UTC),
        end=datetime.combine(following, time(), zone).astimezone(UTC),
    )


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A budget with what counts against it now. `resets_at` None is never."""

    budget: Budget
    spent: Decimal
    held: Decimal
    resets_at: datetime | None

    @property
    def left(self) -> Decimal:
        """What may still be spent; below zero when a late bill has exceeded it."""
        return self.budget.amount - self.spent - self.held


class Reason(StrEnum):
    """Why a budget objects."""

    EXCEEDED = "exceeded"
    """What is asked is more than is left."""
    UNPRICED = "unpriced"
    """Nobody knows what it costs."""


@dataclass(frozen=True, kw_only=True)
class Objection:
    """One budget that objects to a request."""

    standing: Standing
    reason: Reason


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the budgets say about a request: who refuses it, and who only warns. Tightest first."""

    refusals: tuple[Objection, ...] = ()
    warnings: tuple[Objection, ...] = ()


def judge(
    standings: Sequence[Standing], asked: Decimal | None, *, allow_unpriced: bool = False
) -> Judgement:
    """Hold a request of `asked` USD, None for unpriced, against the budgets that apply to it.

    An unpriced one that is allowed passes while anything is left: what it costs is seen later.
    """
    if asked == ZERO:
        return Judgement()
    objections = [
        Objection(standing=one, reason=reason)
        for one in sorted(standings, key=_tightness)
        if (reason := _objects(one, asked, allow_unpriced=allow_unpriced)) is not None
    ]

    def of(strictness: Strictness) -> tuple[Objection, ...]:
        return tuple(one for one in objections if one.standing.budget.strictness is strictness)

    return Judgement(refusals=of(Strictness.HARD), warnings=of(Strictness.SOFT))


def tightest(standings: Sequence[Standing]) -> Standing | None:
    """The budget with the least left: a hard one where there is any."""
    return min(standings, key=_tightness, default=None)


def _objects(one: Standing, asked: Decimal | None, *, allow_unpriced: bool) -> Reason | None:
    if asked is None:
        if one.left <= ZERO:
            return Reason.EXCEEDED
        return None if allow_unpriced else Reason.UNPRICED
    return Reason.EXCEEDED if asked > one.left else None


def _tightness(one: Standing) -> tuple[bool, Decimal, UUID]:
    return one.budget.strictness is Strictness.SOFT, one.left, one.budget.id
