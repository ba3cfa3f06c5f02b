"""Boards and the people who use them, as the database keeps them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol, Unpack
from uuid import UUID

from boards.domain.access import Actor
from boards.domain.boards import Board, BoardChanges, BoardMember, BoardRole
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
        self,
        board_id: UUID,
        user_id: UUID,
        role: BoardRole,
        *,
        now: datetime,
        invited_by: UUID | None = None,
    ) -> None: ...
    def members(self, board_id: UUID) -> tuple[BoardMember, ...]:
        """All but the owner, the longest standing first."""
        ...

    def set_role(self, board_id: UUID, user_id: UUID, role: BoardRole) -> bool: ...
    def remove_member(self, board_id: UUID, user_id: UUID) -> bool: ...
    def update(self, board_id: UUID, *, now: datetime, **changes: Unpack[BoardChanges]) -> bool: ...
    def set_owner(self, board_id: UUID, owner_id: UUID, *, now: datetime) -> bool:
        """Give a board to somebody; it is nobody's default any more."""
        ...

    def covers(self, board_ids: Collection[UUID]) -> Mapping[UUID, UUID]:
        """What stands for each board: the generation that was chosen, as long as it is there, else
        the newest picture; a board without any is left out."""
        ...

    def find_user(self, user_id: UUID) -> bool:
        """Whether there is such a user of the tenant, who may come in."""
        ...

    def users_with(self, email: str) -> tuple[UUID, ...]:
        """Users of the tenant who may come in and whose address this certainly is."""
        ...

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
