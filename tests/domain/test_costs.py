"""Money: exact, never float, unknown is not zero."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.domain.costs import (
    ZERO,
    Balance,
    Confidence,
    Cost,
    Entry,
    LedgerKind,
    add,
    free,
    share,
    unpriced,
    usd,
    usd_from_float,
)

amounts = st.decimals(min_value=0, max_value=1000, places=9)


class TestConvertingAPluginsFloat:
    @pytest.mark.parametrize(
        ("given", "expected"), [(0.1, "0.1"), (0.039, "0.039"), (0, "0"), (1e-7, "0.0000001")]
    )
    def test_a_float_becomes_its_shortest_decimal(self, given: float, expected: str) -> None:
        assert usd_from_float(given) == Decimal(expected)

    @pytest.mark.parametrize("given", [float("nan"), float("inf"), -0.01, 1e12, "1", None, True])
    def test_what_is_no_amount_is_refused(self, given: object) -> None:
        with pytest.raises(ValueError, match=r"amount|negative|more than"):
            usd_from_float(given)

    def test_the_message_names_the_figure(self) -> None:
        with pytest.raises(ValueError, match=r"-1\.5"):
            usd_from_float(-1.5)


class TestAddingCosts:
    def test_one_unknown_makes_the_sum_unknown_and_not_zero(self) -> None:
        known = Cost(amount=usd("0.5"), confidence=Confidence.LISTED)
        total = add([known, unpriced()])
        assert total.amount is None
        assert not total.known
        assert total.confidence is Confidence.UNKNOWN

    def test_the_sum_is_as_sure_as_its_least_sure_part(self) -> None:
        total = add([free(), Cost(amount=usd("0.1"), confidence=Confidence.ESTIMATED)])
        assert total.amount == Decimal("0.1")
        assert total.confidence is Confidence.ESTIMATED

    def test_nothing_costs_nothing(self) -> None:
        assert add([]).amount == ZERO

    @given(st.lists(amounts, max_size=20))
    def test_sums_are_exact(self, parts: list[Decimal]) -> None:
        total = add(Cost(amount=part, confidence=Confidence.EXACT) for part in parts)
        assert total.amount == sum(parts, ZERO)


class TestShares:
    def test_siblings_show_equal_parts(self) -> None:
        assert share(Decimal("0.12"), 4) == Decimal("0.03")

    def test_the_share_of_an_unknown_cost_is_unknown(self) -> None:
        assert share(None, 4) is None


kinds = st.sampled_from([LedgerKind.SETTLE, LedgerKind.RELEASE])


class TestBalance:
    def test_a_hold_is_held_until_it_is_settled(self) -> None:
        hold = Entry(kind=LedgerKind.HOLD, amount=usd("0.2"))
        assert Balance.of([hold]) == Balance(held=usd("0.2"), spent=ZERO)
        settle = Entry(kind=LedgerKind.SETTLE, amount=usd("0.15"))
        assert Balance.of([hold, settle]) == Balance(held=ZERO, spent=usd("0.15"))

    def test_a_release_spends_nothing(self) -> None:
        hold = Entry(kind=LedgerKind.HOLD, amount=usd("0.2"))
        release = Entry(kind=LedgerKind.RELEASE, amount=usd("0.2"))
        assert Balance.of([hold, release]) == Balance(held=ZERO, spent=ZERO)

    @given(amounts, kinds, amounts, st.permutations([0, 1, 2]))
    def test_the_order_of_rows_does_not_matter(
        self, held: Decimal, kind: LedgerKind, adjust: Decimal, order: list[int]
    ) -> None:
        rows = [
            Entry(kind=LedgerKind.HOLD, amount=held),
            Entry(kind=kind, amount=held),
            Entry(kind=LedgerKind.ADJUST, amount=adjust, cause="late"),
        ]
        assert Balance.of(rows[i] for i in order) == Balance.of(rows)
        assert Balance.of(rows).held == ZERO
