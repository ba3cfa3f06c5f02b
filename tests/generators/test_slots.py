from dataclasses import dataclass
from typing import Annotated, Any, Literal, NewType, Optional, Union

import pytest
from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field, RootModel
from typing_extensions import TypeAliasType, TypedDict

from boards.domain.artifacts import ArtifactType
from boards.generators.artifact_resolution import Slot, extract_artifact_fields
from boards.generators.artifacts import (
    AudioArtifact,
    DigitalArtifact,
    FileArtifact,
    ImageArtifact,
    LoRArtifact,
    TextArtifact,
    VideoArtifact,
)

IMAGE = (ArtifactType.IMAGE,)


def slots(schema: type[BaseModel]) -> list[Slot]:
    found = extract_artifact_fields(schema)
    assert list(found) == [slot.path for slot in found.values()]
    return list(found.values())


def only(annotation: Any, **field: Any) -> Slot:
    """The one slot of a model whose one field, `source`, has this annotation."""
    made = type(
        "Made",
        (BaseModel,),
        {"__annotations__": {"source": annotation}, "source": Field(**field)},
    )
    (slot,) = slots(made)
    return slot


class TestForms:
    @pytest.mark.parametrize(
        ("annotation", "kind"),
        [
            (ImageArtifact, "image"),
            (VideoArtifact, "video"),
            (AudioArtifact, "audio"),
            (TextArtifact, "text"),
            (LoRArtifact, "lora"),
        ],
    )
    def test_all_five_types_are_slots(self, annotation, kind):
        assert only(annotation) == Slot(path="source", artifact_types=(ArtifactType(kind),))

    @pytest.mark.parametrize(
        "annotation",
        [
            ImageArtifact | None,
            Optional[ImageArtifact],  # noqa: UP045 - the spelling is what is tested
            Union[None, ImageArtifact],  # noqa: UP007 - as above
            Annotated[ImageArtifact | None, Field(description="x")],
            Annotated[ImageArtifact, "x"] | None,
        ],
    )
    def test_what_may_be_none_is_optional(self, annotation):
        assert only(annotation) == Slot(path="source", artifact_types=IMAGE, optional=True)

    @pytest.mark.parametrize(
        "annotation",
        [
            list[ImageArtifact],
            tuple[ImageArtifact, ...],
            Annotated[list[ImageArtifact], Field(min_length=1)],
            list[Annotated[ImageArtifact, "x"]],
        ],
    )
    def test_lists(self, annotation):
        assert only(annotation) == Slot(path="source", artifact_types=IMAGE, is_list=True)

    @pytest.mark.parametrize(
        "annotation",
        [list[ImageArtifact] | None, Optional[list[ImageArtifact]]],  # noqa: UP045
    )
    def test_lists_that_may_be_none(self, annotation):
        slot = only(annotation, default=None)
        assert slot == Slot(path="source", artifact_types=IMAGE, is_list=True, optional=True)

    def test_a_field_with_a_default_is_optional(self):
        assert only(list[ImageArtifact], default_factory=list).optional

    def test_unions_and_base_classes_take_several_types(self):
        assert only(VideoArtifact | ImageArtifact).artifact_types == ("image", "video")
        assert only(list[ImageArtifact | AudioArtifact]).artifact_types == ("image", "audio")
        assert only(DigitalArtifact).artifact_types == ("image", "video", "audio", "text", "lora")
        assert only(FileArtifact).artifact_types == ("image", "video", "audio", "lora")

    def test_a_subclass_of_an_artifact_is_one(self):
        class Mask(ImageArtifact):
            """A picture that is a mask."""

        assert only(Mask).artifact_types == IMAGE

    def test_a_type_alias_is_looked_through(self):
        alias = TypeAliasType("alias", list[ImageArtifact])
        assert only(alias).is_list

    def test_a_new_type_is_looked_through(self):
        assert only(NewType("Mask", ImageArtifact)).artifact_types == IMAGE

    def test_one_or_many(self):
        assert only(ImageArtifact | list[ImageArtifact]) == Slot(
            path="source", artifact_types=IMAGE, is_list=True
        )

    def test_other_fields_are_no_slots(self):
        class Plain(BaseModel):
            prompt: str
            ids: list[str] = []
            anything: Any = None
            data: dict = {}
            mode: Literal["a", "b"] = "a"

        assert slots(Plain) == []


