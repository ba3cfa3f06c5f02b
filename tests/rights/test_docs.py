"""docs/security.md points at tests that exist, and says what the settings are."""

import re
from pathlib import Path

import pytest

from boards.bootstrap.app import SIGNED_IN_PER_MINUTE, VISITORS_PER_MINUTE
from boards.services.streams import StreamService

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
POINTERS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


@pytest.mark.parametrize(("file", "name"), POINTERS)
def test_every_pointer_leads_to_a_test(file: str, name: str) -> None:
    source = (ROOT / file).read_text("utf-8")
    assert re.search(rf"^\s*(?:async )?(?:def|class) {name}\b", source, re.MULTILINE)


def test_every_row_points_at_a_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "CVE" in line]
    assert len(rows) > 10
    assert [row for row in rows if "tests/" not in row] == []


def test_the_page_says_the_bounds_as_they_are() -> None:
    assert f"{SIGNED_IN_PER_MINUTE} requests a minute" in PAGE
    assert f"of those who have not signed in {VISITORS_PER_MINUTE}" in PAGE
    assert f"every {StreamService.ask_again:g} seconds" in PAGE
