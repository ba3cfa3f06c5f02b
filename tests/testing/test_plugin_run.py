from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from boards.errors import Broken, InvalidInput, NotFound, PluginError, TimedOut
from boards.generators.artifacts import (
    AudioArtifact,
    ImageArtifact,
    LoRArtifact,
    TextArtifact,
    VideoArtifact,
)
from boards.generators.base import BaseGenerator, Poll, PollState, Submitted
from boards.testing import run
from boards.testing.generators import (
    FakeInput,
    FakePaid,
    FakeProvider,
    FakeProviderGenerator,
    tiny_png,
)


class Echo(BaseGenerator):
    """Gives its inputs back: an image, and what it was told of the rest."""

    name = "echo"
    artifact_type = "image"
    description = "For tests"

    class Input(BaseModel):
        image: ImageArtifact
        others: list[ImageArtifact] = []
        story: TextArtifact | None = None
        lora: LoRArtifact | None = None

    def get_input_schema(self) -> type[BaseModel]:
        return self.Input

    async def estimate_cost(self, inputs: Input) -> float:
        return 0.25

    async def generate(self, inputs: Input, context: Any) -> Any:
        self.seen = inputs
        self.paths = [await context.resolve_artifact(inputs.image)]
        await context.progress(2.0, "far")
        context.note(story=inputs.story.content if inputs.story else "")
        return await context.store_image(Path(self.paths[0]), format="png")


def is_there(path: Path) -> bool:
    return path.exists()


class TestInputs:
    async def test_names_stand_for_content_in_any_slot(self, tmp_path):
        file = tmp_path / "in.png"
        file.write_bytes(tiny_png(2, size=8))
        echo = Echo()

        ran = await run(
            echo,
            {"image": "a", "others": ["b", "a"], "story": "s"},
            artifacts={"a": tiny_png(1), "b": file, "s": "once upon a time"},
        )

        assert echo.seen.image.width == 4
        assert [other.width for other in echo.seen.others] == [8, 4]
        assert ran.metadata == {"story": "once upon a time"}
        assert ran.primary.data == tiny_png(1)
        assert [(edge.role, edge.position) for edge in ran.edges] == [
            ("image", 0),
            ("others", 0),
            ("others", 1),
            ("story", 0),
        ]

    async def test_content_of_another_type_is_refused_as_in_a_real_run(self):
        with pytest.raises(InvalidInput, match="wrong artifact type: expected image, got text"):
            await run(Echo(), {"image": "a"}, artifacts={"a": "a text"})

    async def test_a_lora_is_known_by_its_bytes(self):
        echo = Echo()
        safetensors = (2).to_bytes(8, "little") + b"{}"
        await run(echo, {"image": "a", "lora": "l"}, artifacts={"a": tiny_png(), "l": safetensors})
        assert echo.seen.lora is not None
        assert echo.seen.lora.format == "safetensors"

    async def test_a_name_that_stands_for_nothing_is_not_found(self):
        with pytest.raises(NotFound, match="Generation photo not found"):
            await run(Echo(), {"image": "photo"})

    async def test_a_typo_is_refused(self):
        with pytest.raises(InvalidInput, match="Did you mean 'image'"):
            await run(Echo(), {"imge": "a"}, artifacts={"a": tiny_png()})

    async def test_a_ready_model_may_name_local_files(self, tmp_path):
        file = tmp_path / "in.png"
        file.write_bytes(tiny_png(3))
        image = ImageArtifact(generation_id="any", storage_url=str(file), format="png")

        ran = await run(Echo(), Echo.Input(image=image))

        assert ran.primary.data == tiny_png(3)
        assert ran.edges == ()

    async def test_a_model_of_another_class_is_refused(self):
        with pytest.raises(InvalidInput, match="'echo' takes Input, not FakeInput"):
            await run(Echo(), FakeInput())


