"""What somebody does on the page, in a real Chromium against a real server."""

import base64
import re
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from boards.testing.generators import tiny_png
from tests.web.conftest import running_server

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def tiles(page: Page, status: str | None = None) -> Locator:
    return page.locator(f"[data-status={status}]" if status else "[data-status]")


def choose_generator(page: Page, name: str) -> None:
    page.get_by_role("button", name="Change the generator").click()
    search = page.get_by_role("combobox", name="Search generators")
    search.fill(name)
    search.press("Enter")
    expect(search).to_be_hidden()


def run_button(page: Page) -> Locator:
    return page.locator("[data-run]")


def make_poster(server: str, board: str, prompt: str = "Harbour lights") -> str:
    """Make a poster without the page; gives its id."""
    request = {
        "generator": "local-poster",
        "inputs": {"prompt": prompt, "size": 256, "seed": 7},
        "board_id": board,
    }
    made = httpx2.post(f"{server}/api/v1/generations", json=request).raise_for_status().json()
    httpx2.get(f"{server}/api/v1/jobs/{made['job_id']}", params={"wait": 30}, timeout=40)
    return str(made["generations"][0]["id"])


def test_the_first_poster_is_one_click_away(browser, open_page, tmp_path: Path):
    with running_server(tmp_path / "new") as address:
        page = open_page(address)
        expect(page.get_by_role("heading", name="An empty wall")).to_be_visible()
        page.get_by_role("button", name=re.compile("Make a first poster")).click()
        expect(tiles(page, "completed")).to_have_count(1)
        picture = tiles(page, "completed").locator("img")
        expect(picture).to_be_visible()
        picture.scroll_into_view_if_needed()
        page.wait_for_function("() => document.querySelector('[data-status] img').naturalWidth > 9")


class TestMaking:
    def test_a_poster_becomes_the_input_of_an_edit(self, open_page, server, board):
        page = open_page(server, path=f"/?board={board}")
        page.get_by_label("Prompt").fill("Harbour lights")
        expect(run_button(page)).to_contain_text("free")
        run_button(page).click()
        expect(tiles(page, "completed")).to_have_count(1)

        choose_generator(page, "edit")
        expect(run_button(page)).to_be_disabled()
        page.get_by_role("button", name="on the board for Image source").click()
        page.get_by_role("button", name="Use Harbour lights").click()
        page.get_by_text("Turn and crop").click()
        page.get_by_label("Rotate").fill("90")
        expect(run_button(page)).to_contain_text("free")
        run_button(page).click()
        expect(tiles(page, "completed")).to_have_count(2)

        tiles(page).first.get_by_role("button", name=re.compile("^Open ")).click()
        view = page.get_by_role("dialog")
        expect(view.get_by_text("Made from")).to_be_visible()
        view.get_by_role("button", name="Look at Harbour lights").click()
        expect(view.get_by_role("heading", name="Harbour lights")).to_be_visible()
        expect(view.get_by_text("Used in")).to_be_visible()

    def test_a_tile_is_dragged_onto_a_slot(self, open_page, server, board):
        make_poster(server, board)
        page = open_page(server, path=f"/?board={board}")
        choose_generator(page, "edit")
        slot = page.get_by_role("button", name="on the board for Image source")
        tiles(page).locator("[draggable=true]").drag_to(slot)
        expect(page.get_by_role("button", name="Look at Harbour lights")).to_be_visible()

    def test_progress_is_seen_and_a_run_is_cancelled(self, open_page, server, board):
        page = open_page(server, path=f"/?board={board}")
        choose_generator(page, "noop")
        page.get_by_label("Delay").fill("20")
        run_button(page).click()
        bar = tiles(page).get_by_role("progressbar")
        page.wait_for_function(
            "() => Number(document.querySelector('[data-status] [role=progressbar]')"
            "?.getAttribute('aria-valuenow')) >= 5"
        )
        tiles(page).get_by_role("button", name="Cancel").click()
        expect(tiles(page, "cancelled")).to_have_count(1)
        expect(tiles(page)).to_contain_text("Cancelled")
        expect(bar).to_have_count(0)

    def test_what_is_made_elsewhere_appears(self, open_page, server, board):
        page = open_page(server, path=f"/?board={board}")
        expect(page.get_by_role("heading", name="Test wall is empty")).to_be_visible()
        make_poster(server, board)
        expect(tiles(page, "completed")).to_have_count(1)

    def test_a_server_without_events_is_asked_instead(self, open_page, server, board):
        page = open_page(server, path=f"/?board={board}")
        page.route("**/api/v1/events?*", lambda route: route.fulfill(status=404))
        page.reload()
        page.get_by_label("Prompt").fill("Asked for")
        run_button(page).click()
        expect(tiles(page, "completed")).to_have_count(1)

    def test_a_form_survives_a_reload(self, open_page, server, board):
        page = open_page(server, path=f"/?board={board}")
        page.get_by_label("Prompt").fill("Half a thought")
        page.wait_for_function("() => localStorage['boards.drafts']?.includes('Half a thought')")
        page.reload()
        expect(page.get_by_label("Prompt")).to_have_value("Half a thought")


