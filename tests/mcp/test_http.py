"""The MCP server over streamable HTTP, driven by the SDK's own client."""

import base64
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp.types import BlobResourceContents

from boards.api.errors import STATUSES
from boards.api.mcp.rest import ALLOWED, Answered, Refusal, Rest
from boards.bootstrap import App, asgi
from tests.mcp.conftest import BASE, agent, token_of

POSTER = {"generator": "local-poster", "inputs": {"prompt": "Night train"}}
PRICED = {"generator": "priced", "inputs": {}}


async def call(client: Client, tool: str, **arguments: Any) -> Any:
    """What a tool answers that succeeds."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return result.structured_content


async def refused(client: Client, tool: str, **arguments: Any) -> Any:
    """What a tool answers that is refused."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return result.structured_content


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_an_agent_finds_prices_and_runs(app: App, mode: str) -> None:
    async with agent(app, mode=mode) as client:
        found = await call(client, "list_generators", type="image", text="poster")
        assert [one["name"] for one in found["generators"]] == ["local-poster"]
        described = await call(client, "describe_generator", name="local-poster")
        assert "prompt" in described["input_schema"]["properties"]
        priced = await call(client, "estimate", **PRICED, takes=3)
        assert (priced["spends_money"], priced["cost_estimate_usd"]) == (False, "0.75")

        made = await call(client, "run", **POSTER, max_cost_usd="0")

        assert (made["state"], made["cost_actual_usd"]) == ("done", "0")
        (one,) = made["generations"]
        read = await client.read_resource(one["resource"])
        (content_of,) = read.contents
        assert isinstance(content_of, BlobResourceContents)
        content = base64.b64decode(content_of.blob)
        assert content.startswith(b"\x89PNG")
        assert len(content) == one["file"]["size"]


async def test_a_paid_result_says_what_it_cost_and_shows_a_picture(app: App) -> None:
    async with agent(app) as client:
        result = await client.call_tool("run", {**PRICED, "max_cost_usd": "0.25"})
        said = result.structured_content
        assert (said["spends_money"], said["cost_estimate_usd"]) == (True, "0.25")
        assert said["cost_actual_usd"] == "0.25"
        assert said["session"]["spent_usd"] == "0.25"
        kinds = [part.type for part in result.content]
        assert kinds[0] == "text"
        assert "resource_link" in kinds


async def test_what_is_proposed_spends_nothing_and_can_be_run_as_it_is(app: App) -> None:
    async with agent(app) as client:
        proposed = await call(client, "propose", requests=[PRICED, {**PRICED, "takes": 2}])
        assert (proposed["spends_money"], proposed["cost_estimate_usd"]) == (False, "0.75")
        assert (await call(client, "session_budget"))["held_usd"] == "0"

        ran = await call(client, "run_plan", **proposed["proposal"], max_cost_usd="0.75")

        for job in ran["jobs"]:
            ended = await call(client, "get_job", job_id=job["job_id"], wait_seconds=30)
            assert ended["state"] == "done"
        assert (await call(client, "session_budget"))["spent_usd"] == "0.75"


async def test_more_than_was_allowed_is_not_spent(app: App) -> None:
    async with agent(app) as client:
        problem = await refused(client, "run", **PRICED, max_cost_usd="0.20")
        assert (problem["code"], problem["asked"]) == ("above_max_cost", "0.25")
        problem = await refused(client, "run", generator="unpriced", inputs={}, max_cost_usd="9")
        assert problem["code"] in ("unpriced", "over_budget")
        assert (await call(client, "session_budget"))["spent_usd"] == "0"


async def test_the_budget_of_a_session_ends_it(app: App) -> None:
    headers = await token_of(app)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(asgi(app)), base_url=BASE, headers=headers
    ) as http:
        opened = await http.post("/api/v1/agent-sessions", json={"name": "x", "budget": "0.30"})
        session = opened.json()["id"]
    async with agent(app, {**headers, "Boards-Session": session}) as client:
        await call(client, "run", **PRICED, max_cost_usd="1")
        problem = await refused(client, "run", **PRICED, max_cost_usd="1")
    assert problem["code"] == "over_budget"
    assert (problem["scope"], problem["limit"], problem["asked"]) == ("session", "0.3", "0.25")


async def test_the_same_call_with_the_same_key_runs_once(app: App) -> None:
    async with agent(app) as client:
        order = {**PRICED, "max_cost_usd": "1", "idempotency_key": "mine"}
        first = await call(client, "run", **order)
        again = await call(client, "run", **order)
    assert first["job_id"] == again["job_id"]
    assert again["session"]["spent_usd"] == "0.25"


