"""One thing done to many generations at once, each by its own rights, and taken back by one undo.

What cannot be done to one does not keep the others from it: each has its own result. An undo
belongs to whoever did it, works once, and asks again, of each, whether they still may.

A copy is a completed generation of the same bytes, which costs nothing, made from the first one, as
its lineage says. What was spent stays where it was spent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from boards.domain.access import Action, Actor, Duty, Standing, may
from boards.domain.boards import Board
from boards.domain.costs import ZERO, Entry, LedgerKind, free
from boards.domain.generations import FINAL, Generation, Phase
from boards.domain.lineage import Edge
from boards.errors import Conflict, InvalidInput, NotFound, Problem, Refused
from boards.ids import new_id
from boards.services.events import announce
from boards.services.ports import (
    Clock,
    Database,
    NewGeneration,
    TrashedGeneration,
    Tx,
    UndoRecord,
)
from boards.services.rights import (
    board_for,
    refusal_of,
    require_person,
    scope_of,
    shown_to,
    standing_on,
)
from boards.services.trash import KEPT_FOR, is_lost

__all__ = [
    "COPIED_FROM",
    "MOST_AT_ONCE",
    "UNDO_LASTS",
    "BulkAction",
    "BulkItem",
    "BulkOutcome",
    "BulkRequest",
    "BulkResult",
    "BulkService",
    "Undo",
]

MOST_AT_ONCE = 500
UNDO_LASTS = timedelta(minutes=15)
COPIED_FROM = "copied_from"
"""The role by which lineage names what a copy was made from."""


class BulkAction(StrEnum):
    """What can be done to many at once."""

    TAG = "tag"
    UNTAG = "untag"
    FAVOURITE = "favourite"
    UNFAVOURITE = "unfavourite"
    MOVE = "move"
    COPY = "copy"
    DELETE = "delete"
    RESTORE = "restore"


class BulkOutcome(StrEnum):
    """What became of one of them."""

    DONE = "done"
    UNCHANGED = "unchanged"
    """It was so already."""
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class BulkRequest:
    """What to do to which. `tag_id` is for tagging, `board_id` is where to move or copy to."""

    action: BulkAction
    ids: tuple[UUID, ...]
    tag_id: UUID | None = None
    board_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class BulkItem:
    """What became of one. `copy_id` is what was made of it; `error` is why it was refused."""

    id: UUID
    outcome: BulkOutcome
    copy_id: UUID | None = None
    error: Refused | None = None


@dataclass(frozen=True, kw_only=True)
class Undo:
    """Takes back what was done; good once, until `expires_at`."""

    id: UUID
    action: BulkAction
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class BulkResult:
    """What became of each, in the order asked; no undo where nothing was changed."""

    items: tuple[BulkItem, ...]
    undo: Undo | None


@dataclass(frozen=True, kw_only=True)
class BulkService:
    """Does one thing to many generations, and takes it back."""

    database: Database
    clock: Clock

    async def do(self, actor: Actor, request: BulkRequest) -> BulkResult:
        """Do it to each that the actor may do it to.

        Raises InvalidInput for none or too many, and where no tag or no board is named that it
        takes. For one that is not there, or not theirs to use, each is refused.
        """
        user_id = require_person(actor, Duty.SEE_OWN)
        ids = _checked(request)
        now = self.clock.now()

        def work(tx: Tx) -> BulkResult:
            batch = _Batch(tx=tx, actor=actor, user_id=user_id, now=now)
            changed = batch.run(request, ids)
            undo = None
            if changed:
                lasts = KEPT_FOR if request.action is BulkAction.DELETE else UNDO_LASTS
                undo = Undo(id=new_id(), action=request.action, expires_at=now + lasts)
                tx.undos.add(
                    UndoRecord(
                        id=undo.id,
                        tenant_id=actor.tenant_id,
                        user_id=user_id,
                        action=request.action.value,
                        changed=tuple(changed.items()),
                        tag_id=request.tag_id,
                        created_at=now,
                        expires_at=undo.expires_at,
                    )
                )
            return BulkResult(items=batch.items(ids), undo=undo)

        return await self.database.write(work, scope=scope_of(actor))

    async def undo(self, actor: Actor, undo_id: UUID) -> BulkResult:
        """Take back what was done, as far as the actor still may. NotFound for an undo that is
        somebody else's, too old, or used already."""
        user_id = require_person(actor, Duty.SEE_OWN)
        now = self.clock.now()

        def work(tx: Tx) -> BulkResult:
            record = tx.undos.use(undo_id, user_id, now=now)
            if record is None:
                raise NotFound(f"Undo {undo_id} not found, or not good any more")
            batch = _Batch(tx=tx, actor=actor, user_id=user_id, now=now)
            requests = _reversed(BulkAction(record.action), dict(record.changed), record.tag_id)
            for request in requests:
                batch.run(request, request.ids)
            ids = [one for request in requests for one in request.ids]
            return BulkResult(items=batch.items(ids), undo=None)

        return await self.database.write(work, scope=scope_of(actor))


