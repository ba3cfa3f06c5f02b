"""Notices: who is woken, in this process and by others, and how a notice is sent."""

import asyncio

import pytest

from boards.ids import new_id
from boards.services.notices import ANYTHING, Notice, Notices


class TestWaking:
    async def test_the_end_of_a_job_wakes_who_waits_for_it(self) -> None:
        notices, mine, other = Notices(), new_id(), new_id()
        with notices.ends_of(mine) as one, notices.ends_of(other) as two:
            notices.tell(Notice(about=frozenset({mine, other}), ended=frozenset({mine})))
            assert (one.is_set(), two.is_set()) == (True, False)

    async def test_what_goes_on_wakes_nobody(self) -> None:
        notices, job = Notices(), new_id()
        with notices.ends_of(job) as flag:
            notices.tell(Notice(about=frozenset({job})))
            assert not flag.is_set()

    async def test_anything_wakes_everybody(self) -> None:
        notices = Notices()
        with notices.ends_of(new_id()) as one, notices.ends_of(new_id()) as two:
            notices.tell(ANYTHING)
            async with asyncio.timeout(1):
                await asyncio.gather(one.wait(), two.wait())


class TestSending:
    def test_a_notice_is_read_as_it_was_sent(self) -> None:
        ids = [new_id() for _ in range(5)]
        for notice in (
            Notice(about=frozenset(ids), ended=frozenset(ids[:2])),
            Notice(about=frozenset(ids)),
            Notice(about=frozenset()),
        ):
            assert Notice.read(str(notice)) == notice
        assert Notice.read(str(ANYTHING)) is ANYTHING

    @pytest.mark.parametrize("count", [199, 200, 201, 5000])
    def test_a_notice_always_fits(self, count: int) -> None:
        notice = Notice(about=frozenset(new_id() for _ in range(count)))
        assert len(str(notice).encode()) < 8000
        assert (Notice.read(str(notice)) is ANYTHING) == (count > 200)

    @pytest.mark.parametrize("text", ["", "no ids", "|x", "a|b|c"])
    def test_what_is_no_notice_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"UUID|unpack"):
            Notice.read(text)
