"""The pages around the board, and what is done over several of them, in a real Chromium."""

import base64
import re
import time

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from boards.testing.generators import tiny_png
from tests.web.test_journey import choose_generator, make_poster, run_button, tiles

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def ask(server: str, method: str, path: str, **body: object) -> dict[str, object]:
    answer = httpx2.request(method, f"{server}/api/v1{path}", json=body or None)
    return dict(answer.raise_for_status().json()) if answer.content else {}


def go_home(page: Page) -> None:
    page.get_by_role("button", name="All boards").click()
    expect(page.get_by_role("heading", name="Boards", level=2)).to_be_visible()


class TestBoards:
    def test_a_board_is_renamed_deleted_and_had_back(self, open_page, server):
        ask(server, "POST", "/boards", title="Winter wall")
        page = open_page(server)
        page.get_by_label("Search boards").fill("winter")
        page.get_by_role("button", name="More about Winter wall").click()
        page.get_by_role("button", name="Rename").click()
        sheet = page.get_by_role("dialog", name="Rename the board")
        sheet.get_by_label("Title").fill("Winter harbour")
        sheet.get_by_role("button", name="Rename").click()
        card = page.get_by_role("button", name="Open Winter harbour")
        expect(card).to_be_visible()
        page.get_by_role("button", name="More about Winter harbour").click()
        page.get_by_role("button", name="Delete").click()
        expect(card).to_be_hidden()
        page.get_by_role("button", name="Undo").click()
        expect(card).to_be_visible()

    def test_covers_show_what_is_on_the_boards(self, open_page, server, board):
        one = make_poster(server, board)
        for _ in range(200):
            if ask(server, "GET", f"/generations/{one}")["thumbnail_url"]:
                break
            time.sleep(0.1)
        page = open_page(server)
        cover = page.get_by_role("button", name="Open Test wall").first.locator("img")
        expect(cover).to_be_visible()
        page.wait_for_function("(image) => image.naturalWidth > 9", arg=cover.element_handle())
        # A small picture, not the whole file.
        assert "/thumbnail" in str(cover.get_attribute("src"))

    def test_a_board_is_shared_by_a_link_until_it_is_revoked(self, open_page, server, board):
        make_poster(server, board)
        page = open_page(server, path=f"/?board={board}")
        page.get_by_role("button", name="More about Test wall").click()
        page.get_by_role("button", name="Share").click()
        sheet = page.get_by_role("dialog", name="Share Test wall")
        sheet.get_by_role("button", name="Make a link").click()
        link = sheet.locator("code").inner_text()
        assert link.startswith(f"{server}/#shared=")

        visitor = open_page(server, path=link.removeprefix(server))
        expect(visitor.get_by_role("heading", name="Test wall")).to_be_visible()
        seen = visitor.locator("[data-shared]")
        expect(seen).to_have_count(1)
        expect(visitor.get_by_text("Harbour lights")).to_have_count(0)
        seen.get_by_role("button").click()
        whole = visitor.get_by_role("dialog").locator("img")
        visitor.wait_for_function("(image) => image.naturalWidth > 9", arg=whole.element_handle())

        sheet.get_by_role("button", name="Revoke").click()
        expect(page.get_by_text("leads nowhere")).to_be_visible()
        visitor.reload()
        expect(visitor.get_by_role("alert")).to_contain_text("leads nowhere")
        expect(seen).to_have_count(0)


