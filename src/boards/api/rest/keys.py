"""A tenant's own keys of providers, for its administrators: set, listed, removed; never shown."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from boards.api.routing import Caller, answered, errors, lay
from boards.api.shapes.base import Name
from boards.api.shapes.keys import (
    KeyList,
    KeyRequest,
    KeyShape,
    RotatedShape,
    key_shape,
    rotated_shape,
)

__all__ = ["router"]

router = APIRouter(tags=["keys"])

Provider = Annotated[Name, Path(description="The provider, such as `fal`.")]


@router.get(
    "/keys",
    operation_id="list_keys",
    summary="List the keys that your tenant has set; never the keys themselves",
    responses=answered(KeyList, "The keys."),
)
async def list_keys(call: Caller) -> Response:
    found = await call.services.keys.list(call.actor)
    return lay(KeyList(items=[key_shape(one) for one in found]))


@router.put(
    "/keys/{provider}",
    operation_id="set_key",
    summary="Set the key of a provider, in place of the one that there is",
    responses=answered(KeyShape, "What is shown of it.", also=(404, 409, 413, 415, 503)),
)
async def set_key(call: Caller, provider: Provider, body: KeyRequest) -> Response:
    key = body.key.get_secret_value()
    return lay(key_shape(await call.services.keys.set(call.actor, provider, key)))


@router.delete(
    "/keys/{provider}",
    operation_id="remove_key",
    summary="Forget the key of a provider; the installation's counts again",
    status_code=204,
    responses={204: {"description": "It is forgotten."}, **errors(404)},
)
async def remove_key(call: Caller, provider: Provider) -> Response:
    await call.services.keys.remove(call.actor, provider)
    return Response(status_code=204)


@router.post(
    "/key-rotation",
    operation_id="rotate_keys",
    summary="Encrypt the keys of all tenants anew, after BOARDS_SECRET_KEY has changed",
    responses=answered(RotatedShape, "What it came to.", also=(413, 415, 503)),
)
async def rotate_keys(call: Caller) -> Response:
    return lay(rotated_shape(await call.services.keys.rotate(call.actor)))
