"""The Artifact Resolution Guide, block by block.

Each test carries one code block of that guide, as written there, and shows that it does what the
guide says. A test is named after the heading of its block.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel, Field

from boards.domain.artifacts import ArtifactType
from boards.errors import BoardsError, Conflict, Forbidden, InvalidInput, NotFound
from boards.generators.artifact_resolution import (
    FoundGeneration,
    Slot,
    extract_artifact_fields,
    resolve_generation_ids_to_artifacts,
    resolve_input_artifacts,
)
from boards.generators.artifacts import AudioArtifact, ImageArtifact, TextArtifact, VideoArtifact
from tests.spec.doubles import TENANT, form_of, problems, submitted

IMAGE = UUID("550e8400-e29b-41d4-a716-446655440000")
VIDEOS = (
    UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7"),
    UUID("8f9e6679-7425-40de-944b-e07fc1f90ae8"),
)


def found(id: UUID, artifact_type: str = "image", **facts: Any) -> FoundGeneration:
    values = {"tenant_id": TENANT, "readable": True, "status": "completed", **facts}
    return FoundGeneration(
        id=id, artifact_type=ArtifactType(artifact_type), storage_url="boards-storage:x", **values
    )


class Shelf:
    """The database of these tests, which counts its queries."""

    def __init__(self, *generations: FoundGeneration) -> None:
        self.generations = {each.id: each for each in generations}
        self.queries = 0

    async def find(self, ids: Sequence[UUID]) -> Mapping[UUID, FoundGeneration]:
        self.queries += 1
        return {each: self.generations[each] for each in ids if each in self.generations}


class MyGeneratorInput(BaseModel):
    """Input schema for my generator."""

    prompt: str = Field(description="Text prompt")

    # These are automatically detected as artifact fields
    image_source: ImageArtifact = Field(description="Input image")
    video_sources: list[VideoArtifact] = Field(description="Input videos")

    # Regular fields are ignored
    num_outputs: int = Field(default=1, ge=1, le=10)


def test_automatic_type_introspection():
    assert extract_artifact_fields(MyGeneratorInput) == {
        "image_source": Slot(path="image_source", artifact_types=(ArtifactType.IMAGE,)),
        "video_sources": Slot(
            path="video_sources", artifact_types=(ArtifactType.VIDEO,), is_list=True
        ),
    }


async def test_what_happens_automatically():
    inputs = json.loads("""
        {
          "prompt": "enhance the colors",
          "image_source": "550e8400-e29b-41d4-a716-446655440000",
          "video_sources": [
            "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "8f9e6679-7425-40de-944b-e07fc1f90ae8"
          ]
        }
    """)
    shelf = Shelf(found(IMAGE, width=64), *(found(each, "video") for each in VIDEOS))

    resolved = await resolve_input_artifacts(inputs, MyGeneratorInput, shelf, TENANT)

    model: Any = resolved.model
    assert isinstance(model, MyGeneratorInput)
    assert isinstance(model.image_source, ImageArtifact)
    assert (model.image_source.generation_id, model.image_source.width) == (str(IMAGE), 64)
    assert [each.generation_id for each in model.video_sources] == [str(each) for each in VIDEOS]
    assert (model.prompt, model.num_outputs) == ("enhance the colors", 1)
    assert shelf.queries == 1


class TestSupportedPatterns:
    def test_single_artifact(self):
        class Input(BaseModel):
            image_source: ImageArtifact = Field(...)

        inputs = {"image_source": "550e8400-e29b-41d4-a716-446655440000"}
        model = submitted(Input, inputs, {IMAGE: found(IMAGE)})
        assert isinstance(model.image_source, ImageArtifact)

    def test_list_of_artifacts(self):
        class Input(BaseModel):
            image_sources: list[ImageArtifact] = Field(min_length=1)

        ids = [uuid4(), uuid4()]
        shelf = {each: found(each) for each in ids}
        many = submitted(Input, {"image_sources": [str(each) for each in ids]}, shelf)
        assert [each.generation_id for each in many.image_sources] == [str(each) for each in ids]
        assert set(problems(Input, {"image_sources": []})) == {"inputs.image_sources"}

    @pytest.mark.parametrize("one", [str(IMAGE), [str(IMAGE)]])
    def test_the_resolved_value_will_always_be_a_list(self, one):
        class Input(BaseModel):
            image_sources: list[ImageArtifact] = Field(min_length=1)

        model = submitted(Input, {"image_sources": one}, {IMAGE: found(IMAGE)})
        assert isinstance(model.image_sources, list)
        assert len(model.image_sources) == 1

    def test_optional_artifacts(self):
        class Input(BaseModel):
            reference_image: ImageArtifact | None = Field(default=None)

        assert submitted(Input, {}).reference_image is None
        assert submitted(Input, {"reference_image": None}).reference_image is None
        model = submitted(Input, {"reference_image": str(IMAGE)}, {IMAGE: found(IMAGE)})
        assert isinstance(model.reference_image, ImageArtifact)


@pytest.mark.parametrize(
    ("kind", "artifact_type"),
    [
        (ImageArtifact, "image"),
        (VideoArtifact, "video"),
        (AudioArtifact, "audio"),
        (TextArtifact, "text"),
    ],
)
async def test_supported_artifact_types(kind, artifact_type):
    shelf = Shelf(found(IMAGE, artifact_type, content="hello"))

    (artifact,) = await resolve_generation_ids_to_artifacts([IMAGE], kind, shelf, TENANT)

    assert isinstance(artifact, kind)
    assert artifact.generation_id == str(IMAGE)


@pytest.mark.parametrize(
    ("stored", "error", "message"),
    [
        (None, NotFound, "Generation {id} not found"),
        (
            found(IMAGE, tenant_id=uuid4()),
            Forbidden,
            "Access denied to generation {id} - tenant mismatch",
        ),
        (
            found(IMAGE, status="pending"),
            Conflict,
            "Generation {id} is not completed (status: pending)",
        ),
        (
            found(IMAGE, "video"),
            InvalidInput,
            "Generation {id} has wrong artifact type: expected image, got video",
        ),
    ],
)
async def test_error_handling(stored: FoundGeneration | None, error: type[BoardsError], message):
    class Input(BaseModel):
        image_source: ImageArtifact

    shelf = Shelf(stored) if stored else Shelf()
    with pytest.raises(error) as caught:
        await resolve_input_artifacts({"image_source": str(IMAGE)}, Input, shelf, TENANT)
    assert str(caught.value) == message.format(id=IMAGE)


class TestExamples:
    def test_image_to_image_editor(self):
        class ImageEditInput(BaseModel):
            prompt: str = Field(description="Editing instructions")
            image_source: ImageArtifact = Field(description="Image to edit")
            strength: float = Field(default=0.8, ge=0.0, le=1.0)

        inputs = {"prompt": "brighter", "image_source": str(IMAGE)}
        model = submitted(ImageEditInput, inputs, {IMAGE: found(IMAGE)})
        assert (model.strength, model.image_source.generation_id) == (0.8, str(IMAGE))

    def test_multi_image_collage(self):
        class CollageInput(BaseModel):
            images: list[ImageArtifact] = Field(
                description="Images to combine", min_length=2, max_length=9
            )
            layout: Literal["grid", "freeform"] = Field(default="grid")

        ids = [uuid4() for _ in range(10)]
        shelf = {each: found(each) for each in ids}
        names = [str(each) for each in ids]
        assert len(submitted(CollageInput, {"images": names[:9]}, shelf).images) == 9
        for wrong in (names[:1], names):
            with pytest.raises(InvalidInput, match=r"inputs\.images"):
                submitted(CollageInput, {"images": wrong}, shelf)
        assert form_of(CollageInput)["properties"]["layout"]["enum"] == ["grid", "freeform"]

    def test_video_audio_mixer(self):
        class VideoAudioMixInput(BaseModel):
            video_source: VideoArtifact = Field(description="Video track")
            audio_source: AudioArtifact = Field(description="Audio track")
            volume: float = Field(default=1.0, ge=0.0, le=2.0)

        video, audio = uuid4(), uuid4()
        shelf = {video: found(video, "video"), audio: found(audio, "audio")}
        inputs = {"video_source": str(video), "audio_source": str(audio), "volume": 0.5}
        model = submitted(VideoAudioMixInput, inputs, shelf)
        assert isinstance(model.video_source, VideoArtifact)
        assert isinstance(model.audio_source, AudioArtifact)
        swapped = {"video_source": str(audio), "audio_source": str(video)}
        with pytest.raises(InvalidInput, match="expected video, got audio"):
            submitted(VideoAudioMixInput, swapped, shelf)
