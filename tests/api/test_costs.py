"""Amounts as answers show them."""

from decimal import Decimal

import pytest

from boards.api.shapes.costs import cost_shape, plain
from boards.domain.costs import Confidence, Cost, free, unpriced


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "0"),
        ("0E-9", "0"),
        ("-0", "0"),
        ("0.000000001", "0.000000001"),
        ("1E-9", "0.000000001"),
        ("0.156000000", "0.156"),
        ("100", "100"),
        ("1E+2", "100"),
        ("1000000.50", "1000000.5"),
        ("-0.50", "-0.5"),
    ],
)
def test_an_amount_has_neither_exponent_nor_trailing_zeros(amount: str, text: str) -> None:
    assert plain(Decimal(amount)) == text


def test_unpriced_is_null_and_never_zero() -> None:
    shape = cost_shape(unpriced())
    assert (shape.amount, shape.known, shape.confidence) == (None, False, Confidence.UNKNOWN)


def test_free_is_zero_and_known() -> None:
    shape = cost_shape(free(cached_units=4))
    assert (shape.amount, shape.known, shape.cached_units) == ("0", True, 4)


def test_a_sum_has_no_basis() -> None:
    shape = cost_shape(Cost(amount=Decimal("0.10"), confidence=Confidence.ESTIMATED))
    assert (shape.amount, shape.basis) == ("0.1", None)