class TestGallery:
    def test_several_are_selected_by_keys_tagged_and_found_by_the_tag(
        self, open_page, server, board
    ):
        for prompt in ("One", "Two", "Three"):
            make_poster(server, board, prompt)
        page = open_page(server, path=f"/?board={board}")
        expect(tiles(page, "completed")).to_have_count(3)
        tiles(page).first.locator("[data-tile]").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Shift+ArrowRight")
        bar = page.get_by_role("toolbar", name="Selected")
        expect(bar).to_contain_text("2 selected")
        bar.get_by_role("button", name="Tag").click()
        page.get_by_label("Name of a new tag").fill("Keepers")
        page.get_by_role("button", name="Make the tag").click()
        expect(page.get_by_text("2 things tagged Keepers")).to_be_visible()
        page.get_by_role("button", name="Filters").click()
        page.get_by_role("combobox", name="Tag").select_option("keepers")
        expect(page.get_by_text("2 items")).to_be_visible()
        expect(tiles(page)).to_have_count(2)

    def test_what_is_deleted_at_once_comes_back_at_once_in_its_order(
        self, open_page, server, board
    ):
        for prompt in ("One", "Two", "Three"):
            make_poster(server, board, prompt)
        page = open_page(server, path=f"/?board={board}")
        expect(tiles(page, "completed")).to_have_count(3)
        tiles(page).nth(1).locator("[data-tile]").click(modifiers=["Shift"])
        tiles(page).nth(2).locator("[data-tile]").click(modifiers=["Shift"])
        page.get_by_role("toolbar").get_by_role("button", name="Delete").click()
        expect(tiles(page)).to_have_count(1)
        page.get_by_role("button", name="Undo").click()
        expect(tiles(page)).to_have_count(3)
        texts = tiles(page).all_inner_texts()
        assert [text.strip().split("\n")[0] for text in texts] == ["Three", "Two", "One"]

    def test_a_favourite_is_marked_by_a_key_and_found(self, open_page, server, board):
        make_poster(server, board, "Plain")
        make_poster(server, board, "Dear")
        page = open_page(server, path=f"/?board={board}")
        tiles(page).first.locator("[data-tile]").focus()
        page.keyboard.press(".")
        expect(tiles(page).first.get_by_label("favourite")).to_be_visible()
        page.get_by_role("button", name="Favourites only").click()
        expect(tiles(page)).to_have_count(1)
        expect(tiles(page)).to_contain_text("Dear")

    def test_words_are_searched_and_the_address_keeps_them(self, open_page, server, board):
        make_poster(server, board, "A lighthouse in fog")
        make_poster(server, board, "A field of poppies")
        page = open_page(server, path=f"/?board={board}")
        expect(tiles(page)).to_have_count(2)
        page.keyboard.press("/")
        page.keyboard.type("poppies")
        expect(tiles(page)).to_have_count(1)
        page.reload()
        expect(tiles(page)).to_have_count(1)
        expect(tiles(page)).to_contain_text("poppies")
        page.get_by_role("button", name="Clear").click()
        expect(tiles(page)).to_have_count(2)

    def test_a_pasted_picture_is_on_the_board(self, open_page, server, board):
        page = open_page(server, path=f"/?board={board}")
        expect(page.get_by_role("heading", name="Test wall is empty")).to_be_visible()
        page.evaluate(
            """(content) => {
              const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
              const data = new DataTransfer();
              data.items.add(new File([bytes], "pasted.png", { type: "image/png" }));
              document.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
            }""",
            base64.b64encode(tiny_png(0x22AA44, size=64)).decode(),
        )
        expect(tiles(page, "completed")).to_contain_text("pasted.png")


