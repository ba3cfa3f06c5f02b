"""Who is woken to run what, and the time of day."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from boards.services.ports.database import Tx
from boards.services.ports.generations import Claim

__all__ = ["Clock", "Dispatch", "Dispatcher", "Receiver", "Taker"]


class Dispatch(Protocol):
    """Wakes workers. It may lose, delay, double or reorder messages: the rows are the queue."""

    async def enqueue(self, ids: Sequence[UUID]) -> None:
        """Tell a worker, some time, that these admitted generations can be claimed."""
        ...

    async def cancel(self, generation_id: UUID) -> None:
        """Tell whoever runs it to look at the row again, soon."""
        ...

    async def look(self, generation_id: UUID) -> None:
        """Tell whoever runs it to ask its provider now, instead of at the next look."""
        ...


class Receiver(Protocol):
    """A worker as dispatch knows it."""

    async def room(self) -> int:
        """Wait until one more run can be taken on, then say how many can. Ask before each take: a
        message that a full worker holds is kept from one that is free."""
        ...

    async def take(self, ids: Sequence[UUID]) -> None:
        """Claim what can be claimed of these and run it; comes back when it is claimed, not when
        it has run. Errors of the database come out: then nothing has been claimed."""
        ...

    def stop_run(self, generation_id: UUID) -> None:
        """Have the run look at its row, if it is here."""
        ...

    def look_at(self, generation_id: UUID) -> None:
        """Have the run ask its provider now, if it is here and waits for that."""
        ...


class Taker(Protocol):
    """The worker of this very process. What it claims in the transaction that admits, nobody has
    to be told of."""

    def claim(self, tx: Tx, ids: Sequence[UUID]) -> tuple[Claim, ...]:
        """Claim what there is room for of these admitted generations, as far as the scope goes."""
        ...

    async def begin(self, claims: Sequence[Claim]) -> None:
        """Run what was claimed, once that is committed."""
        ...


class Dispatcher(Dispatch, Protocol):
    """A dispatch with its beginning and its end, for whoever composes the program."""

    @property
    def is_connected(self) -> bool:
        """False while messages do not get through, as far as is known: work then starts late."""
        ...

    async def start(self, receiver: Receiver | None = None) -> None:
        """Begin to send and, with a receiver, to hand over to it."""
        ...

    async def stop(self) -> None:
        """Hand nothing over any more. What is undelivered stays in its rows."""
        ...


class Clock(Protocol):
    """Tells the time; tests hand in one that they move."""

    def now(self) -> datetime:
        """The time now, aware, in UTC."""
        ...
