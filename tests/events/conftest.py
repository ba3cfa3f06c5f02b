"""Streams over a studio: a real database and real runs."""

from collections.abc import AsyncIterator

import pytest

from boards.services.streams import StreamService
from boards.services.tail import Tail
from tests.services.conftest import provider, studio
from tests.services.studio import Studio

__all__ = ["provider", "studio"]


@pytest.fixture
async def tail(studio: Studio) -> AsyncIterator[Tail]:
    """A tail that looks on its own so seldom that only commits wake it."""
    tail = Tail(database=studio.database, look_every=60.0)
    studio.database.listen(tail.wake)
    await tail.start()
    yield tail
    await tail.stop()


@pytest.fixture
def streams(studio: Studio, tail: Tail) -> StreamService:
    return StreamService(database=studio.database, tail=tail, still_after=30.0)
