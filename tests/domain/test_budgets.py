"""The rules of budgets: when they begin anew, and what they say about a request."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.domain.budgets import (
    Budget,
    BudgetScope,
    Judgement,
    Period,
    Reason,
    Spender,
    Standing,
    Strictness,
    judge,
    tightest,
    window_of,
    zone_named,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TENANT = UUID(int=1)


def standing(
    left: str, *, strictness: Strictness = Strictness.HARD, number: int = 1, held: str = "0"
) -> Standing:
    budget = Budget(
        id=UUID(int=number),
        tenant_id=TENANT,
        scope=BudgetScope.TENANT,
        subject_id=TENANT,
        period=Period.DAY,
        strictness=strictness,
        amount=Decimal(100),
        created_at=NOW,
        updated_at=NOW,
    )
    spent = Decimal(100) - Decimal(left) - Decimal(held)
    return Standing(budget=budget, spent=spent, held=Decimal(held), resets_at=None)


class TestWindows:
    @pytest.mark.parametrize(
        ("period", "zone", "now", "start", "end"),
        [
            (Period.DAY, "UTC", "2026-03-01T12:00", "2026-03-01T00:00", "2026-03-02T00:00"),
            (Period.DAY, "Asia/Tokyo", "2026-03-01T15:00", "2026-03-01T15:00", "2026-03-02T15:00"),
            (Period.DAY, "Asia/Tokyo", "2026-03-01T14:59", "2026-02-28T15:00", "2026-03-01T15:00"),
            # The clocks go forward: a day of 23 hours; and back: one of 25.
            (
                Period.DAY,
                "Europe/Berlin",
                "2026-03-29T12:00",
                "2026-03-28T23:00",
                "2026-03-29T22:00",
            ),
            (
                Period.DAY,
                "Europe/Berlin",
                "2026-10-25T12:00",
                "2026-10-24T22:00",
                "2026-10-25T23:00",
            ),
            (Period.MONTH, "UTC", "2026-02-28T23:59", "2026-02-01T00:00", "2026-03-01T00:00"),
            (Period.MONTH, "UTC", "2026-12-31T00:00", "2026-12-01T00:00", "2027-01-01T00:00"),
            (
                Period.MONTH,
                "Pacific/Honolulu",
                "2026-03-01T09:59",
                "2026-02-01T10:00",
                "2026-03-01T10:00",
            ),
        ],
        ids=str,
    )
    def test_they_are_the_calendar_s_of_the_zone(
        self, period: Period, zone: str, now: str, start: str, end: str
    ) -> None:
        window = window_of(period, datetime.fromisoformat(now).replace(tzinfo=UTC), ZoneInfo(zone))
        assert window.start == datetime.fromisoformat(start).replace(tzinfo=UTC)
        assert window.end == datetime.fromisoformat(end).replace(tzinfo=UTC)

    def test_a_total_never_begins_anew(self) -> None:
        window = window_of(Period.TOTAL, NOW, ZoneInfo("UTC"))
        assert (window.start, window.end) == (None, None)

    @given(
        at=st.integers(0, 15 * 365 * 86_400).map(lambda seconds: NOW + timedelta(seconds=seconds)),
        zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"]),
        period=st.sampled_from([Period.DAY, Period.MONTH]),
    )
    def test_each_moment_is_in_one_and_they_follow_each_other(
        self, at: datetime, zone: str, period: Period
    ) -> None:
        window = window_of(period, at, ZoneInfo(zone))
        assert window.start is not None
        assert window.end is not None
        assert window.start <= at < window.end
        assert window_of(period, window.end, ZoneInfo(zone)).start == window.end
        before = window.start - timedelta(microseconds=1)
        assert window_of(period, before, ZoneInfo(zone)).end == window.start

    @pytest.mark.parametrize(
        "name", ["Mars/Olympus", "../UTC", "/etc/passwd", "", "Europe", "a\0b"]
    )
    def test_a_name_that_is_no_zone_is_none(self, name: str) -> None:
        assert zone_named(name) is None


class TestJudging:
    @pytest.mark.parametrize(
        ("left", "asked", "refused"),
        [
            ("1", "1", False),
            ("1", "1.000000001", True),
            ("0", "0.000000001", True),
            ("0", "0", False),
            ("-5", "0", False),
            ("-5", "1", True),
        ],
    )
    def test_what_is_asked_must_be_left(self, left: str, asked: str, refused: bool) -> None:
        assert bool(judge([standing(left)], Decimal(asked)).refusals) is refused

    def test_what_is_held_counts_as_what_is_spent(self) -> None:
        assert judge([standing("1", held="99")], Decimal(2)).refusals
        assert not judge([standing("1", held="99")], Decimal(1)).refusals

    @pytest.mark.parametrize(
        ("left", "allowed", "reason"),
        [
            ("5", False, Reason.UNPRICED),
            ("5", True, None),
            ("0", True, Reason.EXCEEDED),
            ("-1", False, Reason.EXCEEDED),
        ],
    )
    def test_the_unpriced_needs_a_word_and_something_left(
        self, left: str, allowed: bool, reason: Reason | None
    ) -> None:
        found = judge([standing(left)], None, allow_unpriced=allowed).refusals
        assert [one.reason for one in found] == ([] if reason is None else [reason])

    def test_a_soft_one_only_warns(self) -> None:
        soft = standing("0", strictness=Strictness.SOFT)
        found = judge([soft], Decimal(1))
        assert (found.refusals, [one.standing for one in found.warnings]) == ((), [soft])

    def test_without_budgets_everything_passes(self) -> None:
        assert judge([], Decimal(10**6)) == judge([], None) == Judgement()

    def test_the_one_with_the_least_left_comes_first_and_hard_before_soft(self) -> None:
        wide, narrow = standing("3", number=1), standing("1", number=2)
        soft = standing("0", strictness=Strictness.SOFT, number=3)
        found = judge([wide, soft, narrow], Decimal(4))
        assert [one.standing for one in found.refusals] == [narrow, wide]
        assert tightest([wide, soft, narrow]) == narrow
        assert tightest([soft]) == soft
        assert tightest([]) is None


def test_a_spender_is_known_by_each_of_its_parts() -> None:
    ids = [UUID(int=number) for number in range(5)]
    spender = Spender(
        tenant_id=ids[0], user_id=ids[1], board_id=ids[2], token_id=ids[3], session_id=ids[4]
    )
    assert [spender.subject(scope) for scope in BudgetScope] == ids
    assert Spender(tenant_id=TENANT).subject(BudgetScope.TOKEN) is None
