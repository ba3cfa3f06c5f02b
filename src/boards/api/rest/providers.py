"""How providers stand, and their pauses."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from boards.api.routing import Caller, answered, lay
from boards.api.shapes.base import Name
from boards.api.shapes.providers import ProviderList, provider_shape
from boards.services.providers import ProviderView

__all__ = ["router"]

router = APIRouter(prefix="/providers", tags=["providers"])

Provider = Annotated[Name, Path(description="The provider, such as `fal`; `*` for all of them.")]


@router.get(
    "",
    operation_id="list_providers",
    summary="List the providers: what each needs, what runs and waits there, and what is paused",
    responses=answered(ProviderList, "The providers."),
)
async def list_providers(call: Caller) -> Response:
    return _list(await call.services.providers.list(call.actor))


@router.post(
    "/{name}/pause",
    operation_id="pause_provider",
    summary="Start nothing more there; what was submitted goes on to its result",
    responses=answered(ProviderList, "How they stand now.", also=(404, 413, 415)),
)
async def pause_provider(call: Caller, name: Provider) -> Response:
    return _list(await call.services.providers.pause(call.actor, name))


@router.post(
    "/{name}/resume",
    operation_id="resume_provider",
    summary="Start again what waits there",
    responses=answered(ProviderList, "How they stand now.", also=(404, 409, 413, 415)),
)
async def resume_provider(call: Caller, name: Provider) -> Response:
    return _list(await call.services.providers.resume(call.actor, name))


def _list(found: Iterable[ProviderView]) -> Response:
    return lay(ProviderList(items=[provider_shape(one) for one in found]))
