"""Reports on what was spent: estimate against actual, by whatever people ask for."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from boards.domain.access import Actor, Duty
from boards.domain.budgets import DEFAULT_ZONE, zone_named
from boards.domain.spending import (
    MOST_DAYS,
    Display,
    Figures,
    SpendBy,
    SpendRow,
    days_between,
    drifts,
    total_of,
)
from boards.errors import ConfigError, InvalidInput, Problem
from boards.services.ports import Clock, Database, Tx
from boards.services.rights import require, scope_of

__all__ = ["Report", "SpendingService"]

USUAL_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was spent on the days from `first` to `last`, both included, in the tenant's time zone.

    `total` also tells what is held now. `display` is the other currency to show amounts in.
    """

    by: SpendBy
    first: date
    last: date
    time_zone: str
    rows: tuple[SpendRow, ...]
    total: Figures
    display: Display | None = None


@dataclass(frozen=True, kw_only=True)
class SpendingService:
    """Reports: of everything to an admin of the tenant, to others of what they spent themselves."""

    database: Database
    clock: Clock
    display: Display | None = None

    async def report(
        self, actor: Actor, by: SpendBy, *, first: date | None = None, last: date | None = None
    ) -> Report:
        """Report the days from `first` to `last`; without them the last thirty."""
        require(actor, Duty.SEE_SPENDING)
        user_id = None if actor.is_tenant_admin else actor.user_id

        def look(tx: Tx) -> Report:
            zone = _zone(tx.budgets.time_zone())
            start, end = self._days(first, last, zone)
            since, until = _bounds(start, end, zone)
            if by is SpendBy.DAY:
                rows = tuple(
                    SpendRow(
                        key=day.isoformat(),
                        label=day.isoformat(),
                        figures=tx.spending.figures(since=begins, until=ends, user_id=user_id),
                    )
                    for day, begins, ends in days_between(start, end, zone)
                )
                rows = tuple(row for row in rows if row.figures.runs or row.figures.spent)
            else:
                rows = tx.spending.rows(by, since=since, until=until, user_id=user_id)
            total = total_of(rows)
            if by is SpendBy.DAY:
                # What is held is held now, on no day.
                held = tx.spending.rows(SpendBy.PROVIDER, since=until, until=until, user_id=user_id)
                total += Figures(held=total_of(held).held)
            return Report(
                by=by,
                first=start,
                last=end,
                time_zone=zone.key,
                rows=rows,
                total=total,
                display=self.display,
            )

        return await self.database.read(look, scope=scope_of(actor))

    async def drift(
        self, actor: Actor, *, first: date | None = None, last: date | None = None
    ) -> Report:
        """Report the models whose actual costs have left their estimates, the worst first."""
        require(actor, Duty.SEE_DRIFT)
        report = await self.report(actor, SpendBy.GENERATOR, first=first, last=last)
        rows = drifts(report.rows)
        return Report(
            by=report.by,
            first=report.first,
            last=report.last,
            time_zone=report.time_zone,
            rows=rows,
            total=total_of(rows),
            display=report.display,
        )

    def _days(self, first: date | None, last: date | None, zone: ZoneInfo) -> tuple[date, date]:
        end = last or self.clock.now().astimezone(zone).date()
        try:
            start = first or end - timedelta(days=USUAL_DAYS - 1)
            too_many = (end - start).days >= MOST_DAYS
            # The zone must be able to say when they begin.
            _bounds(start, end, zone)
        except OverflowError:
            raise _invalid("first", "These days are beyond the calendar.") from None
        if start > end:
            raise _invalid("first", f"{start} is after {end}; give the earlier day first.")
        if too_many:
            raise _invalid("first", f"That is more than {MOST_DAYS} days; ask for fewer.")
        return start, end


def _bounds(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    following = last + timedelta(days=1)
    return (
        datetime.combine(first, time(), zone).astimezone(UTC),
        datetime.combine(following, time(), zone).astimezone(UTC),
    )


def _zone(name: str) -> ZoneInfo:
    zone = zone_named(name) or zone_named(DEFAULT_ZONE)
    if zone is None:
        raise ConfigError("This machine knows no time zones. Install the package tzdata.")
    return zone


def _invalid(at: str, message: str) -> InvalidInput:
    return InvalidInput(message, problems=(Problem(at=at, message=message),))
