"""Waits for a transaction in such a way that a cancel cannot leave its end unknown."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeAlias, TypeVar

from boards.services.ports import Event

__all__ = ["Listener", "settled", "tell"]

T = TypeVar("T")
Listener: TypeAlias = Callable[[Sequence[Event]], None]


async def settled(future: asyncio.Future[T]) -> T:
    """Wait until `future` is done, even when cancelled meanwhile; then raise the cancellation.

    So whoever is told "cancelled" knows that the transaction has been committed or rolled back,
    and a paid result that was being recorded is recorded.
    """
    cancelled: asyncio.CancelledError | None = None
    while not future.done():
        try:
            await asyncio.wait((future,))
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        if not future.cancelled():
            future.exception()  # Marks it as seen.
        raise cancelled
    return future.result()


def tell(listeners: Sequence[Listener], events: Sequence[Event]) -> None:
    """Call each listener; one that fails is reported to the loop and keeps nobody waiting."""
    if not events:
        return
    for listener in listeners:
        try:
            listener(events)
        except Exception as error:  # noqa: BLE001 - the commit has happened, whatever they do
            asyncio.get_running_loop().call_exception_handler(
                {"message": "A listener to events failed.", "exception": error}
            )
