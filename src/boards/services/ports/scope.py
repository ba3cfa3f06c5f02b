"""Whose rows a transaction may touch, and the parts of ordered lists."""

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

__all__ = ["SYSTEM", "Page", "Scope"]


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Whose rows a transaction may touch: those of one tenant, or of all (`SYSTEM`, workers).

    `looks_beyond` says beforehand that some of its statements concern all tenants, such as those
    that give out places; where it was not said, the database has to be told in between.
    """

    tenant_id: UUID | None
    looks_beyond: bool = False


SYSTEM = Scope(tenant_id=None)


Item = TypeVar("Item")


@dataclass(frozen=True, kw_only=True)
class Page(Generic[Item]):
    """A part of an ordered list; `next` is the cursor of the following part, None at the end.
    `cursors` has, where the list tells them, the place behind each item."""

    items: tuple[Item, ...]
    next: str | None = None
    cursors: tuple[str, ...] = ()
