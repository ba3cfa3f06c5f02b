"""What was deleted and can be had back, and what was done and can be undone, as the database keeps
it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from boards.domain.boards import Board
from boards.domain.generations import Generation
from boards.services.ports.scope import Page

__all__ = ["Shelf", "Trash", "TrashedBoard", "TrashedGeneration", "UndoRecord", "Undos"]


@dataclass(frozen=True, kw_only=True)
class TrashedBoard:
    """A board in the trash, and since when."""

    board: Board
    deleted_at: datetime


@dataclass(frozen=True, kw_only=True)
class TrashedGeneration:
    """A generation, and since when it is in the trash, if it is."""

    generation: Generation
    deleted_at: datetime | None


class Trash(Protocol):
    """Boards and generations that were deleted; what was removed for good is never given."""

    def delete_board(self, board_id: UUID, *, now: datetime) -> bool:
        """Put a board into the trash; it is nobody's default any more."""
        ...

    def tenant_is_gone(self, *, before: datetime) -> bool:
        """Whether the scope's tenant was deleted before; it then stays so until the transaction
        ends."""
        ...

    def delete_all_boards(self, *, now: datetime) -> int:
        """Put every board of the scope's tenant into the trash; give how many."""
        ...

    def board(self, board_id: UUID) -> TrashedBoard | None: ...
    def boards(self, user_id: UUID, *, limit: int, cursor: str | None) -> Page[TrashedBoard]:
        """Those that the user owns or is an admin of, the last deleted first."""
        ...

    def restore_board(self, board_id: UUID, *, now: datetime) -> bool: ...
    def under_way_on(self, board_id: UUID) -> tuple[UUID, ...]:
        """The generations of a board that have not ended."""
        ...

    def find(self, ids: Collection[UUID]) -> Mapping[UUID, TrashedGeneration]:
        """Generations, in the trash or not."""
        ...

    def on_board(
        self, board_id: UUID, *, limit: int, cursor: str | None
    ) -> Page[TrashedGeneration]:
        """Those in the trash, the last deleted first."""
        ...

    def delete(self, ids: Collection[UUID], *, now: datetime) -> frozenset[UUID]:
        """Put generations that have ended into the trash; gives those that went there now."""
        ...

    def restore(self, ids: Collection[UUID], *, now: datetime) -> frozenset[UUID]:
        """Have them back; gives those that were there."""
        ...

    def due(self, *, before: datetime, limit: int) -> tuple[UUID, ...]:
        """Generations that were deleted before, or whose board was; needs the SYSTEM scope."""
        ...

    def due_boards(self, *, before: datetime, limit: int) -> tuple[UUID, ...]:
        """Boards that were deleted before, and of whose content nothing is left to remove; needs
        the SYSTEM scope."""
        ...

    def purge(self, ids: Collection[UUID], *, now: datetime) -> int:
        """Make tombstones of generations: nothing of what they were is left but that they were.
        Their money and their lineage stay. Needs the SYSTEM scope."""
        ...

    def purge_board(self, board_id: UUID, *, now: datetime) -> None:
        """The same for a board; nobody is a member of it any more. Needs the SYSTEM scope."""
        ...


class Shelf(Protocol):
    """Where generations that have ended stand, and what they are called."""

    def move(self, ids: Collection[UUID], to: UUID, *, now: datetime) -> frozenset[UUID]:
        """Put them on another board; gives those that went there now."""
        ...

    def entitle(self, generation_id: UUID, title: str | None, *, now: datetime) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class UndoRecord:
    """What somebody did at once: to which, each with the board that it was on or the copy that was
    made of it; `tag_id` is the tag that it was about."""

    id: UUID
    tenant_id: UUID
    user_id: UUID
    action: str
    changed: tuple[tuple[UUID, UUID | None], ...]
    tag_id: UUID | None
    created_at: datetime
    expires_at: datetime


class Undos(Protocol):
    """Rows of what can be undone."""

    def add(self, record: UndoRecord) -> None: ...
    def use(self, undo_id: UUID, user_id: UUID, *, now: datetime) -> UndoRecord | None:
        """Take one, once; None when it is somebody else's, too old, used or unknown."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Delete what ended before; needs the SYSTEM scope."""
        ...
