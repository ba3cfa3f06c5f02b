"""Costs in the schema: the one shape that every surface shows."""

import strawberry

from boards.api.graphql.enums import Confidence
from boards.api.shapes.costs import cost_shape
from boards.domain import costs

__all__ = ["Cost", "CostBasis", "cost_of"]


@strawberry.type(description="What a cost was worked out from: so many units at a unit price.")
class CostBasis:
    provider: str
    model: str
    unit: str
    units: str
    unit_price: str | None


@strawberry.type(description="A cost. Amounts are plain decimals; an unknown one is null, never 0.")
class Cost:
    amount: str | None
    currency: str
    known: bool
    confidence: Confidence
    basis: CostBasis | None
    cached_units: int


def cost_of(cost: costs.Cost) -> Cost:
    """Show a cost."""
    shape = cost_shape(cost)
    basis = shape.basis
    return Cost(
        amount=shape.amount,
        currency=shape.currency,
        known=shape.known,
        confidence=shape.confidence,
        basis=None
        if basis is None
        else CostBasis(
            provider=basis.provider,
            model=basis.model,
            unit=basis.unit,
            units=basis.units,
            unit_price=basis.unit_price,
        ),
        cached_units=shape.cached_units,
    )
