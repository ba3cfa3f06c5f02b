"""The trash: what was deleted stays for 30 days and can be had back; then its content is removed.

A board in the trash, and all that is on it, is as if it were not there: on no list, in no stream,
no input, no file. What is removed for good leaves a tombstone, because ledger and lineage refer to
it; its bytes are left to the sweep of the storage, which knows who else uses them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from boards.domain.access import Action, Actor, Duty, Standing, may
from boards.domain.boards import Board
from boards.domain.generations import FINAL, Generation
from boards.errors import Conflict, NotFound
from boards.services.audit import note
from boards.services.generations import stop
from boards.services.ports import (
    SYSTEM,
    Clock,
    Database,
    Dispatch,
    Page,
    TrashedBoard,
    TrashedGeneration,
    Tx,
)
from boards.services.rights import (
    board_for,
    refusal_of,
    require_person,
    scope_of,
    standing_on,
)

__all__ = ["KEPT_FOR", "TrashService", "is_lost"]

log = structlog.get_logger(__name__)

KEPT_FOR = timedelta(days=30)
AT_ONCE = 200
"""Generations that one transaction removes: others wait for it."""


@dataclass(frozen=True, kw_only=True)
class TrashService:
    """Deletes boards, gives back what was deleted, and removes what nobody wanted back."""

    database: Database
    dispatch: Dispatch
    clock: Clock

    async def delete_board(self, actor: Actor, board_id: UUID) -> None:
        """Put a board with all that is on it into the trash. For its owner.

        What runs there is cancelled; what that spends is settled as ever.
        """
        now = self.clock.now()

        def work(tx: Tx) -> tuple[UUID, ...]:
            board_for(tx, actor, board_id, Action.DELETE_BOARD)
            running = []
            for one in tx.trash.under_way_on(board_id):
                generation = tx.generations.get(one)
                if generation and stop(tx, generation, now=now).phase not in FINAL:
                    running.append(one)
            tx.trash.delete_board(board_id, now=now)
            note(tx, actor, "board.delete", target=("board", board_id), now=now)
            return tuple(running)

        for one in await self.database.write(work, scope=scope_of(actor)):
            await self.dispatch.cancel(one)

    async def boards(self, actor: Actor, *, limit: int, cursor: str | None) -> Page[TrashedBoard]:
        """List the boards in the trash that the actor may have back, the last deleted first."""
        user_id = require_person(actor, Duty.SEE_OWN)
        return await self.database.read(
            lambda tx: tx.trash.boards(user_id, limit=limit, cursor=cursor), scope=scope_of(actor)
        )

    async def restore_board(self, actor: Actor, board_id: UUID) -> Board:
        """Have a board back with all that was on it. For its owner and its admins.

        NotFound for everybody else, and when it is not in the trash or too old.
        """
        now = self.clock.now()

        def work(tx: Tx) -> Board:
            found = tx.trash.board(board_id)
            if (
                found is None
                or found.deleted_at + KEPT_FOR <= now
                or not may(actor, Action.VIEW_RECIPES, standing_on(tx, actor, found.board))
            ):
                raise NotFound(f"Board {board_id} not found in the trash")
            tx.trash.restore_board(board_id, now=now)
            # It is there again; whoever may not have it back undoes that with their transaction.
            board = board_for(tx, actor, board_id, Action.RESTORE_BOARD).board
            note(tx, actor, "board.restore", target=("board", board_id), now=now)
            return board

        return await self.database.write(work, scope=scope_of(actor))

    async def generations(
        self, actor: Actor, board_id: UUID, *, limit: int, cursor: str | None
    ) -> Page[TrashedGeneration]:
        """List what was deleted from a board, the last deleted first. For those who work on it."""

        def look(tx: Tx) -> Page[TrashedGeneration]:
            board_for(tx, actor, board_id, Action.VIEW_RECIPES)
            return tx.trash.on_board(board_id, limit=limit, cursor=cursor)

        return await self.database.read(look, scope=scope_of(actor))

    async def restore_generation(self, actor: Actor, generation_id: UUID) -> Generation:
        """Have a generation back. For whoever might delete it; errors as for that, Conflict when it
        is not in the trash."""
        now = self.clock.now()

        def work(tx: Tx) -> Generation:
            found = tx.trash.find([generation_id]).get(generation_id)
            if found is None:
                raise NotFound(f"Generation {generation_id} not found")
            generation = found.generation
            board = tx.boards.get(generation.board_id)
            standing = Standing.NONE if board is None else standing_on(tx, actor, board)
            refusal = refusal_of(actor, generation, board, standing, Action.DELETE_GENERATION)
            if refusal is not None:
                # What was deleted is not there for those who may not have it back.
                raise (
                    refusal
                    if found.deleted_at is None or _sees(actor, standing)
                    else NotFound(f"Generation {generation_id} not found")
                )
            if found.deleted_at is None:
                raise Conflict(f"Generation {generation_id} is not in the trash.")
            if is_lost(found, now=now):
                raise NotFound(f"Generation {generation_id} not found")
            tx.trash.restore([generation_id], now=now)
            return tx.generations.get(generation_id) or generation

        return await self.database.write(work, scope=scope_of(actor))

    async def purge(self) -> int:
        """Remove for good what has been in the trash for 30 days, and count the generations."""
        now = self.clock.now()
        before, count = now - KEPT_FOR, 0

        def remove(tx: Tx) -> int:
            return tx.trash.purge(tx.trash.due(before=before, limit=AT_ONCE), now=now)

        while gone := await self.database.write(remove, scope=SYSTEM):
            count += gone

        def close(tx: Tx) -> None:
            for board_id in tx.trash.due_boards(before=before, limit=AT_ONCE):
                tx.trash.purge_board(board_id, now=now)
            tx.undos.forget(before=now)

        await self.database.write(close, scope=SYSTEM)
        if count:
            log.info("trash_purged", generations=count)
        return count


def is_lost(found: TrashedGeneration, *, now: datetime) -> bool:
    """Whether it has been in the trash for too long, although nobody has emptied it yet."""
    return found.deleted_at is not None and found.deleted_at + KEPT_FOR <= now


def _sees(actor: Actor, standing: Standing) -> bool:
    return may(actor, Action.VIEW_RECIPES, standing)
