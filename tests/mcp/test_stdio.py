"""`boards mcp` as agents start it: a process of its own, spoken to by the SDK's client."""

import os
import sys
from pathlib import Path

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from tests.mcp.conftest import GENERATORS

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
async def test_an_agent_on_this_machine_spends_within_its_budget(tmp_path: Path) -> None:
    config = tmp_path / "generators.yaml"
    config.write_text(GENERATORS)
    own = {
        "BOARDS_DATA_DIR": str(tmp_path / "data"),
        "BOARDS_GENERATORS_CONFIG_PATH": str(config),
        "PYTHONPATH": str(ROOT),
    }
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "boards", "mcp", "--budget", "0.30"],
        env={**os.environ, **own},
    )
    async with Client(stdio_client(parameters)) as client:
        order = {"generator": "priced", "inputs": {}, "max_cost_usd": "1"}
        made = (await client.call_tool("run", order)).structured_content
        assert (made["state"], made["cost_actual_usd"]) == ("done", "0.25")
        assert made["session"]["left_usd"] == "0.05"
        again = await client.call_tool("run", order)
    assert again.is_error
    assert again.structured_content["code"] == "over_budget"
    assert again.structured_content["scope"] == "session"
