"""Finding generations: by their words, by filters, and as the ordered ids of a whole gallery."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from boards.domain.access import Action, Actor, Duty, Standing
from boards.domain.artifacts import ArtifactType
from boards.domain.generations import Generation, Status
from boards.domain.search import Order, terms_of
from boards.errors import InvalidInput, Problem
from boards.services.ports import Database, GenerationFilter, Page, Tx
from boards.services.rights import board_for, require_person, scope_of, shown_to, visible_among

__all__ = ["MOST_AT_ONCE", "SearchQuery", "SearchService"]

MOST_AT_ONCE = 200
"""So many generations are given by their ids at once."""


@dataclass(frozen=True, kw_only=True)
class SearchQuery:
    """What to find; without a board, on all the actor's boards.

    `text` is what somebody typed, see `domain.search.terms_of`; without any, everything that fits
    the filters. `tag` is a slug. `since` and `until` bound when it was made, the second
    exclusively; `min_cost` is in USD. `is_favourite` are the actor's own.
    """

    text: str = ""
    board_id: UUID | None = None
    status: Status | None = None
    artifact_type: ArtifactType | None = None
    generator_name: str | None = None
    provider: str | None = None
    tag: str | None = None
    is_favourite: bool = False
    user_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    min_cost: Decimal | None = None

    @property
    def tells_recipes(self) -> bool:
        """Whether what is found says more of a generation than its picture, title and type."""
        asked = (self.text.strip(), self.generator_name, self.provider, self.tag, self.user_id)
        return any(asked) or self.is_favourite or self.min_cost is not None


@dataclass(frozen=True, kw_only=True)
class SearchService:
    """Finds what an actor may see. What is in the trash is found by nobody."""

    database: Database

    async def find(
        self,
        actor: Actor,
        query: SearchQuery,
        *,
        order: Order = Order.RELEVANCE,
        limit: int,
        cursor: str | None,
    ) -> Page[Generation]:
        """Find generations. Errors as for the board that is named, and as for a list of one's own.

        A visitor of a public board finds nothing by words: that would tell of the prompts.
        """
        terms = terms_of(query.text)

        def look(tx: Tx) -> Page[Generation]:
            which, standing = _sought(tx, actor, query, order)
            if which is None or (query.text.strip() and not terms):
                return Page(items=())
            if terms:
                found = tx.search.find(terms, which, order=order, limit=limit, cursor=cursor)
            else:
                by = Order.NEWEST if order is Order.RELEVANCE else order
                found = tx.generations.list(which, limit=limit, cursor=cursor, order=by)
            return replace(found, items=tuple(shown_to(one, standing) for one in found.items))

        return await self.database.read(look, scope=scope_of(actor))

    async def ids(
        self, actor: Actor, board_id: UUID, query: SearchQuery, *, order: Order = Order.NEWEST
    ) -> bytes:
        """Give the ids of all that is on a board, in order, 16 bytes each; errors as `find`.

        A gallery asks for these first and for what it shows by `some` then. Words are not looked
        for here.
        """
        if query.text.strip() or order is Order.RELEVANCE:
            message = "The ids of a board are not searched by words; use the search."
            raise InvalidInput(message, problems=(Problem(at="order", message=message),))

        def look(tx: Tx) -> bytes:
            which, _ = _sought(tx, actor, replace(query, board_id=board_id), order)
            return b"" if which is None else tx.generations.ids(which, order=order)

        return await self.database.read(look, scope=scope_of(actor))

    async def some(self, actor: Actor, ids: Collection[UUID]) -> tuple[Generation, ...]:
        """Give generations by their ids, in that order. What the actor may not see, and what is not
        there, is left out: nobody is told which of the two it is."""
        wanted = list(dict.fromkeys(ids))
        if len(wanted) > MOST_AT_ONCE:
            message = f"These are {len(wanted)} ids; ask for at most {MOST_AT_ONCE} at once."
            raise InvalidInput(message, problems=(Problem(at="ids", message=message),))

        def look(tx: Tx) -> tuple[Generation, ...]:
            seen = visible_among(tx, actor, wanted)
            return tuple(seen[one] for one in wanted if one in seen)

        return await self.database.read(look, scope=scope_of(actor))


def _sought(
    tx: Tx, actor: Actor, query: SearchQuery, order: Order
) -> tuple[GenerationFilter | None, Standing]:
    """What to look for, and what the actor is to all of it; None for a tag that there is not."""
    standing = Standing.OWNER
    if query.board_id is not None:
        tells = query.tells_recipes or order is Order.COST
        action = Action.VIEW_RECIPES if tells else Action.VIEW
        standing = board_for(tx, actor, query.board_id, action).standing
        boards = frozenset({query.board_id})
    else:
        boards = tx.boards.ids_visible_to(require_person(actor, Duty.SEE_OWN))
    tag = None if query.tag is None else tx.tags.by_slug(query.tag)
    if query.tag is not None and tag is None:
        return None, standing
    return GenerationFilter(
        board_ids=boards,
        status=query.status,
        artifact_type=query.artifact_type,
        generator_name=query.generator_name,
        provider=query.provider,
        tag_id=None if tag is None else tag.id,
        favourite_of=require_person(actor, Duty.SEE_OWN) if query.is_favourite else None,
        user_id=query.user_id,
        since=query.since,
        until=query.until,
        min_cost=query.min_cost,
    ), standing
