"""The page about events says what is so."""

from pathlib import Path

import pytest

from boards.api.shapes.events import EventShape
from boards.services.streams import LONGEST_REPLAY, Ending, StreamService

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "events.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("ending", Ending)
def test_every_end_is_explained(ending: Ending):
    assert f"`{ending.value}`:" in TEXT


@pytest.mark.parametrize("name", EventShape.model_fields)
def test_every_part_of_an_event_is_shown(name: str):
    assert f'"{name}"' in TEXT


def test_the_figures_are_those_that_hold():
    still_after = StreamService.__dataclass_fields__["still_after"].default
    assert f"every {still_after:g} seconds" in TEXT
    assert f"more than {LONGEST_REPLAY} events" in TEXT
