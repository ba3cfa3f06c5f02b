"""Links that share a board with anybody who has one: until they are revoked, or end.

A visitor by link is nobody in particular, who may look at that one board: at titles, media and
types, and at prompts and inputs if the owner shares recipes. Never at costs, people or events.
"""

from dataclasses import dataclass, field
from uuid import UUID

from boards.domain.access import Action, Actor, Duty
from boards.domain.boards import ShareLink
from boards.domain.people import expiry, fingerprint, new_secret
from boards.errors import Conflict, NotFound
from boards.ids import new_id
from boards.services.audit import note
from boards.services.ports import SYSTEM, Clock, Database, Tx
from boards.services.rights import board_for, require_person, scope_of

__all__ = ["MOST_LINKS", "NewShareLink", "SharingService"]

MOST_LINKS = 100
"""How many a board may have at once."""
GONE = "This link is not good any more."


@dataclass(frozen=True, kw_only=True)
class NewShareLink:
    """A new link; its text is shown this once."""

    link: ShareLink
    text: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class SharingService:
    """Makes links, revokes them, and tells who comes by one."""

    database: Database
    clock: Clock

    async def create(
        self, actor: Actor, board_id: UUID, *, expires_days: int | None = None
    ) -> NewShareLink:
        """Make a link to a board. For the owner and the board's admins. Conflict when there are too
        many, InvalidInput for a time that is too long."""
        secret, now = new_secret(), self.clock.now()
        expires_at = expiry(now, expires_days)

        def work(tx: Tx) -> ShareLink:
            board_for(tx, actor, board_id, Action.SHARE_LINKS)
            if len(tx.share_links.of_board(board_id)) >= MOST_LINKS:
                raise Conflict(f"A board has at most {MOST_LINKS} links; revoke one first.")
            link = ShareLink(
                id=new_id(),
                tenant_id=actor.tenant_id,
                board_id=board_id,
                hint=secret.hint,
                created_by=require_person(actor, Duty.SEE_OWN),
                created_at=now,
                expires_at=expires_at,
            )
            tx.share_links.add(link, secret.fingerprint)
            note(tx, actor, "board.share", target=("board", board_id), now=now)
            return link

        link = await self.database.write(work, scope=scope_of(actor))
        return NewShareLink(link=link, text=secret.text)

    async def list(self, actor: Actor, board_id: UUID) -> tuple[ShareLink, ...]:
        """Give a board's links that are not revoked, the oldest first. For those who may make
        some."""

        def look(tx: Tx) -> tuple[ShareLink, ...]:
            board_for(tx, actor, board_id, Action.SHARE_LINKS)
            return tx.share_links.of_board(board_id)

        return await self.database.read(look, scope=scope_of(actor))

    async def revoke(self, actor: Actor, board_id: UUID, link_id: UUID) -> None:
        """End a link; whoever comes by it sees nothing any more. NotFound when it has ended."""
        now = self.clock.now()

        def work(tx: Tx) -> None:
            board_for(tx, actor, board_id, Action.SHARE_LINKS)
            link = tx.share_links.get(link_id)
            if link is None or link.board_id != board_id or link.revoked_at is not None:
                raise NotFound(f"Link {link_id} not found")
            tx.share_links.revoke(link_id, now=now)
            note(tx, actor, "board.unshare", target=("board", board_id), now=now)

        await self.database.write(work, scope=scope_of(actor))

    async def visitor(self, text: str) -> Actor:
        """Give who comes by a link: nobody in particular, with one board to look at.

        NotFound for one that is unknown, revoked or ended, and while its board is in the trash or
        its tenant is closed: all look alike.
        """
        now, mark = self.clock.now(), fingerprint(text)

        def look(tx: Tx) -> Actor:
            link = tx.share_links.by_fingerprint(mark)
            if link is None or not link.is_good(now):
                raise NotFound(GONE)
            tenant = tx.people.tenant(link.tenant_id)
            if tenant is None or not tenant.is_open or tx.boards.get(link.board_id) is None:
                raise NotFound(GONE)
            return Actor(tenant_id=link.tenant_id, user_id=None, linked_board_id=link.board_id)

        return await self.database.look(look, scope=SYSTEM)
