"""How invitations to boards and links that share them are stored."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Update, bindparam

from boards.adapters.db.door import Door
from boards.adapters.db.tables import Board
from boards.adapters.db.tables import BoardInvitation as InvitationTable
from boards.adapters.db.tables import BoardLink as LinkTable
from boards.domain.boards import BoardRole, Invitation, ShareLink

__all__ = ["InvitationRows", "ShareLinkRows"]

_INVITATION = tuple(getattr(InvitationTable, name) for name in Invitation.__dataclass_fields__)
_LINK = tuple(getattr(LinkTable, name) for name in ShareLink.__dataclass_fields__)


class InvitationRows:
    """The rows of invitations in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def add(self, invitation: Invitation, fingerprint: str) -> None:
        row = asdict(invitation) | {"role": invitation.role.value, "fingerprint": fingerprint}
        self._door.insert(InvitationTable, [row])

    def get(self, invitation_id: UUID) -> Invitation | None:
        row = self._door.run(_invitation, {"id": invitation_id}).first()
        return None if row is None else _read(row)

    def by_fingerprint(self, fingerprint: str) -> Invitation | None:
        row = self._door.run(_invitation_by_mark, {"mark": fingerprint}).first()
        return None if row is None else _read(row)

    def of_board(self, board_id: UUID) -> tuple[Invitation, ...]:
        return tuple(_read(row) for row in self._door.run(_invited_to, {"board_id": board_id}))

    def for_address(self, email: str, *, now: datetime) -> tuple[Invitation, ...]:
        rows = self._door.run(_for_address, {"email": email, "now": now})
        return tuple(_read(row) for row in rows)

    def end(self, invitation_id: UUID, *, now: datetime, accepted_by: UUID | None = None) -> bool:
        values = {"of_id": invitation_id, "now": now, "by": accepted_by}
        return self._door.run(_ended, values).rowcount == 1


class ShareLinkRows:
    """The rows of links in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def add(self, link: ShareLink, fingerprint: str) -> None:
        self._door.insert(LinkTable, [asdict(link) | {"fingerprint": fingerprint}])

    def by_fingerprint(self, fingerprint: str) -> ShareLink | None:
        self._door.require_system("board_links")
        return _link(self._door.run(_link_by_mark, {"mark": fingerprint}).first())

    def get(self, link_id: UUID) -> ShareLink | None:
        return _link(self._door.run(_link_by_id, {"id": link_id}).first())

    def of_board(self, board_id: UUID) -> tuple[ShareLink, ...]:
        rows = self._door.run(_links_of, {"board_id": board_id})
        return tuple(ShareLink(**row._asdict()) for row in rows)

    def revoke(self, link_id: UUID, *, now: datetime) -> bool:
        return self._door.run(_revoked, {"of_id": link_id, "now": now}).rowcount == 1


def _read(row: Row[Any]) -> Invitation:
    return Invitation(**row._asdict() | {"role": BoardRole(row.role)})


def _link(row: Row[Any] | None) -> ShareLink | None:
    return None if row is None else ShareLink(**row._asdict())


def _open(door: Door) -> Select[Any]:
    return door.select(InvitationTable, *_INVITATION).where(InvitationTable.ended_at.is_(None))


def _invitation(door: Door) -> Select[Any]:
    return _open(door).where(InvitationTable.id == bindparam("id"))


def _invitation_by_mark(door: Door) -> Select[Any]:
    return _open(door).where(InvitationTable.fingerprint == bindparam("mark"))


def _invited_to(door: Door) -> Select[Any]:
    return (
        _open(door)
        .where(InvitationTable.board_id == bindparam("board_id"))
        .order_by(InvitationTable.created_at, InvitationTable.id)
    )


def _for_address(door: Door) -> Select[Any]:
    there = door.select(Board, Board.id).where(Board.deleted_at.is_(None))
    return _open(door).where(
        InvitationTable.email == bindparam("email"),
        InvitationTable.expires_at > bindparam("now"),
        InvitationTable.board_id.in_(there),
    )


def _ended(door: Door) -> Update:
    return (
        door.update(InvitationTable)
        .where(InvitationTable.id == bindparam("of_id"), InvitationTable.ended_at.is_(None))
        .values(ended_at=bindparam("now"), accepted_by=bindparam("by"))
    )


def _link_by_mark(door: Door) -> Select[Any]:
    return door.select(LinkTable, *_LINK).where(LinkTable.fingerprint == bindparam("mark"))


def _link_by_id(door: Door) -> Select[Any]:
    return door.select(LinkTable, *_LINK).where(LinkTable.id == bindparam("id"))


def _links_of(door: Door) -> Select[Any]:
    return (
        door.select(LinkTable, *_LINK)
        .where(LinkTable.board_id == bindparam("board_id"), LinkTable.revoked_at.is_(None))
        .order_by(LinkTable.created_at, LinkTable.id)
    )


def _revoked(door: Door) -> Update:
    return (
        door.update(LinkTable)
        .where(LinkTable.id == bindparam("of_id"), LinkTable.revoked_at.is_(None))
        .values(revoked_at=bindparam("now"))
    )
