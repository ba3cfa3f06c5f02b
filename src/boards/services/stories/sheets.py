"""Contact sheets: all takes of a story on one page."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from boards.domain.access import Actor
from boards.domain.storyboards.storyboard import MediaKind
from boards.errors import Refused
from boards.services.stories.takes import TakeService

__all__ = ["Cell", "SheetService"]

MOST_CELLS = 200
MOST_BYTES = 40 * 2**20


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One take on the sheet. `data` are its bytes, None for what is no picture."""

    label: str
    kind: str
    data: bytes | None
    is_picked: bool


@dataclass(frozen=True, kw_only=True)
class SheetService:
    """Draws contact sheets; `draw` blocks and gives a JPEG."""

    takes: TakeService
    draw: Callable[[Sequence[Cell]], bytes]

    async def sheet(self, actor: Actor, slug: str, *, card: int | None = None) -> bytes:
        """All takes of a story, or those of one card. Refused when there are none, or too many."""
        found = await (
            self.takes.all_takes(actor, slug)
            if card is None
            else self.takes.takes(actor, slug, card)
        )
        if not 1 <= len(found) <= MOST_CELLS:
            raise Refused(
                f"There are {len(found)} takes; a sheet shows 1 to {MOST_CELLS}. Generate some, or "
                "name one card."
            )
        workspaces = self.takes.planner.workspaces
        gallery = self.takes.planner.gallery((await workspaces.get(actor, slug)).workspace)
        cells = [
            Cell(
                label=f"{one.file}  {one.note.theme if one.note and one.note.theme else ''}",
                kind=one.kind.value,
                data=await gallery.read(one.path, max_bytes=MOST_BYTES)
                if one.kind is MediaKind.IMAGE
                else None,
                is_picked=one.is_picked,
            )
            for one in found
        ]
        return await asyncio.to_thread(self.draw, cells)
