"""Stories laid out on the page, in a real Chromium."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from boards.testing.generators import tiny_png
from tests.web.conftest import running_server
from tests.web.makers import GATE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GENERATORS = """\
generators:
  - class: boards.adapters.providers.local.poster:LocalPoster
  - class: boards.adapters.providers.local.animatic:LocalAnimatic
  - class: tests.cli.makers:Priced
  - class: tests.web.makers:Gated
"""


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that lets the generator `gated` go on."""
    return tmp_path_factory.mktemp("gate") / "open"


@pytest.fixture(scope="module")
def server(browser: Browser, gate: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("stories")
    (home / "makers.yaml").write_text(GENERATORS)
    config = {"BOARDS_GENERATORS_CONFIG_PATH": str(home / "makers.yaml"), GATE: str(gate)}
    with running_server(home, **config) as address:
        yield address


def story(server: str, slug: str, *, maker: str | None, scenes: tuple[str, ...]) -> None:
    cards = [{"id": at, "scene": scene} for at, scene in enumerate(scenes, start=1)]
    board = {
        "title": "Night train",
        "cards": cards,
        "settings": {"takes": 2},
        **({"providers": {"image": maker}} if maker else {}),
    }
    httpx2.post(
        f"{server}/api/v1/workspace", json={"slug": slug, "storyboard": board, "git": False}
    ).raise_for_status()


def read(server: str, slug: str) -> dict[str, Any]:
    answer = httpx2.get(f"{server}/api/v1/workspace/{slug}").raise_for_status().json()
    return dict(answer["storyboard"]) | {"revision": answer["revision"]}


def takes(page: Page) -> Locator:
    return page.get_by_role("list", name="Takes").get_by_role("button", name="Pick take")


def begin_story(page: Page) -> None:
    page.get_by_role("button", name="New story").click()
    sheet = page.get_by_role("dialog", name="New story")
    sheet.get_by_label("Title").fill("Night train")
    sheet.get_by_label("Scenes").fill("A station before dawn\nThe sea")
    sheet.get_by_label("Pictures by").select_option("local-poster")
    sheet.get_by_role("button", name="Create with 2 cards").click()


def test_from_an_empty_story_to_picks_a_theme_and_a_reload_in_mid_job(open_page, server, gate):
    page = open_page(server, path="/?page=story")
    begin_story(page)
    cards = page.get_by_role("region", name="Cards")
    expect(cards.get_by_text("2 cards")).to_be_visible()

    # One job for all cards, at a price that stands on the button.
    page.get_by_role("button", name="One take less").click()
    page.get_by_role("button", name="One take less").click()
    everything = cards.get_by_role("button", name="Generate all: 4 takes")
    expect(everything).to_contain_text("free")
    everything.click()
    expect(page.get_by_role("status", name="Generations")).to_contain_text("4 of 4 done")
    expect(takes(page)).to_have_count(2)
    expect(cards.get_by_role("button", name="All takes are there")).to_be_disabled()

    # The second take of the first card by its key; then that of the next card.
    page.keyboard.press("2")
    expect(takes(page).nth(1)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("region", name="Card 2")).to_be_visible()
    expect(takes(page)).to_have_count(2)
    page.keyboard.press("1")
    expect(takes(page).first).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("img", name="Card 2 as picked")).to_be_visible()
    picked = [card["media"]["take"] for card in read(server, "night-train")["cards"]]
    assert picked == ["01-2.png", "02-1.png"]

    # What is picked becomes a video.
    cards.get_by_role("button", name="Animatic").click()
    cards.get_by_role("button", name="Look at the animatic").click(timeout=60_000)
    expect(page.get_by_role("dialog").locator("video")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    # Another theme flags both picks; nothing is made by itself.
    page.get_by_role("combobox", name="Theme").select_option("film")
    expect(page.get_by_text("Made under the old theme (poster): re-roll?")).to_be_visible()
    expect(cards.get_by_role("button", name="Re-roll 2 made under the old theme")).to_contain_text(
        "free"
    )

    # A job goes on without the page, which finds it again.
    with page.expect_response("**/workspace/night-train"):
        page.get_by_label("Pictures by").select_option("gated")
    mine = page.get_by_role("region", name="Card 2").get_by_role("button", name="Generate 2 takes")
    mine.click()
    line = page.locator("[data-job]")
    expect(line).to_contain_text("0 of 2 done")
    job = line.get_attribute("data-job")
    page.reload()
    expect(line).to_have_attribute("data-job", str(job))
    expect(page.get_by_role("region", name="Card 2")).to_be_visible()
    # A re-roll is always paid, so it waits for what may be one.
    expect(cards.get_by_role("button", name="Re-roll 2")).to_be_disabled()
    gate.touch()
    expect(page.locator(f"[data-ended='{job}']")).to_contain_text("2 of 2 done")
    expect(cards.get_by_role("button", name="Re-roll 2")).to_be_enabled()
    expect(page.get_by_text("2 takes under film are there: pick one.")).to_be_visible()
    expect(takes(page)).to_have_count(4)
    page.reload()
    expect(takes(page)).to_have_count(4)
    expect(page.locator("[data-job], [data-ended]")).to_have_count(0)


def test_what_ended_while_nobody_looked_is_told_and_what_is_forgotten_is_among_the_takes(
    open_page, server, gate
):
    gate.unlink(missing_ok=True)
    story(server, "away", maker="gated", scenes=("The sea",))
    page = open_page(server, path="/?page=story&of=away")
    page.get_by_role("button", name="Generate 2 takes").click()
    job = page.locator("[data-job]").get_attribute("data-job")
    page.goto("about:blank")
    gate.touch()
    address = f"{server}/api/v1/workspace/away/jobs/{job}"
    assert httpx2.get(address, params={"wait": 30}, timeout=40).json()["state"] == "done"
    page.goto(f"{server}/?page=story&of=away")
    told = page.get_by_role("status", name="Generations")
    expect(told).to_contain_text("Ended while you were away")
    expect(takes(page)).to_have_count(2)

    page.evaluate(
        "() => localStorage.setItem('boards.story.away', JSON.stringify({"
        "jobs: ['00000000-0000-4000-8000-000000000000']}))"
    )
    page.reload()
    expect(told).to_contain_text("ended while you were away. What came of it is among the takes")
    expect(takes(page)).to_have_count(2)
    kept = page.evaluate("() => JSON.parse(localStorage.getItem('boards.story.away')).jobs")
    assert kept == []


def test_cards_change_places_by_keys_and_words_outlast_a_change_elsewhere(open_page, server):
    story(server, "words", maker="local-poster", scenes=("One", "Two", "Three"))
    page = open_page(server, path="/?page=story&of=words")
    page.get_by_role("button", name="Card 1 One").click()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_role("button", name="Card 2 One")).to_be_visible()
    expect(page.get_by_role("region", name="Card 2")).to_be_visible()
    with page.expect_response("**/order"):
        page.get_by_role("button", name="Card 3 Three").drag_to(
            page.get_by_role("button", name="Card 1 Two")
        )
    expect(page.get_by_role("button", name="Card 1 Three")).to_be_visible()
    now = read(server, "words")
    assert [card["scene"] for card in now["cards"]] == ["Three", "Two", "One"]

    # Somebody else writes into the same field, while another text is typed here.
    revision = now.pop("revision")
    now["cards"][2]["scene"] = "One, by others"
    body = {"revision": revision, "storyboard": now}
    httpx2.put(f"{server}/api/v1/workspace/words", json=body).raise_for_status()
    page.get_by_role("textbox", name="Scene", exact=True).fill("One, by me")
    page.get_by_role("button", name="Load the newest").click()
    expect(page.get_by_text("Two versions of the scene of card 3")).to_be_visible()
    assert read(server, "words")["cards"][2]["scene"] == "One, by others"
    # It is there after a reload, too.
    page.reload()
    expect(page.get_by_role("textbox", name="Scene", exact=True)).to_have_value("One, by me")
    page.get_by_role("button", name="Keep mine").click()
    expect(page.get_by_text("Two versions")).to_have_count(0)
    expect(page.get_by_text("Not saved yet")).to_have_count(0)
    assert read(server, "words")["cards"][2]["scene"] == "One, by me"


def test_a_story_without_a_provider_says_so_and_takes_uploads(open_page, server):
    story(server, "bare", maker=None, scenes=("The sea",))
    page = open_page(server, path="/?page=story&of=bare", width=360, height=780)
    expect(page.get_by_role("alert")).to_contain_text("Generation is unavailable")
    expect(page.get_by_role("button", name="Generate")).to_have_count(0)
    file = {"name": "sea.png", "mimeType": "image/png", "buffer": tiny_png(0x335577, size=64)}
    page.get_by_label("A file for this card").set_input_files(file)
    expect(page.get_by_role("img", name="Card 1 as picked")).to_be_visible()
    expect(page.get_by_text("Uploaded", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