class TestSpending:
    def test_the_button_says_what_all_takes_cost_and_nothing_runs_unasked(
        self, open_page, server, board
    ):
        page = open_page(server, path=f"/?board={board}")
        choose_generator(page, "priced")
        expect(run_button(page)).to_contain_text("$0.25")
        page.get_by_role("button", name="More takes").click()
        expect(run_button(page)).to_contain_text("$0.50")
        expect(run_button(page)).to_contain_text("Generate 2")
        listed = httpx2.get(f"{server}/api/v1/generations", params={"board_id": board})
        assert listed.json()["items"] == []
        run_button(page).click()
        expect(tiles(page, "completed")).to_have_count(2)
        expect(tiles(page).first).to_contain_text("$0.25")

    def test_a_press_before_the_price_is_there_spends_nothing(self, open_page, server, board):
        page = open_page(server, path=f"/?board={board}")
        expect(page.get_by_role("heading", name="Test wall is empty")).to_be_visible()
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        page.route("**/api/v1/estimate", hold)
        with page.expect_request("**/api/v1/estimate"):
            choose_generator(page, "priced")
            run_button(page).click()
        for route in held:
            route.continue_()
        expect(run_button(page)).to_contain_text("$0.25")
        listed = httpx2.get(f"{server}/api/v1/generations", params={"board_id": board})
        assert listed.json()["items"] == []
        run_button(page).click()
        expect(tiles(page, "completed")).to_have_count(1)

    def test_an_unknown_price_is_called_unpriced(self, open_page, server, board):
        page = open_page(server, path=f"/?board={board}")
        choose_generator(page, "unpriced")
        expect(run_button(page)).to_contain_text("unpriced")


class TestFailing:
    def test_a_refusal_leads_back_to_the_inputs(self, open_page, server, board):
        page = open_page(server, path=f"/?board={board}")
        choose_generator(page, "coy")
        page.get_by_label("Prompt").fill("Something rude")
        run_button(page).click()
        expect(tiles(page, "failed")).to_contain_text("Not this.")
        page.get_by_label("Prompt").fill("Something else")
        tiles(page, "failed").get_by_role("button", name="Edit the inputs").click()
        expect(page.get_by_label("Prompt")).to_have_value("Something rude")

    def test_what_may_have_been_paid_is_only_looked_at_again(self, open_page, server, board):
        page = open_page(server, path=f"/?board={board}")
        choose_generator(page, "broken")
        expect(run_button(page)).to_contain_text("$0.25")
        run_button(page).click()
        tile = tiles(page).first
        expect(tile).to_contain_text("Not certain")
        tile.get_by_role("button", name="Check again").click()
        expect(tile.get_by_role("button", name="Check again")).to_be_enabled()
        buttons = tile.get_by_role("button").all_inner_texts()
        assert [text for text in buttons if text.strip()] == ["Check again"]
        listed = httpx2.get(f"{server}/api/v1/generations", params={"board_id": board})
        assert len(listed.json()["items"]) == 1


class TestUploading:
    def test_a_file_dropped_on_the_board_is_on_the_board(self, open_page, server, board):
        page = open_page(server, path=f"/?board={board}")
        expect(page.get_by_role("heading", name="Test wall is empty")).to_be_visible()
        drop = """([board, name, content]) => {
          const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([bytes], name, { type: "image/png" }));
          for (const type of ["dragenter", "dragover", "drop"]) {
            board.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true }));
          }
        }"""
        element = page.get_by_role("region", name="Board").element_handle()
        content = base64.b64encode(tiny_png(0xCC3311, size=64)).decode()
        page.evaluate(drop, [element, "red.png", content])
        expect(tiles(page, "completed")).to_contain_text("red.png")

    def test_a_file_chosen_for_a_slot_fills_it(self, open_page, server, board, tmp_path):
        (tmp_path / "blue.png").write_bytes(tiny_png(0x1133CC, size=64))
        page = open_page(server, path=f"/?board={board}")
        choose_generator(page, "edit")
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Upload a file for Image source").click()
        chooser.value.set_files(tmp_path / "blue.png")
        expect(page.get_by_role("button", name="Look at blue.png")).to_be_visible()


