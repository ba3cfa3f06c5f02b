"""Tools that act: run, cancel, and make a board. Those that spend say so, before and after."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.types import CallToolResult, ToolAnnotations
from pydantic import Field

from boards.api.mcp import shapes
from boards.api.mcp.looking import Board, Call, Id, Inputs, Plan, Takes
from boards.api.mcp.rest import Refusal, Rest
from boards.api.mcp.sessions import RestFor, Session
from boards.api.mcp.waiting import watch

__all__ = ["CHANGES", "SPENDS", "Key", "MaxCost", "Wait", "add_to", "hold_to", "keyed", "spent"]

SPENDS = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=True
)
CHANGES = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False
)
MaxCost = Annotated[
    str,
    Field(
        description="The most that this may cost in USD, such as '0.25': what you told the person. "
        "'0' runs only what is free."
    ),
]
Wait = Annotated[
    float, Field(ge=0, le=300, description="Wait so many seconds for the result; it goes on after.")
]
Key = Annotated[
    str | None,
    Field(
        max_length=255,
        description="Any text of your own. The same call with the same key runs once.",
    ),
]


def hold_to(quote: Mapping[str, Any], max_cost_usd: str, *, allow_unpriced: bool) -> str | None:
    """Refuse what a budget would refuse, or what is estimated above what was allowed, or what
    nobody knows the price of; give the estimate, None for unpriced."""
    try:
        most = Decimal(max_cost_usd)
    except InvalidOperation:
        most = Decimal("NaN")
    if not most.is_finite() or most < 0:
        raise Refusal("invalid_input", f"max_cost_usd is USD like '0.25'; got {max_cost_usd!r}.")
    refusal, amount = quote["refusal"], quote["cost_estimate"]["amount"]
    if refusal is not None:
        figures = {name: value for name, value in refusal.items() if name != "message"}
        raise Refusal("over_budget", refusal["message"], **figures)
    if amount is None:
        if allow_unpriced:
            return None
        raise Refusal(
            "unpriced",
            "Nobody knows what this costs. Ask the person, and send allow_unpriced. Nothing was "
            "spent.",
        )
    if Decimal(amount) > most:
        raise Refusal(
            "above_max_cost",
            f"This is estimated at ${amount}, and max_cost_usd is ${most}. Ask the person before "
            "you raise it. Nothing was spent.",
            asked=amount,
            limit=max_cost_usd,
        )
    return str(amount)


def keyed(key: str | None) -> Mapping[str, str]:
    """The header of an idempotency key."""
    return {} if key is None else {"idempotency-key": key}


async def spent(
    ctx: Call, session: Session, rest: Rest, job_id: str, estimate: str | None, seconds: float
) -> CallToolResult:
    """Answer a call that has spent: what it made, what it cost, and what the session has left."""
    answer, beside = await watch(ctx, rest, job_id, seconds)
    answer = {"cost_estimate_usd": estimate, **answer}
    return shapes.told(shapes.paid(answer, await session.standing()), beside)


def add_to(server: MCPServer, rest_for: RestFor) -> None:
    """Add the tools."""

    @server.tool(title="Run a generator (spends money)", annotations=SPENDS)
    async def run(
        ctx: Call,
        generator: str,
        inputs: Inputs,
        max_cost_usd: MaxCost,
        takes: Takes = 1,
        board_id: Board = None,
        wait_seconds: Wait = 60,
        allow_unpriced: bool = False,
        force: Annotated[bool, Field(description="Make it anew, not from the cache.")] = False,
        idempotency_key: Key = None,
    ) -> CallToolResult:
        """SPENDS MONEY: has something made, for at most max_cost_usd, within the session's budget.

        Call estimate first and tell the person the price. The result has the estimate, the actual
        cost and what is left of the session. It goes on after wait_seconds: poll get_job.
        """
        session = rest_for(ctx)
        rest = await session.spending()
        wanted = {
            "generator": generator,
            "inputs": inputs,
            "takes": takes,
            "board_id": board_id,
            "allow_unpriced": allow_unpriced,
            "force": force,
        }
        quote = await rest.post("/estimate", wanted)
        estimate = hold_to(quote, max_cost_usd, allow_unpriced=allow_unpriced)
        made = await rest.post("/generations", wanted, headers=keyed(idempotency_key))
        return await spent(ctx, session, rest, made["job_id"], estimate, wait_seconds)

    @server.tool(title="Run a plan (spends money)", annotations=SPENDS)
    async def run_plan(
        ctx: Call,
        requests: Plan,
        max_cost_usd: MaxCost,
        board_id: Board = None,
        idempotency_key: Key = None,
    ) -> CallToolResult:
        """SPENDS MONEY: runs what propose has priced, all for at most max_cost_usd together.

        Each request becomes a job; poll them with get_job, which tells the actual costs. With the
        same idempotency_key the same plan runs once.
        """
        session = rest_for(ctx)
        rest = await session.spending()
        plan = [{"board_id": board_id, **one} for one in requests]
        quote = await rest.post("/estimate", {"plan": plan})
        allowed = all(one.get("allow_unpriced") for one in plan)
        estimate = hold_to(quote, max_cost_usd, allow_unpriced=allowed)
        jobs: list[dict[str, Any]] = []
        for place, one in enumerate(plan):
            key = (
                {} if idempotency_key is None else {"idempotency-key": f"{idempotency_key}#{place}"}
            )
            try:
                made = await rest.post("/generations", one, headers=key)
            except Refusal as refusal:
                # What was begun goes on, so it is told of and not lost behind the error.
                jobs.append({"request": place, "refused": refusal.problem})
                continue
            jobs.append(
                {
                    "request": place,
                    "job_id": made["job_id"],
                    "state": made["state"],
                    "cost_estimate_usd": shapes.cost(made["cost_estimate"]),
                }
            )
        answer = {"cost_estimate_usd": estimate, "jobs": jobs}
        return shapes.told(shapes.paid(answer, await session.standing()))

    @server.tool(title="Cancel a job", annotations=CHANGES)
    async def cancel_job(ctx: Call, job_id: Id) -> CallToolResult:
        """Cancel what of a job has not ended. What was paid for already is kept and counts."""
        return shapes.told(shapes.job(await rest_for(ctx).rest.post(f"/jobs/{job_id}/cancel")))

    @server.tool(title="Make a board", annotations=CHANGES)
    async def create_board(ctx: Call, title: str) -> CallToolResult:
        """Make a board that only its owner sees. Costs nothing."""
        made = await rest_for(ctx).rest.post("/boards", {"title": title})
        return shapes.told({"id": made["id"], "title": made["title"]})
