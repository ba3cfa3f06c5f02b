"""Webhooks of providers: the one route that is called by somebody who has not signed in.

What proves the caller is the provider's signature, or our own token in the address. Whoever proves
nothing is told nothing: not whether a generation is there, nor what was wrong.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from boards.api.errors import HttpRefusal
from boards.api.routing import answered, lay
from boards.api.services import Services
from boards.api.shapes.base import Answer
from boards.errors import Forbidden, NotFound
from boards.services.callbacks import TOKEN
from boards.services.hooks import Hook

__all__ = ["HOOK_BYTES", "PATH", "HookShape", "router"]

PATH = "/webhooks"
HOOK_BYTES = 4 * 1024 * 1024
"""The largest hook: a provider may put a whole small result into it, which nobody here reads."""

router = APIRouter(tags=["webhooks"])


class HookShape(Answer):
    """The answer to a webhook; the same whatever came of it."""

    received: bool = Field(description="It need not be sent again.")


@router.post(
    PATH + "/{provider}",
    operation_id="receive_webhook",
    summary="For providers: say that something has happened to a job",
    responses=answered(HookShape, "It was taken in.", also=(401, 404, 413, 415, 503)),
    openapi_extra={
        "requestBody": {
            "description": "As the provider makes and signs it.",
            "content": {"application/json": {"schema": {}}},
        }
    },
)
async def receive_webhook(
    request: Request,
    provider: Annotated[str, Path(max_length=40, description="Whose webhook it is.")],
    token: Annotated[
        str | None,
        Query(alias=TOKEN, max_length=200, description="Names the generation; made by us."),
    ] = None,
) -> Response:
    services: Services = request.app.state.services
    hook = Hook(
        provider=provider,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.body(),
        token=token,
    )
    try:
        if services.hooks is None:
            raise NotFound
        await services.hooks.receive(hook)
    except NotFound:
        raise HttpRefusal(404, "not_found", "No webhooks are taken here.") from None
    except Forbidden:
        raise HttpRefusal(401, "unauthenticated", "This webhook is not proven.") from None
    return lay(HookShape(received=True))
