"""Budgets: list them with what is left; admins set, change and remove them."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from boards.api.links import API
from boards.api.routing import Caller, answered, errors, lay
from boards.api.shapes.base import Id
from boards.api.shapes.budgets import (
    BudgetChange,
    BudgetListShape,
    BudgetRequest,
    BudgetShape,
    TimeZoneRequest,
    budget_list_shape,
    budget_shape,
)

__all__ = ["router"]

router = APIRouter(tags=["money"])

BudgetId = Annotated[Id, Path(description="The id of the budget.")]


@router.get(
    "/budgets",
    operation_id="list_budgets",
    summary="List budgets with what is left",
    responses=answered(BudgetListShape, "All to an admin, to others those that bound them."),
)
async def list_budgets(call: Caller) -> Response:
    return lay(budget_list_shape(await call.services.money.budgets.list(call.actor)))


@router.post(
    "/budgets",
    operation_id="create_budget",
    summary="Set a budget; admins only",
    status_code=201,
    responses=answered(BudgetShape, "The budget.", status=201, also=(409, 413, 415)),
)
async def create_budget(call: Caller, body: BudgetRequest) -> Response:
    made = await call.services.money.budgets.create(
        call.actor,
        scope=body.scope,
        subject_id=body.subject_id,
        period=body.period,
        strictness=body.strictness,
        amount=Decimal(body.amount),
    )
    location = f"{call.links.path}{API}/budgets/{made.budget.id}"
    return lay(budget_shape(made), status=201, location=location)


@router.put(
    "/time-zone",
    operation_id="set_time_zone",
    summary="Set the time zone in which the tenant's days begin; admins only",
    responses=answered(BudgetListShape, "The budgets as they stand now.", also=(413, 415)),
)
async def set_time_zone(call: Caller, body: TimeZoneRequest) -> Response:
    budgets = call.services.money.budgets
    await budgets.set_time_zone(call.actor, body.time_zone)
    return lay(budget_list_shape(await budgets.list(call.actor)))


@router.get(
    "/budgets/{budget_id}",
    operation_id="get_budget",
    summary="Get one budget with what is left",
    responses=answered(BudgetShape, "The budget.", also=(404,)),
)
async def get_budget(call: Caller, budget_id: BudgetId) -> Response:
    return lay(budget_shape(await call.services.money.budgets.get(call.actor, budget_id)))


@router.patch(
    "/budgets/{budget_id}",
    operation_id="change_budget",
    summary="Change the amount of a budget; admins only",
    responses=answered(BudgetShape, "The budget as it stands now.", also=(404, 413, 415)),
)
async def change_budget(call: Caller, budget_id: BudgetId, body: BudgetChange) -> Response:
    changed = await call.services.money.budgets.change(call.actor, budget_id, Decimal(body.amount))
    return lay(budget_shape(changed))


@router.delete(
    "/budgets/{budget_id}",
    operation_id="remove_budget",
    summary="Remove a budget; admins only",
    status_code=204,
    responses={204: {"description": "It is removed."}, **errors(404)},
)
async def remove_budget(call: Caller, budget_id: BudgetId) -> Response:
    await call.services.money.budgets.remove(call.actor, budget_id)
    return Response(status_code=204)
