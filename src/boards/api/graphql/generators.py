"""Generators in the schema, and the query that lists them."""

import strawberry
from strawberry.scalars import JSON

from boards.api.graphql.context import Info
from boards.api.graphql.enums import ArtifactType
from boards.api.graphql.fields import resolved
from boards.api.shapes.generators import generator_shape

__all__ = ["GeneratorInfo", "GeneratorQueries"]


@strawberry.type(description="A generator: makes an artifact from typed inputs.")
class GeneratorInfo:
    name: str
    title: str | None = strawberry.field(description="Its name for people, if it has one.")
    artifact_type: ArtifactType
    description: str
    provider: str
    version: str | None
    unavailable: str | None = strawberry.field(
        description="Why it cannot run here now; null when it can."
    )
    input_schema: JSON = strawberry.field(
        description="The JSON Schema of its inputs, with hints for a form."
    )


@strawberry.type
class GeneratorQueries:
    """The queries of this noun."""

    @resolved("All generators, or those that make one type, such as `image`.")
    async def generators(self, info: Info, artifact_type: str | None = None) -> list[GeneratorInfo]:
        service = info.context.services.generators
        wanted = None if artifact_type is None else artifact_type.lower()
        own = await service.own_keys(info.context.actor)
        found = [generator_shape(one, service.form(one.name), own) for one in service.list(wanted)]
        info.context.spend(len(found))
        return [
            GeneratorInfo(
                name=one.name,
                title=one.title,
                artifact_type=one.artifact_type,
                description=one.description,
                provider=one.provider,
                version=one.version,
                unavailable=one.unavailable,
                input_schema=JSON(one.input_schema),
            )
            for one in found
        ]
