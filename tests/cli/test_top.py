"""What `boards top` shows."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rich.console import Console

from boards.bootstrap import App, open_app
from boards.cli.remote import Client, client_of
from boards.cli.top import look, shown
from boards.settings import Settings

GENERATORS = """\
generators:
  - class: boards.testing.generators:FakePaid
    name: priced
    options: {price: 0.25}
"""


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    config = tmp_path / "generators.yaml"
    config.write_text(GENERATORS)
    settings = Settings(data_dir=tmp_path / "data", generators_config_path=config, paused=("fake",))
    async with open_app(settings) as opened:
        yield opened


async def seen(client: Client) -> list[str]:
    console = Console(width=100, highlight=False)
    with console.capture() as captured:
        console.print(shown(await look(client)))
    return [" ".join(line.split()) for line in captured.get().splitlines() if line.strip()]


async def test_what_waits_at_a_paused_provider_and_what_is_held(app: App) -> None:
    async with client_of(app) as client:
        assert await seen(client) == [
            "provider running of waiting attention",
            "fake 0 20 0 0 paused",
            "Today $0 in 0 runs, $0 held.",
        ]
        sent = await client.submit("priced", {}, takes=2, board_id=None)
        lines = await seen(client)
    assert lines[1] == "fake 0 20 2 0 paused"
    assert f"{sent['job_id'][-12:]} queued 0% 2 × priced $0.5 $0" in lines
    assert lines[-1] == "Today $0 in 0 runs, $0.5 held."
