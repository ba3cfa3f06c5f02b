"""Which generators there are, and what they ask for."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from boards.api.routing import Caller, answered, lay
from boards.api.shapes.base import Asked, Name, Produced
from boards.api.shapes.generators import GeneratorList, GeneratorShape, generator_shape

__all__ = ["router"]

router = APIRouter(prefix="/generators", tags=["generators"])


class GeneratorsAsked(Asked):
    """Which generators to list."""

    artifact_type: Produced | None = Field(
        default=None, alias="type", description="Only those that make this."
    )


@router.get(
    "",
    operation_id="list_generators",
    summary="List the generators",
    responses=answered(GeneratorList, "The generators, each with the schema of its inputs."),
)
async def list_generators(call: Caller, asked: Annotated[GeneratorsAsked, Query()]) -> Response:
    service = call.services.generators
    found = service.list(asked.artifact_type)
    own = await service.own_keys(call.actor)
    return lay(
        GeneratorList(items=[generator_shape(one, service.form(one.name), own) for one in found])
    )


@router.get(
    "/{name}",
    operation_id="get_generator",
    summary="Get one generator by its name or alias",
    responses=answered(GeneratorShape, "The generator.", also=(404,)),
)
async def get_generator(call: Caller, name: Name) -> Response:
    service = call.services.generators
    own = await service.own_keys(call.actor)
    return lay(generator_shape(service.get(name), service.form(name), own))
