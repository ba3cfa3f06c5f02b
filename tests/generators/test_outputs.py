from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from boards.domain.artifacts import ArtifactType
from boards.errors import PluginError
from boards.generators.artifacts import (
    AudioArtifact,
    DigitalArtifact,
    GeneratorResult,
    ImageArtifact,
    TextArtifact,
)
from boards.generators.outputs import Outputs, read_outputs


def image(name: str) -> ImageArtifact:
    return ImageArtifact(generation_id="g", storage_url=name, format="png")


def read(result: object, kind: ArtifactType = ArtifactType.IMAGE) -> Outputs:
    return read_outputs(result, kind, generator="sample")


def urls(artifacts: tuple[DigitalArtifact, ...]) -> list[str]:
    return [getattr(each, "storage_url", "") for each in artifacts]


class TestWhichIsThePrimary:
    def test_the_first_of_the_generators_own_type_in_the_order_of_the_fields(self):
        class Output(BaseModel):
            voice: AudioArtifact
            cover: ImageArtifact
            images: list[ImageArtifact]

        voice = AudioArtifact(generation_id="g", storage_url="v", format="mp3")
        outputs = read(Output(voice=voice, cover=image("c"), images=[image("a"), image("b")]))

        assert outputs.primary == image("c")
        assert outputs.siblings == ()
        assert [role for role, _ in outputs.extras] == ["voice", "images", "images"]

    def test_the_rest_of_its_list_are_its_siblings(self):
        class Output(BaseModel):
            images: list[ImageArtifact]
            preview: ImageArtifact

        outputs = read(Output(images=[image("a"), image("b"), image("c")], preview=image("p")))

        assert urls((outputs.primary, *outputs.siblings)) == ["a", "b", "c"]
        assert outputs.extras == (("preview", image("p")),)

    def test_other_types_in_the_list_of_a_result_are_extra_files(self):
        text = TextArtifact(generation_id="g", content="words")
        result = GeneratorResult(outputs=[text, image("a"), image("b")], metadata={"seed": 1})
        outputs = read(result)

        assert urls((outputs.primary, *outputs.siblings)) == ["a", "b"]
        assert outputs.extras == (("outputs", text),)
        assert outputs.metadata == {"metadata": {"seed": 1}}

    def test_an_artifact_alone_is_an_output(self):
        assert read(image("a")).primary == image("a")

    def test_none_of_the_own_type_is_a_fault_of_the_plugin(self):
        with pytest.raises(PluginError, match="'sample' makes video but returned image"):
            read(image("a"), ArtifactType.VIDEO)
        with pytest.raises(PluginError, match="makes image but returned nothing"):
            read(GeneratorResult(outputs=[]))

    @pytest.mark.parametrize("result", [None, "https://...", [image("a")]])
    def test_what_is_no_model_is_a_fault_of_the_plugin(self, result: Any):
        with pytest.raises(PluginError, match="must return a Pydantic model"):
            read(result)


class TestFacts:
    def test_what_is_no_artifact_is_kept(self):
        class Output(BaseModel):
            result: ImageArtifact
            metadata: dict[str, Any] = {}
            generation_time: float = 0.0
            seed: int | None = None
            made_at: datetime = datetime(2026, 1, 2, tzinfo=UTC)

        outputs = read(Output(result=image("a"), metadata={"steps": 20}, generation_time=1.5))

        assert outputs.metadata == {
            "metadata": {"steps": 20},
            "generation_time": 1.5,
            "made_at": "2026-01-02T00:00:00Z",
        }

    def test_a_zero_and_a_no_are_facts(self):
        class Output(BaseModel):
            result: ImageArtifact
            seed: int = 0
            flagged: bool = False

        assert read(Output(result=image("a"))).metadata == {"seed": 0, "flagged": False}

    def test_what_stands_beside_an_artifact_in_a_nested_model_is_kept_too(self):
        class Scene(BaseModel):
            still: ImageArtifact
            caption: str

        class Output(BaseModel):
            cover: ImageArtifact
            scenes: list[Scene]
            named: dict[str, ImageArtifact] = {}

        scenes = [Scene(still=image("a"), caption="dawn"), Scene(still=image("b"), caption="dusk")]
        outputs = read(Output(cover=image("c"), scenes=scenes, named={"x": image("x")}))

        assert outputs.metadata == {"scenes": [{"caption": "dawn"}, {"caption": "dusk"}]}
        assert [(role, *urls((extra,))) for role, extra in outputs.extras] == [
            ("scenes.still", "a"),
            ("scenes.still", "b"),
            ("named.x", "x"),
        ]

    def test_what_json_cannot_say_is_kept_as_text(self):
        class Odd:
            def __str__(self) -> str:
                return "an odd thing"

        class Output(BaseModel):
            model_config = ConfigDict(arbitrary_types_allowed=True)
            result: ImageArtifact
            odd: Odd
            path: PurePosixPath

        outputs = read(Output(result=image("a"), odd=Odd(), path=PurePosixPath("a/b")))

        assert outputs.metadata == {"odd": "an odd thing", "path": "a/b"}
