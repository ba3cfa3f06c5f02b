"""What comes out of a story as a whole: an animatic of its picks, and a zip of everything."""

import asyncio
import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from boards.adapters.providers.local import generator as local
from boards.adapters.providers.local.animatic import LocalAnimatic
from boards.cli.exits import Exit, Stop
from boards.cli.remote import Client
from boards.cli.story_outputs import make_animatic, save_story
from boards.generators.base import BaseGenerator
from boards.services.rights import scope_of
from tests.local.films import film, pictures, tone
from tests.stories.conftest import BASE, Painter, Reel, open_reel


async def nowhere(_: str) -> Path | None:
    return None


@pytest.fixture
async def reel(tmp_path: Path, painter: Painter) -> AsyncIterator[Reel]:
    async with AsyncExitStack() as stack:
        yield await opened(stack, tmp_path, painter, LocalAnimatic())


async def opened(
    stack: AsyncExitStack, folder: Path, painter: Painter, *more: BaseGenerator
) -> Reel:
    return await open_reel(stack, folder, painter, more=more)


@pytest.fixture
def client(reel: Reel) -> Client:
    return Client(http=reel.http, address=BASE, locate=nowhere)


def card(**said: Any) -> dict[str, Any]:
    return {"kind": "overlay", **said}


async def with_pick(reel: Reel, *cards: dict[str, Any], form: str = "folder") -> None:
    """A story of which the first card has two takes and a pick."""
    await reel.begin(form=form, cards=list(cards), aspect="16:9")
    await reel.generate(takes=2)
    await reel.ask("POST", "/cards/1/pick", json={"take": "01-2"})


async def finished(reel: Reel, submission: Any) -> Any:
    answer = await reel.http.get(f"/api/v1/jobs/{submission['job_id']}?wait=60")
    job = answer.json()
    assert job["state"] == "done", job
    return job["generations"][0]