class Scene(BaseModel):
    title: str = ""
    background: ImageArtifact
    sounds: list[AudioArtifact] = []


class TestNesting:
    def test_inherited_fields_come_first(self):
        class Base(BaseModel):
            image_source: ImageArtifact

        class Derived(Base):
            voice: AudioArtifact | None = None

        assert [slot.path for slot in slots(Derived)] == ["image_source", "voice"]

    def test_a_nested_model_has_dotted_paths(self):
        class Film(BaseModel):
            scene: Scene
            poster: ImageArtifact | None = None

        assert slots(Film) == [
            Slot(path="scene.background", artifact_types=IMAGE),
            Slot(
                path="scene.sounds",
                artifact_types=(ArtifactType.AUDIO,),
                is_list=True,
                optional=True,
            ),
            Slot(path="poster", artifact_types=IMAGE, optional=True),
        ]

    def test_what_stands_in_an_optional_model_is_optional(self):
        class Film(BaseModel):
            scene: Scene | None = None

        assert all(slot.optional for slot in slots(Film))

    def test_lists_and_dicts_of_models_have_a_star(self):
        class Film(BaseModel):
            scenes: list[Scene]
            named: dict[str, Scene] = {}
            cast: dict[str, ImageArtifact] = {}

        assert [slot.path for slot in slots(Film)] == [
            "scenes.*.background",
            "scenes.*.sounds",
            "named.*.background",
            "named.*.sounds",
            "cast.*",
        ]
        assert not extract_artifact_fields(Film)["cast.*"].is_list

    def test_a_model_that_holds_itself_is_followed_once(self):
        paths = [slot.path for slot in slots(Tree)]
        assert paths == ["image"]

    def test_a_root_model_is_looked_through(self):
        class Images(RootModel[list[ImageArtifact]]):
            pass

        assert only(Images) == Slot(path="source", artifact_types=IMAGE, is_list=True)

    def test_dataclasses_and_typed_dicts_are_nested_models_too(self):
        class Film(BaseModel):
            layer: Layer
            shot: Shot

        assert [slot.path for slot in slots(Film)] == ["layer.image", "shot.video"]

    def test_a_generic_model_is_looked_through(self):
        class Film(BaseModel):
            choice: Scene | Tree

        assert [slot.path for slot in slots(Film)] == [
            "choice.background",
            "choice.sounds",
            "choice.image",
        ]


class Tree(BaseModel):
    image: ImageArtifact | None = None
    children: list["Tree"] = []


@dataclass
class Layer:
    image: ImageArtifact
    opacity: float = 1.0


class Shot(TypedDict):
    video: VideoArtifact


class TestAliases:
    def test_a_slot_is_called_by_the_key_that_clients_send(self):
        class Input(BaseModel):
            image_source: ImageArtifact = Field(alias="imageSource")
            mask: ImageArtifact | None = Field(  # type: ignore[pydantic-alias]
                default=None, validation_alias=AliasChoices("maskImage", "mask")
            )
            voice: AudioArtifact | None = Field(  # type: ignore[pydantic-alias]
                default=None, validation_alias=AliasPath("audio", 0)
            )

        assert [slot.path for slot in slots(Input)] == ["imageSource", "maskImage", "audio"]

    def test_an_alias_generator_counts_as_well(self):
        class Input(BaseModel):
            model_config = ConfigDict(alias_generator=str.upper)
            image: ImageArtifact | None = None  # type: ignore[pydantic-alias]

        assert [slot.path for slot in slots(Input)] == ["IMAGE"]
