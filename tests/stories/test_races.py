"""Two people who ask for the same takes at once pay once, on each database."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.db.conftest import postgres_server, sqlite_template, url
from tests.stories.conftest import Painter, open_reel

__all__ = ["postgres_server", "sqlite_template", "url"]

PEOPLE = 5


async def test_people_who_click_at_once_pay_once(
    url: str, tmp_path: Path, painter: Painter, gate: asyncio.Event
) -> None:
    async with AsyncExitStack() as stack:
        reel = await open_reel(stack, tmp_path, painter, url=url)
        await reel.begin("A red boat", form="storage")
        gate.clear()

        started = await asyncio.gather(
            *(
                reel.ask("POST", "/cards/1/generate", status=202, json={"takes": 2})
                for _ in range(PEOPLE)
            )
        )
        gate.set()
        jobs = [await reel.job(one["job_id"]) for one in started]

        assert painter.calls == 2
        assert sorted(job["cost_actual"]["amount"] for job in jobs) == ["0"] * 4 + ["0.08"]
        assert {job["state"] for job in jobs} == {"done"}
        assert await reel.takes() == ["01-1.png", "01-2.png"]
        await reel.ask("POST", "/cards/1/pick", json={"take": "01-2"})


@pytest.mark.parametrize("form", ["storage", "folder"])
async def test_edits_at_once_lose_nothing(tmp_path: Path, painter: Painter, form: str) -> None:
    async with AsyncExitStack() as stack:
        reel = await open_reel(stack, tmp_path, painter)
        await reel.begin("A red boat", "A blue train", form=form)
        await reel.generate("/cards/generate", takes=2)

        await asyncio.gather(
            reel.ask("POST", "/cards/1/pick", json={"take": "01-1"}),
            reel.ask("POST", "/cards/2/pick", json={"take": "02-2"}),
            reel.ask("PUT", "/themes/chalk", json={"style": "Chalk", "aspect": "1:1"}),
        )

        story = (await reel.ask("GET", ""))["storyboard"]
        assert [card["media"]["take"] for card in story["cards"]] == ["01-1.png", "02-2.png"]
        assert "chalk" in story["themes"]
