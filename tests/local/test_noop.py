"""The measuring generator: its file is real, its size exact, and its wait can be cancelled."""

import asyncio

import pytest
from pydantic import ValidationError

from boards.adapters.providers.local.noop import SMALLEST, LocalNoop, NoopInput, padded_pixel
from tests.local.conftest import Run
from tests.local.pictures import picture


@pytest.mark.parametrize("size", [SMALLEST + 12, 1000, 65_536, 1_000_001])
def test_the_file_has_exactly_the_size_asked_for(size):
    data = padded_pixel(size)

    assert len(data) == size
    assert picture(data).size == (1, 1)


@pytest.mark.parametrize("size", [0, 1, SMALLEST, SMALLEST + 11])
def test_too_small_a_size_gives_the_smallest_file(size):
    assert len(padded_pixel(size)) == SMALLEST
    assert picture(padded_pixel(size)).getpixel((0, 0)) == 128


async def test_makes_an_image_at_once(make: Run):
    ran = await make(LocalNoop(), {"size": 5000})

    assert (ran.primary.size, ran.primary.facts.format) == (5000, "png")
    assert ran.progress == ()


async def test_waits_on_the_loop_and_tells_how_far_it_is(make: Run, monkeypatch):
    slept: list[float] = []
    sleep = asyncio.sleep

    async def quickly(seconds: float) -> None:
        slept.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", quickly)
    ran = await make(LocalNoop(), {"delay": 3.5})

    assert sum(slept) == 3.5
    assert [round(f, 2) for f, _ in ran.progress][-1] == 1.0


async def test_a_cancel_ends_the_wait(make: Run):
    task = asyncio.ensure_future(make(LocalNoop(), {"delay": 3600}))
    for _ in range(200):
        await asyncio.sleep(0)

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    "wrong", [{"delay": -1}, {"delay": 3601}, {"size": -1}, {"size": 2**30}, {"wait": 1}]
)
def test_wrong_inputs_are_refused(wrong):
    with pytest.raises(ValidationError):
        NoopInput.model_validate(wrong)
