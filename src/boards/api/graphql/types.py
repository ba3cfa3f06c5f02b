"""Boards and generations in the schema: the two types that hold each other, and what hangs on them.

The names and shapes are those that clients of this schema know; what is new stands beside them.
"""

from datetime import datetime
from uuid import UUID, uuid5

import strawberry
from strawberry.scalars import JSON

from boards.api.graphql.artifacts import Artifact, artifact_of
from boards.api.graphql.connections import Connection, connect
from boards.api.graphql.context import Info
from boards.api.graphql.costs import Cost, cost_of
from boards.api.graphql.enums import ArtifactType, BoardRole, CostSource, Phase, Status
from boards.api.graphql.fields import resolved
from boards.api.graphql.lists import PAGE, check_window, window
from boards.api.graphql.notes import Note, note_of
from boards.api.graphql.people import User, met
from boards.api.graphql.tags import Tag, tag_of
from boards.api.links import Links
from boards.domain import boards, generations
from boards.domain.access import Action, may
from boards.domain.lineage import Node
from boards.errors import InvalidInput, NotFound, Problem
from boards.services.generations import MAX_DEPTH, GenerationQuery, LineageView
from boards.services.ports import Page

__all__ = [
    "Board",
    "BoardMember",
    "Generation",
    "board_of",
    "connected",
    "generation_of",
    "generations_of",
    "member_of",
]


@strawberry.type(description="A file kept with a generation beside its output, such as a mask.")
class AdditionalFile:
    url: str
    type: str = strawberry.field(description="Its artifact type, or `file`.")
    metadata: JSON = strawberry.field(description="role, format, mime and size in bytes.")


@strawberry.type(description="Why a generation failed.")
class GenerationError:
    code: str = strawberry.field(description="A stable code.")
    message: str
    retryable: bool = strawberry.field(description="Whether the same may succeed later.")
    provider_code: str | None
    error_id: str | None = strawberry.field(
        description="Finds the private details in the server's log."
    )


@strawberry.type(description="Somebody who may work on a board that is not theirs.")
class BoardMember:
    id: UUID = strawberry.field(description="Made of the two other ids; no argument takes it.")
    board_id: UUID
    user_id: UUID
    role: BoardRole
    invited_by: UUID | None
    joined_at: datetime

    @resolved("Who it is.")
    async def user(self, info: Info) -> User:
        return await met(info, self.user_id, self.board_id)

    @resolved("Who let them in, if somebody did.")
    async def inviter(self, info: Info) -> User | None:
        if self.invited_by is None:
            return None
        return await met(info, self.invited_by, self.board_id)


@strawberry.type(description="A board: where results are kept.")
class Board:
    id: UUID
    tenant_id: UUID
    owner_id: UUID
    title: str
    description: str | None
    is_public: bool
    share_recipes: bool = strawberry.field(
        description="Whether visitors also see how things were made."
    )
    created_at: datetime
    updated_at: datetime
    row: strawberry.Private[boards.Board]

    @resolved("The clients' own. Visitors see none.")
    async def settings(self, info: Info) -> JSON:
        return JSON(self.row.settings if await _works_on(info, self.id) else {})

    @resolved("The clients' own. Visitors see none.")
    async def metadata(self, info: Info) -> JSON:
        return JSON(self.row.metadata if await _works_on(info, self.id) else {})

    @resolved("The generation that stands for it: the chosen one, or the newest picture.")
    async def cover_id(self, info: Info) -> UUID | None:
        return await info.context.covers.load(self.id)

    @resolved("Who made it, or was given it. Visitors see the id and nothing else.")
    async def owner(self, info: Info) -> User:
        return await met(info, self.owner_id, self.id)

    @resolved("Who else may work on it, the longest standing first. Visitors see nobody.")
    async def members(self, info: Info) -> list[BoardMember]:
        context = info.context
        found = await context.members.load(self.id)
        context.spend(len(found))
        return [member_of(one) for one in found]

    @resolved("Its generations, newest first.")
    async def generations(
        self, info: Info, limit: int | None = PAGE, offset: int | None = 0
    ) -> list["Generation"]:
        context = info.context
        start, end = check_window(limit, offset)
        found = await context.newest.load((self.id, end - start, start))
        context.spend(len(found))
        return [generation_of(one, context.links) for one in found]

    @resolved("The same by cursor.")
    async def generations_connection(
        self, info: Info, first: int | None = PAGE, after: str | None = None
    ) -> Connection["Generation"]:
        which = GenerationQuery(board_id=self.id)
        return await connected(info, which, first=first, after=after)

    @resolved("How many generations are on it.")
    async def generation_count(self, info: Info) -> int:
        return await info.context.counts.load(self.id)


@strawberry.type(description="An input of a generation.")
class ArtifactLineage:
    generation_id: UUID
    role: str = strawberry.field(description="The input field in which it stood.")
    artifact_type: ArtifactType
    generation: "Generation | None" = strawberry.field(
        description="Null where you may not see it, or where it is gone."
    )


@strawberry.type(
    description="A place in a lineage with something that you may not see, or is gone."
)
class UnknownNode:
    depth: int
    role: str | None
    position: int | None


