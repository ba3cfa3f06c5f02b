"""Any model by one line: added from its provider, confirmed, corrected, compared, and run."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from boards.catalog import load_declarations
from boards.catalog.drafts import MAX_BYTES
from boards.cli import ask
from boards.cli.exits import Exit
from boards.testing.generators import tiny_png
from boards.testing.lab import Event, Lab, open_lab
from boards.testing.lab.documents import fal_document

NOWHERE = "http://127.0.0.1:1"


@pytest.fixture
def lab(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """A lab in a thread, because a command runs a loop of its own; settings lead to it."""
    opened: list[Lab] = []
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    over = asyncio.Event()

    async def serve() -> None:
        async with open_lab(book=home / "book.jsonl") as one:
            opened.append(one)
            ready.set()
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(20)
    for name, value in opened[0].environment.items():
        monkeypatch.setenv(name, value)
    yield opened[0]
    loop.call_soon_threadsafe(over.set)
    thread.join(20)
    loop.close()


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the person at the terminal says, in turn."""
    said: list[str] = []
    monkeypatch.setattr(ask, "somebody_is_there", lambda: True)
    monkeypatch.setattr("sys.stdin.readline", lambda: f"{said.pop(0)}\n", raising=False)
    return said


def listed(home: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load((home / "generators.yaml").read_text())[
        "generators"
    ]
    return entries


def files(home: Path) -> set[str]:
    return {path.name for path in (home / "catalog").glob("*")}


class TestAdding:
    def test_keeps_the_model_beside_the_list_and_lists_it(self, cli, home, lab):
        before = (home / "generators.yaml").read_text()

        ran = cli("catalog", "add", "fal:lab/restyle", "--yes")

        assert ran.code == Exit.OK
        assert files(home) == {"fal-lab-restyle.toml", "fal-lab-restyle.json"}
        kept = json.loads((home / "catalog" / "fal-lab-restyle.json").read_text())
        assert kept == fal_document("lab/restyle")
        assert (home / "generators.yaml").read_text() == f'{before}  - fal: "lab/restyle"\n'
        assert "fal-lab-restyle" in cli("generators").out
        assert not lab.book.of(Event.REFUSED), "no key is shown where none is needed"

    def test_asks_nothing_of_the_provider_that_has_it(self, cli, home, lab):
        shipped = next(each for each in load_declarations("fal"))

        ran = cli("catalog", "add", f"fal:{shipped.endpoint}", "--yes")

        assert ran.code == Exit.REFUSED
        assert f"catalog: {shipped.name}" in ran.err

    def test_of_replicate_takes_its_key_and_its_version(self, cli, home, lab):
        ran = cli("catalog", "add", "replicate:lab/hum", "--yes", "--json")

        assert ran.json["makes"] == "audio"
        assert ran.json["endpoint"].startswith("lab/hum:")
        assert ran.json["guesses"][0]["slot"] is None
        assert listed(home)[-1] == {"replicate": "lab/hum"}

    def test_without_a_key_says_which_one(self, cli, home, lab, monkeypatch):
        monkeypatch.delenv("REPLICATE_API_TOKEN")

        ran = cli("catalog", "add", "replicate:lab/hum", "--yes")

        assert ran.code == Exit.UNREACHABLE
        assert "set REPLICATE_API_TOKEN" in ran.err

    def test_under_another_name_lists_it_by_that(self, cli, home, lab):
        assert cli("catalog", "add", "fal:lab/restyle", "--yes").code == Exit.OK

        ran = cli("catalog", "add", "fal:lab/restyle", "--yes", "--name", "mine", "--price", "0.05")

        assert ran.code == Exit.OK
        assert listed(home)[-2:] == [
            {"fal": "lab/restyle"},
            {"fal": "lab/restyle", "name": "mine"},
        ]
        names = [one["name"] for one in cli("generators", "--json").json]
        assert names[-2:] == ["fal-lab-restyle", "mine"]

    def test_again_is_refused_unless_it_is_to_be_replaced(self, cli, home, lab):
        cli("catalog", "add", "fal:lab/restyle", "--yes")
        path = home / "catalog" / "fal-lab-restyle.toml"
        path.write_text(path.read_text().replace("Lab Restyle", "Mine"))

        assert cli("catalog", "add", "fal:lab/restyle", "--yes").code == Exit.REFUSED
        assert "Mine" in path.read_text()
        assert cli("catalog", "add", "fal:lab/restyle", "--yes", "--replace").code == Exit.OK
        assert "Mine" not in path.read_text()
        assert len([each for each in listed(home) if "fal" in each]) == 1

    def test_without_a_list_it_lies_in_the_data_directory(self, cli, home, lab, monkeypatch):
        monkeypatch.delenv("BOARDS_GENERATORS_CONFIG_PATH")

        assert cli("catalog", "add", "fal:lab/restyle", "--yes").code == Exit.OK

        assert (home / "data" / "catalog" / "fal-lab-restyle.toml").is_file()
        assert cli("schema", "fal-lab-restyle").code == Exit.OK

    def test_into_a_list_of_another_shape_says_what_to_add(self, cli, home, lab):
        (home / "generators.yaml").write_text("allow_unlisted: true\n")

        ran = cli("catalog", "add", "fal:lab/restyle", "--yes")

        assert ran.code == Exit.OK
        assert '- fal: "lab/restyle"' in ran.out
        assert (home / "generators.yaml").read_text() == "allow_unlisted: true\n"

    def test_an_entry_that_is_there_already_is_filled(self, cli, home, lab):
        with (home / "generators.yaml").open("a") as file:
            file.write("  - fal: lab/restyle\n")
        unfetched = cli("generators")
        assert unfetched.code == Exit.UNREACHABLE
        assert "run `boards catalog add fal:lab/restyle` once" in unfetched.err
        before = (home / "generators.yaml").read_text()

        assert cli("catalog", "add", "fal:lab/restyle", "--yes").code == Exit.OK

        assert (home / "generators.yaml").read_text() == before
        assert "fal-lab-restyle" in cli("generators").out

    @pytest.mark.parametrize("source", ["lab/restyle", "fal:lab", "luma:a/b", "fal:../../x"])
    def test_what_is_no_source_is_refused(self, cli, home, lab, source):
        assert cli("catalog", "add", source, "--yes").code == Exit.USAGE

    def test_what_the_provider_has_not_is_not_found(self, cli, home, lab):
        ran = cli("catalog", "add", "fal:lab/nothing", "--yes")

        assert (ran.code, ran.err) == (Exit.NOT_FOUND, "Error: fal has no model 'lab/nothing'.\n")

    def test_from_a_file_needs_no_network(self, cli, home):
        (home / "document.json").write_text(json.dumps(fal_document("lab/restyle")))

        ran = cli("catalog", "add", "fal:lab/restyle", "--yes", "--document", "document.json")

        assert ran.code == Exit.OK
        assert cli("catalog", "add", "fal:a/b", "--yes", "--document", "none").code == Exit.USAGE


class TestConfirming:
    def test_shows_what_was_guessed_and_writes_nothing_without_a_yes(
        self, cli, home, lab, answers: list[str]
    ):
        answers += ["n"]

        ran = cli("catalog", "add", "fal:lab/restyle")

        assert ran.code == Exit.CANCELLED
        assert "makes   image (guessed" in ran.err
        assert "unpriced" in ran.err
        assert "guessed: the provider's own form asks for an image" in " ".join(ran.err.split())
        assert files(home) == set()
        assert len(listed(home)) == 6

    def test_nobody_there_is_no_yes(self, cli, home, lab):
        ran = cli("catalog", "add", "fal:lab/restyle")

        assert ran.code == Exit.CANCELLED
        assert "say --yes" in ran.err
        assert files(home) == set()

    def test_takes_corrections_and_asks_again(self, cli, home, lab, answers: list[str]):
        answers += ["mask_url=none", "imgae=video", "makes=video", "y"]

        ran = cli("catalog", "add", "fal:lab/restyle")

        assert ran.code == Exit.OK
        assert "no text input imgae" in ran.err
        text = (home / "catalog" / "fal-lab-restyle.toml").read_text()
        assert 'makes = "video"' in text
        assert "# a text, as you say\nmask_url = { type" in text

    def test_takes_them_beforehand(self, cli, home, lab):
        ran = cli(
            *("catalog", "draft", "fal:lab/restyle/animate", "--slot", "audio_url=none"),
            *("--makes", "image", "--price", "0.1", "--per", "duration"),
        )

        assert 'makes = "image"' in ran.out
        assert 'rate = "0.1"\nunits = "duration"' in ran.out
        assert "audio_url = { type" in ran.out
        assert files(home) == set()

    @pytest.mark.parametrize(
        "more",
        [
            ("--slot", "image_url"),
            ("--slot", "image_url=picture"),
            ("--makes", "none"),
            ("--makes", "music"),
            ("--price", "cheap"),
            ("--price", "-1"),
            ("--per", "duration"),
            ("--price", "1", "--per", "prompt"),
            ("--name", "A B"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, cli, home, lab, more):
        assert cli("catalog", "add", "fal:lab/restyle", "--yes", *more).code == Exit.USAGE
        assert files(home) == set()


class TestAHostileProvider:
    @pytest.mark.parametrize(
        ("change", "says"),
        [
            (lambda text: text + " " * MAX_BYTES, "has more than 4,194,304 bytes"),
            (lambda _: "<html>Welcome!</html>", "it is no JSON"),
            (lambda text: text.replace('"maxLength": 2000', '"maxLength": "x"'), "maxLength"),
            (
                lambda text: text.replace("#/components/schemas/Image", "https://e.example"),
                "leads out",
            ),
            (lambda text: text.replace('"default": 0.8', '"default": "x"'), "does not fit"),
        ],
    )
    def test_is_refused_and_nothing_is_written(
        self, cli, home, lab: Lab, change: Callable[[str], str], says
    ):
        text = json.dumps(fal_document("lab/restyle"))
        assert change(text) != text
        lab.desk.documents["fal", "lab/restyle"] = change(text).encode()
        before = (home / "generators.yaml").read_bytes()

        ran = cli("catalog", "add", "fal:lab/restyle", "--yes")

        assert ran.code == Exit.USAGE
        assert "ocument of fal:lab/restyle" in ran.err
        assert says in ran.err
        assert not (home / "catalog").exists()
        assert (home / "generators.yaml").read_bytes() == before


class TestLooking:
    def test_the_list_tells_where_each_is_from(self, cli, home, lab):
        assert "Nothing was added" in cli("catalog", "list", "--own").out
        cli("catalog", "add", "fal:lab/restyle", "--yes")

        every = cli("catalog", "list", "--json").json
        (own,) = cli("catalog", "list", "--own", "--json").json

        assert len(every) == len(load_declarations()) + 1
        assert own["file"] == str(home / "catalog" / "fal-lab-restyle.toml")
        assert "lab/restyle (added here)" in cli("catalog", "list", "--own").out

    def test_the_difference_to_today_is_told(self, cli, home, lab):
        cli("catalog", "add", "fal:lab/restyle", "--yes")
        assert "is as its provider describes it" in cli("catalog", "diff", "fal-lab-restyle").out
        text = json.dumps(fal_document("lab/restyle")).replace('"maximum": 4,', '"maximum": 8,')
        lab.desk.documents["fal", "lab/restyle"] = text.encode()

        ran = cli("catalog", "diff", "fal-lab-restyle")
        found = cli("catalog", "diff", "fal-lab-restyle", "--json").json

        assert [line.split() for line in ran.out.splitlines()][1:] == [
            ["num_images", "max", "4", "8"],
            ["loras.scale", "max", "4", "8"],
        ]
        assert found["same"] is False
        assert found["added"] == []

    def test_the_difference_of_what_publishes_nothing_is_refused(self, cli, home, lab):
        luma = load_declarations("luma")[0].name

        assert cli("catalog", "diff", luma).code == Exit.USAGE
        assert cli("catalog", "diff", "nothing").code == Exit.NOT_FOUND

    def test_the_check_names_every_fault(self, cli, home, lab):
        cli("catalog", "add", "fal:lab/restyle", "--yes")
        assert cli("catalog", "check").out.endswith("declared models, no faults.\n")
        path = home / "catalog" / "fal-lab-restyle.toml"
        path.write_text(path.read_text().replace('image_url = "image"', 'image_url = "audio"'))

        ran = cli("catalog", "check", str(path))

        assert ran.code == Exit.UNREACHABLE
        assert "catalog/fal-lab-restyle.toml: fal-lab-restyle: example 1: image_url" in ran.err
        assert cli("catalog", "check").code == Exit.UNREACHABLE


def test_an_added_model_runs_offline_from_then_on(cli, home, lab, monkeypatch):
    """Added once; then its document is to be had no more, and its queue makes the pictures."""
    price = ("--price", "0.05", "--per", "num_images")
    assert cli("catalog", "add", "fal:lab/restyle", "--yes", *price).code == Exit.OK
    monkeypatch.setenv("BOARDS_PROVIDERS__FAL__CATALOG_URL", NOWHERE)
    lab.desk.documents["fal", "lab/restyle"] = b"gone"
    (home / "a.png").write_bytes(tiny_png(0x336699))
    words = ("prompt=A woodcut", "image_url=a.png", "num_images=2", "from_=draft")

    assert cli("estimate", "fal-lab-restyle", *words).out.startswith("$0.10")
    ran = cli("generate", "fal-lab-restyle", *words, "--yes", "--json")

    assert ran.code == Exit.OK, ran.err
    made = ran.json["generations"]
    assert [one["status"] for one in made] == ["completed", "completed"]
    assert all(Path(one["file"]["path"]).read_bytes() for one in made)
    assert (lab.book.accepted, lab.book.billed) == (1, 1)
    (job,) = lab.desk.jobs.values()
    assert job.endpoint == "lab/restyle"
    assert str(job.body.pop("image_url")).startswith("data:image/png;base64,")
    assert job.body == {
        "prompt": "A woodcut",
        "image_size": {"width": 768, "height": 512},
        "strength": 0.8,
        "num_images": 2,
        "loras": [],
        "output_format": "png",
        "from": "draft",
    }
    shown = cli("show", made[0]["id"], "--json").json
    (source,) = shown["lineage"]["ancestors"]["branches"]
    assert (source["role"], source["artifact_type"]) == ("image_url", "image")


def test_an_added_model_of_replicate_runs_by_its_version(cli, home, lab):
    assert cli("catalog", "add", "replicate:lab/hum", "--yes").code == Exit.OK

    ran = cli("generate", "replicate-lab-hum", "--yes", "--json")

    assert ran.code == Exit.OK, ran.err
    assert ran.json["generations"][0]["artifact_type"] == "audio"
    assert ran.json["generations"][0]["file"]["path"].endswith(".wav")
