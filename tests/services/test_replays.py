"""A request that is sent again is answered with the job that it made first."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Delete

from boards.adapters.db.door import Door
from boards.adapters.db.tables import BoardMember
from boards.domain.boards import BoardRole
from boards.domain.generations import Status
from boards.errors import InvalidInput, NotFound
from boards.services.ports import SYSTEM
from boards.services.replays import KEEP, ReplayService
from boards.services.submit import SubmitRequest
from boards.testing.generators import FakePaid
from tests.db.conftest import postgres_server, sqlite_template, url
from tests.db.world import door_of
from tests.services.studio import Studio, open_studio

__all__ = ["postgres_server", "sqlite_template", "url"]

REQUEST = SubmitRequest(generator="fake-paid", inputs={"prompt": "a fox"}, key="order-1")


async def held(studio: Studio) -> Decimal:
    totals = await studio.database.read(lambda tx: tx.ledger.totals(), scope=SYSTEM)
    return totals.held


class TestTheSameRequest:
    async def test_it_gives_the_first_job_and_holds_once(self, studio: Studio) -> None:
        first = await studio.submit.submit(studio.actor, REQUEST)
        again = await studio.submit.submit(studio.actor, REQUEST)
        assert again.job == first.job
        assert [one.id for one in again.generations] == [one.id for one in first.generations]
        assert (first.is_replay, again.is_replay) == (False, True)
        assert again.estimate.amount == first.estimate.amount
        assert await held(studio) == Decimal("0.25")

    async def test_it_tells_how_the_job_stands_now(self, studio: Studio) -> None:
        async with studio.process():
            first = await studio.submit.submit(studio.actor, REQUEST)
            await studio.ended(first.job.id)
            again = await studio.submit.submit(studio.actor, REQUEST)
        assert [one.status for one in again.generations] == [Status.COMPLETED]
        fake = studio.registry.get("fake-paid")
        assert isinstance(fake, FakePaid)
        assert fake.calls == 1

    async def test_it_is_answered_even_when_it_could_not_be_made_any_more(
        self, studio: Studio
    ) -> None:
        first = await studio.submit.submit(studio.actor, REQUEST)
        fake = studio.registry.get("fake-paid")
        fake.unavailable = "there is no key"  # type: ignore[union-attr]
        assert (await studio.submit.submit(studio.actor, REQUEST)).job == first.job

    async def test_after_a_day_a_key_may_be_used_again(self, studio: Studio) -> None:
        first = await studio.submit.submit(studio.actor, REQUEST)
        studio.clock.advance(KEEP.total_seconds() + 1)
        later = await studio.submit.submit(studio.actor, replace(REQUEST, takes=2))
        assert later.job.id != first.job.id
        assert not later.is_replay

    async def test_old_keys_are_forgotten(self, studio: Studio) -> None:
        await studio.submit.submit(studio.actor, REQUEST)
        user_id = studio.actor.user_id
        assert user_id is not None
        service = ReplayService(database=studio.database, clock=studio.clock)

        async def kept() -> bool:
            found = await studio.database.read(
                lambda tx: tx.replays.find(user_id, "order-1"), scope=SYSTEM
            )
            return found is not None

        await service.forget()
        assert await kept()
        studio.clock.advance(KEEP.total_seconds() + 1)
        await service.forget()
        assert not await kept()


class TestRights:
    async def test_who_may_see_the_board_no_more_is_answered_nothing(self, studio: Studio) -> None:
        board = await studio.boards.create(studio.actor, "Ours")
        friend = await studio.colleague()
        user_id = friend.user_id
        assert user_id is not None
        await studio.database.write(
            lambda tx: tx.boards.add_member(
                board.id, user_id, BoardRole.EDITOR, now=studio.clock.now()
            ),
            scope=SYSTEM,
        )
        theirs = replace(REQUEST, board_id=board.id)
        await studio.submit.submit(friend, theirs)
        assert (await studio.submit.submit(friend, theirs)).is_replay

        def leave(door: Door) -> Delete:
            return door.delete(BoardMember).where(BoardMember.user_id == user_id)

        await studio.database.write(lambda tx: door_of(tx).run(leave), scope=SYSTEM)
        with pytest.raises(NotFound):
            await studio.submit.submit(friend, theirs)


class TestOnBothDatabases:
    async def test_fifty_at_once_make_one_job(self, url: str, tmp_path: Path) -> None:
        async with open_studio(url, tmp_path, [FakePaid()]) as studio:
            answers = await asyncio.gather(
                *(studio.submit.submit(studio.actor, REQUEST) for _ in range(50))
            )
            assert len({answer.job.id for answer in answers}) == 1
            assert sum(not answer.is_replay for answer in answers) == 1
            assert await held(studio) == Decimal("0.25")


class TestAnotherRequest:
    @pytest.mark.parametrize(
        "changed",
        [
            {"inputs": {"prompt": "a hare"}},
            {"generator": "sample"},
            {"takes": 2},
            {"force": True},
            {"priority": 1},
        ],
        ids=lambda changed: next(iter(changed)),
    )
    async def test_under_the_same_key_it_is_refused(
        self, studio: Studio, changed: dict[str, object]
    ) -> None:
        await studio.submit.submit(studio.actor, REQUEST)
        with pytest.raises(InvalidInput, match="'order-1' was used for another request"):
            await studio.submit.submit(studio.actor, replace(REQUEST, **changed))  # type: ignore[arg-type]
        assert await held(studio) == Decimal("0.25")

    async def test_a_request_that_was_refused_takes_no_key(self, studio: Studio) -> None:
        with pytest.raises(InvalidInput):
            await studio.submit.submit(studio.actor, replace(REQUEST, inputs={"n": "many"}))
        assert not (await studio.submit.submit(studio.actor, REQUEST)).is_replay

    async def test_somebody_else_s_key_is_another_key(self, studio: Studio) -> None:
        mine = await studio.submit.submit(studio.actor, REQUEST)
        for other in (await studio.colleague(), await studio.another_tenant()):
            theirs = await studio.submit.submit(other, REQUEST)
            assert theirs.job.id != mine.job.id
            assert not theirs.is_replay

    @pytest.mark.parametrize("key", ["", "x" * 256, "a\nb", "schlüssel"])
    async def test_a_key_that_is_none_is_refused(self, studio: Studio, key: str) -> None:
        with pytest.raises(InvalidInput, match="idempotency key"):
            await studio.submit.submit(studio.actor, replace(REQUEST, key=key))
