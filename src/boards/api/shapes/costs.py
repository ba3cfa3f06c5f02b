"""A cost in the one shape that every surface shows."""

from decimal import Decimal

from pydantic import Field

from boards.api.shapes.base import Answer
from boards.domain.costs import Basis, Confidence, Cost

__all__ = ["BasisShape", "CostShape", "cost_shape", "plain"]


class BasisShape(Answer):
    """What a cost was worked out from: so many units at a unit price."""

    provider: str = Field(description="Whose service does the work.")
    model: str = Field(description="The provider's model, or the generator.")
    unit: str = Field(description="What is counted, such as `image` or `second`.")
    units: str = Field(description="How many, as a plain decimal.")
    unit_price: str | None = Field(description="USD for one, as a plain decimal; null if unknown.")


class CostShape(Answer):
    """A cost. An unknown amount is null, never 0."""

    amount: str | None = Field(
        description="The amount as a plain decimal such as `0.156`; null while nobody knows."
    )
    currency: str = Field(description="The currency of the amount, an ISO 4217 code.")
    known: bool = Field(description="Whether the amount is known.")
    confidence: Confidence = Field(description="How sure the amount is.")
    basis: BasisShape | None = Field(description="What it was worked out from, for a single run.")
    cached_units: int = Field(description="How many units were taken from the cache, at no cost.")


def plain(amount: Decimal) -> str:
    """Write an amount without exponent and without trailing zeros; zero is `0`."""
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def cost_shape(cost: Cost) -> CostShape:
    """Show a cost."""
    return CostShape(
        amount=None if cost.amount is None else plain(cost.amount),
        currency=cost.currency,
        known=cost.known,
        confidence=cost.confidence,
        basis=None if cost.basis is None else _basis_shape(cost.basis),
        cached_units=cost.cached_units,
    )


def _basis_shape(basis: Basis) -> BasisShape:
    return BasisShape(
        provider=basis.provider,
        model=basis.model,
        unit=basis.unit,
        units=plain(basis.units),
        unit_price=None if basis.unit_price is None else plain(basis.unit_price),
    )
