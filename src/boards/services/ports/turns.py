"""Who does the work that one process does for all."""

from datetime import datetime, timedelta
from typing import Protocol

__all__ = ["Turns"]


class Turns(Protocol):
    """Whose turn it is at work that all processes could do, and one should."""

    def take(self, name: str, *, every: timedelta, now: datetime) -> bool:
        """Take the turn; False when anybody has taken it less than `every` ago. A process that
        dies holds nobody up: the next turn is anybody's. Needs SYSTEM scope."""
        ...
