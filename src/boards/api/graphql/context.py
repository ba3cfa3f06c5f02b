"""What resolvers have at hand during one request."""

from uuid import UUID

from strawberry import Info as StrawberryInfo
from strawberry.dataloader import DataLoader
from strawberry.fastapi import BaseContext

from boards.api.links import Links
from boards.api.routing import Call
from boards.api.services import Services
from boards.domain.access import Actor
from boards.domain.boards import Board
from boards.errors import TooLarge
from boards.services.lookups import Input, LookupService

__all__ = ["Context", "Info"]

LOOKUPS = 200
"""How many things one look-up asks for at most."""


class Context(BaseContext):
    """One request: the services, who asks, how to address things, and what was loaded already."""

    def __init__(self, call: Call, lookups: LookupService, *, items: int) -> None:
        super().__init__()
        self.call = call
        self._lookups = lookups
        self._items = items
        self._left = items
        self.boards: DataLoader[UUID, Board | None] = DataLoader(
            load_fn=self._load_boards, max_batch_size=LOOKUPS
        )
        self.inputs: DataLoader[UUID, tuple[Input, ...]] = DataLoader(
            load_fn=self._load_inputs, max_batch_size=LOOKUPS
        )

    @property
    def services(self) -> Services:
        return self.call.services

    @property
    def actor(self) -> Actor:
        return self.call.actor

    @property
    def links(self) -> Links:
        return self.call.links

    def spend(self, items: int) -> None:
        """Count what goes into lists; TooLarge when the answer has more of it than is allowed."""
        self._left -= items
        if self._left < 0:
            raise TooLarge(
                f"The answer has more than {self._items} items in its lists; ask for less at once."
            )

    async def _load_boards(self, ids: list[UUID]) -> list[Board | None]:
        found = await self._lookups.boards(self.actor, ids)
        return [found.get(one) for one in ids]

    async def _load_inputs(self, ids: list[UUID]) -> list[tuple[Input, ...]]:
        found = await self._lookups.inputs(self.actor, ids)
        return [found.get(one, ()) for one in ids]


Info = StrawberryInfo[Context, None]