@strawberry.type(description="One generation among those that something was made from.")
class AncestryNode:
    generation: "Generation"
    depth: int
    role: str | None
    position: int | None = strawberry.field(description="Its place in that input field, from 0.")
    repeated: bool = strawberry.field(
        description="Its own branch is already shown at another place of the tree."
    )
    parents: list["AncestryNode"]
    unknown: list[UnknownNode] = strawberry.field(description="Parents that you may not see.")


@strawberry.type(description="One generation among those that were made from something.")
class DescendantNode:
    generation: "Generation"
    depth: int
    role: str | None
    position: int | None = strawberry.field(description="Its place in that input field, from 0.")
    repeated: bool = strawberry.field(
        description="Its own branch is already shown at another place of the tree."
    )
    children: list["DescendantNode"]
    unknown: list[UnknownNode] = strawberry.field(description="Children that you may not see.")


@strawberry.type(description="One run of one generator and its output; an upload is one, too.")
class Generation:
    id: UUID
    tenant_id: UUID
    board_id: UUID
    user_id: UUID
    job_id: UUID | None = strawberry.field(description="The job; null for an upload.")
    batch_id: UUID | None = strawberry.field(description="Shared by the outputs of one run.")
    batch_index: int
    batch_size: int
    generator_name: str
    generator_version: str | None
    provider: str
    artifact_type: ArtifactType
    title: str | None = strawberry.field(description="What somebody called it.")
    storage_url: str | None = strawberry.field(description="Where its bytes are served.")
    thumbnail_url: str | None
    blurhash: str | None = strawberry.field(
        description="A picture of it in a few letters, until the picture itself is there."
    )
    additional_files: list[AdditionalFile]
    input_params: JSON
    output_metadata: JSON
    external_job_id: str | None
    status: Status
    phase: Phase
    needs_attention: bool = strawberry.field(
        description="Somebody has to decide: a paid call began and its answer was never stored."
    )
    progress: float = strawberry.field(description="A fraction from 0 to 1.")
    message: str = strawberry.field(description="What it is doing, for people.")
    error_message: str | None
    error: GenerationError | None
    cost_estimate: Cost = strawberry.field(description="What was held for it.")
    cost: Cost | None = strawberry.field(description="What it came to; null while nobody knows.")
    cost_source: CostSource | None = strawberry.field(description="Where that comes from.")
    result: Artifact | None = strawberry.field(description="Null until it is complete.")
    started_at: datetime | None
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @resolved("The board it is on.")
    async def board(self, info: Info) -> Board:
        seen = await info.context.boards.load(self.board_id)
        if seen is None:
            raise NotFound(f"Board {self.board_id} not found")
        return board_of(seen.board)

    @resolved("Who had it made. Visitors of the board see the id and nothing else.")
    async def user(self, info: Info) -> User:
        return await met(info, self.user_id, self.board_id)

    @resolved("What went into it, by input field and position.")
    async def input_artifacts(self, info: Info) -> list[ArtifactLineage]:
        context = info.context
        found = await context.inputs.load((self.id, self.board_id))
        context.spend(len(found))
        return [
            ArtifactLineage(
                generation_id=one.edge.input_id,
                role=one.edge.role,
                artifact_type=one.edge.artifact_type,
                generation=None
                if one.generation is None
                else generation_of(one.generation, context.links),
            )
            for one in found
        ]

    @resolved("Its tags, by name. Visitors see none.")
    async def tags(self, info: Info) -> list[Tag]:
        context = info.context
        found = await context.tags.load((self.id, self.board_id))
        context.spend(len(found))
        return [tag_of(one) for one in found]

    @resolved("Whether you marked it; nobody else sees that.")
    async def is_favourite(self, info: Info) -> bool:
        return await info.context.favourites.load(self.id)

    @resolved("What was written about it, the oldest first. Not for visitors.")
    async def notes(self, info: Info) -> list[Note]:
        context = info.context
        found = await context.services.curation.notes.list(context.actor, self.id)
        context.spend(len(found))
        return [note_of(one, self.board_id) for one in found]

    @resolved("What it was made from, as a tree. What you may not see is unknown.")
    async def ancestry(self, info: Info, max_depth: int = 25) -> AncestryNode:
        lineage = await _lineage(info, self.id, max_depth)
        return _ancestry(lineage.ancestors, self, info)

    @resolved("What was made from it, as a tree. What you may not see is unknown.")
    async def descendants(self, info: Info, max_depth: int = 25) -> DescendantNode:
        lineage = await _lineage(info, self.id, max_depth)
        return _descent(lineage.descendants, self, info)


def board_of(board: boards.Board) -> Board:
    """Show a board."""
    return Board(
        id=board.id,
        tenant_id=board.tenant_id,
        owner_id=board.owner_id,
        title=board.title,
        description=board.description,
        is_public=board.is_public,
        share_recipes=board.share_recipes,
        created_at=board.created_at,
        updated_at=board.updated_at,
        row=board,
    )