class TestLooking:
    def test_a_picture_is_looked_into(self, open_page, server, board):
        one = make_poster(server, board)
        page = open_page(server, path=f"/?board={board}&view={one}")
        view = page.get_by_role("dialog")
        picture = view.get_by_role("img", name="Harbour lights")
        expect(picture).to_be_visible()
        before = picture.bounding_box()
        view.get_by_role("button", name="Zoom in").click()
        view.get_by_role("button", name="Zoom in").click()
        after = picture.bounding_box()
        assert before is not None
        assert after is not None
        assert after["width"] > before["width"] * 1.8
        expect(view.get_by_role("term").filter(has_text="Seed")).to_be_visible()
        with page.expect_download() as download:
            view.get_by_role("button", name="Download").click()
            view.page.get_by_role("link", name="Without the recipe").click()
        assert download.value.suggested_filename.endswith(".png")

    def test_everything_works_by_keys(self, open_page, server, board):
        make_poster(server, board, "Older")
        make_poster(server, board, "Newer")
        page = open_page(server, path=f"/?board={board}")
        expect(tiles(page, "completed")).to_have_count(2)
        tiles(page).first.locator("[data-tile]").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        view = page.get_by_role("dialog")
        expect(view.get_by_role("heading", name="Older")).to_be_visible()
        page.keyboard.press("ArrowLeft")
        expect(view.get_by_role("heading", name="Newer")).to_be_visible()
        page.keyboard.press("Escape")
        expect(view).to_be_hidden()
        expect(tiles(page).first.locator("[data-tile]")).to_be_focused()

    def test_the_address_leads_back_and_back_closes_the_view(self, open_page, server, board):
        make_poster(server, board)
        page = open_page(server, path=f"/?board={board}")
        tiles(page).first.get_by_role("button", name=re.compile("^Open ")).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        page.reload()
        expect(page.get_by_role("dialog")).to_be_visible()
        page.go_back()
        expect(page.get_by_role("dialog")).to_be_hidden()

    def test_what_is_deleted_can_be_had_back(self, open_page, server, board):
        one = make_poster(server, board)
        page = open_page(server, path=f"/?board={board}&view={one}")
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(page.get_by_role("heading", name="Test wall is empty")).to_be_visible()
        assert httpx2.get(f"{server}/api/v1/generations/{one}").status_code == 404
        page.get_by_role("button", name="Undo").click()
        expect(tiles(page, "completed")).to_have_count(1)
        assert httpx2.get(f"{server}/api/v1/generations/{one}").status_code == 200

    def test_an_output_is_taken_to_a_generator_that_can_use_it(self, open_page, server, board):
        one = make_poster(server, board)
        page = open_page(server, path=f"/?board={board}&view={one}")
        page.get_by_role("dialog").get_by_role("button", name="Use as input").click()
        options = page.get_by_role("listbox", name="Generators").get_by_role("option")
        expect(options.filter(has_text="Edit image")).to_be_visible()
        expect(options.filter(has_text="Poster")).to_have_count(0)
        options.filter(has_text="Edit image").click()
        expect(page.get_by_role("button", name="Look at Harbour lights")).to_be_visible()

    def test_nothing_overflows_on_the_narrowest_screen(self, open_page, server, board):
        one = make_poster(server, board, "A rather long title for a rather small screen")
        page = open_page(server, width=360, height=700, path=f"/?board={board}")
        expect(tiles(page, "completed")).to_have_count(1)
        overflow = (
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert page.evaluate(overflow) == 0
        page.get_by_role("button", name="Make something").click()
        expect(page.get_by_label("Prompt")).to_be_visible()
        assert page.evaluate(overflow) == 0
        page.goto(f"{server}/?board={board}&view={one}")
        expect(page.get_by_role("dialog")).to_be_visible()
        assert page.evaluate(overflow) == 0


def test_boards_are_made_and_changed(open_page, server, board):
    page = open_page(server, path=f"/?board={board}")
    page.get_by_role("button", name="Change the board").click()
    page.get_by_label("Title of a new board").fill("Second wall")
    page.get_by_role("button", name="Make the board").click()
    expect(page.get_by_role("heading", name="Second wall is empty")).to_be_visible()
    page.get_by_role("button", name="Change the board").click()
    page.get_by_role("list", name="Boards").get_by_role("button", name="Test wall").first.click()
    expect(page).to_have_url(re.compile(r"board="))
    expect(page.get_by_role("heading", name="Test wall is empty")).to_be_visible()


def test_a_chosen_theme_stays(open_page, server, board):
    page = open_page(server, path=f"/?board={board}")
    page.get_by_role("button", name=re.compile("^Theme: system")).click()
    page.get_by_role("button", name=re.compile("^Theme: light")).click()
    page.reload()
    assert page.evaluate("() => document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("() => getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_the_first_load_is_small(open_page, server, board):
    page = open_page(server, path=f"/?board={board}")
    expect(page.get_by_role("heading", name="Test wall is empty")).to_be_visible()
    loaded = page.evaluate(
        """() => [...performance.getEntriesByType("navigation"),
                  ...performance.getEntriesByType("resource")]
          .filter((one) => !new URL(one.name).pathname.startsWith("/api/"))
          .map((one) => one.encodedBodySize)"""
    )
    assert len(loaded) >= 4
    assert sum(loaded) <= 180_000
