"""The MCP server: its tools and resources, over whichever REST it is given."""

from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, InputRequiredResult, TextContent

from boards.api.mcp import looking, resources, running, stories
from boards.api.mcp.rest import Refusal
from boards.api.mcp.sessions import RestFor

__all__ = ["mcp_server"]

INSTRUCTIONS = """\
Boards makes images, video, audio, text and LoRA models with many providers and with local tools,
and keeps what was made from what.

Find a generator with list_generators, read its inputs with describe_generator, and price what you
want with estimate, or several things at once with propose: these spend nothing. run and run_plan
SPEND MONEY, at most the max_cost_usd that you give them and what is left of the session's budget.
Tell the person the price before, and the actual cost after.

A run goes on when a call ends: poll it with get_job. A job that needs_attention may have been paid
without an answer; never run it again by yourself: a person decides in the studio. An artifact goes
into another generator's input as its generation_id.

A story is a storyboard of cards, each of which gets takes, of which one is picked: story_get shows
it, story_estimate prices takes, story_generate SPENDS MONEY and makes them, story_pick chooses.
"""


class _Server(MCPServer[Any]):
    """Answers a refusal as data too, so that an agent need not read it out of a sentence."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            refusal = error.__cause__
            if not isinstance(refusal, Refusal):
                raise
            return CallToolResult(
                content=[TextContent(type="text", text=str(refusal))],
                structured_content=refusal.problem,
                is_error=True,
            )


def mcp_server(rest_for: RestFor, *, version: str) -> MCPServer[Any]:
    """Make the server. `rest_for` tells in whose name each call comes."""
    server = _Server(
        "boards", title="Boards", version=version, instructions=INSTRUCTIONS, log_level="WARNING"
    )
    for part in (looking, running, stories, resources):
        part.add_to(server, rest_for)
    return server
