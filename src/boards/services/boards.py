"""Boards: make one, find them, change what they say; and the default that everybody has."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Unpack
from uuid import UUID

from pydantic import JsonValue

from boards.domain.access import Action, Actor, Duty, may
from boards.domain.boards import (
    Board,
    BoardChanges,
    check_description,
    check_object,
    check_title,
    standing_of,
)
from boards.errors import InvalidInput, Problem
from boards.ids import new_id
from boards.services.audit import note
from boards.services.ports import Clock, Database, Page, Tx
from boards.services.rights import Seen, board_for, require_person, scope_of
from boards.services.submit import default_board

__all__ = ["BoardService"]


@dataclass(frozen=True, kw_only=True)
class BoardService:
    """Makes, finds and changes boards."""

    database: Database
    clock: Clock

    async def create(
        self,
        actor: Actor,
        title: str,
        *,
        description: str | None = None,
        is_public: bool = False,
        settings: Mapping[str, JsonValue] | None = None,
        metadata: Mapping[str, JsonValue] | None = None,
    ) -> Board:
        """Make a board owned by the actor. InvalidInput for an empty or over-long title, and for
        settings or metadata of more than 16 KiB."""
        owner_id = require_person(actor, Duty.CREATE_BOARD)
        now = self.clock.now()
        board = Board(
            id=new_id(),
            tenant_id=actor.tenant_id,
            owner_id=owner_id,
            title=check_title(title),
            description=check_description(description),
            is_public=is_public,
            created_at=now,
            updated_at=now,
            settings=check_object(settings or {}, at="settings"),
            metadata=check_object(metadata or {}, at="metadata"),
        )
        await self.database.write(lambda tx: tx.boards.insert(board), scope=scope_of(actor))
        return board

    async def get(self, actor: Actor, board_id: UUID) -> Board:
        """Give one board. NotFound when there is none that the actor may see."""
        return (await self.seen(actor, board_id)).board

    async def seen(self, actor: Actor, board_id: UUID) -> Seen:
        """Give one board, and what the actor is to it. Errors as `get`."""
        return await self.database.read(
            lambda tx: board_for(tx, actor, board_id, Action.VIEW), scope=scope_of(actor)
        )

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

    async def update(self, actor: Actor, board_id: UUID, **changes: Unpack[BoardChanges]) -> Board:
        """Change what is given; the rest stays. For the owner and the board's admins, whether
        recipes are shared for the owner alone.

        `cover_id` is a generation of the board, None for its newest picture. NotFound when it is
        not there, InvalidInput as `create`.
        """
        checked = _checked(changes)

        def work(tx: Tx) -> Board:
            board = board_for(tx, actor, board_id, Action.UPDATE_BOARD).board
            if "share_recipes" in changes:
                board_for(tx, actor, board_id, Action.SHARE_RECIPES)
            cover_id = changes.get("cover_id")
            if cover_id is not None:
                cover = tx.generations.get(cover_id)
                if cover is None or cover.board_id != board_id:
                    message = f"Generation {cover_id} is not on this board; choose one that is."
                    raise InvalidInput(message, problems=(Problem(at="cover_id", message=message),))
            if not checked:
                return board
            now = self.clock.now()
            tx.boards.update(board_id, now=now, **checked)
            open_to = {key: value for key, value in changes.items() if key in _AUDITED}
            if open_to:
                note(
                    tx,
                    actor,
                    "board.open",
                    target=("board", board_id),
                    now=now,
                    details=_said(open_to),
                )
            return tx.boards.get(board_id) or board

        return await self.database.write(work, scope=scope_of(actor))

    async def covers(self, actor: Actor, board_ids: Collection[UUID]) -> Mapping[UUID, UUID]:
        """Give what stands for each board that the actor may see: a generation's id. A board
        without any picture is left out."""

        def look(tx: Tx) -> Mapping[UUID, UUID]:
            found = tx.lookups.boards(board_ids, user_id=actor.user_id)
            seen = [
                key
                for key, one in found.items()
                if may(actor, Action.VIEW, standing_of(actor, one.board, one.role))
            ]
            return tx.boards.covers(seen)

        return await self.database.read(look, scope=scope_of(actor))


_AUDITED = ("is_public", "share_recipes")
"""Changes that decide who may look."""


def _said(changes: Mapping[str, object]) -> Mapping[str, JsonValue]:
    return {key: value is True for key, value in changes.items()}


def _checked(changes: BoardChanges) -> BoardChanges:
    checked: BoardChanges = {**changes}
    if "title" in checked:
        checked["title"] = check_title(checked["title"])
    if "description" in checked:
        checked["description"] = check_description(checked["description"])
    for key in ("settings", "metadata"):
        if key in checked:
            checked[key] = check_object(checked[key], at=key)
    return checked
