"""What agents may read as resources: generations, their bytes, and small pictures of them."""

import json
from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError

from boards.api.mcp.rest import Answered, Refusal, Rest
from boards.api.mcp.sessions import RestFor

__all__ = ["MOST_BYTES", "add_to"]

MOST_BYTES = 16 * 1024 * 1024
"""What a resource may have: it goes through the agent's memory as text."""


def add_to(server: MCPServer, rest_for: RestFor) -> None:
    """Add the resources."""

    @server.resource(
        "boards://generations/{generation_id}",
        title="A generation",
        mime_type="application/json",
    )
    async def read_generation(generation_id: str, ctx: Context[Any, Any]) -> str:
        """How a generation stands, with its inputs, cost and file."""
        return json.dumps(await _read(rest_for(ctx).rest, f"/generations/{generation_id}"))

    @server.resource(
        "boards://generations/{generation_id}/content",
        title="An artifact's bytes",
        # The link to it says what they are.
        mime_type="application/octet-stream",
    )
    async def read_content(generation_id: str, ctx: Context[Any, Any]) -> bytes:
        """The bytes of an image, video, sound, text or LoRA."""
        rest = rest_for(ctx).rest
        about = await _read(rest, f"/generations/{generation_id}")
        file = about["file"]
        if file is not None and file["size"] > MOST_BYTES:
            raise ResourceError(
                f"too_large: It has {file['size']:,} bytes, more than {MOST_BYTES:,}; get it from "
                f"{file['url']}"
            )
        return (await _bytes(rest, f"/generations/{generation_id}/content")).body

    @server.resource(
        "boards://generations/{generation_id}/thumbnail",
        title="A small picture",
        mime_type="image/webp",
    )
    async def read_thumbnail(generation_id: str, ctx: Context[Any, Any]) -> bytes:
        """A small picture of an artifact."""
        return (await _bytes(rest_for(ctx).rest, f"/generations/{generation_id}/thumbnail")).body

    @server.resource("boards://boards/{board_id}", title="A board", mime_type="application/json")
    async def read_board(board_id: str, ctx: Context[Any, Any]) -> str:
        """A board and the newest that is on it."""
        rest = rest_for(ctx).rest
        board = await _read(rest, f"/boards/{board_id}")
        newest = await rest.get("/generations", board_id=board_id, limit=50)
        ids = [one["id"] for one in newest["items"]]
        return json.dumps({**board, "newest": ids})

    @server.resource(
        "boards://generators/{name}", title="A generator", mime_type="application/json"
    )
    async def read_generator(name: str, ctx: Context[Any, Any]) -> str:
        """A generator with the JSON Schema of its inputs."""
        return json.dumps(await _read(rest_for(ctx).rest, f"/generators/{name}"))


async def _read(rest: Rest, path: str) -> Any:
    try:
        return await rest.get(path)
    except Refusal as error:
        raise ResourceNotFoundError(str(error)) from error


async def _bytes(rest: Rest, path: str) -> Answered:
    try:
        return await rest.bytes(path)
    except Refusal as error:
        raise ResourceNotFoundError(str(error)) from error
