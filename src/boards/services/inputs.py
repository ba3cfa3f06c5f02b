"""Finds the generations that inputs name, with one query, and tells what the caller may use."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from boards.domain.access import Action, Actor, may
from boards.domain.generations import Generation
from boards.generators.artifact_resolution import FoundGeneration
from boards.services.ports import Tx
from boards.services.rights import standing_on

__all__ = ["STORED", "as_found", "find_inputs", "stored_url"]

STORED = "boards-storage:"
"""Scheme of the URL by which a run names a file in our own storage; nobody outside can use it."""


def stored_url(key: str) -> str:
    """The URL by which generator code sees a stored file."""
    return f"{STORED}{key}"


def find_inputs(tx: Tx, actor: Actor, ids: Iterable[UUID]) -> Mapping[UUID, FoundGeneration]:
    """Look all ids up at once. Those of boards that the actor may not view come back unreadable."""
    rows = tx.generations.find_anywhere(ids)
    readable: dict[UUID, bool] = {}
    for row in rows.values():
        if row.tenant_id == actor.tenant_id and row.board_id not in readable:
            board = tx.boards.get(row.board_id)
            readable[row.board_id] = board is not None and may(
                actor, Action.VIEW, standing_on(tx, actor, board)
            )
    return {
        key: as_found(row, readable=readable.get(row.board_id, False)) for key, row in rows.items()
    }


def as_found(row: Generation, *, readable: bool) -> FoundGeneration:
    """Give what input resolution needs of a generation."""
    facts = row.file.facts if row.file else None
    words = row.output_metadata.get("trigger_words")
    base_model = row.output_metadata.get("base_model")
    return FoundGeneration(
        id=row.id,
        tenant_id=row.tenant_id,
        readable=readable,
        status=row.status.value,
        artifact_type=row.artifact_type,
        format=facts.format if facts else "plain",
        storage_url=stored_url(row.file.key) if row.file else "",
        width=facts.width if facts else None,
        height=facts.height if facts else None,
        duration=facts.duration if facts else None,
        fps=facts.fps if facts else None,
        sample_rate=facts.sample_rate if facts else None,
        channels=facts.channels if facts else None,
        content=row.content,
        base_model=base_model if isinstance(base_model, str) else None,
        trigger_words=tuple(str(word) for word in words) if isinstance(words, list) else None,
    )
