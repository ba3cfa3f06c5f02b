from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from boards.adapters.db.columns import (
    Id,
    Instant,
    Usd,
    dump_json,
    from_microseconds,
    microseconds,
)
from boards.ids import new_id

SQLITE: Dialect = sqlite.dialect()
POSTGRES: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
MOMENTS = st.datetimes(timezones=st.just(UTC))


def there_and_back(kind: TypeEngine, value: object) -> object:
    """What SQLite gives back, by way of the value that it keeps."""
    bind = kind.bind_processor(SQLITE)
    result = kind.result_processor(SQLITE, None)
    assert bind is not None
    assert result is not None
    return result(bind(value))


class TestInstant:
    @given(MOMENTS)
    def test_a_moment_comes_back_to_the_microsecond(self, moment: datetime) -> None:
        assert from_microseconds(microseconds(moment)) == moment

    @given(MOMENTS, MOMENTS)
    def test_moments_sort_as_they_are_kept(self, one: datetime, other: datetime) -> None:
        assert (microseconds(one) < microseconds(other)) == (one < other)

    def test_a_moment_without_a_zone_is_refused_by_both(self) -> None:
        for dialect in (SQLITE, POSTGRES):
            bind = Instant().bind_processor(dialect)
            assert bind is not None
            with pytest.raises(ValueError, match="time zone"):
                bind(datetime(2026, 1, 1))  # noqa: DTZ001


class TestUsd:
    @given(st.decimals(min_value=-(10**6), max_value=10**6, places=9))
    def test_an_amount_comes_back_exactly(self, amount: Decimal) -> None:
        assert there_and_back(Usd(), amount) == amount

    def test_a_sum_that_postgresql_gives_as_a_decimal_is_read(self) -> None:
        result = Usd().result_processor(POSTGRES, None)
        assert result is not None
        assert result(Decimal(1_500_000_000)) == Decimal("1.5")

    def test_nothing_is_nothing(self) -> None:
        assert there_and_back(Usd(), None) is None
        assert there_and_back(Instant(), None) is None
        assert there_and_back(Id(), None) is None


class TestId:
    def test_ids_sort_as_their_bytes(self) -> None:
        ids = [new_id() for _ in range(200)]
        assert sorted(ids, key=lambda one: one.bytes) == ids
        assert all(there_and_back(Id(), one) == one for one in ids)


class TestJson:
    def test_it_is_written_as_short_as_it_goes(self) -> None:
        assert dump_json({"a": [1, "ä"], "b": None}) == '{"a":[1,"ä"],"b":null}'

    @pytest.mark.parametrize("value", [float("nan"), float("inf")])
    def test_what_is_no_json_is_refused(self, value: float) -> None:
        with pytest.raises(ValueError, match="JSON"):
            dump_json([value])