async def _works_on(info: Info, board_id: UUID) -> bool:
    """Whether whoever asks has a role on a board."""
    return may(info.context.actor, Action.VIEW_RECIPES, await info.context.standing(board_id))


def member_of(membership: boards.BoardMember) -> BoardMember:
    return BoardMember(
        id=uuid5(membership.board_id, str(membership.user_id)),
        board_id=membership.board_id,
        user_id=membership.user_id,
        role=membership.role,
        invited_by=membership.invited_by,
        joined_at=membership.joined_at,
    )


def generation_of(row: generations.Generation, links: Links) -> Generation:
    """Show a generation."""
    failure = row.failure
    return Generation(
        id=row.id,
        tenant_id=row.tenant_id,
        board_id=row.board_id,
        user_id=row.user_id,
        job_id=row.job_id,
        batch_id=row.batch_id,
        batch_index=row.batch_index,
        batch_size=row.batch_size,
        generator_name=row.generator_name,
        generator_version=row.generator_version,
        provider=row.provider,
        artifact_type=row.artifact_type,
        title=row.title,
        storage_url=None if row.file is None else links.content(row.id),
        thumbnail_url=None if row.thumbnail_key is None else links.thumbnail(row.id),
        blurhash=row.blurhash,
        additional_files=[
            _additional(extra, links.extra_file(row.id, index))
            for index, extra in enumerate(row.extra_files)
        ],
        input_params=JSON(row.input_params),
        output_metadata=JSON(row.output_metadata),
        external_job_id=row.external_id,
        status=row.status,
        phase=row.phase,
        needs_attention=row.needs_attention,
        progress=row.progress,
        message=row.message,
        error_message=None if failure is None else failure.message,
        error=None
        if failure is None
        else GenerationError(
            code=failure.code,
            message=failure.message,
            retryable=failure.retryable,
            provider_code=failure.provider_code,
            error_id=failure.error_id,
        ),
        cost_estimate=cost_of(row.estimate),
        cost=None if row.cost is None else cost_of(row.cost),
        cost_source=None if row.cost is None else row.cost.source,
        result=artifact_of(row, links),
        started_at=row.started_at,
        completed_at=row.completed_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


async def generations_of(
    info: Info, which: GenerationQuery, *, limit: int | None, offset: int | None
) -> list[Generation]:
    """List generations, newest first. Those of a board that cannot be seen are none."""
    context = info.context

    async def fetch(count: int, cursor: str | None) -> Page[generations.Generation]:
        return await context.services.generations.list(
            context.actor, which, limit=count, cursor=cursor
        )

    try:
        found = await window(fetch, limit=limit, offset=offset)
    except NotFound:
        found = []
    context.spend(len(found))
    return [generation_of(one, context.links) for one in found]


async def connected(
    info: Info, which: GenerationQuery, *, first: int | None, after: str | None
) -> Connection[Generation]:
    """List generations by cursor. Errors as the service has them: none is passed over."""
    context = info.context
    service = context.services.generations
    return await connect(
        context,
        lambda size, cursor: service.list(context.actor, which, limit=size, cursor=cursor),
        lambda: service.count(context.actor, which),
        lambda one: generation_of(one, context.links),
        first=first,
        after=after,
    )


def _additional(extra: generations.ExtraFile, url: str) -> AdditionalFile:
    return AdditionalFile(
        url=url,
        type="file" if extra.type is None else extra.type.value,
        metadata=JSON(
            {
                "role": extra.role,
                "format": extra.file.facts.format,
                "mime": extra.file.facts.mime,
                "size": extra.file.size,
            }
        ),
    )


async def _lineage(info: Info, generation_id: UUID, max_depth: int) -> LineageView:
    if not 1 <= max_depth <= MAX_DEPTH:
        message = f"maxDepth is {max_depth!r}; give a number from 1 to {MAX_DEPTH}."
        raise InvalidInput(message, problems=(Problem(at="maxDepth", message=message),))
    context = info.context
    return await context.services.generations.lineage(
        context.actor, generation_id, max_depth=max_depth
    )


def _ancestry(node: Node, generation: Generation, info: Info) -> AncestryNode:
    return AncestryNode(
        generation=generation,
        depth=node.depth,
        role=node.role,
        position=node.position,
        repeated=node.repeated,
        unknown=_unknown(node),
        parents=[_ancestry(one, of, info) for one, of in _known(node, info)],
    )


def _descent(node: Node, generation: Generation, info: Info) -> DescendantNode:
    return DescendantNode(
        generation=generation,
        depth=node.depth,
        role=node.role,
        position=node.position,
        repeated=node.repeated,
        unknown=_unknown(node),
        children=[_descent(one, of, info) for one, of in _known(node, info)],
    )


def _unknown(node: Node) -> list[UnknownNode]:
    return [
        UnknownNode(depth=one.depth, role=one.role, position=one.position)
        for one in node.branches
        if one.generation is None
    ]


def _known(node: Node, info: Info) -> list[tuple[Node, Generation]]:
    """The branches that may be seen."""
    context = info.context
    context.spend(len(node.branches))
    return [
        (one, generation_of(one.generation, context.links))
        for one in node.branches
        if one.generation is not None
    ]
