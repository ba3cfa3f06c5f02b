from pathlib import Path
from typing import Any

import pytest

from boards.generators import outside
from boards.generators.artifacts import (
    AudioArtifact,
    DigitalArtifact,
    ImageArtifact,
    LoRArtifact,
    TextArtifact,
    VideoArtifact,
)
from boards.generators.base import BaseGenerator
from boards.generators.outputs import read_outputs
from boards.generators.resolution import (
    add_file,
    note,
    report_progress,
    resolve_artifact,
    store_audio_result,
    store_image_result,
    store_lora_result,
    store_text_result,
    store_video_result,
)
from boards.testing import TestRun, run
from boards.testing.generators import tiny_png
from tests.generators.samples import PromptInput, Sample

PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)


def contents(path: str) -> bytes:
    return Path(path).read_bytes()


class TestOutsideARun:
    async def test_an_artifact_comes_back_as_it_was_given(self):
        url = "https://storage.example/image.png"
        assert await store_image_result(url, "png", "gen_123", 1024, 768) == ImageArtifact(
            generation_id="gen_123", storage_url=url, format="png", width=1024, height=768
        )
        assert await store_video_result(url, "mp4", "gen_4", 1920, 1080, 60.0, 30.0) == (
            VideoArtifact(
                generation_id="gen_4",
                storage_url=url,
                format="mp4",
                width=1920,
                height=1080,
                duration=60.0,
                fps=30.0,
            )
        )
        assert await store_audio_result(url, "mp3", "gen_7", 120.0, 44100, 2) == AudioArtifact(
            generation_id="gen_7",
            storage_url=url,
            format="mp3",
            duration=120.0,
            sample_rate=44100,
            channels=2,
        )
        assert await store_text_result("# Hi", "markdown", "gen_8") == TextArtifact(
            generation_id="gen_8", content="# Hi", format="markdown"
        )
        lora = await store_lora_result(url, base_model="sdxl", trigger_words=["ohwx"])
        assert lora == LoRArtifact(
            generation_id="",
            storage_url=url,
            format="safetensors",
            base_model="sdxl",
            trigger_words=["ohwx"],
        )

    async def test_bytes_become_a_file_that_resolves_to_itself(self):
        image = await store_image_result(data=b"the bytes", format="png")

        path = await resolve_artifact(image)

        assert path == image.storage_url
        assert path.endswith(".png")
        assert contents(path) == b"the bytes"

    async def test_a_file_is_named_where_it_is(self, tmp_path):
        file = tmp_path / "song.mp3"
        file.write_bytes(b"la la")

        audio = await store_audio_result(data=file)

        assert audio.storage_url == str(file)

    async def test_a_file_that_is_not_there_is_said_at_once(self, tmp_path):
        with pytest.raises(ValueError, match="There is no file"):
            await store_image_result(data=tmp_path / "gone.png")

    async def test_a_data_url_resolves_to_a_file(self):
        image = await store_image_result(PIXEL)
        assert image.storage_url == PIXEL

        path = await resolve_artifact(image)

        assert path.endswith(".png")
        assert contents(path).startswith(b"\x89PNG")

    async def test_a_url_is_fetched_through_the_guarded_client(self, monkeypatch, tmp_path):
        asked = []

        async def fetch(url: str, *, suffix: str) -> Path:
            asked.append((url, suffix))
            file = tmp_path / f"fetched{suffix}"
            file.touch()
            return file

        monkeypatch.setattr(outside, "fetch_to_temporary_file", fetch)
        url = "https://storage.example/a"
        video = await store_video_result(url, "quicktime", width=1, height=1)

        assert await resolve_artifact(video) == str(tmp_path / "fetched.mov")
        assert asked == [(url, ".mov")]

    async def test_extra_files_notes_and_progress_have_nowhere_to_go(self):
        await add_file(data=b"x", role="mask")
        await report_progress(0.5, "half")
        note(seed=5)

    async def test_a_text_is_read_and_not_resolved(self):
        text = TextArtifact(generation_id="g", content="hello")
        with pytest.raises(ValueError, match=r"read its text from `\.content`"):
            await resolve_artifact(text)

    @pytest.mark.parametrize("given", [{}, {"storage_url": PIXEL, "data": b"x"}])
    async def test_content_comes_from_one_place(self, given):
        with pytest.raises(ValueError, match="Pass one of `storage_url`"):
            await store_image_result(**given)

    def test_a_temporary_path_is_fresh_each_time(self):
        first, second = (outside.OutsideRun().temporary_path(".wav") for _ in range(2))
        assert first != second
        assert first.parent == second.parent
        assert first.suffix == ".wav"