class TestMaking:
    def test_from_a_prompt_to_an_edit_to_a_slideshow_to_the_lineage(self, open_page, server, board):
        page = open_page(server, path=f"/?board={board}")
        page.get_by_label("Prompt").fill("Harbour lights")
        run_button(page).click()
        expect(tiles(page, "completed")).to_have_count(1)
        tiles(page).first.hover()
        page.get_by_role("button", name="Use Harbour lights as input").click()
        options = page.get_by_role("listbox", name="Generators").get_by_role("option")
        options.filter(has_text="Edit image").click()
        page.get_by_text("Turn and crop").click()
        page.get_by_label("Rotate").fill("90")
        expect(run_button(page)).to_contain_text("free")
        run_button(page).click()
        expect(tiles(page, "completed")).to_have_count(2)

        choose_generator(page, "slideshow")
        for place in range(2):
            page.get_by_role("button", name=re.compile("on the board for Images")).click()
            page.get_by_role("button", name=re.compile("^Use ")).nth(place).click()
        page.get_by_label("Seconds Per Image").fill("0.5")
        page.get_by_text("Size", exact=True).first.click()
        page.get_by_role("slider", name="Size", exact=True).fill("160")
        expect(run_button(page)).to_contain_text("free")
        run_button(page).click()
        expect(tiles(page, "completed")).to_have_count(3)

        tiles(page).first.locator("[data-tile]").click()
        expect(page.get_by_role("dialog", name="Slideshow")).to_be_visible()
        page.keyboard.press("l")
        graph = page.get_by_role("region", name="Lineage")
        nodes = graph.locator("[data-node]")
        expect(nodes).to_have_count(3)
        expect(graph.get_by_text("Images", exact=True).first).to_be_visible()
        nodes.last.focus()
        chosen = page.get_by_role("complementary", name="Chosen")
        expect(chosen).to_contain_text("Slideshow")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        expect(chosen).to_contain_text("Harbour lights")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog", name="Harbour lights")).to_be_visible()

    def test_what_went_before_is_recalled_by_keys(self, open_page, server, board):
        one = make_poster(server, board)
        page = open_page(server, path=f"/?board={board}&view={one}")
        expect(page.get_by_role("dialog", name="Harbour lights")).to_be_visible()
        page.keyboard.press("r")
        expect(page.get_by_label("Prompt")).to_have_value("Harbour lights")
        page.get_by_text("Options").click()
        expect(page.get_by_role("spinbutton", name="Seed")).to_have_value("")
        page.go_back()
        expect(page.get_by_role("dialog", name="Harbour lights")).to_be_visible()
        page.keyboard.press("a")
        expect(page.get_by_role("spinbutton", name="Seed")).to_have_value("7")

    def test_two_are_compared(self, open_page, server, board):
        make_poster(server, board, "Older")
        one = make_poster(server, board, "Newer")
        page = open_page(server, path=f"/?board={board}&view={one}")
        view = page.get_by_role("dialog")
        view.get_by_role("button", name="Compare (C)").click()
        slider = view.get_by_label("How much of each is seen")
        expect(slider).to_be_visible()
        expect(view.locator("img[alt=Older]")).to_be_visible()
        slider.focus()
        page.keyboard.press("Home")
        clip = "(image) => getComputedStyle(image).clipPath"
        assert "100%" in page.evaluate(clip, view.locator("img[alt=Older]").element_handle())
        view.get_by_role("button", name="Side by side").click()
        expect(view.get_by_role("figure")).to_have_count(2)

    def test_an_earlier_prompt_comes_back_by_a_key(self, open_page, server, board):
        page = open_page(server, path=f"/?board={board}")
        prompt = page.get_by_label("Prompt")
        prompt.fill("The first idea")
        run_button(page).click()
        expect(tiles(page, "completed")).to_have_count(1)
        prompt.fill("Half a tho")
        page.keyboard.press("Alt+ArrowUp")
        expect(prompt).to_have_value("The first idea")
        page.keyboard.press("Alt+ArrowDown")
        expect(prompt).to_have_value("Half a tho")


class TestMoney:
    def test_a_budget_is_seen_on_the_button_and_refuses_before_anything_is_spent(
        self, open_page, server, board
    ):
        ask(
            server,
            "POST",
            "/budgets",
            scope="board",
            subject_id=board,
            period="total",
            strictness="hard",
            amount="0.30",
        )
        page = open_page(server, path=f"/?board={board}")
        choose_generator(page, "priced")
        expect(run_button(page)).to_contain_text("$0.30 of $0.30 left")
        run_button(page).click()
        expect(tiles(page, "completed")).to_have_count(1)
        page.get_by_role("button", name="More takes").click()
        expect(run_button(page)).to_be_disabled()
        panel = page.get_by_role("complementary", name="Generate")
        expect(panel).to_contain_text(re.compile(r"budget", re.IGNORECASE))
        listed = httpx2.get(f"{server}/api/v1/generations", params={"board_id": board})
        assert len(listed.json()["items"]) == 1

    def test_what_is_uncertain_is_decided_once_for_all(self, open_page, server, board):
        page = open_page(server, path=f"/?board={board}")
        choose_generator(page, "broken")
        expect(run_button(page)).to_contain_text("$0.25")
        run_button(page).click()
        expect(tiles(page).first).to_contain_text("Not certain")
        page.get_by_role("button", name="Spend").click()
        expect(page.get_by_role("heading", name="Spend")).to_be_visible()
        held = page.get_by_role("listitem").filter(has_text="Release the hold")
        expect(held.first).to_be_visible()
        before = held.count()
        held.first.get_by_role("button", name="Release the hold").click()
        expect(page.get_by_text("free again")).to_be_visible()
        expect(held).to_have_count(before - 1)

    def test_a_budget_is_set_and_removed_and_set_again(self, open_page, server):
        page = open_page(server, path="/?page=spend")
        form = page.get_by_role("form", name="New budget")
        form.get_by_label("For how long").select_option("month")
        form.get_by_label("Amount in dollars").fill("20")
        form.get_by_role("button", name="Set").click()
        row = page.get_by_role("listitem").filter(has_text="$20.00 a month")
        expect(row).to_be_visible()
        row.get_by_role("button", name="Remove the budget").click()
        expect(row).to_be_hidden()
        page.get_by_role("button", name="Undo").click()
        expect(row).to_be_visible()
        row.get_by_role("button", name="Remove the budget").click()
        expect(row).to_be_hidden()


