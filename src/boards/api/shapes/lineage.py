"""Lineage trees as answers show them."""

from uuid import UUID

from pydantic import Field

from boards.api.shapes.base import Answer
from boards.domain.artifacts import ArtifactType
from boards.domain.generations import Status
from boards.domain.lineage import Node
from boards.services.generations import LineageView

__all__ = ["LineageNode", "LineageShape", "lineage_shape"]


class LineageNode(Answer):
    """One generation in the tree. What you may not see, or what is gone, is not known."""

    generation_id: UUID = Field(
        description="The generation; of one that is not known an id that stands for it here alone."
    )
    known: bool = Field(description="False where you may not see it, or where it is gone.")
    generator: str | None = Field(description="The generator's name, if known.")
    artifact_type: ArtifactType | None = Field(description="What it is, if known.")
    status: Status | None = Field(description="How it stands, if known.")
    role: str | None = Field(description="The input field in which it stood; null at the root.")
    position: int | None = Field(description="Its place in that field, from 0; null at the root.")
    depth: int = Field(description="Steps from the root.")
    repeated: bool = Field(description="Its branch is already shown at another place of the tree.")
    branches: list["LineageNode"] = Field(description="The next step from here.")


class LineageShape(Answer):
    """What a generation was made from, and what was made from it."""

    generation_id: UUID = Field(description="The generation that was asked for.")
    ancestors: LineageNode = Field(description="The tree towards its inputs; it is the root.")
    descendants: LineageNode = Field(description="The tree towards its uses; it is the root.")
    is_whole: bool = Field(
        description="False where there are more steps or generations than are shown; "
        "`GET /generations?made_from=` lists all that one went into."
    )


def lineage_shape(generation_id: UUID, lineage: LineageView) -> LineageShape:
    """Show a lineage."""
    return LineageShape(
        generation_id=generation_id,
        ancestors=_node(lineage.ancestors),
        descendants=_node(lineage.descendants),
        is_whole=lineage.is_whole,
    )


def _node(node: Node) -> LineageNode:
    seen = node.generation
    return LineageNode(
        generation_id=node.generation_id,
        known=seen is not None,
        generator=seen.generator_name if seen else None,
        artifact_type=seen.artifact_type if seen else None,
        status=seen.status if seen else None,
        role=node.role,
        position=node.position,
        depth=node.depth,
        repeated=node.repeated,
        branches=[_node(branch) for branch in node.branches],
    )
