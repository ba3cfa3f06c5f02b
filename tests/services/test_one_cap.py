"""One cap for all: the same budget refuses the same request on every surface, whoever asks by
whatever credential (LiteLLM #38176: a budget that some routes did not know).

A new surface is a new entry in SURFACES, a new credential one in CREDENTIALS.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client as McpClient
from mcp.client.streamable_http import streamable_http_client

from boards.bootstrap import App, asgi, open_app
from boards.cli.exits import Exit, Stop
from boards.cli.making import Order, order_it
from boards.cli.remote import Client
from boards.domain.budgets import BudgetScope, Period, Strictness
from boards.errors import OverBudget
from boards.services.submit import SubmitRequest
from boards.settings import Settings

GENERATORS = """\
generators:
  - class: boards.testing.generators:FakePaid
    name: priced
    options: {price: 0.25}
  - class: tests.cli.makers:Unpriced
"""
AMOUNTS = ("limit", "spent", "held", "asked", "scope", "period", "reason")

Said = dict[str, Any]
Headers = Mapping[str, str]
Surface = Callable[[App, httpx2.AsyncClient, str, bool], Awaitable[Said | None]]
"""Asks for a run of a generator, and whether it is allowed to be unpriced; gives the refusal."""


async def rest(_: App, http: httpx2.AsyncClient, generator: str, allow: bool) -> Said | None:
    body = {"generator": generator, "inputs": {}, "allow_unpriced": allow}
    answer = await http.post("/api/v1/generations", json=body)
    if answer.status_code == 202:
        return None
    assert answer.status_code == 402, answer.text
    found: Said = answer.json()
    return found


async def _graphql(http: httpx2.AsyncClient, document: str, **variables: Any) -> Said | None:
    sent = {"query": document, "variables": variables}
    answer = (await http.post("/graphql", json=sent)).json()
    if "errors" not in answer:
        return None
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "OVER_BUDGET", error
    found: Said = error["extensions"]
    return found


async def run_generation(
    _: App, http: httpx2.AsyncClient, generator: str, allow: bool
) -> Said | None:
    document = """mutation($g: String!, $a: Boolean!) {
        runGeneration(generatorName: $g, inputs: {}, allowUnpriced: $a) { id } }"""
    return await _graphql(http, document, g=generator, a=allow)


async def create_generation(
    _: App, http: httpx2.AsyncClient, generator: str, allow: bool
) -> Said | None:
    board = (await http.post("/api/v1/boards", json={"title": "b"})).json()["id"]
    document = """mutation($g: String!, $b: UUID!, $a: Boolean!) { createGeneration(input: {
        boardId: $b, generatorName: $g, artifactType: IMAGE, inputParams: {},
        allowUnpriced: $a}) { id } }"""
    return await _graphql(http, document, g=generator, b=board, a=allow)


async def command_line(
    _: App, http: httpx2.AsyncClient, generator: str, allow: bool
) -> Said | None:
    async def nowhere(_: str) -> Path | None:
        return None

    client = Client(http=http, address=None, locate=nowhere)
    try:
        order = Order(generator=generator, words=[], agreed=True, allow_unpriced=allow)
        await order_it(client, order, tell=False)
    except Stop as stop:
        if stop.exit_code is not Exit.OVER_BUDGET:
            raise
        return stop.more
    return None


async def service(app: App, http: httpx2.AsyncClient, generator: str, allow: bool) -> Said | None:
    credentials = http.headers.get("Authorization")
    actor = app.actor if credentials is None else await _actor_of(app, credentials)
    try:
        request = SubmitRequest(generator=generator, inputs={}, allow_unpriced=allow)
        await app.submit.submit(actor, request)
    except OverBudget as error:
        return {
            **{name: f"{getattr(error, name).normalize():f}" for name in AMOUNTS[:3]},
            "asked": None if error.asked is None else f"{error.asked.normalize():f}",
            **{name: getattr(error, name) for name in AMOUNTS[4:]},
        }
    return None


async def agent(_: App, http: httpx2.AsyncClient, generator: str, allow: bool) -> Said | None:
    transport = streamable_http_client("http://127.0.0.1/mcp", http_client=http)
    order = {"generator": generator, "inputs": {}, "max_cost_usd": "9", "wait_seconds": 0}
    async with McpClient(transport) as client:
        result = await client.call_tool("run", {**order, "allow_unpriced": allow})
    if not result.is_error:
        return None
    found: Said = result.structured_content
    assert found["code"] == "over_budget", found
    return found


SURFACES: Mapping[str, Surface] = {
    "REST": rest,
    "runGeneration": run_generation,
    "createGeneration": create_generation,
    "command line": command_line,
    "MCP": agent,
    "service": service,
}


async def nobody_signs_in(_: App) -> Headers:
    return {}


async def an_api_token(app: App) -> Headers:
    made = await app.people.tokens.create(
        app.actor, name="robot", scopes=["read", "generate", "manage"], expires_days=None
    )
    return {"Authorization": f"Bearer {made.text}"}


CREDENTIALS: Mapping[str, Callable[[App], Awaitable[Headers]]] = {
    "nobody signs in": nobody_signs_in,
    "an API token": an_api_token,
}


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    config = tmp_path / "generators.yaml"
    config.write_text(GENERATORS)
    settings = Settings(data_dir=tmp_path / "data", generators_config_path=config, paused=("fake",))
    async with open_app(settings) as opened:
        yield opened


@asynccontextmanager
async def seat(app: App, credential: str) -> AsyncIterator[httpx2.AsyncClient]:
    headers = await CREDENTIALS[credential](app)
    transport = httpx2.ASGITransport(asgi(app), raise_app_exceptions=False)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers=headers
    ) as http:
        yield http


async def _actor_of(app: App, header: str) -> Any:
    from boards.services.sign_in import Credentials

    bearer = header.removeprefix("Bearer ")
    return await app.people.sign_in.actor_for(Credentials(bearer=bearer))


async def bound(app: App, amount: str) -> None:
    """Set a budget for the whole tenant."""
    await app.money.budgets.create(
        app.actor,
        scope=BudgetScope.TENANT,
        subject_id=None,
        period=Period.MONTH,
        strictness=Strictness.HARD,
        amount=Decimal(amount),
    )


@pytest.mark.parametrize("credential", CREDENTIALS)
@pytest.mark.parametrize("surface", SURFACES)
async def test_f12_the_same_cap_holds_everywhere(app: App, surface: str, credential: str) -> None:
    await bound(app, "0.60")
    async with seat(app, credential) as http:
        ask = SURFACES[surface]
        assert await ask(app, http, "priced", False) is None
        assert await ask(app, http, "priced", False) is None
        refused = await ask(app, http, "priced", False)
        assert refused is not None
        assert {name: refused[name] for name in AMOUNTS} == {
            "limit": "0.6",
            "spent": "0",
            "held": "0.5",
            "asked": "0.25",
            "scope": "tenant",
            "period": "month",
            "reason": "exceeded",
        }
        unpriced = await ask(app, http, "unpriced", False)
        assert unpriced is not None
        assert (unpriced["reason"], unpriced["asked"]) == ("unpriced", None)
        assert await ask(app, http, "unpriced", True) is None


@pytest.mark.parametrize("surface", SURFACES)
async def test_a_tokens_own_cap_holds_everywhere_for_it_and_for_nobody_else(
    app: App, surface: str
) -> None:
    async with seat(app, "an API token") as robot, seat(app, "nobody signs in") as person:
        actor = await _actor_of(app, robot.headers["Authorization"])
        await app.money.budgets.create(
            app.actor,
            scope=BudgetScope.TOKEN,
            subject_id=actor.token_id,
            period=Period.DAY,
            strictness=Strictness.HARD,
            amount=Decimal("0.10"),
        )
        refused = await SURFACES[surface](app, robot, "priced", False)
        assert refused is not None
        assert (refused["scope"], refused["limit"]) == ("token", "0.1")
        assert await SURFACES[surface](app, person, "priced", False) is None
