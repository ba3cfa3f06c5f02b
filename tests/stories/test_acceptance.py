"""The studio specification's definition of done, sentence by sentence, with a faked generator."""

import asyncio
from contextlib import AsyncExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from boards.adapters.storage.objects import ObjectStorage
from boards.domain.budgets import BudgetScope, Period, Strictness
from boards.generators.artifacts import VideoArtifact
from boards.generators.context import GeneratorContext
from boards.testing.generators import FakeInput, tiny_png
from tests.media.files import film
from tests.stories.conftest import Painter, Reel, open_reel

MINUTE = 60


async def test_generate_n_then_pick(reel: Reel) -> None:
    await reel.begin("A red boat on a puddle")

    started = await reel.ask("POST", "/cards/1/generate", status=202, json={"takes": 3})
    job = await reel.job(started["job_id"])

    assert job["state"] == "done"
    assert [take["file"] for take in job["takes"]] == ["01-1.png", "01-2.png", "01-3.png"]
    assert await reel.takes() == ["01-1.png", "01-2.png", "01-3.png"]
    picked = await reel.ask("POST", "/cards/1/pick", json={"take": "01-2.png"})
    assert picked["media"]["kind"] == "image"
    assert picked["media"]["source"] == "generated"
    assert picked["media"]["theme"] == "poster"
    assert (reel.folder / "cards" / "01.png").read_bytes() == (
        reel.folder / "cards" / "takes" / "01-2.png"
    ).read_bytes()
    story = await reel.ask("GET", "")
    assert story["storyboard"]["cards"][0]["media"]["take"] == "01-2.png"


async def test_the_takes_of_a_generate_default_to_the_projects_own_number(reel: Reel) -> None:
    await reel.begin("A red boat", settings={"takes": 2})

    job = await reel.generate()

    assert len(job["takes"]) == 2


async def test_an_upload_is_used_as_is(reel: Reel) -> None:
    await reel.begin("A red boat")
    await reel.edit(cards=[{"id": 1, "kind": "overlay", "scene": "A red boat", "text": "Hello"}])
    photo = tiny_png(0xFF8800)

    picked = await reel.upload("/cards/1/media", photo)

    assert picked["media"] | {"generation_id": ""} == {
        "kind": "image",
        "source": "uploaded",
        "theme": None,
        "path": "cards/01.png",
        "take": None,
        "generation_id": "",
    }
    assert (reel.folder / "cards" / "01.png").read_bytes() == photo
    assert reel.painter.calls == 0


async def test_an_uploaded_video_needs_no_scene_and_its_kind_follows_the_bytes(
    reel: Reel, tmp_path: Path
) -> None:
    await reel.begin("A red boat")
    clip = film(tmp_path / "clip.mp4").read_bytes()

    picked = await reel.upload("/cards/1/media", clip)
    story = await reel.ask("GET", "")
    card = {**story["storyboard"]["cards"][0], "scene": ""}
    saved = await reel.edit(cards=[card])

    assert picked["media"]["kind"] == "video"
    assert saved["problems"] == []


async def test_the_cost_is_surfaced_on_the_job(reel: Reel, gate: asyncio.Event) -> None:
    await reel.begin("A red boat")
    gate.clear()

    started = await reel.ask("POST", "/cards/1/generate", status=202, json={"takes": 3})
    running = await reel.job(started["job_id"], wait=0)
    gate.set()
    done = await reel.job(started["job_id"])

    assert started["cost_estimate"]["amount"] == "0.12"
    assert running["state"] in ("queued", "running")
    assert running["cost_actual"]["amount"] == "0"
    assert done["cost_actual"]["amount"] == "0.12"
    assert done["line"] == "3 of 3 done, ~$0.12 spent"
    assert done["eta"] == 0


