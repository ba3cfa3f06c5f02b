"""What tools answer, in few words: an agent pays for every one that it reads.

Each tool gives the same twice: as structured content, and as that in JSON for those who read text.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

from mcp.types import CallToolResult, ImageContent, ResourceLink, TextContent

from boards.api.mcp.rest import Refusal, Rest

__all__ = [
    "cost",
    "generation",
    "generator",
    "job",
    "outputs",
    "paid",
    "told",
]

PICTURES = 4
"""How many small pictures an answer brings along."""
INPUT_LETTERS = 400


def told(
    answer: Mapping[str, Any], beside: Iterable[ImageContent | ResourceLink] = ()
) -> CallToolResult:
    """Answer with this, and what goes with it."""
    text = json.dumps(answer, ensure_ascii=False)
    return CallToolResult(
        content=[TextContent(type="text", text=text), *beside], structured_content=dict(answer)
    )


def cost(sent: Mapping[str, Any] | None) -> str | None:
    """An amount in USD; None where nobody knows it."""
    return None if sent is None else sent["amount"]


def generator(sent: Mapping[str, Any]) -> dict[str, Any]:
    """A generator in a list."""
    return {
        "name": sent["name"],
        "title": sent["title"],
        "type": sent["artifact_type"],
        "provider": sent["provider"],
        "description": sent["description"],
        "unavailable": sent["unavailable"],
    }


def generation(sent: Mapping[str, Any]) -> dict[str, Any]:
    """A generation, without what a machine keeps for itself."""
    shown = {
        "generation_id": sent["id"],
        "generator": sent["generator"],
        "type": sent["artifact_type"],
        "status": sent["status"],
        "needs_attention": sent["needs_attention"],
        "board_id": sent["board_id"],
        "inputs": _short(sent["inputs"]),
        "cost_estimate_usd": cost(sent["cost_estimate"]),
        "cost_actual_usd": cost(sent["cost"]),
        "from_cache": sent["cached_from"] is not None,
        "created_at": sent["created_at"],
    }
    if sent["error"] is not None:
        shown["error"] = {name: sent["error"][name] for name in ("code", "message", "retryable")}
    if sent["file"] is not None:
        names = ("mime", "size", "width", "height", "duration", "url")
        shown["file"] = {
            name: sent["file"][name] for name in names if sent["file"][name] is not None
        }
        shown["resource"] = f"boards://generations/{sent['id']}/content"
    if sent["content"] is not None:
        shown["content"] = sent["content"]
    return shown


def job(sent: Mapping[str, Any]) -> dict[str, Any]:
    """A job, with what it has come to so far."""
    return {
        "job_id": sent["job_id"],
        "state": sent["state"],
        "progress": sent["progress"],
        "partial": sent["partial"],
        "needs_attention": sent["needs_attention"],
        "cost_estimate_usd": cost(sent["cost_estimate"]),
        "cost_actual_usd": cost(sent["cost_actual"]),
        "generations": [generation(one) for one in sent["generations"]],
    }


def paid(answer: Mapping[str, Any], session: Mapping[str, Any]) -> dict[str, Any]:
    """Say with an answer that it has spent, and what the session may still spend."""
    budget = session["budget"]
    return {
        "spends_money": True,
        **answer,
        "session": {
            "id": session["id"],
            "limit_usd": budget["amount"],
            "spent_usd": budget["spent"],
            "held_usd": budget["held"],
            "left_usd": budget["left"],
        },
    }


async def outputs(
    rest: Rest, generations: Iterable[Mapping[str, Any]]
) -> list[ImageContent | ResourceLink]:
    """Links to what was made, and small pictures of the first few."""
    found: list[ImageContent | ResourceLink] = []
    pictures = 0
    for one in generations:
        if one["file"] is None:
            continue
        found.append(
            ResourceLink(
                type="resource_link",
                uri=f"boards://generations/{one['id']}/content",
                name=f"{one['generator']} {one['id']}",
                mime_type=one["file"]["mime"],
                size=one["file"]["size"],
            )
        )
        if one["thumbnail_url"] is None or pictures == PICTURES:
            continue
        try:
            small = await rest.bytes(f"/generations/{one['id']}/thumbnail")
        except Refusal:
            continue  # a picture that is not to be had loses nothing of the answer
        pictures += 1
        data = base64.b64encode(small.body).decode()
        found.append(ImageContent(type="image", data=data, mime_type=small.media_type))
    return found


def _short(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: f"{value[:INPUT_LETTERS]}…"
        if isinstance(value, str) and len(value) > INPUT_LETTERS
        else value
        for name, value in inputs.items()
    }
