"""The unreliable dispatch does wrong as its seed says, and the contract sees what is wrong."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest

from boards.adapters.db import migrate
from boards.adapters.db.database import connect
from boards.adapters.dispatch.in_process import InProcessDispatch
from boards.adapters.media.probe import MediaProbe
from boards.adapters.storage.objects import ObjectStorage
from boards.ids import new_id
from boards.services.ports import Dispatcher, Receiver
from boards.testing import dispatch
from boards.testing.dispatch import DispatchContract, Rig, UnreliableDispatch


@dataclass
class Listing:
    """Writes down what it is given to send."""

    sent: list[UUID] = field(default_factory=list)
    is_connected: bool = True

    async def start(self, receiver: Receiver | None = None) -> None: ...

    async def stop(self) -> None: ...

    async def enqueue(self, ids: Sequence[UUID]) -> None:
        self.sent.extend(ids)

    async def cancel(self, generation_id: UUID) -> None:
        self.sent.append(generation_id)

    async def look(self, generation_id: UUID) -> None:
        self.sent.append(generation_id)


async def sent_by(ids: Sequence[UUID], **options: float) -> tuple[list[UUID], Counter[str]]:
    listing = Listing()
    bad = UnreliableDispatch(through=listing, longest_delay=0.01, **options)  # type: ignore[arg-type]
    await bad.enqueue(ids)
    await asyncio.sleep(0.1)
    await bad.stop()
    return listing.sent, bad.ills


class TestUnreliable:
    IDS = [new_id() for _ in range(200)]

    async def test_it_loses_doubles_delays_and_reorders(self) -> None:
        sent, ills = await sent_by(self.IDS, seed=1)
        assert all(ills[what] > 10 for what in ("lost", "doubled", "delayed"))
        assert len(sent) == 200 - ills["lost"] + ills["doubled"]
        assert list(dict.fromkeys(sent)) != [one for one in self.IDS if one in set(sent)]

    async def test_the_same_seed_does_the_same(self) -> None:
        runs = [await sent_by(self.IDS, seed=7, delays=0) for _ in range(2)]
        assert runs[0] == runs[1]
        assert (await sent_by(self.IDS, seed=8, delays=0))[0] != runs[0][0]

    async def test_it_can_be_told_to_do_one_thing_only(self) -> None:
        sent, ills = await sent_by(self.IDS, seed=1, loses=0, delays=0, doubles=1)
        assert ills == Counter(doubled=200)
        assert Counter(sent) == Counter(dict.fromkeys(self.IDS, 2))

    async def test_what_is_on_the_way_at_the_stop_is_lost(self) -> None:
        listing = Listing()
        bad = UnreliableDispatch(
            through=listing, seed=1, loses=0, doubles=0, delays=1, longest_delay=60
        )
        await bad.enqueue(self.IDS)
        await bad.stop()
        assert len(listing.sent) < 5


class Deaf(InProcessDispatch):
    """Hands nothing over."""

    async def enqueue(self, ids: Sequence[UUID]) -> None: ...


class Pushy(InProcessDispatch):
    """Does not ask whether there is room."""

    async def enqueue(self, ids: Sequence[UUID]) -> None:
        if self._receiver is not None:
            await self._receiver.take(ids)


class Restless(InProcessDispatch):
    """Goes on after its stop."""

    async def stop(self) -> None: ...

    async def enqueue(self, ids: Sequence[UUID]) -> None:
        if self._receiver is not None:
            await self._receiver.take(ids)


class TestContract:
    @pytest.mark.parametrize(
        ("bad", "clause"),
        [
            (Deaf(), "test_what_is_sent_is_handed_over"),
            (Pushy(), "test_a_full_worker_is_handed_nothing"),
            (Restless(), "test_nothing_is_handed_over_after_a_stop"),
        ],
    )
    async def test_it_sees_what_is_wrong(
        self, bad: Dispatcher, clause: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(dispatch, "WAIT", 0.3)
        url = f"sqlite:///{tmp_path / 'boards.db'}"
        await asyncio.to_thread(migrate.upgrade, url)
        database = await connect(url)
        rig = Rig(
            database=database,
            storage=ObjectStorage.memory(),
            media=MediaProbe(),
            scratch=tmp_path,
            dispatches=[bad],
        )
        with pytest.raises((AssertionError, TimeoutError)):
            await getattr(DispatchContract(), clause)(rig)
        await database.close()