async def test_a_batch_is_one_job_with_an_item_for_each_card(reel: Reel) -> None:
    await reel.begin("A red boat", "A blue train", "A green hill")

    job = await reel.generate("/cards/generate", takes=2, cards=[1, 3])

    assert [item["card"] for item in job["items"]] == [1, 3]
    assert [take["file"] for take in job["takes"]] == [
        *("01-1.png", "01-2.png"),
        *("03-1.png", "03-2.png"),
    ]
    assert job["progress"] == {"done": 4, "total": 4, "fraction": 1.0}
    assert job["cost_actual"]["amount"] == "0.16"


async def test_a_restart_in_mid_job_loses_nothing(tmp_path: Path, painter: Painter) -> None:
    storage = ObjectStorage.memory()
    async with AsyncExitStack() as first:
        reel = await open_reel(first, tmp_path, painter, storage=storage)
        await reel.begin("A red boat")
        started = await reel.ask("POST", "/cards/1/generate", status=202, json={"takes": 2})
        await reel.studio.ended(UUID(started["job_id"]))
        # It is made, and the process ends before anybody has asked for it.
    async with AsyncExitStack() as second:
        again = await open_reel(second, tmp_path, painter, storage=storage)

        job = await again.job(started["job_id"])

        assert job["state"] == "done"
        assert job["cost_actual"]["amount"] == "0.08"
        assert await again.takes() == ["01-1.png", "01-2.png"]
    assert painter.calls == 2


async def test_a_closed_client_does_not_stop_the_job(reel: Reel, gate: asyncio.Event) -> None:
    await reel.begin("A red boat")
    gate.clear()
    await reel.ask("POST", "/cards/1/generate", status=202, json={"takes": 1})
    await reel.http.aclose()
    gate.set()

    for _ in range(500):
        if await reel.stories.delivery.deliver_all():
            break
        await asyncio.sleep(0.01)

    assert (reel.folder / "cards" / "takes" / "01-1.png").exists()


async def test_a_forgotten_job_says_to_ask_the_files(reel: Reel) -> None:
    await reel.begin("A red boat")

    unknown = await reel.ask("GET", "/jobs/01890a5d-ac96-774b-bcce-b302099a8057", status=404)

    assert "its takes are there" in unknown["detail"]


class TestThemes:
    async def test_a_change_of_theme_flags_and_a_re_roll_takes_the_flag_away(
        self, reel: Reel
    ) -> None:
        await reel.begin("A red boat", "A blue train")
        await reel.generate("/cards/generate", takes=1)
        await reel.ask("POST", "/cards/1/pick", json={"take": "01-1.png"})
        calls = reel.painter.calls

        story = await reel.edit(theme="film")
        flags = story["flagged"]
        estimate = await reel.ask("POST", "/reroll/estimate", json={"takes": 2})
        assert [(one["card"], one["made_under"], one["theme"]) for one in flags] == [
            (1, "poster", "film")
        ]
        assert "re-roll?" in flags[0]["message"]
        assert reel.painter.calls == calls, "a flag generates nothing by itself"
        assert estimate["cost_estimate"]["amount"] == "0.08"

        await reel.generate("/reroll", takes=2)
        assert "shallow depth of field" in reel.painter.inputs[-1].prompt
        await reel.ask("POST", "/cards/1/pick", json={"take": "01-3.png"})
        assert (await reel.ask("GET", ""))["flagged"] == []

    async def test_going_back_to_an_older_take_records_the_theme_it_was_made_under(
        self, reel: Reel
    ) -> None:
        await reel.begin("A red boat")
        await reel.generate(takes=1)
        await reel.edit(theme="film")
        await reel.generate(takes=1)

        old = await reel.ask("POST", "/cards/1/pick", json={"take": "01-1.png"})

        assert old["media"]["theme"] == "poster"
        assert len((await reel.ask("GET", ""))["flagged"]) == 1

    async def test_an_upload_is_never_flagged(self, reel: Reel) -> None:
        await reel.begin("A red boat")
        await reel.upload("/cards/1/media", tiny_png(7))

        assert (await reel.edit(theme="film"))["flagged"] == []


