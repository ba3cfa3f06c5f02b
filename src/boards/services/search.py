"""Finding generations by their words, and the ordered ids of a whole gallery."""

from dataclasses import dataclass, replace
from uuid import UUID

from boards.domain.access import Action, Actor
from boards.domain.generations import Generation
from boards.domain.search import Order, terms_of
from boards.errors import InvalidInput, Problem
from boards.services.generations import GenerationQuery, sought
from boards.services.ports import Database, Page, Tx
from boards.services.rights import board_for, scope_of

__all__ = ["SearchService"]


@dataclass(frozen=True, kw_only=True)
class SearchService:
    """Finds what an actor may see. What is in the trash is found by nobody."""

    database: Database

    async def find(
        self, actor: Actor, text: str, which: GenerationQuery, *, limit: int, cursor: str | None
    ) -> Page[Generation]:
        """Find what has these words and fits the filters; see `domain.search.terms_of`.

        Errors as for a list of generations. A visitor of a public board finds nothing by words:
        that would tell of prompts, so it takes the right to see how things were made.
        """
        terms = terms_of(text)

        def look(tx: Tx) -> Page[Generation]:
            if which.board_id is not None:
                board_for(tx, actor, which.board_id, Action.VIEW_RECIPES)
            wanted, _ = sought(tx, actor, which)
            if terms:
                return tx.search.find(terms, wanted, order=which.order, limit=limit, cursor=cursor)
            if text.strip():
                return Page(items=())
            order = Order.NEWEST if which.order is Order.RELEVANCE else which.order
            return tx.generations.list(wanted, limit=limit, cursor=cursor, order=order)

        return await self.database.read(look, scope=scope_of(actor))

    async def ids(self, actor: Actor, board_id: UUID, which: GenerationQuery) -> bytes:
        """Give the ids of all that is on a board and fits, in order, 16 bytes each; errors as for a
        list of generations.

        A gallery asks for these first, and then for what it shows by `GenerationService.some`.
        """
        if which.order is Order.RELEVANCE:
            message = "The ids of a board are in order of age or cost; search to have relevance."
            raise InvalidInput(message, problems=(Problem(at="order", message=message),))

        def look(tx: Tx) -> bytes:
            wanted, _ = sought(tx, actor, replace(which, board_id=board_id))
            return tx.generations.ids(wanted, order=which.order)

        return await self.database.read(look, scope=scope_of(actor))
