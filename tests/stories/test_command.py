"""`boards story` speaks to the routes: the same prices, and nothing spent without a yes."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from boards.cli import demo_story, session, stories
from boards.cli.exits import Exit, Stop
from boards.cli.inventory import take_stock
from boards.cli.remote import Client
from boards.cli.story_takes import Wish, make
from boards.settings import Settings
from tests.stories.conftest import BASE, Reel


async def nowhere(_: str) -> Path | None:
    return None


@pytest.fixture
def client(reel: Reel) -> Client:
    return Client(http=reel.http, address=BASE, locate=nowhere)


async def test_one_estimate_through_route_and_command(
    reel: Reel, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    await reel.begin("A red boat", "A blue train")
    body = {"takes": 3, "cards": [1, 2]}

    route = await reel.ask("POST", "/cards/estimate", json=body)
    code = await make(client, "reel", "/cards", body, Wish(only_estimate=True, as_json=True))
    command = json.loads(capsys.readouterr().out)
    started = await reel.ask("POST", "/cards/generate", status=202, json=body)

    assert code == Exit.OK
    assert command == route
    assert started["cost_estimate"] == route["cost_estimate"]


async def test_the_price_comes_first_and_nothing_is_spent_without_a_yes(
    reel: Reel, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    await reel.begin("A red boat")
    body = {"takes": 2}

    with pytest.raises(Stop, match=r"costs \$0\.08"):
        await make(client, "reel", "/cards", body, Wish(max_cost=Decimal("0.07")))
    with pytest.raises(Stop, match="Say --yes"):
        await make(client, "reel", "/cards", body, Wish())
    assert reel.painter.calls == 0

    code = await make(client, "reel", "/cards", body, Wish(max_cost=Decimal("0.08")))

    shown = capsys.readouterr()
    assert code == Exit.OK
    assert "Price: $0.08 for 2 takes" in shown.err
    assert "01-1.png\n01-2.png\n2 of 2 done, ~$0.08 spent" in shown.out


async def test_what_is_cached_needs_no_yes(
    reel: Reel, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    await reel.begin("A red boat")
    await reel.generate(takes=2)

    await make(client, "reel", "/cards", {"takes": 2}, Wish())

    assert "Price: $0.00 for 2 takes (2 cached: $0.00)" in capsys.readouterr().err
    assert reel.painter.calls == 2


async def test_a_partial_job_ends_with_its_own_code(reel: Reel, client: Client) -> None:
    reel.painter.fail(ValueError("No blue."))
    await reel.begin("A red boat")

    assert await make(client, "reel", "/cards", {"takes": 2}, Wish(agreed=True)) == Exit.FAILED


async def test_the_demo_tells_a_story_of_four_cards_with_takes_and_picks(
    reel: Reel, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = demo_story._new
    monkeypatch.setattr(
        demo_story, "_new", lambda board: {**plain(board), "storyboard": with_painter(plain(board))}
    )

    story = await demo_story.tell_story(client)
    again = await demo_story.tell_story(client)

    cards = story["storyboard"]["cards"]
    assert [card["media"]["take"] for card in cards] == [f"0{n}-2.png" for n in (1, 2, 3, 4)]
    assert story["storyboard"]["cover"]["media"]["path"] == "cover.png"
    assert again["storyboard"] == story["storyboard"]
    assert reel.painter.calls == 9, "a second demo finds everything there"


class TestOtherCommands:
    @pytest.fixture
    def run(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> list[Callable[..., Any]]:
        """Keeps the work of a command, to be awaited on the test's own loop."""
        kept: list[Callable[..., Any]] = []
        monkeypatch.setattr(stories, "run", lambda work, **_: kept.append(work))
        monkeypatch.setattr(session, "run", lambda work, **_: kept.append(work))
        return kept

    async def test_cards_picks_themes_and_uploads(
        self,
        reel: Reel,
        client: Client,
        run: list[Callable[..., Any]],
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        await reel.begin("A red boat", "A blue train")
        await reel.generate(takes=2)
        photo = tmp_path / "photo.png"
        photo.write_bytes((reel.folder / "cards" / "takes" / "01-1.png").read_bytes())
        plain: dict[str, Any] = {"as_json": False, "server": None}
        theme = {"style": "Chalk", "aspect": "1:1", "use": "reel"}

        stories.pick("reel", 1, "2", **plain)
        stories.upload("reel", "/cards/2/media", [photo], **plain)
        stories.upload("reel", "/portrait", [photo, photo], field="refs", **plain)
        stories.themes("reel", use=None, add="chalk", theme=theme, remove=None, **plain)
        stories.themes("reel", use="chalk", add=None, theme={}, remove=None, **plain)
        stories.takes("reel", None, **plain)
        stories.cards("reel", **plain)
        stories.list_stories(**plain)
        stories.open_story("reel", board=None, **plain)
        for work in run:
            await work(client, None)

        out = capsys.readouterr().out
        assert "cards/01.png  image · generated" in out
        assert "cards/02.png  image · uploaded" in out
        assert "portrait/refs/02.png" in out
        assert "old theme: re-roll?" in out
        assert str(reel.folder) in out

    async def test_a_sheet_shows_all_takes(self, reel: Reel, client: Client) -> None:
        await reel.begin("A red boat")
        await reel.ask("GET", "/sheet", status=400)
        await reel.generate(takes=2)

        data = await client.bytes_of("/workspace/reel/sheet?card=1")

        assert data.startswith(b"\xff\xd8")


def with_painter(body: dict[str, Any]) -> dict[str, Any]:
    return {**body["storyboard"], "providers": {"image": "painter"}}


async def test_clean_knows_what_is_a_storys_own_and_leaves_the_rest(
    reel: Reel, tmp_path: Path
) -> None:
    body = {"slug": "reel", "storyboard": {"title": "x", "cards": [{"scene": "A red boat"}]}}
    assert (await reel.http.post("/api/v1/workspace", json=body)).status_code == 201
    await reel.generate(takes=1)
    await reel.generate("/cover/generate")
    await reel.ask("POST", "/cards/1/pick", json={"take": "01-1"})
    notes = reel.folder / "notes.txt"
    notes.write_text("mine")

    inventory = take_stock(Settings(data_dir=tmp_path))

    names = {part.name: {path.name for path in part.paths} for part in inventory.parts}
    assert {"storyboard.json", "01-1.png", "01.png", "cover.png", "HEAD"} <= names["stories"]
    assert inventory.others == (notes.relative_to(tmp_path).as_posix(),)
