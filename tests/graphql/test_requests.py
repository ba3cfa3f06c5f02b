"""How GraphQL is spoken over HTTP."""

from pathlib import Path

import pytest

from boards.api.web import EDITOR_POLICY
from boards.bootstrap.app import explores
from boards.settings import Settings
from tests.graphql.asking import Ask, Server
from tests.services.studio import Studio

QUERY = "{ generators { name } }"
MUTATION = 'mutation { runGeneration(generatorName: "sample", inputs: {}) { id } }'


async def test_a_query_may_come_by_get(ask: Ask):
    answer = await ask.client.get("/graphql", params={"query": QUERY})
    assert answer.status_code == 200
    assert answer.json()["data"]["generators"]


async def test_a_mutation_may_not_come_by_get(studio: Studio, ask: Ask):
    answer = await ask.client.get("/graphql", params={"query": MUTATION})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    found = await ask("{ recentGenerations { id } }")
    assert found == {"recentGenerations": []}


async def test_a_page_of_somebody_else_may_not_run_a_mutation(ask: Ask):
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = await ask.client.post("/graphql", json={"query": MUTATION}, headers=headers)
        assert answer.status_code == 403


async def test_a_form_is_no_request(ask: Ask):
    as_text = await ask.client.post(
        "/graphql", content=MUTATION, headers={"Content-Type": "text/plain"}
    )
    as_form = await ask.client.post("/graphql", data={"query": MUTATION})
    as_upload = await ask.client.post("/graphql", files={"query": MUTATION.encode()})
    assert [one.status_code for one in (as_text, as_form, as_upload)] == [415, 415, 415]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"query": ""},
        {"query": None},
        [],
        [{"query": QUERY}],
        "text",
        7,
        {"query": 7},
        {"query": QUERY, "variables": [1]},
        {"query": QUERY, "variables": "x"},
    ],
)
async def test_what_holds_no_document_is_refused(ask: Ask, body: object):
    answer = await ask.client.post("/graphql", json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_an_unknown_operation_name_is_refused(ask: Ask):
    answer = await ask.client.post(
        "/graphql", json={"query": f"query A {QUERY}", "operationName": "B"}
    )
    assert answer.status_code == 400


class TestTheEditor:
    PAGE = b"<!doctype html><script type=module src=./assets/graphiql-1.js></script>"
    BROWSER = {"Accept": "text/html,*/*;q=0.8"}

    async def test_without_one_a_browser_is_told_so(self, ask: Ask):
        answer = await ask.client.get("/graphql", headers=self.BROWSER)
        assert answer.status_code == 404
        assert "script" not in answer.text

    async def test_it_is_for_browsers_and_loads_nothing_from_elsewhere(self, server: Server):
        server.editor = self.PAGE
        async with server.client() as client:
            page = await client.get("/graphql", headers=self.BROWSER)
            assert page.status_code == 200
            assert page.content == self.PAGE
            policy = page.headers["content-security-policy"]
            assert policy == EDITOR_POLICY
            assert "script-src 'self';" in policy
            assert "connect-src 'self';" in policy
            query = await client.get(
                "/graphql", params={"query": QUERY}, headers={"Accept": "text/html"}
            )
            assert query.json()["data"]["generators"]
            anything = await client.get("/graphql", headers={"Accept": "*/*"})
            assert anything.status_code == 400

    async def test_a_setting_says_whether_there_is_one_and_whether_the_schema_is_told(self):
        own, open_to_all = (
            Settings(data_dir=Path("x")),
            Settings(data_dir=Path("x"), auth_provider="local"),
        )
        assert explores(own)
        assert not explores(open_to_all)
        assert explores(open_to_all.model_copy(update={"graphql_explorer": True}))
        assert not explores(own.model_copy(update={"graphql_explorer": False}))


async def test_introspection_can_be_switched_off(server: Server):
    server.introspection = False
    async with server.client() as client:
        closed = Ask(client)
        refused = await closed.answer("{ __schema { types { name } } }")
        assert "introspection" in refused["errors"][0]["message"].lower()
        hint = await closed.error("{ generator { name } }")
        assert "generators" not in hint["message"]
        assert (await closed(QUERY))["generators"]


async def test_it_stands_under_the_same_guard_as_everything(ask: Ask):
    answer = await ask.client.post(
        "/graphql", json={"query": QUERY}, headers={"Host": "evil.example"}
    )
    assert answer.status_code == 421


async def test_it_is_no_part_of_the_rest_contract(ask: Ask):
    contract = (await ask.client.get("/api/v1/openapi.json")).json()
    assert not [path for path in contract["paths"] if "graphql" in path]
