"""Tools that look: generators, boards, what was made, and what things would cost. None spends."""

from typing import Annotated, Any, Literal

from mcp.server.mcpserver import Context, MCPServer
from mcp.types import CallToolResult, ToolAnnotations
from pydantic import Field

from boards.api.mcp.sessions import RestFor
from boards.api.mcp.shapes import cost, generation, generator, outputs, told
from boards.api.mcp.waiting import watch

__all__ = ["Board", "Call", "Id", "Inputs", "Plan", "Takes", "add_to", "quote_of"]

LOOKS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
Call = Context[Any, Any]
ArtifactType = Literal["image", "video", "audio", "text", "lora"]
Limit = Annotated[int, Field(ge=1, le=100, description="How many at most.")]
Id = Annotated[str, Field(description="An id, as a list or an answer has given it.")]
Inputs = Annotated[
    dict[str, Any],
    Field(description="The inputs, as describe_generator says; artifacts as generation ids."),
]
Takes = Annotated[int, Field(ge=1, le=100, description="How many separate runs.")]
Board = Annotated[str | None, Field(description="The board's id; null is the default board.")]


Plan = Annotated[
    list[dict[str, Any]],
    Field(
        min_length=1,
        max_length=100,
        description='Requests such as {"generator": "local-poster", "inputs": {"prompt": "…"}, '
        '"takes": 1}.',
    ),
]


def quote_of(sent: Any) -> dict[str, Any]:
    """What a plan would cost, and whether it would be refused."""
    refusal, budget = sent["refusal"], sent["budget"]
    return {
        "spends_money": False,
        "cost_estimate_usd": cost(sent["cost_estimate"]),
        "is_priced": sent["cost_estimate"]["known"],
        "confidence": sent["cost_estimate"]["confidence"],
        "parts": [
            {
                "generator": part["generator"],
                "takes": part["takes"],
                "cost_estimate_usd": cost(part["cost_estimate"]),
            }
            for part in sent["parts"]
        ],
        "left_of_tightest_budget_usd": None if budget is None else budget["left"],
        "would_be_refused": None if refusal is None else refusal["message"],
        "warnings": [one["message"] for one in sent["warnings"]],
    }


def add_to(server: MCPServer, rest_for: RestFor) -> None:
    """Add the tools."""

    @server.tool(title="List generators", annotations=LOOKS)
    async def list_generators(
        ctx: Call,
        type: ArtifactType | None = None,
        text: Annotated[str, Field(description="Words of its name, title or provider.")] = "",
        can_run_now: bool = True,
        limit: Limit = 40,
    ) -> CallToolResult:
        """List what can make images, video, audio, text or LoRA models. Spends nothing."""
        sent = (await rest_for(ctx).rest.get("/generators", type=type))["items"]
        words = text.lower().split()
        found = [
            generator(one)
            for one in sent
            if all(
                word
                in f"{one['name']} {one['title']} {one['provider']} {one['description']}".lower()
                for word in words
            )
            and not (can_run_now and one["unavailable"])
        ]
        return told({"generators": found[:limit], "total": len(found)})

    @server.tool(title="Describe a generator", annotations=LOOKS)
    async def describe_generator(ctx: Call, name: str) -> CallToolResult:
        """Read a generator's inputs as a JSON Schema, and whether it can run. Spends nothing."""
        sent = await rest_for(ctx).rest.get(f"/generators/{name}")
        return told({**generator(sent), "input_schema": sent["input_schema"]})

    @server.tool(title="Price one thing", annotations=LOOKS)
    async def estimate(
        ctx: Call, generator: str, inputs: Inputs, takes: Takes = 1, board_id: Board = None
    ) -> CallToolResult:
        """Tell what a run would cost in USD, and whether a budget refuses it. Spends nothing."""
        wanted = {"generator": generator, "inputs": inputs, "takes": takes, "board_id": board_id}
        rest = await rest_for(ctx).spending()
        return told(quote_of(await rest.post("/estimate", wanted)))

    @server.tool(title="Propose a plan", annotations=LOOKS)
    async def propose(ctx: Call, requests: Plan, board_id: Board = None) -> CallToolResult:
        """Price several runs together, to be shown to a person before run_plan. Spends nothing."""
        plan = [{"board_id": board_id, **one} for one in requests]
        rest = await rest_for(ctx).spending()
        quote = quote_of(await rest.post("/estimate", {"plan": plan}))
        return told({**quote, "proposal": {"requests": requests, "board_id": board_id}})

    @server.tool(title="What the session may spend", annotations=LOOKS)
    async def session_budget(ctx: Call) -> CallToolResult:
        """Tell what this session may spend, has spent, and holds for runs under way."""
        sent = await rest_for(ctx).standing()
        budget = sent["budget"]
        return told(
            {
                "session_id": sent["id"],
                "limit_usd": budget["amount"],
                "spent_usd": budget["spent"],
                "held_usd": budget["held"],
                "left_usd": budget["left"],
            }
        )

    @server.tool(title="List boards", annotations=LOOKS)
    async def list_boards(ctx: Call, limit: Limit = 50) -> CallToolResult:
        """List your boards, the last changed first."""
        sent = await rest_for(ctx).rest.get("/boards", limit=limit)
        names = ("id", "title", "description", "is_public", "updated_at")
        return told({"boards": [{name: one.get(name) for name in names} for one in sent["items"]]})

    @server.tool(title="What is on a board", annotations=LOOKS)
    async def list_generations(
        ctx: Call,
        board_id: Board = None,
        type: ArtifactType | None = None,
        generator: str | None = None,
        limit: Limit = 20,
        cursor: Annotated[str | None, Field(description="`next` of the answer before.")] = None,
    ) -> CallToolResult:
        """List what was made, newest first, on one board or on all of yours."""
        sent = await rest_for(ctx).rest.get(
            "/generations",
            board_id=board_id,
            type=type,
            generator=generator,
            limit=limit,
            cursor=cursor,
        )
        return told(
            {"generations": [generation(one) for one in sent["items"]], "next": sent["next"]}
        )

    @server.tool(title="Look at a generation", annotations=LOOKS)
    async def get_generation(ctx: Call, generation_id: Id) -> CallToolResult:
        """Look at one generation: how it stands, its inputs, its cost, and a small picture."""
        rest = rest_for(ctx).rest
        sent = await rest.get(f"/generations/{generation_id}")
        return told(generation(sent), await outputs(rest, [sent]))

    @server.tool(title="Where it came from", annotations=LOOKS)
    async def get_lineage(
        ctx: Call,
        generation_id: Id,
        max_depth: Annotated[int, Field(ge=1, le=25)] = 5,
    ) -> CallToolResult:
        """Tell what a generation was made from, and what was made from it."""
        found = await rest_for(ctx).rest.get(
            f"/generations/{generation_id}/lineage", max_depth=max_depth
        )
        return told(found)

    @server.tool(title="Look at a job", annotations=LOOKS)
    async def get_job(
        ctx: Call,
        job_id: Id,
        wait_seconds: Annotated[float, Field(ge=0, le=60)] = 0,
    ) -> CallToolResult:
        """Tell how a job stands, its estimate and its actual cost, and show what it has made.

        With wait_seconds it answers as soon as the job has ended. Spends nothing.
        """
        return told(*await watch(ctx, rest_for(ctx).rest, job_id, wait_seconds))


def _matches(generator: dict[str, Any], words: list[str]) -> bool:
    parts = (generator[part] or "" for part in ("name", "title", "provider", "description"))
    text = " ".join(parts).lower()
    return all(word in text for word in words)
