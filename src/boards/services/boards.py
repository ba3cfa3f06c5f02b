"""Boards: make one, find them, and the default that everybody has."""

from dataclasses import dataclass
from uuid import UUID

from boards.domain.access import Action, Actor, Duty
from boards.domain.boards import Board, check_title
from boards.ids import new_id
from boards.services.ports import Clock, Database, Page, Tx
from boards.services.rights import board_for, require_person, scope_of
from boards.services.submit import default_board

__all__ = ["BoardService"]


@dataclass(frozen=True, kw_only=True)
class BoardService:
    """Makes and finds boards."""

    database: Database
    clock: Clock

    async def create(
        self, actor: Actor, title: str, *, description: str | None = None, is_public: bool = False
    ) -> Board:
        """Make a board owned by the actor. InvalidInput for an empty or over-long title."""
        owner_id = require_person(actor, Duty.CREATE_BOARD)
        now = self.clock.now()
        board = Board(
            id=new_id(),
            tenant_id=actor.tenant_id,
            owner_id=owner_id,
            title=check_title(title),
            description=description,
            is_public=is_public,
            created_at=now,
            updated_at=now,
        )
        await self.database.write(lambda tx: tx.boards.insert(board), scope=scope_of(actor))
        return board

    async def get(self, actor: Actor, board_id: UUID) -> Board:
        """Give one board. NotFound when there is none that the actor may see."""
        seen = await self.database.read(
            lambda tx: board_for(tx, actor, board_id, Action.VIEW), scope=scope_of(actor)
        )
        return seen.board

    async def list(self, actor: Actor, *, limit: int, cursor: str | None) -> Page[Board]:
        """List the boards that the actor owns or is a member of, most recently used first."""
        user_id = require_person(actor, Duty.SEE_OWN)
        return await self.database.read(
            lambda tx: tx.boards.visible_to(user_id, limit=limit, cursor=cursor),
            scope=scope_of(actor),
        )

    async def default(self, actor: Actor) -> Board:
        """Give the actor's default board, made at first use."""

        def work(tx: Tx) -> Board:
            return default_board(tx, actor, self.clock)

        return await self.database.write(work, scope=scope_of(actor))