@dataclass(kw_only=True)
class _Batch:
    """One run over many generations in one transaction; boards are looked up once each."""

    tx: Tx
    actor: Actor
    user_id: UUID
    now: datetime
    results: dict[UUID, BulkItem] = field(default_factory=dict)
    boards: dict[UUID, tuple[Board | None, Standing]] = field(default_factory=dict)

    def run(self, request: BulkRequest, ids: Sequence[UUID]) -> dict[UUID, UUID | None]:
        """Do it; gives what was changed, each with the board that it was on or the copy of it."""
        try:
            self._check_target(request)
        except Refused as error:
            for one in ids:
                self.refuse(one, error)
            return {}
        found = self.tx.trash.find(ids)
        allowed: dict[UUID, Generation] = {}
        for one in ids:
            row = found.get(one)
            try:
                allowed[one] = self._checked(one, row, request)
            except Refused as error:
                self.refuse(one, error)
        changed = self._do(request, allowed)
        for one in allowed:
            copy_id = changed.get(one) if request.action is BulkAction.COPY else None
            outcome = BulkOutcome.DONE if one in changed else BulkOutcome.UNCHANGED
            self.results[one] = BulkItem(id=one, outcome=outcome, copy_id=copy_id)
        return changed

    def _check_target(self, request: BulkRequest) -> None:
        """Raise why nothing may be done with the tag, or on the board, that was asked for."""
        if request.tag_id is not None and self.tx.tags.get(request.tag_id) is None:
            raise NotFound(f"Tag {request.tag_id} not found")
        if request.board_id is not None:
            board_for(self.tx, self.actor, request.board_id, Action.UPLOAD)

    def refuse(self, generation_id: UUID, error: Refused) -> None:
        self.results[generation_id] = BulkItem(
            id=generation_id, outcome=BulkOutcome.REFUSED, error=error
        )

    def items(self, ids: Iterable[UUID]) -> tuple[BulkItem, ...]:
        return tuple(self.results[one] for one in ids)

    def _checked(
        self, generation_id: UUID, row: TrashedGeneration | None, request: BulkRequest
    ) -> Generation:
        """Give one to which it may be done, as the actor may see it; else raise why not."""
        missing = NotFound(f"Generation {generation_id} not found")
        if row is None or is_lost(row, now=self.now):
            raise missing
        generation = row.generation
        board, standing = self._standing(generation.board_id)
        refusal = refusal_of(self.actor, generation, board, standing, _NEEDS[request.action])
        gone = row.deleted_at is not None
        if refusal is not None:
            # What was deleted is not there for those who have no role on its board.
            sees = may(self.actor, Action.VIEW_RECIPES, standing)
            raise missing if gone and not sees else refusal
        if gone and request.action not in (BulkAction.RESTORE, BulkAction.DELETE):
            raise missing
        if request.action in _OF_ENDED:
            _ended(generation, request.action)
        if request.action is BulkAction.COPY and generation.phase is not Phase.COMPLETED:
            raise Conflict(f"Generation {generation_id} has no result that could be copied.")
        return shown_to(generation, standing)

    def _standing(self, board_id: UUID) -> tuple[Board | None, Standing]:
        if board_id not in self.boards:
            board = self.tx.boards.get(board_id)
            standing = Standing.NONE if board is None else standing_on(self.tx, self.actor, board)
            self.boards[board_id] = board, standing
        return self.boards[board_id]

    def _do(self, request: BulkRequest, rows: Mapping[UUID, Generation]) -> dict[UUID, UUID | None]:
        tx, now, ids, tenant_id = self.tx, self.now, list(rows), self.actor.tenant_id
        tag_id, board_id = request.tag_id, request.board_id
        changed: Iterable[UUID] = ()
        match request.action:
            case BulkAction.TAG if tag_id is not None:
                changed = tx.tags.attach(tag_id, ids, tenant_id=tenant_id)
            case BulkAction.UNTAG if tag_id is not None:
                changed = tx.tags.detach(tag_id, ids)
            case BulkAction.FAVOURITE:
                changed = tx.favourites.add(self.user_id, ids, tenant_id=tenant_id, now=now)
            case BulkAction.UNFAVOURITE:
                changed = tx.favourites.remove(self.user_id, ids)
            case BulkAction.DELETE:
                changed = tx.trash.delete(ids, now=now)
            case BulkAction.RESTORE:
                changed = tx.trash.restore(ids, now=now)
            case BulkAction.MOVE if board_id is not None:
                moved = tx.shelf.move(ids, board_id, now=now)
                return {one: rows[one].board_id for one in moved}
            case BulkAction.COPY if board_id is not None:
                return {one: self._copy(row, board_id) for one, row in rows.items()}
        return dict.fromkeys(changed)

    def _copy(self, original: Generation, board_id: UUID) -> UUID:
        tx, now = self.tx, self.now
        copy = NewGeneration(
            id=new_id(),
            tenant_id=original.tenant_id,
            board_id=board_id,
            user_id=self.user_id,
            job_id=None,
            generator_name=original.generator_name,
            generator_version=original.generator_version,
            provider=original.provider,
            artifact_type=original.artifact_type,
            phase=Phase.COMPLETED,
            input_params=original.input_params,
            estimate=free(),
            cost=free(),
            repeatable=True,
            created_at=now,
            completed_at=now,
            file=original.file,
            content=original.content,
            extra_files=original.extra_files,
            output_metadata=original.output_metadata,
            title=original.title,
        )
        tx.generations.insert([copy])
        for kind in (LedgerKind.HOLD, LedgerKind.SETTLE):
            tx.ledger.add(copy, Entry(kind=kind, amount=ZERO), now=now)
        edge = Edge(
            output_id=copy.id,
            input_id=original.id,
            role=COPIED_FROM,
            position=0,
            artifact_type=original.artifact_type,
        )
        tx.lineage.insert([edge], tenant_id=original.tenant_id)
        announce(tx, copy, "created", phase=Phase.COMPLETED, progress=1.0, now=now)
        return copy.id


