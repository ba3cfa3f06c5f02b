"""The parts of a generation that must be there: a test that takes one also asserts it."""

from boards.domain.artifacts import MediaFacts
from boards.domain.costs import Cost
from boards.domain.generations import Failure, Generation
from tests.services.studio import Studio

__all__ = ["cost_of", "facts_of", "failure_of", "stored"]


def cost_of(generation: Generation) -> Cost:
    """What it came to."""
    assert generation.cost is not None
    return generation.cost


def failure_of(generation: Generation) -> Failure:
    """Why it failed."""
    assert generation.failure is not None
    return generation.failure


def facts_of(generation: Generation) -> MediaFacts:
    """What its file is."""
    assert generation.file is not None, generation.failure
    return generation.file.facts


async def stored(studio: Studio, generation: Generation) -> bytes:
    """The bytes of its file."""
    assert generation.file is not None, generation.failure
    return await studio.storage.read(generation.file.key, max_bytes=10 * 2**20)
