"""Boards and the people who use them, as the database keeps them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from boards.domain.access import Actor
from boards.domain.boards import Board, BoardRole
from boards.services.ports.scope import Page

__all__ = ["Accounts", "Boards"]


class Boards(Protocol):
    """Rows of boards and members."""

    def insert(self, board: Board, *, is_default: bool = False) -> None: ...
    def get(self, board_id: UUID) -> Board | None: ...
    def default_of(self, user_id: UUID) -> Board | None: ...
    def ensure_default(self, board: Board) -> Board:
        """Insert this as its owner's default board; give the one that there is if another
        transaction has made it meanwhile."""
        ...

    def role_of(self, board_id: UUID, user_id: UUID) -> BoardRole | None: ...
    def roles_on(self, board_id: UUID) -> Mapping[UUID, BoardRole]:
        """The roles of all members of a board, by user; its owner need not be among them."""
        ...

    def add_member(
        self, board_id: UUID, user_id: UUID, role: BoardRole, *, now: datetime
    ) -> None: ...
    def visible_to(self, user_id: UUID, *, limit: int, cursor: str | None) -> Page[Board]:
        """Boards that the user owns or is a member of, most recently updated first."""
        ...

    def ids_visible_to(self, user_id: UUID) -> frozenset[UUID]: ...
    def ids_administered_by(self, user_id: UUID) -> frozenset[UUID]:
        """The boards that the user owns or is an admin of."""
        ...

    def generation_count(self, board_id: UUID) -> int: ...


class Accounts(Protocol):
    """Rows of tenants, identities and users."""

    def seed_default(self, *, slug: str, name: str, now: datetime) -> Actor:
        """Make the default tenant, identity and user unless they exist; needs SYSTEM scope."""
        ...

    def add_user(
        self, *, tenant_id: UUID, user_id: UUID, provider: str, subject: str, now: datetime
    ) -> Actor:
        """Add a user of a tenant, known to `provider` as `subject`. Conflict when there is one."""
        ...
