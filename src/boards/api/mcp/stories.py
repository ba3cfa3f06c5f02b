"""Tools for stories: cards, takes and picks, the cover and the portrait."""

from typing import Annotated, Any, Literal

from mcp.server.mcpserver import MCPServer
from mcp.types import CallToolResult
from pydantic import Field

from boards.api.mcp import shapes
from boards.api.mcp.looking import LOOKS, Board, Call, Id, quote_of
from boards.api.mcp.running import CHANGES, SPENDS, Key, MaxCost, Wait, hold_to, keyed
from boards.api.mcp.sessions import RestFor

__all__ = ["add_to"]

Slug = Annotated[str, Field(max_length=100, description="The story's name, as story_list says.")]
What = Annotated[
    Literal["cards", "cover", "portrait", "reroll"],
    Field(
        description="What to make takes for; reroll makes anew what was made under another theme."
    ),
]
Cards = Annotated[
    list[int] | None,
    Field(description="Which cards, counted from 1; null for every card that needs takes."),
]
Takes = Annotated[int | None, Field(ge=1, le=100, description="Null: as the story says.")]
Kind = Annotated[Literal["image", "video"], Field(description="What to make.")]


def add_to(server: MCPServer, rest_for: RestFor) -> None:
    """Add the tools."""

    @server.tool(title="List stories", annotations=LOOKS)
    async def story_list(ctx: Call, board_id: Board = None) -> CallToolResult:
        """List the stories that you may see."""
        return shapes.told(await rest_for(ctx).rest.get("/workspace", board_id=board_id))

    @server.tool(title="Look at a story", annotations=LOOKS)
    async def story_get(ctx: Call, slug: Slug) -> CallToolResult:
        """Read a storyboard: its cards, picks, theme, revision, and what is wrong with it."""
        return shapes.told(await rest_for(ctx).rest.get(f"/workspace/{slug}"))

    @server.tool(title="Make a story", annotations=CHANGES)
    async def story_new(
        ctx: Call,
        slug: Slug,
        title: str = "",
        type: Literal["reel", "article"] = "reel",
        board_id: Board = None,
        storyboard: Annotated[
            dict[str, Any] | None, Field(description="A whole storyboard to begin with.")
        ] = None,
    ) -> CallToolResult:
        """Make a story that only those of its board see. Costs nothing."""
        body = {"slug": slug, "title": title, "type": type, "board_id": board_id}
        made = await rest_for(ctx).rest.post("/workspace", {**body, "storyboard": storyboard})
        return shapes.told(made)

    @server.tool(title="Save a storyboard", annotations=CHANGES)
    async def story_save(
        ctx: Call,
        slug: Slug,
        revision: Annotated[str, Field(description="As story_get has given it.")],
        storyboard: dict[str, Any],
    ) -> CallToolResult:
        """Save a whole storyboard. Refused when somebody has changed it since. Costs nothing."""
        body = {"revision": revision, "storyboard": storyboard}
        return shapes.told(await rest_for(ctx).rest.put(f"/workspace/{slug}", body))

    @server.tool(title="List takes", annotations=LOOKS)
    async def story_takes(ctx: Call, slug: Slug) -> CallToolResult:
        """List the takes of all cards, the cover and the portrait, with which one is picked."""
        return shapes.told(await rest_for(ctx).rest.get(f"/workspace/{slug}/takes"))

    @server.tool(title="Price takes", annotations=LOOKS)
    async def story_estimate(
        ctx: Call,
        slug: Slug,
        what: What = "cards",
        cards: Cards = None,
        takes: Takes = None,
        kind: Kind = "image",
        theme: str | None = None,
        generator: str | None = None,
        force: bool = False,
    ) -> CallToolResult:
        """Tell what takes would cost in USD, card by card. Spends nothing."""
        rest = await rest_for(ctx).spending()
        wanted = _wanted(what, cards, takes, kind, theme, generator, force=force)
        sent = await rest.post(f"/workspace/{slug}/{what}/estimate", wanted)
        said = quote_of({**sent, "parts": []})
        del said["parts"]
        return shapes.told({**said, "items": [_priced(item) for item in sent["items"]]})

    @server.tool(title="Make takes (spends money)", annotations=SPENDS)
    async def story_generate(
        ctx: Call,
        slug: Slug,
        max_cost_usd: MaxCost,
        what: What = "cards",
        cards: Cards = None,
        takes: Takes = None,
        kind: Kind = "image",
        theme: str | None = None,
        generator: str | None = None,
        force: Annotated[
            bool, Field(description="Make new takes although there are some; paid again.")
        ] = False,
        allow_unpriced: bool = False,
        wait_seconds: Wait = 60,
        idempotency_key: Key = None,
    ) -> CallToolResult:
        """SPENDS MONEY: makes takes, for at most max_cost_usd and within the session's budget.

        Call story_estimate first and tell the person the price. What is there already costs
        nothing, unless force. The result has the estimate, the actual cost and what is left of the
        session. It goes on after wait_seconds: poll story_job.
        """
        session = rest_for(ctx)
        rest = await session.spending()
        wanted = _wanted(what, cards, takes, kind, theme, generator, force=force)
        quote = await rest.post(f"/workspace/{slug}/{what}/estimate", wanted)
        estimate = hold_to(quote, max_cost_usd, allow_unpriced=allow_unpriced)
        wanted["allow_unpriced"] = allow_unpriced
        start = "reroll" if what == "reroll" else f"{what}/generate"
        begun = await rest.post(
            f"/workspace/{slug}/{start}", wanted, headers=keyed(idempotency_key)
        )
        path = f"/workspace/{slug}/jobs/{begun['job_id']}"
        job = _job(await rest.get(path, wait=min(wait_seconds, 60)))
        answer = {"cost_estimate_usd": estimate, **job}
        return shapes.told(shapes.paid(answer, await session.standing()))

    @server.tool(title="Look at a story's job", annotations=LOOKS)
    async def story_job(
        ctx: Call, slug: Slug, job_id: Id, wait_seconds: Annotated[float, Field(ge=0, le=60)] = 0
    ) -> CallToolResult:
        """Tell how a job of a story stands: its takes, estimate, actual cost and time left."""
        path = f"/workspace/{slug}/jobs/{job_id}"
        return shapes.told(_job(await rest_for(ctx).rest.get(path, wait=wait_seconds)))

    @server.tool(title="Pick a take", annotations=CHANGES)
    async def story_pick(
        ctx: Call,
        slug: Slug,
        take: Annotated[str, Field(description="Its file, such as 03-2.png.")],
        card: Annotated[int | None, Field(description="The card, counted from 1.")] = None,
        slot: Literal["cover", "portrait"] | None = None,
    ) -> CallToolResult:
        """Choose a take for a card, the cover or the portrait. Costs nothing."""
        place = f"cards/{card}" if card is not None else slot or "cards/0"
        body = {"take": take}
        return shapes.told(await rest_for(ctx).rest.post(f"/workspace/{slug}/{place}/pick", body))


