"""The pages of the repository point at what is there."""

import re
from pathlib import Path

import pytest

from tools.guards import GUARDS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s#]+)(?:#[^)]*)?\)")
CODE_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def test_there_are_pages():
    assert {"ARCHITECTURE.md", "CONTRIBUTING.md", "docs/glossary.md"} <= set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_every_relative_link_leads_somewhere(page):
    text = CODE_BLOCK.sub("", (ROOT / page).read_text())
    links = LINK.findall(text)
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


def test_the_contributor_s_page_names_every_guard():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    assert [guard.name for guard in GUARDS if f"`{guard.name}`" not in text] == []


def test_the_decisions_are_numbered_without_gaps():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "adr").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
