"""Every page by the rules of WCAG 2.2 AA that a machine can check, in light and dark."""

from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import ROOT
from tests.web.test_journey import make_poster, tiles

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """() => axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  resultTypes: ["violations"],
})"""


def faults(page: Page, source: str) -> list[str]:
    """What axe has against the page as it stands now. It runs beside the page's own policy."""
    # What still fades in has less contrast than it will have.
    page.evaluate("() => Promise.allSettled(document.getAnimations().map((one) => one.finished))")
    page.evaluate(source)
    found: dict[str, Any] = page.evaluate(RUN)
    return [
        f"{one['id']}: {node['html'][:200]} ({node['failureSummary']})"
        for one in found["violations"]
        for node in one["nodes"]
    ]


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.is_file():
        pytest.skip("NOT RUN: axe-core is not installed; `make web-check` installs it")
    return Path(AXE).read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_breaks_a_rule(browser: Browser, server: str, board: str, axe: str, scheme: str):
    one = make_poster(server, board)
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"
    )
    page = context.new_page()
    found: dict[str, list[str]] = {}

    def look(name: str, address: str) -> None:
        page.goto(f"{server}/{address}")
        page.wait_for_load_state("networkidle")
        found[name] = faults(page, axe)

    look("home", "")
    look("board", f"?board={board}")
    expect(tiles(page, "completed")).to_have_count(1)
    page.get_by_role("button", name="Select Harbour lights").click()
    expect(page.get_by_role("toolbar", name="Selected")).to_be_visible()
    found["selection"] = faults(page, axe)
    page.keyboard.press("j")
    expect(page.get_by_role("complementary", name="Jobs")).to_be_visible()
    found["jobs"] = faults(page, axe)
    page.get_by_role("button", name="Change the generator").click()
    expect(page.get_by_role("listbox", name="Generators")).to_be_visible()
    found["generators"] = faults(page, axe)
    look("view", f"?board={board}&view={one}")
    look("lineage", f"?board={board}&page=lineage&of={one}")
    look("spend", "?page=spend")
    for part in ("providers", "appearance", "tokens", "members"):
        look(part, f"?page=settings&part={part}")
    look("stories", "?page=story")
    board_of = {"cards": [{"scene": "The sea"}], "providers": {"image": "local-poster"}}
    told = {"slug": f"axe-{scheme}", "form": "memory", "storyboard": board_of}
    httpx2.post(f"{server}/api/v1/workspace", json=told).raise_for_status()
    look("story", f"?page=story&of=axe-{scheme}")
    page.goto(f"{server}/?board={board}")
    expect(tiles(page, "completed")).to_have_count(1)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Find")).to_be_visible()
    found["palette"] = faults(page, axe)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    found["keys"] = faults(page, axe)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="More about Test wall").click()
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("dialog", name="Share Test wall")).to_be_visible()
    found["share"] = faults(page, axe)
    context.close()
    assert {name: some for name, some in found.items() if some} == {}
