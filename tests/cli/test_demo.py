"""The demo makes its board from nothing, twice, and leaves out what is not installed."""

from pathlib import Path

import pytest

from boards.cli.exits import Exit
from boards.cli.remote import Client
from boards.cli.showcase import STEPS

LOCAL = "boards.adapters.providers.local"


def without(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Have some generators be there and not able to run."""
    real = Client.generators

    async def generators(self: Client, artifact_type: str | None = None) -> list:
        found = await real(self, artifact_type)
        for one in found:
            if one["name"] in names:
                one["unavailable"] = "run: pip install 'boards-studio[media]'"
        return found

    monkeypatch.setattr(Client, "generators", generators)


@pytest.fixture
def built_in(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The generators that come with Boards, as somebody has them who sets nothing."""
    monkeypatch.delenv("BOARDS_GENERATORS_CONFIG_PATH")


@pytest.mark.slow
def test_it_works_from_nothing_and_again(cli, built_in):
    for times in (1, 2):
        ran = cli("demo")
        assert ran.code == Exit.OK, ran.err
        table = ran.out.split("\n\n")[1]
        assert [line[:13].strip() for line in table.splitlines()[1:]] == [
            step.name for step in STEPS
        ]
        assert table.count("$0.00") == len(STEPS)
        assert len(cli("list", "--board", "Demo", "--json").json) == times * len(STEPS)
        shows_where_everything_is_and_came_from(ran.out)


def shows_where_everything_is_and_came_from(out: str) -> None:
    tree = out.split("What the slideshow was made from\n")[1].split("\n\n", maxsplit=1)[0]
    assert tree.startswith("local-slideshow ")
    assert "audio: local-music " in tree
    assert tree.count("image_source: local-poster ") >= 1
    assert max(map(len, tree.splitlines())) <= 80
    files = [line.strip() for line in out.splitlines() if line.startswith("    /")]
    assert len(files) == len(STEPS)
    assert all(Path(file).stat().st_size > 0 for file in files)
    assert "What next" in out


@pytest.mark.slow
def test_without_the_media_extra_it_says_what_is_missing(cli, built_in, monkeypatch):
    without(monkeypatch, "local-slideshow")
    ran = cli("demo")
    assert ran.code == Exit.OK
    assert "No slideshow: run: pip install 'boards-studio[media]'" in ran.out
    assert "What the collage was made from" in ran.out


@pytest.mark.slow
def test_what_needs_something_left_out_is_left_out_too(cli, built_in, monkeypatch):
    without(monkeypatch, "local-poster", "local-slideshow")
    ran = cli("demo")
    assert ran.code == Exit.OK
    assert "No edit: what it is made from was left out" in ran.out
    assert "No collage: what it is made from was left out" in ran.out
    assert "music " in ran.out


def test_generators_that_a_list_leaves_out_are_no_error(cli):
    ran = cli("demo")
    assert ran.code == Exit.OK
    assert "No slideshow: there is no generator 'local-slideshow' here" in ran.out