class TestMemory:
    async def test_the_prune_window_frees_what_nobody_picked(self, reel: Reel) -> None:
        await reel.begin("A red boat", form="memory")
        await reel.generate(takes=2)
        await reel.ask("POST", "/cards/1/pick", json={"take": "01-1.png"})
        reel.studio.clock.advance(2 * MINUTE)
        await reel.generate(takes=1, force=True)
        reel.studio.clock.advance(2 * MINUTE)

        freed = await reel.stories.pruning.sweep()

        assert freed == 1
        assert await reel.takes() == ["01-1.png", "01-3.png"]
        gone = await reel.ask("POST", "/cards/1/pick", status=404, json={"take": "01-2.png"})
        assert "read the list of takes again" in gone["detail"]

    async def test_within_the_window_a_pick_goes_back_to_an_earlier_round(self, reel: Reel) -> None:
        await reel.begin("A red boat", form="memory")
        await reel.generate(takes=1)
        await reel.generate(takes=1, force=True)
        await reel.ask("POST", "/cards/1/pick", json={"take": "01-2.png"})

        await reel.stories.pruning.sweep()

        await reel.ask("POST", "/cards/1/pick", json={"take": "01-1.png"})

    async def test_the_bytes_held_are_told(self, reel: Reel) -> None:
        await reel.begin("A red boat", form="memory")
        await reel.generate(takes=1)

        memory = (await reel.ask("GET", ""))["memory"]

        assert memory["bytes"] > len(tiny_png())
        assert "kept in memory" in memory["message"]

    async def test_a_pruned_take_is_not_paid_for_again(self, reel: Reel) -> None:
        await reel.begin("A red boat", form="memory")
        await reel.generate(takes=2)
        reel.studio.clock.advance(4 * MINUTE)
        assert await reel.stories.pruning.sweep() == 2

        again = await reel.generate(takes=2)

        assert again["cost_actual"]["amount"] == "0"
        assert reel.painter.calls == 2
        assert len(await reel.takes()) == 2

    async def test_a_folder_is_never_pruned(self, reel: Reel) -> None:
        await reel.begin("A red boat")
        await reel.generate(takes=2)
        reel.studio.clock.advance(60 * MINUTE)

        assert await reel.stories.pruning.sweep() == 0
        assert len(await reel.takes()) == 2


async def test_without_a_provider_generating_is_503_and_uploads_still_work(
    tmp_path: Path, painter: Painter
) -> None:
    async with AsyncExitStack() as stack:
        reel = await open_reel(stack, tmp_path, painter, image=None)
        story = await reel.begin("A red boat")

        refused = await reel.ask("POST", "/cards/1/generate", status=503, json={})
        picked = await reel.upload("/cards/1/media", tiny_png(3))

    assert refused["code"] == "not_configured"
    assert "no image provider is configured" in refused["detail"]
    assert "BOARDS_STORY_IMAGE_GENERATOR" in refused["detail"]
    assert story["unavailable"] == refused["detail"]
    assert picked["media"]["source"] == "uploaded"


async def test_an_estimate_spends_nothing_and_is_what_the_start_says(reel: Reel) -> None:
    await reel.begin("A red boat", "A blue train")

    estimate = await reel.ask("POST", "/cards/estimate", json={"takes": 3})
    assert reel.painter.calls == 0
    started = await reel.ask("POST", "/cards/generate", status=202, json={"takes": 3})

    assert estimate["cost_estimate"] == started["cost_estimate"]
    assert estimate["cost_estimate"]["amount"] == "0.24"
    assert [item["cost_estimate"]["amount"] for item in estimate["items"]] == ["0.12", "0.12"]


