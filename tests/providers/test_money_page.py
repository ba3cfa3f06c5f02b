"""The page about generators that cost money: each piece of its code is run, as it stands there."""

import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType

import pytest

from boards.domain.generations import Phase
from boards.errors import Busy
from boards.outbound.client import GuardedClient
from boards.testing.lab import Kind, Lab, Stage
from boards.testing.plugin_run import run
from tests.services.studio import Studio

PAGE = Path(__file__).resolve().parents[2] / "docs" / "generators-that-cost-money.md"
TEXT = PAGE.read_text(encoding="utf-8")


def _read() -> ModuleType:
    """All code of the page, in its order, as one module."""
    code = "\n\n".join(re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL))
    module = ModuleType("money_page")
    sys.modules[module.__name__] = module
    exec(compile(code, str(PAGE), "exec"), module.__dict__)
    return module


page = _read()
test_it_costs_what_it_said = page.test_it_costs_what_it_said
test_a_lost_answer_says_that_nobody_knows = page.test_a_lost_answer_says_that_nobody_knows
test_a_clear_no_costs_nothing = page.test_a_clear_no_costs_nothing


@pytest.fixture
async def lighthouse(studio: Studio, lab: Lab, client: GuardedClient) -> AsyncIterator[str]:
    """The page's generator in a whole Boards, with the lab as its provider."""
    generator = page.Lighthouse(key="none", base_url=f"{lab.url}/fal")
    generator.poll_every = 0.01
    studio.registry.register(generator)
    async with generator.client:
        yield generator.name


async def test_free_work_runs():
    ran = await run(page.Shout(), {"text": "hello"})

    assert ran.primary.content == "HELLO!"
    assert ran.price == 0


async def test_it_runs_and_settles_what_was_billed(studio, lab, lighthouse):
    async with studio.process():
        view = await studio.make(lighthouse, prompt="a lighthouse", images=2)

    assert [one.phase for one in view.generations] == [Phase.COMPLETED] * 2
    assert await studio.ledger(view.generations[0].id) == ["hold", "settle"]
    assert lab.book.billed == 1


async def test_a_lost_answer_is_never_sent_again(studio, lab, lighthouse):
    lab.fault(Stage.SUBMIT, Kind.DROP_AFTER)
    async with studio.process():
        view = await studio.make(lighthouse, prompt="a lighthouse")

    assert view.generations[0].phase is Phase.SUBMIT_UNKNOWN
    assert lab.book.accepted == 1


async def test_what_is_busy_is_asked_again(studio, lab, lighthouse):
    lab.fault(Stage.SUBMIT, Kind.BUSY, retry_after=0.0)
    async with studio.process():
        view = await studio.make(lighthouse, prompt="a lighthouse")

    assert view.generations[0].phase is Phase.COMPLETED


async def test_refused_content_ends_it_and_costs_nothing(studio, lab, lighthouse):
    lab.fault(Stage.SUBMIT, Kind.FAILS, code="content_policy_violation")
    async with studio.process():
        view = await studio.make(lighthouse, prompt="a lighthouse")

    (generation,) = view.generations
    assert generation.failure is not None
    assert generation.failure.code == "content_refused"
    assert await studio.ledger(generation.id) == ["hold", "release"]


def test_every_error_that_it_speaks_of_is_there():
    import boards.errors

    named = set(re.findall(r"`(\w+)\((?:…|retry_after=…)\)`", TEXT))
    assert named >= {"ContentRefused", "Rejected", "Broken", "TimedOut", Busy.__name__}
    assert all(hasattr(boards.errors, name) for name in named)
