"""The ledger: its rows, its examination, and putting right what a run came to."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from boards.api.routing import Caller, Listing, answered, lay
from boards.api.shapes.base import Id
from boards.api.shapes.generations import GenerationShape, generation_shape
from boards.api.shapes.spending import (
    AdjustRequest,
    LedgerAsked,
    LedgerPage,
    VerifiedShape,
    ledger_row_shape,
    verified_shape,
)
from boards.services.ports import LedgerFilter

__all__ = ["router"]

router = APIRouter(tags=["money"])


class LedgerListing(LedgerAsked, Listing):
    """Which part of which rows."""


@router.get(
    "/ledger",
    operation_id="list_ledger",
    summary="List the rows of the ledger, newest first",
    responses=answered(LedgerPage, "All to an admin, to others their own."),
)
async def list_ledger(call: Caller, asked: Annotated[LedgerListing, Query()]) -> Response:
    which = LedgerFilter(
        board_id=asked.board_id, generation_id=asked.generation_id, kind=asked.kind
    )
    page = await call.services.money.ledger.list(
        call.actor, which, limit=asked.limit, cursor=asked.cursor or None
    )
    return lay(LedgerPage(items=[ledger_row_shape(one) for one in page.items], next=page.next))


@router.get(
    "/ledger/verify",
    operation_id="verify_ledger",
    summary="Derive every balance anew and say what is wrong; admins only",
    responses=answered(VerifiedShape, "What it came to."),
)
async def verify_ledger(call: Caller) -> Response:
    return lay(verified_shape(await call.services.money.ledger.verify(call.actor)))


@router.post(
    "/generations/{generation_id}/adjust",
    operation_id="adjust_cost",
    summary="Put right what a run came to, when its bill comes later; admins only",
    responses=answered(GenerationShape, "The generation at its cost.", also=(404, 409, 413, 415)),
)
async def adjust_cost(
    call: Caller,
    generation_id: Annotated[Id, Path(description="The id of the generation.")],
    body: AdjustRequest,
) -> Response:
    generation = await call.services.money.ledger.adjust(
        call.actor, generation_id, actual=Decimal(body.actual), cause=body.cause
    )
    return lay(generation_shape(generation, call.links))
