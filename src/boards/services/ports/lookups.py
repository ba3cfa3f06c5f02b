"""Reads of many things at once, for answers that are graphs: one statement each, however many."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from boards.domain.boards import Board, BoardMember, BoardRole
from boards.domain.generations import Generation
from boards.domain.lineage import Edge
from boards.services.ports.scope import Page

__all__ = [
    "BoardFilter",
    "BoardOrder",
    "BoardSeen",
    "InputSeen",
    "Lookups",
    "Profile",
    "Whose",
]


class Whose(StrEnum):
    """Which boards to list, by what the user is to them."""

    ANY = "any"
    """Those that they own or are a member of."""
    OWNER = "owner"
    MEMBER = "member"
    """Those that they are a member of and do not own."""
    PUBLIC = "public"
    """Those that are public, whoever owns them."""
    SEEN = "seen"
    """Those that they may see: any of theirs, and the public ones."""


class BoardOrder(StrEnum):
    """In which order to list boards."""

    CREATED_ASC = "created_asc"
    CREATED_DESC = "created_desc"
    UPDATED_ASC = "updated_asc"
    UPDATED_DESC = "updated_desc"


@dataclass(frozen=True, kw_only=True)
class BoardFilter:
    """What boards to list. `text` stands in the title or the description, in any case."""

    whose: Whose
    user_id: UUID | None
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class BoardSeen:
    """A board, and the role on it of the user for whom it was looked up."""

    board: Board
    role: BoardRole | None


@dataclass(frozen=True, kw_only=True)
class InputSeen:
    """An edge to an input, with the input and its board as far as they are still there."""

    edge: Edge
    generation: Generation | None
    board: BoardSeen | None


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A user of the tenant, as the tenant keeps them."""

    id: UUID
    tenant_id: UUID
    provider: str
    subject: str
    email: str | None
    display_name: str | None
    avatar_url: str | None
    created_at: datetime


class Lookups(Protocol):
    """Reads within the scope's tenant. None of them asks for rights."""

    def boards(
        self, ids: Collection[UUID], *, user_id: UUID | None
    ) -> Mapping[UUID, BoardSeen]: ...
    def profiles(self, ids: Collection[UUID]) -> Mapping[UUID, Profile]: ...
    def members(self, board_ids: Collection[UUID]) -> Mapping[UUID, tuple[BoardMember, ...]]:
        """The members of each board, the longest standing first."""
        ...

    def inputs(
        self, ids: Collection[UUID], *, user_id: UUID | None
    ) -> Mapping[UUID, tuple[InputSeen, ...]]:
        """What went into these generations, by role and position."""
        ...

    def counts(self, board_ids: Collection[UUID]) -> Mapping[UUID, int]:
        """How many generations there are on each board; one without any is left out."""
        ...

    def newest(
        self, board_ids: Collection[UUID], *, limit: int, offset: int
    ) -> Mapping[UUID, tuple[Generation, ...]]:
        """Of each board `limit` generations after the first `offset`, newest first."""
        ...

    def share_a_board(self, user_id: UUID, other_id: UUID) -> bool:
        """Whether there is a board on which both are its owner or a member."""
        ...

    def list_boards(
        self, which: BoardFilter, order: BoardOrder, *, limit: int, offset: int, cursor: str | None
    ) -> Page[Board]: ...
    def count_boards(self, which: BoardFilter) -> int: ...
