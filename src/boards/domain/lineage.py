"""Lineage: edges from an output to its inputs, with the input field's name as role."""

from dataclasses import dataclass
from uuid import UUID

from boards.domain.artifacts import ArtifactType
from boards.domain.generations import Generation

__all__ = ["Edge", "Node"]


@dataclass(frozen=True, kw_only=True)
class Edge:
    """`output_id` was made from `input_id`, which stood in the field `role` at `position`."""

    output_id: UUID
    input_id: UUID
    role: str
    position: int
    artifact_type: ArtifactType


@dataclass(frozen=True, kw_only=True)
class Node:
    """One generation in a lineage tree.

    `generation` is None where the caller may not see it, or where it is gone; `generation_id` then
    only stands for it in this tree. `role` and `position` are those of the step that leads here.
    `repeated` marks a generation whose own branch is already shown at another place of the tree.
    """

    generation_id: UUID
    generation: Generation | None
    role: str | None
    depth: int
    position: int | None = None
    branches: tuple["Node", ...] = ()
    repeated: bool = False
