"""Works a declared price out: before the run from the inputs, after it from what was counted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from pydantic import BaseModel

from boards.domain.costs import ZERO, Basis, Confidence, Cost, CostSource, unpriced, usd
from boards.generators.declared.conditions import holds, said
from boards.generators.declared.declaration import (
    Addition,
    Case,
    Declaration,
    Price,
    PriceConfidence,
    Unit,
)
from boards.generators.declared.rules import count_by
from boards.generators.declared.transport import Count

__all__ = ["actual_cost", "quote"]

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_CONFIDENCE = {
    PriceConfidence.LISTED: Confidence.LISTED,
    PriceConfidence.SECOND_HAND: Confidence.ESTIMATED,
    PriceConfidence.UNVERIFIED: Confidence.ESTIMATED,
}

_Amounts: TypeAlias = Price | Case | Addition


@dataclass(frozen=True, kw_only=True)
class _Sum:
    amount: Decimal
    units: Decimal


def quote(declaration: Declaration, inputs: BaseModel) -> Cost:
    """Say what a run with these inputs costs, in USD; unpriced when the declaration has no price.

    ValueError when the declaration's own rule gives no amount.
    """
    price = declaration.price
    if price is None:
        return unpriced(_basis(declaration, Unit.RUN, Decimal(1), None))
    case = next((case for case in price.cases if holds(case, inputs)), None)
    amounts: _Amounts = case or price
    if amounts.base is None and amounts.rate is None:
        return unpriced(_basis(declaration, price.unit, Decimal(1), None))
    found = _sum(amounts, inputs)
    if found is None:
        return unpriced(_basis(declaration, price.unit, Decimal(1), None))
    total = found.amount
    for name, by_value in price.factors.items():
        total *= by_value.get(said(getattr(inputs, name)), Decimal(1))
    for addition in price.additions:
        if holds(addition, inputs):
            more = _sum(addition, inputs)
            if more is None:
                return unpriced(_basis(declaration, price.unit, found.units, None))
            total += more.amount
    amount = usd(total)
    units = found.units
    each = usd(amount / units) if units else amount
    return Cost(
        amount=amount,
        confidence=_CONFIDENCE[price.confidence],
        basis=_basis(declaration, price.unit, units, each),
    )


def actual_cost(declaration: Declaration, counts: Mapping[Count, Decimal]) -> Cost | None:
    """Say what the provider charged, from its own counts; None when they do not tell.

    A count without a price makes the whole unknown: a sum that lacks a part is no cost.
    """
    if Count.USD in counts:
        basis = _basis(declaration, Unit.RUN, Decimal(1), usd(counts[Count.USD]))
        return Cost(
            amount=usd(counts[Count.USD]),
            confidence=Confidence.EXACT,
            basis=basis,
            source=CostSource.PROVIDER,
        )
    counted = declaration.price.counted if declaration.price else None
    if declaration.price is None or counted is None or not counts:
        return None
    total = ZERO
    for count, number in counts.items():
        rate = counted.rates.get(count.value)
        if rate is None:
            if number:
                return None
            continue
        total += number * rate / counted.per
    exact = declaration.price.confidence is PriceConfidence.LISTED
    (only, number), *more = counts.items()
    basis = (
        _basis(declaration, only.value, number, counted.rates[only.value] / counted.per)
        if not more and only.value in counted.rates
        else _basis(declaration, Unit.RUN, Decimal(1), usd(total))
    )
    # The count is the provider's own; the rate may be a figure that nobody has checked.
    confidence = Confidence.EXACT if exact else Confidence.ESTIMATED
    return Cost(amount=usd(total), confidence=confidence, basis=basis, source=CostSource.USAGE)


def _basis(
    declaration: Declaration, unit: str, units: Decimal, unit_price: Decimal | None
) -> Basis:
    return Basis(
        provider=declaration.provider,
        model=declaration.name,
        unit=str(unit),
        units=units,
        unit_price=unit_price,
    )


def _sum(amounts: _Amounts, inputs: BaseModel) -> _Sum | None:
    """base + rate × units / per; None when the number of units is not known."""
    base = amounts.base or ZERO
    if amounts.rate is None:
        return _Sum(amount=base, units=Decimal(1))
    units = (
        count_by(amounts.rule, inputs)
        if amounts.rule is not None
        else _measure(amounts.units or "", inputs)
    )
    if units is None:
        units = amounts.assume
    if units is None:
        return None
    return _Sum(amount=base + amounts.rate * units / amounts.per, units=units)


def _measure(word: str, inputs: BaseModel) -> Decimal | None:
    name, _, measure = word.partition(".")
    value = getattr(inputs, name)
    if measure == "characters":
        return Decimal(len(value)) if isinstance(value, str) else ZERO
    if measure == "count":
        return Decimal(len(value)) if isinstance(value, list) else Decimal(value is not None)
    if measure == "seconds":
        items = value if isinstance(value, list) else [value]
        lengths = [getattr(each, "duration", None) for each in items]
        if any(each is None for each in lengths):
            return None
        return sum((Decimal(str(each)) for each in lengths), ZERO)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        found = _NUMBER.match(value)
        return Decimal(found.group()) if found else None
    return Decimal(str(value)) if isinstance(value, (int, float)) else None
