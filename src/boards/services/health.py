"""Whether the parts that the program stands on do their work: database, storage and dispatch."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from boards.errors import BoardsError, StorageError
from boards.ids import new_id
from boards.services.ports import SYSTEM, Database, Dispatcher, Storage

__all__ = ["HealthService", "Part"]

log = structlog.get_logger(__name__)

ANSWER_SECONDS = 3.0


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part, and what is wrong with it if something is; the text is public."""

    name: str
    ok: bool
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class HealthService:
    """Checks the parts, each within a few seconds."""

    database: Database
    storage: Storage
    dispatch: Dispatcher

    async def check(self) -> tuple[Part, ...]:
        """Read from the database, write and remove a file, and ask whether messages go out."""
        return tuple(
            await asyncio.gather(
                _part("database", self._reads),
                _part("storage", self._keeps_a_file),
                _part("dispatch", self._sends),
            )
        )

    async def _reads(self) -> None:
        await self.database.read(lambda tx: tx.events.last_id(), scope=SYSTEM)

    async def _keeps_a_file(self) -> None:
        key = f"health/{new_id()}"
        stored = await self.storage.put(key, b"boards")
        try:
            if not await self.storage.verify(key, stored.sha256):
                raise StorageError("A file did not come back as it was written.")
        finally:
            await self.storage.delete(key)

    async def _sends(self) -> None:
        if not self.dispatch.is_connected:
            raise BoardsError("Messages to workers do not get through; work starts late.")


async def _part(name: str, work: Callable[[], Awaitable[None]]) -> Part:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await work()
    except TimeoutError:
        return Part(name=name, ok=False, message=f"No answer within {ANSWER_SECONDS:g} s.")
    except BoardsError as error:
        log.warning("unhealthy", part=name, reason=error.message, detail=error.detail)
        return Part(name=name, ok=False, message=error.message)
    except Exception:
        log.exception("unhealthy", part=name)
        return Part(name=name, ok=False, message="It failed; the log has the reason.")
    return Part(name=name, ok=True)
