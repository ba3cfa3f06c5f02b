"""Who works on a board: members and their roles, invitations, and whose board it is.

The owner is no member: nobody takes that from them, and they pass it on themselves. Whoever is
invited and is not in the tenant yet has to be let in first, by its administrators or its identity
provider; then the invitation is theirs at once.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from boards.domain.access import Action, Actor, Duty
from boards.domain.boards import Board, BoardMember, BoardRole, Invitation
from boards.domain.identities import check_email
from boards.domain.people import fingerprint, new_secret
from boards.errors import Conflict, NotFound
from boards.ids import new_id
from boards.services.audit import note
from boards.services.ports import Clock, Database, Tx
from boards.services.rights import Seen, board_for, require_person, scope_of

__all__ = ["INVITATION_LASTS", "Invited", "MemberService", "People", "accept_all"]

INVITATION_LASTS = timedelta(days=7)
SPENT = "This invitation is not good any more, or was used already. Ask for a new one."


@dataclass(frozen=True, kw_only=True)
class People:
    """Everybody who works on a board. Invitations are for those who may invite."""

    owner_id: UUID
    members: tuple[BoardMember, ...]
    invitations: tuple[Invitation, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Invited:
    """What came of an invitation: a member at once, or an invitation with its one-time link, whose
    text is shown this once."""

    member: BoardMember | None = None
    invitation: Invitation | None = None
    link: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class MemberService:
    """Lets people onto boards, changes what they are there, and sees them off."""

    database: Database
    clock: Clock

    async def list(self, actor: Actor, board_id: UUID) -> People:
        """Give who works on a board. For everybody who does."""

        def look(tx: Tx) -> People:
            seen = board_for(tx, actor, board_id, Action.VIEW_RECIPES)
            invites = seen.standing.value in ("owner", "admin")
            return People(
                owner_id=seen.board.owner_id,
                members=tx.boards.members(board_id),
                invitations=tx.invitations.of_board(board_id) if invites else (),
            )

        return await self.database.read(look, scope=scope_of(actor))

    async def add(
        self, actor: Actor, board_id: UUID, user_id: UUID, role: BoardRole = BoardRole.VIEWER
    ) -> BoardMember:
        """Let somebody of the tenant onto a board. For the owner and the board's admins.

        NotFound for nobody of the tenant, Conflict for the owner and for who is a member already.
        """

        def work(tx: Tx) -> BoardMember:
            seen = board_for(tx, actor, board_id, Action.MANAGE_MEMBERS)
            return self._join(tx, actor, seen.board, user_id, role)

        return await self.database.write(work, scope=scope_of(actor))

    async def invite(
        self, actor: Actor, board_id: UUID, email: str, role: BoardRole = BoardRole.VIEWER
    ) -> Invited:
        """Let onto a board whoever has an address: at once when they are in the tenant, else as
        soon as they are, or by the one-time link. An earlier invitation of theirs ends.

        Errors as `add`; InvalidInput for no address.
        """
        address, now = check_email(email), self.clock.now()

        def work(tx: Tx) -> Invited:
            board = board_for(tx, actor, board_id, Action.MANAGE_MEMBERS).board
            inviter = require_person(actor, Duty.SEE_OWN)
            known = tx.boards.users_with(address)
            if known:
                return Invited(member=self._join(tx, actor, board, known[0], role))
            for earlier in tx.invitations.of_board(board_id):
                if earlier.email == address:
                    tx.invitations.end(earlier.id, now=now)
            secret = new_secret()
            invitation = Invitation(
                id=new_id(),
                tenant_id=board.tenant_id,
                board_id=board_id,
                email=address,
                role=role,
                invited_by=inviter,
                created_at=now,
                expires_at=now + INVITATION_LASTS,
            )
            tx.invitations.add(invitation, secret.fingerprint)
            _note(tx, actor, "board.invite", board_id, now=now, role=role)
            return Invited(invitation=invitation, link=secret.text)

        return await self.database.write(work, scope=scope_of(actor))

    async def withdraw(self, actor: Actor, board_id: UUID, invitation_id: UUID) -> None:
        """Take an invitation back. NotFound when it has ended."""
        now = self.clock.now()

        def work(tx: Tx) -> None:
            board_for(tx, actor, board_id, Action.MANAGE_MEMBERS)
            invitation = tx.invitations.get(invitation_id)
            if invitation is None or invitation.board_id != board_id:
                raise NotFound(f"Invitation {invitation_id} not found")
            tx.invitations.end(invitation_id, now=now)
            _note(tx, actor, "board.invitation.withdraw", board_id, now=now)

        await self.database.write(work, scope=scope_of(actor))

    async def accept(self, actor: Actor, link: str) -> Board:
        """Take an invitation by its one-time link, as somebody of the tenant. NotFound when it is
        good no more, and in any other tenant."""
        user_id = require_person(actor, Duty.JOIN_BOARD)
        mark, now = fingerprint(link), self.clock.now()

        def work(tx: Tx) -> Board:
            found = tx.invitations.by_fingerprint(mark)
            board = None if found is None else tx.boards.get(found.board_id)
            if found is None or board is None or found.expires_at <= now:
                raise NotFound(SPENT)
            if not tx.invitations.end(found.id, now=now, accepted_by=user_id):
                raise NotFound(SPENT)
            _take(tx, found, user_id, board, now=now)
            _note(tx, actor, "board.join", board.id, now=now, role=found.role)
            return board

        return await self.database.write(work, scope=scope_of(actor))

    async def change_role(
        self, actor: Actor, board_id: UUID, user_id: UUID, role: BoardRole
    ) -> BoardMember:
        """Give a member another role. For the owner and the board's admins.

        Conflict for the owner, who has no role; NotFound for who is no member.
        """
        now = self.clock.now()

        def work(tx: Tx) -> BoardMember:
            seen = board_for(tx, actor, board_id, Action.MANAGE_MEMBERS)
            _not_owner(seen, user_id, "change the role of")
            if not tx.boards.set_role(board_id, user_id, role):
                raise _no_member(user_id)
            _note(tx, actor, "board.member.change", board_id, now=now, user=user_id, role=role)
            return _member(tx, board_id, user_id)

        return await self.database.write(work, scope=scope_of(actor))

    async def remove(self, actor: Actor, board_id: UUID, user_id: UUID) -> None:
        """See a member off, or leave oneself. Conflict for the owner: they pass the board on first.
        NotFound for who is no member."""
        now = self.clock.now()

        def work(tx: Tx) -> None:
            leaves = actor.user_id == user_id
            action = Action.VIEW_RECIPES if leaves else Action.MANAGE_MEMBERS
            seen = board_for(tx, actor, board_id, action)
            if leaves:
                # A token that only reads makes nobody leave.
                require_person(actor, Duty.JOIN_BOARD)
            _not_owner(seen, user_id, "remove")
            if not tx.boards.remove_member(board_id, user_id):
                raise _no_member(user_id)
            _note(tx, actor, "board.member.remove", board_id, now=now, user=user_id)

        await self.database.write(work, scope=scope_of(actor))

    async def transfer(self, actor: Actor, board_id: UUID, user_id: UUID) -> Board:
        """Pass a board on to one of its members; who owned it stays as an admin. For the owner.

        NotFound for who is no member, or may not come in any more.
        """
        now = self.clock.now()

        def work(tx: Tx) -> Board:
            board = board_for(tx, actor, board_id, Action.TRANSFER_BOARD).board
            if user_id == board.owner_id:
                raise Conflict("The board is theirs already.")
            if tx.boards.role_of(board_id, user_id) is None or not tx.boards.find_user(user_id):
                raise _no_member(user_id)
            tx.boards.remove_member(board_id, user_id)
            tx.boards.remove_member(board_id, board.owner_id)
            tx.boards.set_owner(board_id, user_id, now=now)
            tx.boards.add_member(
                board_id, board.owner_id, BoardRole.ADMIN, now=now, invited_by=user_id
            )
            _note(tx, actor, "board.transfer", board_id, now=now, user=user_id)
            return tx.boards.get(board_id) or board

        return await self.database.write(work, scope=scope_of(actor))

    def _join(
        self, tx: Tx, actor: Actor, board: Board, user_id: UUID, role: BoardRole
    ) -> BoardMember:
        if user_id == board.owner_id:
            raise Conflict("User is already the board owner.")
        if not tx.boards.find_user(user_id):
            raise NotFound(f"User {user_id} not found")
        if tx.boards.role_of(board.id, user_id) is not None:
            raise Conflict("User is already a board member; change their role instead.")
        now = self.clock.now()
        tx.boards.add_member(board.id, user_id, role, now=now, invited_by=actor.user_id)
        _note(tx, actor, "board.member.add", board.id, now=now, user=user_id, role=role)
        return _member(tx, board.id, user_id)


def accept_all(tx: Tx, *, tenant_id: UUID, user_id: UUID, email: str, now: datetime) -> None:
    """Make somebody who has just come into a tenant a member of the boards that their address was
    invited to. The address must be certainly theirs."""
    for found in tx.invitations.for_address(email.lower(), now=now):
        board = tx.boards.get(found.board_id)
        if found.tenant_id != tenant_id or board is None:
            continue
        if tx.invitations.end(found.id, now=now, accepted_by=user_id):
            _take(tx, found, user_id, board, now=now)


def _take(tx: Tx, invitation: Invitation, user_id: UUID, board: Board, *, now: datetime) -> None:
    if user_id == board.owner_id or tx.boards.role_of(board.id, user_id) is not None:
        return
    tx.boards.add_member(
        board.id, user_id, invitation.role, now=now, invited_by=invitation.invited_by
    )


def _member(tx: Tx, board_id: UUID, user_id: UUID) -> BoardMember:
    for one in tx.boards.members(board_id):
        if one.user_id == user_id:
            return one
    raise _no_member(user_id)


def _not_owner(seen: Seen, user_id: UUID, what: str) -> None:
    if user_id == seen.board.owner_id:
        raise Conflict(f"Cannot {what} the board owner; they can pass the board on to a member.")


def _no_member(user_id: UUID) -> NotFound:
    return NotFound(f"User {user_id} is not a board member")


def _note(
    tx: Tx,
    actor: Actor,
    what: str,
    board_id: UUID,
    *,
    now: datetime,
    user: UUID | None = None,
    role: BoardRole | None = None,
) -> None:
    details: dict[str, str] = {}
    if user is not None:
        details["user"] = str(user)
    if role is not None:
        details["role"] = role.value
    note(tx, actor, what, target=("board", board_id), now=now, details={**details})
