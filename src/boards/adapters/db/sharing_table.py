"""The tables of who else may come to a board: by an invitation, or by a link."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from boards.adapters.db.base import Base, only_where, within_tenant
from boards.adapters.db.columns import one_of
from boards.domain.boards import BoardRole

__all__ = ["BoardInvitation", "BoardLink"]


class BoardInvitation(Base):
    """A role on a board for somebody who is not in the tenant yet, by address or one-time link."""

    __tablename__ = "board_invitations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    board_id: Mapped[UUID]
    email: Mapped[str]
    role: Mapped[str]
    fingerprint: Mapped[str]
    invited_by: Mapped[UUID]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column()
    accepted_by: Mapped[UUID | None]

    __table_args__ = (
        UniqueConstraint("fingerprint"),
        within_tenant("board_id", "boards"),
        one_of("role", BoardRole),
        Index(
            "uq_board_invitations_open",
            "board_id",
            "email",
            unique=True,
            **only_where(ended_at.is_(None)),
        ),
        Index("ix_board_invitations_email", "tenant_id", "email"),
    )


class BoardLink(Base):
    """A link by which anybody may look at a board; of the link only its fingerprint is kept."""

    __tablename__ = "board_links"
    __table_args__ = (
        UniqueConstraint("fingerprint"),
        within_tenant("board_id", "boards"),
        Index("ix_board_links_board", "board_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    board_id: Mapped[UUID]
    fingerprint: Mapped[str]
    hint: Mapped[str]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
