"""Who else may come to a board, as the database keeps it."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from boards.domain.boards import Invitation, ShareLink

__all__ = ["Invitations", "ShareLinks"]


class Invitations(Protocol):
    """Rows of invitations to boards; only open ones are given."""

    def add(self, invitation: Invitation, fingerprint: str) -> None:
        """Conflict when there is an open one for this address."""
        ...

    def get(self, invitation_id: UUID) -> Invitation | None: ...
    def by_fingerprint(self, fingerprint: str) -> Invitation | None: ...
    def of_board(self, board_id: UUID) -> tuple[Invitation, ...]:
        """The oldest first."""
        ...

    def for_address(self, email: str, *, now: datetime) -> tuple[Invitation, ...]:
        """Those that are still good, to boards that are there."""
        ...

    def end(self, invitation_id: UUID, *, now: datetime, accepted_by: UUID | None = None) -> bool:
        """End an open one, by whoever accepted it or withdrawn; False when it has ended."""
        ...


class ShareLinks(Protocol):
    """Rows of links that share boards."""

    def add(self, link: ShareLink, fingerprint: str) -> None: ...
    def by_fingerprint(self, fingerprint: str) -> ShareLink | None:
        """Needs the SYSTEM scope: a link says itself whose it is."""
        ...

    def get(self, link_id: UUID) -> ShareLink | None: ...
    def of_board(self, board_id: UUID) -> tuple[ShareLink, ...]:
        """Those that are not revoked, the oldest first."""
        ...

    def revoke(self, link_id: UUID, *, now: datetime) -> bool: ...
