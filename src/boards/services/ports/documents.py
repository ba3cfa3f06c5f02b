"""The port to the documents in which providers describe their models."""

from typing import Protocol

from boards.catalog.drafts import Source

__all__ = ["Documents"]


class Documents(Protocol):
    """Where the document of a model is had from: its provider, or a file of somebody's."""

    async def fetch(self, source: Source) -> bytes:
        """Give the document as it is. NotFound when there is none; provider errors."""
        ...
