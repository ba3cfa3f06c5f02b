"""Asks the one table of rights on behalf of every use case, within its transaction."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from boards.domain.access import (
    Action,
    Actor,
    Duty,
    Rank,
    Standing,
    may,
    may_here,
    rank_for,
    scope_for,
)
from boards.domain.boards import Board, standing_of
from boards.domain.costs import unpriced
from boards.domain.generations import Generation
from boards.errors import Forbidden, NotFound, Refused, Unauthenticated
from boards.services.ports import Scope, Tx

__all__ = [
    "Seen",
    "attention_for",
    "board_for",
    "board_shown_to",
    "generation_for",
    "recipes_among",
    "refusal_of",
    "require",
    "require_person",
    "scope_of",
    "shown_to",
    "shown_to_decide",
    "standing_on",
    "standings_among",
    "visible_among",
]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A board with the actor's standing on it."""

    board: Board
    standing: Standing


def scope_of(actor: Actor, *, looks_beyond: bool = False) -> Scope:
    """The rows an actor's transactions may touch: those of their tenant. `looks_beyond`: see
    `Scope`."""
    return Scope(tenant_id=actor.tenant_id, looks_beyond=looks_beyond)


def require(actor: Actor, duty: Duty) -> None:
    """Refuse what the actor may not do outside of any one board.

    Unauthenticated for nobody, where somebody is needed; Forbidden for somebody who may not, or
    whose token may not.
    """
    if may_here(actor, duty):
        return
    rank = rank_for(duty)
    if actor.user_id is None and rank > Rank.VISITOR:
        raise Unauthenticated(f"Sign in to {duty.value}.")
    if actor.rank >= rank:
        raise _beyond_token(actor, duty)
    whose = "this server" if rank is Rank.PLATFORM_ADMIN else "the tenant"
    raise Forbidden(f"Only administrators of {whose} may {duty.value}; ask one.")


def require_person(actor: Actor, duty: Duty) -> UUID:
    """The same for what only somebody can do; gives who they are."""
    require(actor, duty)
    if actor.user_id is None:
        raise Unauthenticated(f"Sign in to {duty.value}.")
    return actor.user_id


def _beyond_token(actor: Actor, asked: Action | Duty) -> Forbidden:
    return Forbidden(
        f"This token may not {asked.value.replace('_', ' ')}: it is for "
        f"{', '.join(sorted(actor.scopes or ()))}, and this takes {scope_for(asked).value}. Make "
        "another, or sign in yourself."
    )


def _refused(actor: Actor, action: Action, otherwise: Forbidden) -> Refused:
    """Why somebody who sees a thing may not do this with it."""
    if not actor.allows(scope_for(action)):
        return _beyond_token(actor, action)
    if actor.user_id is None:
        return Unauthenticated(f"Sign in to {action.value.replace('_', ' ')}.")
    return otherwise


def standing_on(tx: Tx, actor: Actor, board: Board) -> Standing:
    """Tell what the actor is to the board; asks for the membership only when it matters."""
    if actor.user_id is None or board.owner_id == actor.user_id:
        return standing_of(actor, board, None)
    return standing_of(actor, board, tx.boards.role_of(board.id, actor.user_id))


def board_for(tx: Tx, actor: Actor, board_id: UUID, action: Action) -> Seen:
    """Give the board if the actor may do `action` there.

    NotFound when it is missing or may not even be seen (the two look alike), else Forbidden.
    """
    board = tx.boards.get(board_id)
    standing = Standing.NONE if board is None else standing_on(tx, actor, board)
    if board is None or not may(actor, Action.VIEW, standing):
        raise NotFound(f"Board {board_id} not found")
    if not may(actor, action, standing):
        refusal = Forbidden(
            f"You may not {action.value.replace('_', ' ')} on board {board.title!r} as "
            f"{standing.value}; ask its owner for a higher role."
        )
        raise _refused(actor, action, refusal)
    return Seen(board=board_shown_to(board, standing), standing=standing)


def board_shown_to(board: Board, standing: Standing) -> Board:
    """What of a board may be shown: not to visitors what clients keep with it for themselves."""
    if standing in (Standing.PUBLIC, Standing.GUEST):
        return replace(board, settings={}, metadata={})
    return board