async def test_a_batch_over_budget_is_refused_whole_and_told_before(reel: Reel) -> None:
    story = await reel.begin("A red boat", "A blue train")
    await reel.studio.money.budgets.create(
        reel.studio.actor,
        scope=BudgetScope.BOARD,
        subject_id=UUID(story["board_id"]),
        period=Period.DAY,
        strictness=Strictness.HARD,
        amount=Decimal("0.20"),
    )

    estimate = await reel.ask("POST", "/cards/estimate", json={"takes": 3})
    refused = await reel.ask("POST", "/cards/generate", status=402, json={"takes": 3})

    assert estimate["refusal"]["asked"] == refused["asked"] == "0.24"
    assert reel.painter.calls == 0
    assert (await reel.ask("GET", "/takes"))["takes"] == []
    await reel.generate("/cards/generate", takes=2)


class TestCache:
    async def test_unchanged_words_and_settings_cost_nothing_again(self, reel: Reel) -> None:
        await reel.begin("A red boat")
        await reel.generate(takes=4)

        estimate = await reel.ask("POST", "/cards/1/estimate", json={"takes": 4})
        again = await reel.generate(takes=4)

        assert estimate["cost_estimate"]["amount"] == "0"
        assert estimate["cost_estimate"]["cached_units"] == 4
        assert again["line"] == "4 of 4 done, 4 cached: $0.00"
        assert reel.painter.calls == 4
        assert len(await reel.takes()) == 4

    async def test_only_what_is_missing_is_paid_for(self, reel: Reel) -> None:
        await reel.begin("A red boat")
        await reel.generate(takes=2)
        (reel.folder / "cards" / "takes" / "01-1.png").unlink()

        more = await reel.ask("POST", "/cards/1/estimate", json={"takes": 4})

        # The one that was removed is still on the board; two are new.
        assert more["items"][0]["cached"] == 1
        assert more["cost_estimate"]["amount"] == "0.08"

    async def test_a_failed_take_is_made_by_the_next_generate(self, reel: Reel) -> None:
        reel.painter.fail(ValueError("The painter is out of blue."))
        await reel.begin("A red boat")
        first = await reel.generate(takes=2)
        assert first["partial"]
        assert first["cost_actual"]["amount"] == "0.04"
        assert "out of blue" in first["items"][0]["error"]["message"]

        second = await reel.generate(takes=2)

        assert second["cost_estimate"]["amount"] == "0.04"
        assert len(await reel.takes()) == 2

    async def test_force_spends_and_numbers_go_on(self, reel: Reel) -> None:
        await reel.begin("A red boat")
        await reel.generate(takes=2)

        forced = await reel.generate(takes=2, force=True)

        assert forced["cost_actual"]["amount"] == "0.08"
        assert [take["file"] for take in forced["takes"]] == ["01-3.png", "01-4.png"]
        seeds = {one.seed for one in reel.painter.inputs}
        assert len(seeds) == 4

    async def test_a_second_click_while_the_first_runs_pays_nothing(
        self, reel: Reel, gate: asyncio.Event
    ) -> None:
        await reel.begin("A red boat")
        gate.clear()
        path, body = "/cards/1/generate", {"takes": 2}
        both = await asyncio.gather(
            reel.ask("POST", path, status=202, json=body),
            reel.ask("POST", path, status=202, json=body),
        )
        gate.set()

        jobs = [await reel.job(one["job_id"]) for one in both]

        assert sorted(job["cost_actual"]["amount"] for job in jobs) == ["0", "0.08"]
        assert [job["state"] for job in jobs] == ["done", "done"]
        assert reel.painter.calls == 2

    async def test_the_same_idempotency_key_gives_the_same_job(self, reel: Reel) -> None:
        await reel.begin("A red boat")
        headers = {"Idempotency-Key": "one"}
        path = "/cards/1/generate"

        first = await reel.ask("POST", path, status=202, json={"force": True}, headers=headers)
        second = await reel.ask("POST", path, status=202, json={"force": True}, headers=headers)
        other = await reel.ask("POST", path, status=422, json={"takes": 2}, headers=headers)

        assert second["job_id"] == first["job_id"]
        assert second["cost_estimate"]["amount"] == first["cost_estimate"]["amount"] == "0.16"
        assert "another request" in other["detail"]


