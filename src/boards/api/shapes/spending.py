"""What was spent, as reports and as rows of the ledger."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from boards.api.shapes.base import Answer, Asked, Id, PageShape, Sent, Text
from boards.api.shapes.budgets import Amount
from boards.api.shapes.costs import plain
from boards.domain.costs import CostSource, LedgerKind
from boards.domain.ledger import FaultKind
from boards.domain.spending import Display, Figures, SpendBy, is_drifting, ratio_of
from boards.services.ledger import Verified
from boards.services.ports import LedgerLine
from boards.services.spending import Report

__all__ = [
    "AdjustRequest",
    "DaysAsked",
    "LedgerAsked",
    "LedgerPage",
    "LedgerRowShape",
    "SpendReportShape",
    "SpendRowShape",
    "VerifiedShape",
    "ledger_row_shape",
    "report_shape",
    "verified_shape",
]


def _day(value: object) -> object:
    # Pydantic also takes a count of seconds for a date.
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise PydanticCustomError("not_a_day", "This is no day; write it as 2026-03-01.")
    return value


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
Day = Annotated[date, BeforeValidator(_day)]


class DaysAsked(Asked):
    """Which days to report."""

    first: Day | None = Field(
        default=None, description="The first day, such as 2026-03-01; thirty days if left out."
    )
    last: Day | None = Field(default=None, description="The last day; today if left out.")


class DisplayShape(Answer):
    """The currency in which amounts are shown beside USD, by a rate that was set by hand."""

    currency: str = Field(description="An ISO 4217 code.")
    rate: str = Field(description="What one USD is in it.")


class SpendRowShape(Answer):
    """Sums over runs that were settled in the time. Amounts are USD."""

    key: str = Field(description="A day, a name or an id.")
    label: str = Field(description="The same for people.")
    runs: int = Field(description="How many runs were settled.")
    spent: str = Field(description="What they cost.")
    estimated: str = Field(description="What was held for them.")
    held: str = Field(description="What is held now for runs under way.")
    unpriced: int = Field(description="How many of them nobody knows the cost of.")
    measured: int = Field(description="How many of them have a cost that the provider told.")
    ratio: str | None = Field(
        description="What these cost for each dollar of their estimates; null if nobody knows."
    )
    drifting: bool = Field(description="The estimates are off by more than a tenth.")
    spent_shown: str | None = Field(description="`spent` in the other currency, if one is set.")


class SpendReportShape(Answer):
    """What was spent in some days, estimate against actual."""

    by: SpendBy = Field(description="What the rows stand for.")
    first: date = Field(description="The first day.")
    last: date = Field(description="The last day.")
    time_zone: str = Field(description="Where the days begin.")
    currency: str = Field(description="The currency of the amounts.")
    display: DisplayShape | None = Field(description="The other currency, if one is set.")
    rows: list[SpendRowShape] = Field(description="The most expensive first; days in order.")
    total: SpendRowShape = Field(description="All rows together.")


class LedgerRowShape(Answer):
    """One row of the ledger. Rows are never changed and never deleted."""

    number: int = Field(description="Counts up over all rows.")
    kind: LedgerKind = Field(description="hold, settle, release or adjust.")
    amount: str = Field(description="USD; only an adjustment may be negative.")
    source: CostSource | None = Field(description="Where the amount of a settlement comes from.")
    cause: str = Field(description="What an adjustment goes back to.")
    generation_id: UUID = Field(description="The generation.")
    job_id: UUID | None = Field(description="Its job.")
    board_id: UUID = Field(description="Its board.")
    user_id: UUID = Field(description="Who had it made.")
    token_id: UUID | None = Field(description="By which API token, if by one.")
    session_id: UUID | None = Field(description="In which session of an agent, if in one.")
    created_at: datetime = Field(description="When it was written.")


class LedgerPage(PageShape[LedgerRowShape]):
    """A part of the ledger."""


class FaultShape(Answer):
    """Something that is wrong in the ledger."""

    kind: FaultKind = Field(description="What kind of fault.")
    generation_id: UUID | None = Field(description="Of which generation, if of one.")
    budget_id: UUID | None = Field(description="Of which budget, if of one.")
    message: str = Field(description="The same for people.")


class VerifiedShape(Answer):
    """What an examination of the ledger came to."""

    sound: bool = Field(description="Nothing is wrong.")
    complete: bool = Field(description="Everything was read; it stops at a thousand faults.")
    accounts: int = Field(description="How many generations have rows.")
    held: str = Field(description="What the rows say is held, USD.")
    spent: str = Field(description="What the rows say was spent, USD.")
    faults: list[FaultShape] = Field(description="What is wrong.")


class AdjustRequest(Sent):
    """What a run came to after all."""

    actual: Amount = Field(description="All of it, USD as a plain decimal in a text.")
    cause: Text = Field(
        min_length=1, max_length=100, description="What says so, such as an invoice; counts once."
    )


class LedgerAsked(Asked):
    """Which rows to list."""

    board_id: Id | None = Field(default=None, description="Only those on this board.")
    generation_id: Id | None = Field(default=None, description="Only those of this generation.")
    kind: LedgerKind | None = Field(default=None, description="Only those of this kind.")


def report_shape(report: Report) -> SpendReportShape:
    """Show a report."""
    display = report.display
    return SpendReportShape(
        by=report.by,
        first=report.first,
        last=report.last,
        time_zone=report.time_zone,
        currency="USD",
        display=None
        if display is None
        else DisplayShape(currency=display.currency, rate=plain(display.rate)),
        rows=[_row(row.key, row.label, row.figures, display) for row in report.rows],
        total=_row("", "total", report.total, display),
    )


def ledger_row_shape(line: LedgerLine) -> LedgerRowShape:
    """Show a row of the ledger."""
    return LedgerRowShape(
        number=line.number,
        kind=line.entry.kind,
        amount=plain(line.entry.amount),
        source=line.entry.source,
        cause=line.entry.cause,
        generation_id=line.generation_id,
        job_id=line.job_id,
        board_id=line.board_id,
        user_id=line.user_id,
        token_id=line.token_id,
        session_id=line.session_id,
        created_at=line.created_at,
    )


def verified_shape(found: Verified) -> VerifiedShape:
    """Show what an examination came to."""
    return VerifiedShape(
        sound=found.is_sound,
        complete=found.is_complete,
        accounts=found.accounts,
        held=plain(found.balance.held),
        spent=plain(found.balance.spent),
        faults=[
            FaultShape(
                kind=one.kind,
                generation_id=one.generation_id,
                budget_id=one.budget_id,
                message=one.message,
            )
            for one in found.faults
        ],
    )


def _row(key: str, label: str, figures: Figures, display: Display | None) -> SpendRowShape:
    ratio: Decimal | None = ratio_of(figures)
    return SpendRowShape(
        key=key,
        label=label,
        runs=figures.runs,
        spent=plain(figures.spent),
        estimated=plain(figures.estimated),
        held=plain(figures.held),
        unpriced=figures.unpriced,
        measured=figures.measured,
        ratio=None if ratio is None else plain(ratio),
        drifting=is_drifting(figures),
        spent_shown=None if display is None else plain(display.of(figures.spent)),
    )