def generation_for(tx: Tx, actor: Actor, generation_id: UUID, action: Action) -> Generation:
    """Give the generation if the actor may do `action` with it; errors as `board_for`."""
    generation = tx.generations.get(generation_id)
    if generation is None:
        raise NotFound(f"Generation {generation_id} not found")
    board = tx.boards.get(generation.board_id)
    standing = Standing.NONE if board is None else standing_on(tx, actor, board)
    refusal = refusal_of(actor, generation, board, standing, action)
    if refusal is not None:
        raise refusal
    return shown_to(generation, standing)


def refusal_of(
    actor: Actor,
    generation: Generation,
    board: Board | None,
    standing: Standing,
    action: Action,
) -> Refused | None:
    """Why the actor may not do `action` with a generation on this board; None when they may.
    Errors as `board_for`, to be raised."""
    if board is None or not may(actor, Action.VIEW, standing):
        return NotFound(f"Generation {generation.id} not found")
    if may(actor, action, standing, own=generation.user_id == actor.user_id):
        return None
    refusal = Forbidden(
        f"You may not {action.value.replace('_', ' ')} generation {generation.id} as "
        f"{standing.value} of board {board.title!r}."
    )
    return _refused(actor, action, refusal)


def attention_for(tx: Tx, actor: Actor, generation_id: UUID) -> Generation:
    """Give a generation about which the actor may decide; errors as `board_for`.

    A tenant admin need not see its board, but sees what on it waits for a decision.
    """
    generation = tx.generations.get(generation_id)
    if actor.is_tenant_admin and generation is not None and generation.needs_attention:
        return generation
    return generation_for(tx, actor, generation_id, Action.RESOLVE_ATTENTION)


def shown_to_decide(tx: Tx, actor: Actor, generation: Generation) -> Generation:
    """What of a generation on the attention list may be shown to whoever decides about it: without
    a role on its board what it takes to decide, but neither what went in nor what came out."""
    board = tx.boards.get(generation.board_id)
    standing = Standing.NONE if board is None else standing_on(tx, actor, board)
    if may(actor, Action.VIEW_RECIPES, standing):
        return generation
    return replace(
        generation,
        input_params={},
        output_metadata={},
        file=None,
        content=None,
        thumbnail_key=None,
        blurhash=None,
        extra_files=(),
    )


def shown_to(generation: Generation, standing: Standing) -> Generation:
    """What of a generation may be shown: visitors of a board see media, title and type, but no
    cost and no provider's ids; and no prompt, inputs and facts, unless the owner shares these."""
    if standing not in (Standing.PUBLIC, Standing.GUEST):
        return generation
    if standing is Standing.PUBLIC:
        generation = replace(generation, input_params={}, output_metadata={})
    return replace(
        generation,
        external_id=None,
        message="",
        failure=None,
        needs_attention=False,
        estimate=unpriced(),
        cost=None,
    )


def visible_among(tx: Tx, actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, Generation]:
    """The generations among `ids` that the actor may view, as they may be shown."""
    rows = tx.generations.among(ids) if ids else {}
    standings = standings_among(tx, actor, {row.board_id for row in rows.values()})
    return {
        key: shown_to(row, standing)
        for key, row in rows.items()
        if may(actor, Action.VIEW, standing := standings.get(row.board_id, Standing.NONE))
    }


def recipes_among(tx: Tx, actor: Actor, seen: Iterable[Generation]) -> frozenset[UUID]:
    """The ids of those among `seen` of which the actor may also see how they were made."""
    rows = tuple(seen)
    standings = standings_among(tx, actor, {row.board_id for row in rows})
    return frozenset(
        row.id
        for row in rows
        if may(actor, Action.VIEW_RECIPES, standings.get(row.board_id, Standing.NONE))
    )


def standings_among(tx: Tx, actor: Actor, board_ids: Collection[UUID]) -> Mapping[UUID, Standing]:
    """What the actor is to each of these boards, by one statement; one that is gone is left out."""
    found = tx.lookups.boards(board_ids, user_id=actor.user_id) if board_ids else {}
    return {key: standing_of(actor, one.board, one.role) for key, one in found.items()}
