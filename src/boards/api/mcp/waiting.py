"""Waits for a job on behalf of a tool, and tells of its progress meanwhile."""

import time
from typing import Any

from mcp.server.mcpserver import Context
from mcp.types import ImageContent, ResourceLink

from boards.api.mcp import shapes
from boards.api.mcp.rest import Rest

__all__ = ["watch"]

STEP = 5.0
"""Seconds between two words of progress."""
FINAL = ("done", "failed", "cancelled")


async def watch(
    ctx: Context[Any, Any], rest: Rest, job_id: str, seconds: float
) -> tuple[dict[str, Any], list[ImageContent | ResourceLink]]:
    """Give a job as it stands at its end, or after so many seconds, and pictures of its outputs.

    One that waits for a person's decision is given at once: nothing but that ends it.
    """
    end = time.monotonic() + seconds
    while True:
        left = end - time.monotonic()
        wait = round(min(max(left, 0.0), STEP), 1)
        found = await rest.get(f"/jobs/{job_id}", wait=wait)
        if found["state"] in FINAL or found["needs_attention"] or left <= STEP:
            return shapes.job(found), await shapes.outputs(rest, found["generations"])
        await ctx.report_progress(found["progress"], 1.0, f"{found['state']}: {job_id}")