def _wanted(
    what: str,
    cards: list[int] | None,
    takes: int | None,
    kind: str,
    theme: str | None,
    generator: str | None,
    *,
    force: bool,
) -> dict[str, Any]:
    """The body of the route for `what`; each takes what makes sense there."""
    body: dict[str, Any] = {"takes": takes}
    if what in ("cards", "reroll"):
        body["cards"] = cards
    if what != "reroll":
        body |= {"theme": theme, "kind": kind, "generator": generator, "force": force}
    return body


def _priced(item: dict[str, Any]) -> dict[str, Any]:
    names = ("slot", "card", "takes", "cached", "generator")
    return {
        **{name: item[name] for name in names},
        "cost_estimate_usd": shapes.cost(item["cost_estimate"]),
    }


def _job(sent: dict[str, Any]) -> dict[str, Any]:
    return {
        "job_id": sent["job_id"],
        "state": sent["state"],
        "partial": sent["partial"],
        "needs_attention": sent["needs_attention"],
        "cost_estimate_usd": shapes.cost(sent["cost_estimate"]),
        "cost_actual_usd": shapes.cost(sent["cost_actual"]),
        "eta_seconds": sent["eta"],
        "line": sent["line"],
        "takes": sent["takes"],
        "items": sent["items"],
    }
