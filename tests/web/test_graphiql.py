"""GraphiQL as it is served: it works without anything from elsewhere, and only where it may."""

from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import expect

from tests.web.conftest import running_server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EDITOR = ".graphiql-query-editor .CodeMirror"
RESULT = ".result-window .CodeMirror-code"


def test_it_asks_and_follows_from_this_server_alone(server, open_page):
    # The fixture fails for anything that is asked of another, or that breaks the content policy.
    page = open_page(server, path="/graphql")
    expect(page.get_by_role("button", name="Execute query (Ctrl-Enter)")).to_be_visible()
    page.locator(EDITOR).click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("{ generators { name } }")
    page.keyboard.press("Control+Enter")
    expect(page.locator(RESULT)).to_contain_text("local-poster")

    made = httpx2.post(f"{server}/api/v1/boards", json={"title": "Followed"}).json()
    page.locator(EDITOR).click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(
        f'subscription {{ boardEvents(boardId: "{made["id"]}") {{ type id }} }}'
    )
    page.keyboard.press("Control+Enter")
    expect(page.locator(RESULT)).to_contain_text("snapshot")

    # What the schema says is known to the editor: it was asked by introspection.
    page.get_by_role("button", name="Show Documentation Explorer").click()
    expect(page.locator(".graphiql-plugin")).to_contain_text("subscription: Subscription")


def test_where_it_is_switched_off_there_is_none(browser, tmp_path: Path):
    with running_server(tmp_path, BOARDS_GRAPHQL_EXPLORER="false") as address:
        page = httpx2.get(f"{address}/graphql", headers={"Accept": "text/html"})
        assert page.status_code == 404
        asked = {"query": "{ __schema { types { name } } }"}
        answer = httpx2.post(f"{address}/graphql", json=asked).json()
        assert "introspection" in answer["errors"][0]["message"].lower()