class TestAnimatic:
    async def test_shows_what_is_picked_for_its_time_and_is_free(
        self, reel: Reel, tmp_path: Path
    ) -> None:
        await with_pick(
            reel,
            card(scene="A red boat", text="The last lamp", seconds=0.5),
            card(scene="Nobody picked this"),
            card(scene="A film of one's own"),
            {"kind": "end", "text": "To be continued", "seconds": 0.25},
            {"kind": "text", "text": " "},
        )
        clip = film(tmp_path / "clip.mp4", seconds=1)
        await reel.upload("/cards/3/media", clip.read_bytes())
        spent = reel.painter.calls

        submission = await reel.ask("POST", "/animatic", status=202)
        made = await finished(reel, submission)

        assert submission["cost_estimate"]["amount"] == "0"
        assert reel.painter.calls == spent
        assert made["generator"] == "local-animatic"
        shots = made["inputs"]["shots"]
        assert [shot["seconds"] for shot in shots] == [0.5, 1.0, 0.25]
        assert [shot["caption"] for shot in shots] == ["The last lamp", "", "To be continued"]
        assert (made["file"]["duration"], made["file"]["format"]) == (pytest.approx(1.75), "mp4")

    async def test_its_lineage_is_the_picks_and_the_music(self, reel: Reel) -> None:
        await with_pick(reel, card(scene="A red boat", seconds=0.2))
        board = (await reel.ask("GET", ""))["storyboard"]
        picked = board["cards"][0]["media"]["generation"]
        actor = reel.studio.actor
        music = await reel.studio.uploads.upload(actor, source=tone(0.3), filename="rain.wav")

        made = await finished(
            reel, await reel.ask("POST", "/animatic", status=202, json={"music_id": str(music.id)})
        )

        edges = await reel.studio.database.read(
            lambda tx: tx.lineage.inputs_of([UUID(made["id"])]), scope=scope_of(actor)
        )
        assert {(edge.role, str(edge.input_id)) for edge in edges} == {
            ("shots.0.media", picked),
            ("audio", str(music.id)),
        }

    async def test_music_that_is_not_there_is_told_before_anything_else(self, reel: Reel) -> None:
        await reel.begin("A red boat")

        missing = {"music_id": str(reel.studio.actor.user_id)}
        refused = await reel.ask("POST", "/animatic", status=404, json=missing)

        assert missing["music_id"] in refused["detail"]

    async def test_asked_for_again_it_is_there(self, reel: Reel) -> None:
        await with_pick(reel, card(scene="A red boat", seconds=0.2))
        first = await finished(reel, await reel.ask("POST", "/animatic", status=202))

        again = await reel.ask("POST", "/animatic", status=202)
        key = {"Idempotency-Key": "one"}
        once = await reel.ask("POST", "/animatic", status=202, headers=key)
        twice = await reel.ask("POST", "/animatic", status=202, headers=key)

        assert again["cost_estimate"]["cached_units"] == 1
        assert (await finished(reel, again))["file"]["sha256"] == first["file"]["sha256"]
        assert once["job_id"] == twice["job_id"]

    async def test_a_file_that_a_hand_put_there_is_shown_too(self, reel: Reel) -> None:
        await with_pick(reel, card(scene="A red boat", seconds=0.2))
        Image.new("RGB", (32, 18), "red").save(reel.folder / "cards" / "mine.png")
        story = await reel.ask("GET", "")
        one = story["storyboard"]["cards"][0]
        one["media"] = {"kind": "image", "source": "uploaded", "path": "cards/mine.png"}
        await reel.edit(cards=[one])

        made = await finished(reel, await reel.ask("POST", "/animatic", status=202))

        assert made["inputs"]["shots"][0]["media"]

        (reel.folder / "cards" / "mine.png").unlink()
        gone = await reel.ask("POST", "/animatic", status=400)
        assert "card 1" in gone["detail"]

    async def test_without_a_pick_it_says_what_to_do(self, reel: Reel) -> None:
        await reel.begin("A red boat")

        refused = await reel.ask("POST", "/animatic", status=400)

        assert "pick a take first" in refused["detail"]

    async def test_without_its_extra_it_says_what_to_install(
        self, reel: Reel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await with_pick(reel, card(scene="A red boat", seconds=0.2))
        monkeypatch.setattr(local, "find_spec", lambda _: None)

        refused = await reel.ask("POST", "/animatic", status=503)

        assert "pip install 'boards-studio[media]'" in refused["detail"]

    async def test_where_it_is_not_loaded_it_says_so(
        self, tmp_path: Path, painter: Painter
    ) -> None:
        async with AsyncExitStack() as stack:
            bare = await opened(stack, tmp_path, painter)
            await bare.begin("A red boat")

            refused = await bare.ask("POST", "/animatic", status=503)

        assert "'local-animatic', which is not loaded here" in refused["detail"]

    async def test_the_command_takes_a_file_of_music_and_writes_the_video(
        self, reel: Reel, client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        await with_pick(reel, card(scene="A red boat", seconds=0.25), card(scene="Left"))
        music = tmp_path / "rain.wav"
        music.write_bytes(tone(0.2))
        out = tmp_path / "film.mp4"

        actor, studio = reel.studio.actor, reel.studio

        async def located(generation_id: str) -> Path:
            one = await studio.generations.get(actor, UUID(generation_id))
            assert one.file is not None
            here = tmp_path / "here"
            data = await studio.storage.read(one.file.key, max_bytes=10**7)
            await asyncio.to_thread(here.write_bytes, data)
            return here

        here = replace(client, locate=located)

        code = await make_animatic(here, "reel", str(music), out, as_json=False)

        shown = capsys.readouterr()
        assert code == Exit.OK
        assert shown.out == f"{out}\n"
        assert "nothing is picked: card 2" in shown.err
        assert len(pictures(out)) == 6
        with pytest.raises(Stop, match="neither a file nor the id"):
            await make_animatic(client, "reel", "nothing.mp3", None, as_json=False)


class TestExport:
    @pytest.mark.parametrize("form", ["folder", "storage", "memory"])
    async def test_holds_everything_with_its_hashes(self, reel: Reel, form: str) -> None:
        await with_pick(reel, card(scene="A red boat"), form=form)
        await reel.generate("/cover/generate")

        data = await reel.ask("GET", "/export")

        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            assert zipped.testzip() is None
            names = zipped.namelist()
            manifest = json.loads(zipped.read("manifest.json"))
            told = {one["path"]: one for one in manifest["files"]}
            for path, one in told.items():
                content = zipped.read(path)
                assert len(content) == one["size"]
                assert hashlib.sha256(content).hexdigest() == one["sha256"]
            board = json.loads(zipped.read("storyboard.json"))
        assert names[0] == "storyboard.json"
        assert names[-1] == "manifest.json"
        assert set(names) == {*told, "manifest.json"}
        takes = {f"cards/takes/{stem}" for stem in ("01-1", "01-2", "cover-1")}
        assert set(names) == {
            *(f"{take}.{ending}" for take in takes for ending in ("png", "json")),
            *("storyboard.json", "manifest.json", "cards/01.png", "cover.png"),
        }
        assert (manifest["format"], manifest["story"]) == ("boards-story", "reel")
        assert board["cards"][0]["media"]["take"] == "01-2.png"

    async def test_leaves_out_what_is_not_the_storys(self, reel: Reel) -> None:
        await with_pick(reel, card(scene="A red boat"))
        (reel.folder / "notes.txt").write_text("mine")
        (reel.folder / "cards" / ".hidden.png").write_bytes(b"x")
        (reel.folder / "cards" / "out.png").symlink_to("/etc/hostname")

        data = await reel.ask("GET", "/export")

        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            assert not {"notes.txt", "cards/.hidden.png", "cards/out.png"} & set(zipped.namelist())

    async def test_a_broken_storyboard_is_exported_as_it_is(self, reel: Reel) -> None:
        await with_pick(reel, card(scene="A red boat"))
        (reel.folder / "storyboard.json").write_text("{broken")

        data = await reel.ask("GET", "/export")

        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            assert zipped.read("storyboard.json") == b"{broken"

    async def test_a_file_that_is_gone_meanwhile_is_left_out(
        self, reel: Reel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await with_pick(reel, card(scene="A red boat"))
        export = await reel.stories.exports.open(reel.studio.actor, "reel")
        (reel.folder / "cards" / "takes" / "01-1.png").unlink()

        data = b"".join([chunk async for chunk in export.chunks])

        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            assert "cards/takes/01-1.png" not in zipped.namelist()
            assert "01-1.png" not in zipped.read("manifest.json").decode()

    async def test_the_command_writes_it(
        self, reel: Reel, client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        await with_pick(reel, card(scene="A red boat"))
        target = tmp_path / "reel.zip"

        await save_story(client, "reel", target, as_json=True)

        assert json.loads(capsys.readouterr().out)["bytes"] == target.stat().st_size
        assert zipfile.is_zipfile(target)
        with pytest.raises(Stop, match="not found"):
            await save_story(client, "none", tmp_path / "none.zip", as_json=False)
        assert not (tmp_path / "none.zip").exists()