_NEEDS: Mapping[BulkAction, Action] = {
    BulkAction.TAG: Action.ARRANGE,
    BulkAction.UNTAG: Action.ARRANGE,
    BulkAction.FAVOURITE: Action.FAVOURITE,
    BulkAction.UNFAVOURITE: Action.FAVOURITE,
    BulkAction.MOVE: Action.MOVE_GENERATION,
    BulkAction.COPY: Action.VIEW,
    BulkAction.DELETE: Action.DELETE_GENERATION,
    BulkAction.RESTORE: Action.DELETE_GENERATION,
}
_OF_ENDED = frozenset({BulkAction.MOVE, BulkAction.DELETE})
_TAGS = frozenset({BulkAction.TAG, BulkAction.UNTAG})
_GOES = frozenset({BulkAction.MOVE, BulkAction.COPY})
_OPPOSITE: Mapping[BulkAction, BulkAction] = {
    BulkAction.TAG: BulkAction.UNTAG,
    BulkAction.UNTAG: BulkAction.TAG,
    BulkAction.FAVOURITE: BulkAction.UNFAVOURITE,
    BulkAction.UNFAVOURITE: BulkAction.FAVOURITE,
    BulkAction.MOVE: BulkAction.MOVE,
    BulkAction.COPY: BulkAction.DELETE,
    BulkAction.DELETE: BulkAction.RESTORE,
    BulkAction.RESTORE: BulkAction.DELETE,
}


def _checked(request: BulkRequest) -> tuple[UUID, ...]:
    """The ids, each once. InvalidInput for a request that lacks something, or has too much."""
    ids = tuple(dict.fromkeys(request.ids))
    if not 0 < len(request.ids) <= MOST_AT_ONCE:
        raise _wrong("ids", f"Name 1 to {MOST_AT_ONCE} generations; got {len(request.ids)}.")
    for name, value, wants in (
        ("tag_id", request.tag_id, request.action in _TAGS),
        ("board_id", request.board_id, request.action in _GOES),
    ):
        if wants and value is None:
            raise _wrong(name, f"To {request.action.value} generations takes {name}.")
        if value is not None and not wants:
            raise _wrong(name, f"To {request.action.value} generations takes no {name}.")
    return ids


def _wrong(at: str, message: str) -> InvalidInput:
    return InvalidInput(message, problems=(Problem(at=at, message=message),))


def _ended(generation: Generation, action: BulkAction) -> None:
    if generation.phase not in FINAL:
        raise Conflict(f"Generation {generation.id} is still running; cancel it first.")
    if generation.needs_attention:
        raise Conflict(
            f"Nobody has decided yet what generation {generation.id} cost; see to it on the "
            f"attention list, then {action.value} it."
        )


def _reversed(
    action: BulkAction, changed: Mapping[UUID, UUID | None], tag_id: UUID | None
) -> list[BulkRequest]:
    """What takes an action back; things that were moved go back to the boards that they were on."""
    opposite = _OPPOSITE[action]
    if action is BulkAction.MOVE:
        before: dict[UUID, list[UUID]] = {}
        for one, board_id in changed.items():
            if board_id is not None:
                before.setdefault(board_id, []).append(one)
        return [
            BulkRequest(action=opposite, ids=tuple(some), board_id=board_id)
            for board_id, some in before.items()
        ]
    if action is BulkAction.COPY:
        copies = tuple(copy_id for copy_id in changed.values() if copy_id is not None)
        return [BulkRequest(action=opposite, ids=copies)]
    wants = tag_id if action in _TAGS else None
    return [BulkRequest(action=opposite, ids=tuple(changed), tag_id=wants)]