class TestWhatItTells:
    async def test_files_stand_in_the_folder_with_their_facts(self, tmp_path):
        ran = await run(FakePaid(), {"n": 2, "seed": 7}, folder=tmp_path)

        assert [file.path.parent for file in ran.files] == [tmp_path, tmp_path]
        assert [file.role for file in ran.files] == ["output", "output"]
        assert ran.primary.facts.width == 4
        assert ran.primary.size == len(ran.primary.data)
        assert len(ran.output.images) == 2

    async def test_price_progress_and_notes(self):
        ran = await run(FakePaid(price=Decimal("0.04")), {"n": 3})

        assert ran.price == Decimal("0.12")
        assert ran.progress == ((0.5, "Half done"),)
        assert ran.metadata["fake"] is True

    async def test_an_unpriced_generator_has_no_price(self):
        assert (await run(FakePaid(price=None), {})).price is None

    async def test_progress_beyond_the_end_is_the_end(self):
        ran = await run(Echo(), {"image": "a"}, artifacts={"a": tiny_png()})
        assert ran.progress == ((1.0, "far"),)

    async def test_temporary_inputs_go_when_the_run_ends(self):
        echo = Echo()
        await run(echo, {"image": "a"}, artifacts={"a": tiny_png()})
        (path,) = map(Path, echo.paths)
        assert not is_there(path)


class TestFaultsOfTheGenerator:
    async def test_one_that_cannot_be_registered(self):
        echo = Echo()
        echo.description = ""
        with pytest.raises(PluginError, match="'echo' has no description"):
            await run(echo, {})

    async def test_one_that_makes_nothing_of_its_own_type(self):
        class Silent(Echo):
            artifact_type = "video"

        with pytest.raises(PluginError, match="makes video but returned image"):
            await run(Silent(), {"image": "a"}, artifacts={"a": tiny_png()})

    async def test_its_own_errors_come_through(self):
        with pytest.raises(ValueError, match="no paper"):
            await run(FakePaid(ValueError("no paper")), {})

    async def test_an_impossible_estimate_is_an_error(self):
        class Odd(Echo):
            async def estimate_cost(self, inputs: Any) -> float:
                return float("nan")

        with pytest.raises(ValueError, match="not an amount of money"):
            await run(Odd(), {"image": "a"}, artifacts={"a": tiny_png()})


class TestResumable:
    async def test_it_is_submitted_once_and_polled_to_its_end_without_waiting(self):
        service = FakeProvider(looks=5)
        generator = FakeProviderGenerator(service, poll_every=3600)

        ran = await run(generator, {"prompt": "x"})

        assert (service.submits, service.polls, service.fetches) == (1, 5, 1)
        assert ran.primary.facts.format == "png"
        assert ran.progress == ((0.5, ""),) * 4

    async def test_a_failed_job_raises_its_error(self):
        with pytest.raises(Broken, match="no ink"):
            await run(FakeProviderGenerator(FakeProvider(fail_with=Broken("no ink"))), {})

    async def test_a_job_that_never_ends_is_given_up(self):
        with pytest.raises(TimedOut, match="not done after 7 looks"):
            await run(FakeProviderGenerator(FakeProvider(looks=None)), {}, most_polls=7)

    async def test_a_synchronous_answer_is_taken(self):
        class AtOnce(FakeProviderGenerator):
            async def submit(self, inputs: Any, context: Any) -> Submitted:
                image = await context.store_image(tiny_png(6), format="png")
                return Submitted(result=image)

            async def poll(self, external_id: str, context: Any) -> Poll:
                return Poll(state=PollState.FAILED)

        assert (await run(AtOnce(), {})).primary.data == tiny_png(6)

    async def test_no_answer_at_all_is_a_fault_of_the_plugin(self):
        class Mute(FakeProviderGenerator):
            async def submit(self, inputs: Any, context: Any) -> Submitted:
                return Submitted()

        with pytest.raises(PluginError, match="neither an external id nor a result"):
            await run(Mute(), {})


class TestKinds:
    async def test_audio_and_video_inputs_are_recognised(self, tmp_path):
        class Mixer(Echo):
            class Input(BaseModel):
                audio: AudioArtifact
                video: VideoArtifact

            async def generate(self, inputs: Any, context: Any) -> Any:
                self.got = inputs
                return await context.store_image(tiny_png(), format="png")

        mixer = Mixer()
        wav = (
            b"RIFF\x2c\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"
            b"\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data\x08\x00\x00\x00" + bytes(8)
        )
        mp4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41" + bytes(64)

        await run(mixer, {"audio": "a", "video": "v"}, artifacts={"a": wav, "v": mp4})

        assert (mixer.got.audio.format, mixer.got.audio.sample_rate) == ("wav", 8000)
        assert mixer.got.video.format == "mp4"
