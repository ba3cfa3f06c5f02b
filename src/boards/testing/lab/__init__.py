"""The provider lab: real servers on loopback that speak the providers' protocols, and misbehave.

    async with open_lab() as lab:
        lab.fault(Stage.SUBMIT, Kind.DROP_AFTER, provider="fal")
        ...                                  # call it, with the variables of lab.environment
        assert lab.book.billed == 1

It makes real media, keeps a book of what it accepted, billed and handed out, and plays a script of
faults. `boards lab` starts one by itself. See docs/lab.md.
"""

from boards.testing.lab.book import Book, Entry, Event
from boards.testing.lab.faults import Fault, Hold, Kind, Stage
from boards.testing.lab.server import Lab, open_lab

__all__ = ["Book", "Entry", "Event", "Fault", "Hold", "Kind", "Lab", "Stage", "open_lab"]
