"""What comes back through the guarded client."""

import json as json_format
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from boards.errors import Broken
from boards.outbound.urls import shown

__all__ = ["Downloaded", "Incoming", "Response"]


@dataclass(frozen=True, kw_only=True)
class Response:
    """A whole answer. Header names are lower case; `body` is decoded (gzip) but not interpreted."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    url: str = field(repr=False)

    def json(self) -> object:
        """Parse the body; raises Broken when it is not JSON."""
        try:
            return json_format.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Broken(
                f"{shown(self.url)!r} answered {self.status} with something that is not JSON.",
                provider_code=str(self.status),
                detail=type(error).__name__,
            ) from None


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """An answer whose body is still arriving: iterate `chunks` once, inside the `async with`."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    url: str = field(repr=False)
    content_type: str | None
    chunks: AsyncIterator[bytes] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Downloaded:
    """A complete file on disk: `size` in bytes, `sha256` as hex, the MIME type as claimed."""

    path: Path
    size: int
    sha256: str
    content_type: str | None
    final_url: str = field(repr=False)
