"""What resolvers have at hand during one request."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import TypeVar
from uuid import UUID

from starlette.requests import HTTPConnection
from strawberry import Info as StrawberryInfo
from strawberry.dataloader import DataLoader
from strawberry.fastapi import BaseContext

from boards.api.links import Links
from boards.api.routing import Call
from boards.api.services import Services
from boards.domain.access import Actor, Standing
from boards.domain.boards import BoardMember
from boards.domain.generations import Generation
from boards.domain.tags import Tag
from boards.errors import TooLarge, Unsupported
from boards.services.again import AgainService
from boards.services.lookups import Input, LookupService
from boards.services.ports import Profile
from boards.services.reruns import RerunService
from boards.services.rights import Seen
from boards.services.search import SearchService
from boards.services.streams import StreamService

__all__ = ["Context", "Info"]

LOOKUPS = 200
"""How many things one look-up asks for at most."""

Of = tuple[UUID, UUID]
"""A thing, and the board that it is on."""
Part = tuple[UUID, int, int]
"""A board, and of its generations how many after how many."""

T = TypeVar("T")


class Context(BaseContext):
    """One request: the services, who asks, how to address things, and what was loaded already.

    Each loader gathers what the fields of one level ask for and looks it up at once.
    """

    def __init__(
        self,
        call: Call,
        lookups: LookupService,
        *,
        items: int,
        streams: StreamService | None = None,
    ) -> None:
        super().__init__()
        self.call = call
        self.lookups = lookups
        self.streams = streams
        submit = call.services.submit
        self.again = AgainService(database=lookups.database, submit=submit)
        self.search = SearchService(database=lookups.database)
        self.reruns = RerunService(
            database=lookups.database,
            registry=submit.generators.registry,
            submit=submit,
            clock=submit.clock,
        )
        self._items = items
        self.begin(call.actor)

    def begin(self, actor: Actor) -> None:
        """Know nothing yet: at the start, and anew for each thing that a subscription tells."""
        self.actor = actor
        self._left = self._items
        self.boards: DataLoader[UUID, Seen | None] = _loader(self._load_boards)
        self.profiles: DataLoader[UUID, Profile | None] = _loader(self._load_profiles)
        self.members: DataLoader[UUID, tuple[BoardMember, ...]] = _loader(self._load_members)
        self.counts: DataLoader[UUID, int] = _loader(self._load_counts)
        self.newest: DataLoader[Part, tuple[Generation, ...]] = _loader(self._load_newest)
        self.inputs: DataLoader[Of, tuple[Input, ...]] = _loader(self._load_inputs)
        self.tags: DataLoader[Of, tuple[Tag, ...]] = _loader(self._load_tags)
        self.favourites: DataLoader[UUID, bool] = _loader(self._load_favourites)
        self.covers: DataLoader[UUID, UUID | None] = _loader(self._load_covers)

    @property
    def services(self) -> Services:
        return self.call.services

    @property
    def connection(self) -> HTTPConnection:
        """What the request came by, to ask again who it is."""
        if self.request is None:
            raise Unsupported("What came by no request follows nothing.")
        return self.request

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

    async def standing(self, board_id: UUID) -> Standing:
        """What the actor is to a board."""
        seen = await self.boards.load(board_id)
        return Standing.NONE if seen is None else seen.standing

    async def standings(self, board_ids: Collection[UUID]) -> Mapping[UUID, Standing]:
        """The same of many."""
        ids = list(dict.fromkeys(board_ids))
        found = await self.boards.load_many(ids)
        return {key: one.standing for key, one in zip(ids, found, strict=True) if one}

    async def _load_boards(self, ids: list[UUID]) -> list[Seen | None]:
        found = await self.lookups.boards(self.actor, ids)
        return [found.get(one) for one in ids]

    async def _load_profiles(self, ids: list[UUID]) -> list[Profile | None]:
        found = await self.lookups.profiles(self.actor, ids)
        return [found.get(one) for one in ids]

    async def _load_members(self, ids: list[UUID]) -> list[tuple[BoardMember, ...]]:
        found = await self.lookups.members(self.actor, await self.standings(ids))
        return [found.get(one, ()) for one in ids]

    async def _load_counts(self, ids: list[UUID]) -> list[int]:
        found = await self.lookups.counts(self.actor, await self.standings(ids))
        return [found.get(one, 0) for one in ids]

    async def _load_newest(self, parts: list[Part]) -> list[tuple[Generation, ...]]:
        standings = await self.standings([board_id for board_id, _, _ in parts])
        found: dict[Part, tuple[Generation, ...]] = {}
        for limit, offset in {(limit, offset) for _, limit, offset in parts}:
            wanted = {
                board_id: standings[board_id]
                for board_id, *part in parts
                if part == [limit, offset] and board_id in standings
            }
            newest = await self.lookups.newest(self.actor, wanted, limit=limit, offset=offset)
            found |= {(board_id, limit, offset): some for board_id, some in newest.items()}
        return [found.get(one, ()) for one in parts]

    async def _load_inputs(self, keys: list[Of]) -> list[tuple[Input, ...]]:
        found = await self.lookups.inputs(self.actor, await self._standings_of(keys))
        return [found.get(key, ()) for key, _ in keys]

    async def _load_tags(self, keys: list[Of]) -> list[tuple[Tag, ...]]:
        found = await self.lookups.tags(self.actor, await self._standings_of(keys))
        return [found.get(key, ()) for key, _ in keys]

    async def _load_favourites(self, ids: list[UUID]) -> list[bool]:
        found = await self.services.curation.favourites.among(self.actor, ids)
        return [one in found for one in ids]

    async def _load_covers(self, ids: list[UUID]) -> list[UUID | None]:
        found = await self.services.boards.covers(self.actor, ids)
        return [found.get(one) for one in ids]

    async def _standings_of(self, keys: Collection[Of]) -> Mapping[UUID, Standing]:
        """What the actor is to the board of each thing."""
        known = await self.standings([board_id for _, board_id in keys])
        return {key: known[board_id] for key, board_id in keys if board_id in known}


Key = TypeVar("Key")


def _loader(load: Callable[[list[Key]], Awaitable[list[T]]]) -> DataLoader[Key, T]:
    return DataLoader(load_fn=load, max_batch_size=LOOKUPS)


Info = StrawberryInfo[Context, None]
