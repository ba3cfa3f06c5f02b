"""A lab that listens, for the official clients of the providers."""

from collections.abc import AsyncIterator

import pytest

from boards.testing.lab import Lab, open_lab


@pytest.fixture
async def lab(tmp_path) -> AsyncIterator[Lab]:
    """A lab whose jobs are done at once."""
    async with open_lab(book=tmp_path / "book.jsonl") as opened:
        yield opened