async def test_a_token_takes_up_its_own_session_and_no_other(app: App) -> None:
    mine, other = await token_of(app), await token_of(app)
    async with agent(app, mine) as client:
        first = (await call(client, "session_budget"))["session_id"]
    async with agent(app, mine) as client:
        assert (await call(client, "session_budget"))["session_id"] == first
    async with agent(app, other) as client:
        assert (await call(client, "session_budget"))["session_id"] != first
    transport = httpx2.ASGITransport(asgi(app))
    async with httpx2.AsyncClient(transport=transport, base_url=BASE, headers=other) as http:
        answer = await http.post("/mcp", json={}, headers={"Boards-Session": first})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_token_that_only_reads_spends_nothing(app: App) -> None:
    async with agent(app, await token_of(app, "read")) as client:
        assert (await call(client, "list_boards"))["boards"] == []
        assert (await refused(client, "run", **PRICED, max_cost_usd="1"))["code"] == "forbidden"


async def test_nobody_comes_in_with_a_token_that_does_not_hold(app: App) -> None:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(asgi(app))) as http:
        answer = await http.post(
            f"{BASE}/mcp", json={}, headers={"Authorization": "Bearer boards_nothing"}
        )
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_foreign_page_reaches_no_tool(app: App) -> None:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(asgi(app))) as http:
        answer = await http.post(f"{BASE}/mcp", json={}, headers={"Origin": "https://evil.example"})
        rebound = await http.post(f"{BASE}/mcp", json={}, headers={"Host": "evil.example"})
    assert (answer.status_code, rebound.status_code) == (403, 421)


async def test_what_is_not_there_is_said_by_its_code(app: App) -> None:
    nothing = "01890a5d-ac96-774b-bcce-b302099a8057"
    async with agent(app) as client:
        assert (await refused(client, "get_job", job_id=nothing))["code"] == "not_found"
        assert (await refused(client, "get_generation", generation_id="../x"))["code"]
        with pytest.raises(MCPError, match="not_found"):
            await client.read_resource(f"boards://generations/{nothing}/content")


async def test_every_tool_that_spends_says_so_and_every_other_says_that_it_does_not(
    app: App,
) -> None:
    async with agent(app) as client:
        tools = {one.name: one for one in (await client.list_tools()).tools}
    spends = {name for name, one in tools.items() if "SPENDS MONEY" in (one.description or "")}
    assert spends >= {"run", "run_plan"}
    for name, one in tools.items():
        notes = one.annotations
        assert notes is not None
        if name in spends:
            assert "max_cost_usd" in one.input_schema["required"]
            assert (notes.read_only_hint, notes.idempotent_hint) == (False, False)
            assert (notes.destructive_hint, notes.open_world_hint) == (False, True)
        else:
            assert "max_cost_usd" not in one.input_schema["properties"]


def test_nothing_that_publishes_decides_or_makes_credentials_can_be_reached() -> None:
    parts = {part for _, path in ALLOWED for part in path.strip("/").split("/")}
    kept_from_agents = {
        *("tokens", "keys", "key-rotation", "users", "tenants", "members", "share", "links"),
        *("budgets", "adjust", "mark-lost", "release-hold", "webhook-endpoints", "session"),
    }
    assert not parts & kept_from_agents
    # What is put is a storyboard, of which the one before is kept by git or by its revision.
    assert {path for method, path in ALLOWED if method not in ("GET", "POST")} == {
        "/workspace/{slug}"
    }


@pytest.mark.parametrize("path", ["/tokens", "/generations/x/mark-lost", "/jobs/x/../../tokens/y"])
async def test_a_tool_with_a_fault_reaches_no_more_than_agents_may(path: str) -> None:
    async def never(*_: Any) -> Answered:
        raise AssertionError("It was sent.")

    with pytest.raises(Refusal, match="forbidden"):
        await Rest(send=never, headers={}).post(path, {})


@pytest.mark.parametrize("code", STATUSES)
async def test_each_error_keeps_its_code(code: str) -> None:
    async def answers(*_: Any) -> Answered:
        said = f'{{"code": "{code}", "detail": "So it is.", "status": {STATUSES[code].status}}}'
        return Answered(
            status=STATUSES[code].status, media_type="application/problem+json", body=said.encode()
        )

    with pytest.raises(Refusal) as caught:
        await Rest(send=answers, headers={}).get("/boards")
    assert caught.value.problem == {"code": code, "detail": "So it is."}