class TestCoverAndPortrait:
    async def test_a_cover_is_made_in_the_shape_of_its_theme(self, reel: Reel) -> None:
        await reel.begin("A red boat")

        job = await reel.generate("/cover/generate")

        assert [take["file"] for take in job["takes"]] == ["cover-1.png"]
        story = await reel.ask("GET", "")
        assert story["storyboard"]["cover"]["media"]["path"] == "cover.png"
        assert story["storyboard"]["cover"]["media"]["theme"] == "ink"
        assert (reel.folder / "cover.png").exists()
        asked = reel.painter.shaped[-1]
        assert asked.aspect_ratio == "16:9"
        assert asked.prompt.startswith("Night train. Ink drawing")

    async def test_an_uploaded_cover_is_used_as_is(self, reel: Reel) -> None:
        await reel.begin("A red boat")

        picked = await reel.upload("/assets", tiny_png(5), kind="cover")

        assert picked["media"]["source"] == "uploaded"
        assert (reel.folder / "cover.png").read_bytes() == tiny_png(5)

    async def test_a_portrait_is_made_after_its_reference_photos(self, reel: Reel) -> None:
        await reel.begin("A red boat")
        none = await reel.ask("POST", "/portrait/generate", status=400, json={})
        files = [("refs", ("a.png", tiny_png(n), "image/png")) for n in (1, 2)]

        stored = await reel.ask("POST", "/portrait", files=files)
        await reel.generate("/portrait/generate")

        assert "no reference photos" in none["detail"]
        assert stored["references"] == ["portrait/refs/01.png", "portrait/refs/02.png"]
        assert len(reel.painter.inputs[-1].references) == 2
        story = await reel.ask("GET", "")
        assert story["storyboard"]["portrait"]["media"]["theme"] == "studio"


async def test_a_reference_makes_it_image_to_image(reel: Reel) -> None:
    await reel.begin("A red boat", "The same boat at night")
    await reel.upload("/cards/1/media", tiny_png(9))
    story = await reel.ask("GET", "")
    cards = story["storyboard"]["cards"]
    await reel.edit(cards=[cards[0], {**cards[1], "references": ["card:1"]}])

    await reel.generate("/cards/2/generate", takes=1)

    assert len(reel.painter.inputs[-1].references) == 1


async def test_the_aspect_goes_to_the_provider_as_a_parameter(reel: Reel) -> None:
    await reel.begin("A red boat", aspect="16:9")

    await reel.generate(takes=1)

    assert reel.painter.shaped[-1].aspect_ratio == "16:9"
    assert "16:9" not in reel.painter.inputs[-1].prompt


class Filmer(Painter):
    """Short films, at the same price."""

    artifact_type = "video"
    clip: bytes = b""

    def get_output_schema(self) -> Any:
        return FilmOutput

    async def generate(self, inputs: FakeInput, context: GeneratorContext) -> Any:
        self.calls += 1
        return FilmOutput(film=await context.store_video(self.clip, format="mp4"))


class FilmOutput(BaseModel):
    film: VideoArtifact


async def test_takes_can_be_videos(tmp_path: Path, painter: Painter) -> None:
    filmer = Filmer(name="filmer")
    filmer.clip = film(tmp_path / "clip.mp4").read_bytes()
    async with AsyncExitStack() as stack:
        reel = await open_reel(stack, tmp_path, painter, more=[filmer])
        await reel.begin("A red boat", providers={"video": "filmer"})

        job = await reel.generate(takes=1, kind="video")
        picked = await reel.ask("POST", "/cards/1/pick", json={"take": "01-1.mp4"})
        await reel.ask("POST", "/cards/1/generate", status=400, json={"generator": "filmer"})

    assert [take["file"] for take in job["takes"]] == ["01-1.mp4"]
    assert picked["media"]["kind"] == "video"
    assert picked["media"]["path"] == "cards/01.mp4"