class TestTabs:
    def test_a_reload_in_the_middle_of_a_job_loses_nothing_of_it(self, open_page, server, board):
        page = open_page(server, path=f"/?board={board}")
        choose_generator(page, "noop")
        page.get_by_label("Delay").fill("20")
        run_button(page).click()
        expect(tiles(page).get_by_role("progressbar")).to_be_visible()
        page.reload()
        expect(tiles(page).get_by_role("progressbar")).to_be_visible()
        page.keyboard.press("j")
        tray = page.get_by_role("complementary", name="Jobs")
        expect(tray.get_by_role("heading", name="Under way")).to_be_visible()
        tray.get_by_role("button", name=re.compile("^Cancel")).first.click()
        expect(tiles(page, "cancelled")).to_have_count(1)
        expect(tray.get_by_role("heading", name="Under way")).to_be_hidden()

    def test_two_tabs_show_the_same(self, open_page, server, board):
        one = open_page(server, path=f"/?board={board}")
        other = one.context.new_page()
        other.goto(f"{server}/?board={board}")
        expect(other.get_by_role("heading", name="Test wall is empty")).to_be_visible()
        one.get_by_label("Prompt").fill("Seen twice")
        run_button(one).click()
        expect(tiles(one, "completed")).to_have_count(1)
        other.bring_to_front()
        expect(tiles(other, "completed")).to_have_count(1)
        other.keyboard.press("j")
        expect(other.get_by_role("complementary", name="Jobs")).to_contain_text("Seen twice")

    def test_without_a_network_the_page_says_so_and_comes_back(self, open_page, server, board):
        make_poster(server, board)
        page = open_page(server, path=f"/?board={board}")
        expect(tiles(page, "completed")).to_have_count(1)
        page.context.set_offline(True)
        expect(page.get_by_text("Offline")).to_be_visible()
        expect(tiles(page, "completed")).to_have_count(1)
        page.context.set_offline(False)
        expect(page.get_by_text("Offline")).to_be_hidden()


def test_the_whole_way_is_gone_by_keys_alone(open_page, server, board):
    page = open_page(server)
    expect(page.get_by_role("heading", name="Boards", level=2)).to_be_visible()
    page.keyboard.press("Control+k")
    find = page.get_by_role("combobox", name=re.compile("^Find"))
    expect(find).to_be_focused()
    page.keyboard.type("poster")
    page.keyboard.press("Enter")
    expect(find).to_be_hidden()
    page.goto(f"{server}/?board={board}")
    expect(page.get_by_label("Prompt")).to_be_visible()
    page.keyboard.press("g")
    expect(page.get_by_label("Prompt")).to_be_focused()
    page.keyboard.type("By keys alone")
    expect(run_button(page)).to_contain_text("free")
    page.keyboard.press("Control+Enter")
    expect(tiles(page, "completed")).to_have_count(1)
    page.keyboard.press("Shift+Tab")
    tile = tiles(page).first.locator("[data-tile]")
    for _ in range(60):
        if tile.evaluate("(it) => it === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(tile).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="By keys alone")).to_be_visible()
    page.keyboard.press("Escape")
    expect(tile).to_be_focused()
    page.keyboard.press("Delete")
    expect(tiles(page)).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def test_settings_make_and_revoke_a_token(open_page, server):
    page = open_page(server, path="/?page=settings")
    expect(page.get_by_role("listitem").first).to_be_visible()
    page.get_by_role("button", name="Tokens").click()
    page.get_by_label("What it is for").fill("Nightly renders")
    page.get_by_role("button", name="Make").click()
    expect(page.locator("code").filter(has_text=re.compile("^boards_"))).to_be_visible()
    page.get_by_role("button", name="Revoke Nightly renders").click()
    expect(page.get_by_role("button", name="Revoke Nightly renders")).to_be_hidden()


def test_a_new_browser_asks_for_nothing_but_this_server(browser: Browser, server, board):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server}/?board={board}")
    expect(page.get_by_role("heading", name="Test wall is empty")).to_be_visible()
    length = page.evaluate(
        "() => getComputedStyle(document.querySelector('button')).transitionDuration"
    )
    assert float(length.split(",")[0].removesuffix("s")) < 0.01
    assert asked
    assert all(url.startswith(server) for url in asked)
    context.close()
