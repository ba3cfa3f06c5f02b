"""What was spent: reports, as JSON or for a spreadsheet, and models that drift."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from boards.api.routing import Caller, answered, lay
from boards.api.shapes.spending import DaysAsked, SpendReportShape, report_shape
from boards.api.tables import CSV, cell, csv_of
from boards.domain.spending import SpendBy

__all__ = ["router"]

router = APIRouter(prefix="/spend", tags=["money"])


class SpendAsked(DaysAsked):
    """Which report."""

    by: SpendBy = Field(default=SpendBy.DAY, description="What the rows stand for.")
    format: Literal["json", "csv"] = Field(default="json", description="How it is written.")


_REPORT: dict[int | str, dict[str, Any]] = answered(
    SpendReportShape, "All of the tenant's to an admin, to others what they spent themselves."
)
_REPORT[200]["content"] = {
    "text/csv": {"schema": {"type": "string"}},
}


@router.get(
    "",
    operation_id="get_spend",
    summary="Report what was spent, estimate against actual",
    responses=_REPORT,
)
async def get_spend(call: Caller, asked: Annotated[SpendAsked, Query()]) -> Response:
    report = await call.services.money.spending.report(
        call.actor, asked.by, first=asked.first, last=asked.last
    )
    shape = report_shape(report)
    if asked.format == "json":
        return lay(shape)
    name = f"spend-by-{asked.by.value}-{report.first}-{report.last}.csv"
    return Response(
        _table(shape),
        media_type=CSV,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get(
    "/drift",
    operation_id="get_drift",
    summary="List models whose actual costs have left their estimates; admins only",
    responses=answered(SpendReportShape, "The worst first."),
)
async def get_drift(call: Caller, asked: Annotated[DaysAsked, Query()]) -> Response:
    report = await call.services.money.spending.drift(
        call.actor, first=asked.first, last=asked.last
    )
    return lay(report_shape(report))


def _table(shape: SpendReportShape) -> str:
    other = [] if shape.display is None else [f"spent {shape.display.currency}"]
    heads = [
        *(shape.by.value, "id", "runs", "spent USD", "estimated USD", "held USD"),
        *("unpriced runs", "measured runs", "actual for each estimated USD"),
        *other,
    ]
    return csv_of(
        heads,
        (
            [
                *(cell(row.label), cell(row.key), row.runs, row.spent, row.estimated, row.held),
                *(row.unpriced, row.measured, row.ratio or ""),
                *([] if row.spent_shown is None else [row.spent_shown]),
            ]
            for row in shape.rows
        ),
    )