async def ran(work: Any, *, artifact_type: str = "image", inputs: Any = None) -> TestRun:
    """Run a generator whose `generate(inputs)` is `work`."""

    class Working(Sample):
        async def generate(self, inputs: Any) -> Any:
            return await work(inputs)

    generator: BaseGenerator = Working(artifact_type=artifact_type)
    return await run(generator, inputs or {})


class TestInsideARun:
    async def test_content_is_stored_and_a_foreign_generation_id_is_ignored(self):
        async def work(inputs: PromptInput) -> Any:
            return await store_image_result(data=tiny_png(), generation_id="gen_123")

        done = await ran(work)

        assert done.output.generation_id != "gen_123"
        assert done.primary.data == tiny_png()
        assert (done.primary.facts.width, done.primary.facts.height) == (4, 4)

    async def test_a_data_url_is_stored(self):
        async def work(inputs: PromptInput) -> Any:
            return await store_image_result(PIXEL, "png", "ignored", 1, 1)

        done = await ran(work)

        assert done.primary.facts.width == 1
        assert done.primary.data.startswith(b"\x89PNG")

    async def test_a_file_is_stored(self, tmp_path):
        file = tmp_path / "made.png"
        file.write_bytes(tiny_png(7))

        async def work(inputs: PromptInput) -> Any:
            return await store_image_result(data=file)

        assert (await ran(work)).primary.data == tiny_png(7)

    @pytest.mark.parametrize("answer", ["/etc/passwd", "file:///etc/passwd", "", "s3://b/k"])
    async def test_a_path_that_a_provider_answered_is_never_read(self, answer):
        async def work(inputs: PromptInput) -> Any:
            return await store_image_result(answer)

        with pytest.raises(ValueError, match=r"is no URL\. Pass a local file as `data="):
            await ran(work)

    async def test_a_text_is_kept_whole(self):
        long_text = "word " * 10_000

        async def work(inputs: PromptInput) -> Any:
            return await store_text_result(long_text, "markdown")

        done = await ran(work, artifact_type="text")

        assert done.primary.content == long_text
        assert done.primary.data.decode() == long_text
        assert done.primary.facts.format == "markdown"

    async def test_a_lora_is_stored(self):
        async def work(inputs: PromptInput) -> Any:
            return await store_lora_result(
                data=b"\x02\x00\x00\x00\x00\x00\x00\x00{}", base_model="sdxl"
            )

        done = await ran(work, artifact_type="lora")

        assert done.primary.facts.format == "safetensors"
        assert done.output.base_model == "sdxl"

    async def test_extra_files_notes_and_progress_reach_the_run(self):
        async def work(inputs: PromptInput) -> Any:
            await report_progress(0.25, "Drawing")
            note(seed=5, revised_prompt="a full moon")
            await add_file(data=tiny_png(9), role="mask", format="png")
            return await store_image_result(data=tiny_png())

        done = await ran(work)

        assert done.progress[0] == (0.25, "Drawing")
        assert done.metadata["seed"] == 5
        assert done.metadata["revised_prompt"] == "a full moon"
        assert [(file.role, file.data) for file in done.files] == [
            ("output", tiny_png()),
            ("mask", tiny_png(9)),
        ]

    async def test_what_was_stored_resolves_to_a_file_of_the_run_that_goes_with_it(self):
        paths: list[Path] = []

        async def work(inputs: PromptInput) -> Any:
            image = await store_image_result(data=tiny_png(3))
            paths.append(Path(await resolve_artifact(image)))
            assert paths[0].read_bytes() == tiny_png(3)
            return image

        await ran(work)

        assert not paths[0].exists()


def test_every_artifact_class_is_one_that_outputs_can_hold():
    image = ImageArtifact(generation_id="g", storage_url="u", format="png")
    assert isinstance(image, DigitalArtifact)
    outputs = read_outputs(image, image.artifact_type, generator="x")
    assert outputs.primary is image