class TestRefusals:
    async def test_of_what_cannot_be_generated(self, reel: Reel) -> None:
        await reel.begin("A red boat")
        await reel.edit(
            cards=[
                {"id": 1, "kind": "overlay", "scene": "A red boat"},
                {"id": 2, "kind": "text", "text": "Words alone"},
            ]
        )
        path = "/cards/1/generate"

        few = await reel.ask("POST", path, status=400, json={"takes": 0})
        theme = await reel.ask("POST", path, status=400, json={"theme": "nowhere"})
        kind = await reel.ask("POST", "/cards/2/generate", status=400, json={})
        await reel.ask("POST", "/cards/3/generate", status=404, json={})
        await reel.ask("POST", path, status=404, json={}, slug="another")

        assert "takes is 0" in few["detail"]
        assert "no theme 'nowhere'" in theme["detail"]
        assert "only an overlay" in kind["detail"]
        assert reel.painter.calls == 0

    async def test_of_traversal_and_of_another_cards_take(self, reel: Reel) -> None:
        await reel.begin("A red boat", "A blue train")
        await reel.generate("/cards/generate", takes=1)

        for take in ("../../storyboard.json", "..%2f01-1.png", "/etc/passwd", "02-1.png"):
            await reel.ask("POST", "/cards/1/pick", status=400, json={"take": take})
        await reel.ask("POST", "/cards/1/pick", status=404, json={"take": "01-9.png"})
        for name in ("..%2f..%2fstoryboard.json", ".git/config", "cards/../../x.png"):
            await reel.ask("GET", f"/takes/{name.replace('/', '%2f')}", status=400)
        await reel.ask("GET", "/takes/storyboard.json", status=404)
        story = await reel.ask("GET", "")
        assert "media" not in story["storyboard"]["cards"][0]

    async def test_of_a_link_that_leads_out_of_the_workspace(self, reel: Reel) -> None:
        await reel.begin("A red boat")
        secret = reel.root.parent / "secret.png"
        secret.write_bytes(tiny_png(1))
        takes = reel.folder / "cards" / "takes"
        takes.mkdir(parents=True)
        (takes / "01-1.png").symlink_to(secret)

        assert await reel.takes() == []
        await reel.ask("GET", "/takes/01-1.png", status=404)

    async def test_of_uploads_that_are_neither_image_nor_video(self, reel: Reel) -> None:
        await reel.begin("A red boat")

        await reel.upload("/cards/1/media", b"only words", status=415)
        await reel.ask("POST", "/cards/1/media", status=415, json={})
        await reel.upload("/assets", tiny_png(), status=400, kind="banner")

    async def test_of_an_upload_that_is_too_large(self, reel: Reel) -> None:
        await reel.begin("A red boat")

        await reel.upload("/cards/1/media", b"x" * (10 * 2**20 + 1), status=413)


async def test_a_take_is_served_with_its_type_and_a_tag(reel: Reel) -> None:
    await reel.begin("A red boat")
    await reel.generate(takes=1)
    url = "/api/v1/workspace/reel/takes/01-1.png"

    answer = await reel.http.get(url)
    again = await reel.http.get(url, headers={"If-None-Match": answer.headers["etag"]})

    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content == (reel.folder / "cards" / "takes" / "01-1.png").read_bytes()
    assert again.status_code == 304


async def test_a_job_whose_price_nobody_knows_says_so(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        reel = await open_reel(stack, tmp_path, Painter(price=None, name="painter"))
        await reel.begin("A red boat")

        started = await reel.ask("POST", "/cards/1/generate", status=202, json={"takes": 1})

    assert started["cost_estimate"]["amount"] is None
    assert not started["cost_estimate"]["known"]
    assert started["spends_money"]
