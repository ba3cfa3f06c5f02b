"""Generations: price them, have them made, look at them, cancel and delete them."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from boards.api.graphql.connections import Connection
from boards.api.graphql.context import Context, Info
from boards.api.graphql.costs import Cost, cost_of
from boards.api.graphql.enums import ArtifactType, Status
from boards.api.graphql.fields import resolved
from boards.api.graphql.lists import LARGEST, PAGE
from boards.api.graphql.sent import checked
from boards.api.graphql.types import Generation, connected, generation_of, generations_of
from boards.api.shapes.generations import EstimateRequest, GenerateRequest
from boards.errors import InvalidInput, NotFound, Problem
from boards.services.generations import GenerationQuery
from boards.services.submissions import Submission, SubmitRequest

__all__ = ["GenerationMutations", "GenerationQueries"]


@strawberry.input(description="Which generations to list; what is left out is not asked for.")
class GenerationFilterInput:
    status: Status | None = None
    artifact_type: ArtifactType | None = None
    generator_name: str | None = None
    tag_id: UUID | None = None
    batch_id: UUID | None = None
    needs_attention: bool | None = None
    since: datetime | None = strawberry.field(
        default=None, description="Created then or later; with its offset from UTC."
    )
    until: datetime | None = strawberry.field(default=None, description="Created before.")


@strawberry.type
class GenerationQueries:
    """The queries of this noun."""

    @resolved("One generation; null when there is none that you may see.")
    async def generation(self, info: Info, id: UUID) -> Generation | None:
        context = info.context
        try:
            found = await context.services.generations.get(context.actor, id)
        except NotFound:
            return None
        return generation_of(found, context.links)

    @resolved("Generations of one board, or of all yours, newest first.")
    async def recent_generations(
        self,
        info: Info,
        board_id: UUID | None = None,
        status: Status | None = None,
        artifact_type: ArtifactType | None = None,
        limit: int | None = PAGE,
        offset: int | None = 0,
    ) -> list[Generation]:
        which = GenerationQuery(board_id=board_id, status=status, artifact_type=artifact_type)
        return await generations_of(info, which, limit=limit, offset=offset)

    @resolved("Generations of one board, or of all yours, newest first, by cursor.")
    async def generations(
        self,
        info: Info,
        board_id: UUID | None = None,
        filter: GenerationFilterInput | None = None,  # noqa: A002 - what clients call it
        first: int | None = PAGE,
        after: str | None = None,
    ) -> Connection[Generation]:
        asked = filter or GenerationFilterInput()
        which = GenerationQuery(
            board_id=board_id,
            status=asked.status,
            artifact_type=asked.artifact_type,
            generator_name=asked.generator_name,
            needs_attention=asked.needs_attention,
            batch_id=asked.batch_id,
            tag_id=asked.tag_id,
            since=_aware("since", asked.since),
            until=_aware("until", asked.until),
        )
        return await connected(info, which, first=first, after=after)

    @resolved("The outputs of one run that gave several, in their order.")
    async def batch(self, info: Info, id: UUID) -> list[Generation]:
        found = await generations_of(info, GenerationQuery(batch_id=id), limit=LARGEST, offset=0)
        return sorted(found, key=lambda one: one.batch_index)

    @resolved("What a request would cost, all takes together; spends nothing.")
    async def estimate(
        self,
        info: Info,
        generator_name: str,
        inputs: JSON,
        board_id: UUID | None = None,
        takes: int = 1,
    ) -> Cost:
        asked = checked(
            EstimateRequest,
            generator=generator_name,
            inputs=inputs,
            board_id=board_id,
            takes=takes,
        )
        context = info.context
        return cost_of(await context.services.submit.estimate(context.actor, asked.asked()))


@strawberry.input(description="What is to be made, and where.")
class CreateGenerationInput:
    board_id: UUID
    generator_name: str
    artifact_type: ArtifactType = strawberry.field(description="What the generator makes.")
    input_params: JSON
    allow_unpriced: bool = strawberry.field(
        default=False,
        description="Run it under a hard budget although nobody knows what it costs.",
    )
    idempotency_key: str | None = None


@strawberry.type
class GenerationMutations:
    """The mutations of this noun."""

    @resolved(
        "Have something made; spends what `estimate` says. Gives the first of the "
        "takes. Without a board the result goes to your default one."
    )
    async def run_generation(
        self,
        info: Info,
        generator_name: str,
        inputs: JSON,
        board_id: UUID | None = None,
        takes: int = 1,
        force: bool = False,
        priority: int = 0,
        allow_unpriced: bool = False,
        idempotency_key: str | None = None,
    ) -> Generation:
        asked = checked(
            GenerateRequest,
            generator=generator_name,
            inputs=inputs,
            board_id=board_id,
            takes=takes,
            force=force,
            priority=priority,
            allow_unpriced=allow_unpriced,
        )
        return await _submitted(info.context, asked.asked(idempotency_key))

    @resolved("Have something made on a board; spends what `estimate` says.")
    async def create_generation(self, info: Info, input: CreateGenerationInput) -> Generation:  # noqa: A002
        context = info.context
        asked = checked(
            GenerateRequest,
            generator=input.generator_name,
            inputs=input.input_params,
            board_id=input.board_id,
            allow_unpriced=input.allow_unpriced,
        )
        makes = context.services.generators.get(asked.generator).artifact_type
        if makes != input.artifact_type.value:
            message = f"{asked.generator!r} makes {makes}, not {input.artifact_type.value}."
            raise InvalidInput(message, problems=(Problem(at="artifactType", message=message),))
        return await _submitted(context, asked.asked(input.idempotency_key))

    @resolved(
        "Make a new take of a generation, on the same board; spends what `estimate` says. It never "
        "comes from the cache."
    )
    async def regenerate(
        self,
        info: Info,
        id: UUID,
        allow_unpriced: bool = False,
        idempotency_key: str | None = None,
    ) -> Generation:
        context = info.context
        return _first(
            await context.again.regenerate(
                context.actor, id, allow_unpriced=allow_unpriced, key=idempotency_key
            ),
            context,
        )

    @resolved("Try again what failed or was cancelled; spends what `estimate` says.")
    async def retry_generation(
        self,
        info: Info,
        id: UUID,
        allow_unpriced: bool = False,
        idempotency_key: str | None = None,
    ) -> Generation:
        context = info.context
        return _first(
            await context.again.retry(
                context.actor, id, allow_unpriced=allow_unpriced, key=idempotency_key
            ),
            context,
        )

    @resolved("Stop a generation. What has ended cannot be stopped.")
    async def cancel_generation(self, info: Info, id: UUID) -> Generation:
        context = info.context
        found = await context.services.generations.cancel(context.actor, id)
        return generation_of(found, context.links)

    @resolved("Delete a generation that has ended.")
    async def delete_generation(self, info: Info, id: UUID) -> bool:
        context = info.context
        await context.services.generations.delete(context.actor, id)
        return True


def _aware(name: str, moment: datetime | None) -> datetime | None:
    if moment is not None and moment.tzinfo is None:
        message = f"{name} needs its offset from UTC, such as 2026-07-01T12:00:00Z."
        raise InvalidInput(message, problems=(Problem(at=name, message=message),))
    return moment


async def _submitted(context: Context, request: SubmitRequest) -> Generation:
    return _first(await context.services.submit.submit(context.actor, request), context)


def _first(submission: Submission, context: Context) -> Generation:
    return generation_of(submission.generations[0], context.links)
