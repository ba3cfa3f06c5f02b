"""`boards mcp`: the MCP server on standard input and output, for agents on this machine."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer

from boards.cli.options import Server

if TYPE_CHECKING:
    from boards.api.mcp.rest import RestCall
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    app.command("mcp")(mcp)


def mcp(
    budget: Annotated[
        str | None,
        typer.Option(
            "--budget", metavar="USD", help="What may be spent. [default: BOARDS_AGENT_BUDGET]"
        ),
    ] = None,
    server: Server = None,
) -> None:
    """Serve agents over MCP on standard input and output; see docs/mcp.md.

    What they spend in one run of this command is held to one budget.
    """
    from boards.cli.session import run

    async def serve(client: "Client", _: "Settings") -> None:
        from boards import __version__
        from boards.api.mcp.rest import Rest
        from boards.api.mcp.server import mcp_server
        from boards.api.mcp.sessions import OneSession, Session

        one = OneSession(budget=budget)
        session = Session(rest=Rest(send=_sender(client), headers={}), current=one.current)
        await mcp_server(lambda _: session, version=__version__).run_stdio_async()

    run(serve, server=server)


def _sender(client: "Client") -> "RestCall":
    from boards.api.mcp.rest import Answered, Refusal
    from boards.cli.exits import Stop

    async def send(
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes | None,
    ) -> Answered:
        try:
            answer = await client.answer(
                method, quote(path), params=query, headers=headers, content=body
            )
        except Stop as stop:
            raise Refusal(stop.code or "unreachable", stop.message) from stop
        media_type = answer.headers.get("content-type", "").partition(";")[0]
        return Answered(status=answer.status_code, media_type=media_type, body=answer.content)

    return send
