"""The page for who has not signed in: links, passwords, the way out, and what is shown to whom."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import ROOT, SCRIPT, running_server

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PASSWORD = "correct horse battery"
EMAIL = "root@studio.example"
LOCAL = {"BOARDS_AUTH_PROVIDER": "local"}


@dataclass(frozen=True, kw_only=True)
class House:
    """A server whose people sign in, and what is typed on its machine while it runs."""

    address: str
    home: Path

    def boards(self, *arguments: str) -> str:
        settings = {n: text for n, text in os.environ.items() if not n.startswith("BOARDS_")}
        ran = subprocess.run(
            [sys.executable, "-c", SCRIPT, *arguments],
            cwd=self.home,
            env={
                **settings,
                **LOCAL,
                "PYTHONPATH": str(ROOT),
                "BOARDS_DATA_DIR": str(self.home / "data"),
            },
            capture_output=True,
            text=True,
            check=True,
        )
        return ran.stdout

    def link(self, *arguments: str) -> str:
        """The path of a link by which the administrator comes in."""
        url: str = json.loads(self.boards("setup", "--json", *arguments))["url"]
        assert url.startswith(self.address)
        return url.removeprefix(self.address)


@pytest.fixture(scope="module")
def house(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("house")
    with running_server(home, **LOCAL) as address:
        yield House(address=address, home=home)


@pytest.fixture(scope="module")
def account(house: House) -> str:
    """Somebody with a password; gives their address."""
    import httpx2

    link = house.link("--email", EMAIL).partition("#link=")[2]
    body = {"link": link, "password": PASSWORD}
    httpx2.post(f"{house.address}/api/v1/session/link/use", json=body).raise_for_status()
    return EMAIL


def sign_in(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_the_first_administrator_says_who_they_are_and_is_in(open_page, house):
    path = house.link()
    page = open_page(house.address, path=path)
    expect(page.get_by_role("heading", name="Set up Boards")).to_be_visible()
    assert "link=" not in page.url, "the link must not stay in the address"
    page.get_by_label("E-mail").fill("First@Studio.example")
    page.get_by_label("New password").fill("first@studio.example")
    page.get_by_role("button", name="Set the password and sign in").click()
    expect(page.get_by_text("The password is your e-mail address")).to_be_visible()
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Set the password and sign in").click()
    page.get_by_role("button", name="Account").click()
    expect(page.get_by_text("first@studio.example")).to_be_visible()

    again = open_page(house.address, path=path)
    expect(again.get_by_role("heading", name="This link cannot be used")).to_be_visible()
    again.get_by_role("button", name="Go to Boards").click()
    expect(again.get_by_role("heading", name="Sign in to Boards")).to_be_visible()


def test_a_password_leads_in_and_signing_out_leads_out(open_page, house, account):
    page = open_page(house.address, path="/?board=x")
    sign_in(page, "not this one")
    expect(page.get_by_role("alert")).to_contain_text("is wrong")
    expect(page.get_by_label("Password")).to_have_value("")
    sign_in(page)
    expect(page.get_by_role("heading", name=re.compile("Sign in"))).to_have_count(0)
    page.get_by_role("button", name="Change the board").click()
    page.get_by_label("Title of a new board").fill("Mine")
    page.get_by_role("button", name="Make the board").click()
    expect(page.get_by_role("heading", name="Mine is empty")).to_be_visible()

    page.get_by_role("button", name="Account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to Boards")).to_be_visible()
    assert page.context.cookies() == []


def test_the_studio_works_by_the_session(open_page, house, account):
    page = open_page(house.address)
    sign_in(page)
    page.get_by_role("button", name="Change the board").click()
    page.get_by_label("Title of a new board").fill("Posters")
    page.get_by_role("button", name="Make the board").click()
    page.get_by_label("Prompt").fill("Night train")
    run = page.locator("[data-run]")
    expect(run).to_contain_text("free")
    run.click()
    expect(page.get_by_role("img", name="Night train")).to_be_visible()
    # The bytes come by the session, too, and that it is done comes by events.
    page.wait_for_function("() => document.querySelector('[data-status] img').naturalWidth > 9")


def test_a_session_that_ended_shows_how_to_come_in_again(open_page, house, account):
    page = open_page(house.address)
    sign_in(page)
    page.get_by_role("button", name="Account").wait_for()
    page.context.clear_cookies()
    page.get_by_role("button", name="Change the board").click()
    page.get_by_label("Title of a new board").fill("Never made")
    page.get_by_role("button", name="Make the board").click()
    expect(page.get_by_role("heading", name="Sign in to Boards")).to_be_visible()


def test_where_nobody_signs_in_nothing_of_it_is_shown(open_page, server):
    page = open_page(server)
    page.get_by_role("button", name=re.compile("^Theme")).wait_for()
    expect(page.get_by_role("button", name="Account")).to_have_count(0)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows_on_any_screen(open_page, house, account, width, scheme):
    page = open_page(house.address, width=width, height=740)
    page.emulate_media(color_scheme=scheme)
    expect(page.get_by_label("E-mail")).to_be_focused()
    overflow = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) == 0
