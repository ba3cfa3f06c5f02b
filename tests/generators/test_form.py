import json
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal

import jsonschema_rs
import pytest
from pydantic import BaseModel, ConfigDict, Field

from boards.errors import PluginError
from boards.generators.artifacts import (
    AudioArtifact,
    DigitalArtifact,
    ImageArtifact,
    VideoArtifact,
)
from boards.generators.form import input_form
from tests.generators.samples import Sample
from tests.generators.test_slots import Scene, Tree


def form(schema: type[BaseModel]) -> dict[str, Any]:
    made = input_form(Sample(schema=schema))
    jsonschema_rs.meta.validate(made)
    assert json.loads(json.dumps(made, allow_nan=False)) == made, "plain data"
    assert "$ref" not in json.dumps(made)
    assert "$defs" not in made
    return made


def field(annotation: Any, name: str = "field", **options: Any) -> dict[str, Any]:
    """The property that a field with this annotation becomes."""
    body = {"__annotations__": {name: annotation}, name: Field(**options)}
    return form(type("Made", (BaseModel,), body))["properties"][name]


class TestSlots:
    def test_a_slot_takes_an_id_and_says_of_what(self):
        assert field(ImageArtifact, "image_source", description="The image to edit") == {
            "type": "string",
            "format": "uuid",
            "x-artifact": "image",
            "x-widget": "slot",
            "x-order": 0,
            "x-group": "Sources",
            "title": "Image source",
            "description": "The image to edit",
        }

    def test_a_list_of_slots_keeps_its_limits(self):
        made = field(list[ImageArtifact], min_length=2, max_length=9)
        assert made["type"] == "array"
        assert made["items"]["format"] == "uuid"
        assert made["items"]["x-artifact"] == made["x-artifact"] == "image"
        assert (made["minItems"], made["maxItems"]) == (2, 9)
        assert made["x-widget"] == "slots"

    @pytest.mark.parametrize("annotation", [AudioArtifact | None, list[AudioArtifact] | None])
    def test_an_optional_slot_is_the_slot_and_not_a_choice(self, annotation):
        made = field(annotation, default=None)
        assert made["x-artifact"] == "audio"
        assert made["x-nullable"] is True
        assert "anyOf" not in made
        assert "default" not in made

    def test_a_slot_of_several_types_lists_them(self):
        assert field(ImageArtifact | VideoArtifact)["x-artifact"] == ["image", "video"]
        assert field(DigitalArtifact)["x-artifact"] == ["image", "video", "audio", "text", "lora"]
        assert field(list[VideoArtifact | ImageArtifact] | None)["x-artifact"] == ["video", "image"]

    def test_all_slots_are_listed_in_order_with_their_paths(self):
        class Film(BaseModel):
            poster: ImageArtifact | None = None
            scenes: list[Scene]

        assert form(Film)["x-slots"] == [
            {
                "path": "poster",
                "artifact_types": ["image"],
                "is_list": False,
                "optional": True,
            },
            {
                "path": "scenes.*.background",
                "artifact_types": ["image"],
                "is_list": False,
                "optional": True,
            },
            {
                "path": "scenes.*.sounds",
                "artifact_types": ["audio"],
                "is_list": True,
                "optional": True,
            },
        ]


class Style(Enum):
    BOLD = "bold"
    FINE = "fine"


class TestWidgets:
    @pytest.mark.parametrize(
        ("make", "widget"),
        [
            (lambda: field(str, "title"), "text"),
            (lambda: field(str, "prompt"), "textarea"),
            (lambda: field(str, "negative_prompt"), "textarea"),
            (lambda: field(str, "prompt", max_length=40), "text"),
            (lambda: field(str, "title", max_length=500), "textarea"),
            (lambda: field(str | None, "lyrics", default=None), "textarea"),
            (lambda: field(bool), "toggle"),
            (lambda: field(bool | None, default=None), "toggle"),
            (lambda: field(int), "number"),
            (lambda: field(float, ge=0, lt=1), "slider"),
            (lambda: field(float, ge=0), "number"),
            (lambda: field(int | None, "seed", default=None, ge=0, le=9), "seed"),
            (lambda: field(int, "noise_seed"), "seed"),
            (lambda: field(Literal["a", "b"]), "select"),
            (lambda: field(Literal[4, 8, 12]), "select"),
            (lambda: field(Style | None, default=None), "select"),
            (lambda: field(list[Style]), "multiselect"),
            (lambda: field(list[str]), "list"),
            (lambda: field(Scene), "group"),
            (lambda: field(dict[str, int]), "json"),
            (lambda: field(int | str), "json"),
            (lambda: field(Any), "json"),
        ],
    )
    def test_follow_from_type_and_name(self, make: Callable[[], dict[str, Any]], widget):
        assert make()["x-widget"] == widget

    def test_number_choices_stay_numbers(self):
        assert field(Literal[4, 8, 12])["enum"] == [4, 8, 12]

    def test_the_authors_own_hints_are_kept(self):
        made = field(
            str,
            "prompt",
            json_schema_extra={"x-group": "Advanced", "x-widget": "code", "x-order": 7},
        )
        assert (made["x-group"], made["x-widget"], made["x-order"]) == ("Advanced", "code", 7)


class TestTheWhole:
    def test_groups_and_order_follow_from_the_fields(self):
        class Input(BaseModel):
            style: Literal["a", "b"] = "a"
            prompt: str = ""
            size: int
            image: ImageArtifact | None = None

        properties = form(Input)["properties"]
        assert [each["x-order"] for each in properties.values()] == [0, 1, 2, 3]
        assert [each["x-group"] for each in properties.values()] == [
            "Options",
            "Main",
            "Main",
            "Sources",
        ]

    def test_nested_models_stand_where_they_are_used(self):
        class Film(BaseModel):
            scene: Scene | None = None
            scenes: list[Scene] = []

        properties = form(Film)["properties"]
        for nested in (properties["scene"], properties["scenes"]["items"]):
            assert nested["properties"]["background"]["x-artifact"] == "image"
            assert nested["required"] == ["background"]
        assert properties["scene"]["title"] == "Scene"
        assert properties["scene"]["x-nullable"] is True

    def test_a_model_that_holds_itself_ends_in_plain_json(self):
        children = form(Tree)["properties"]["children"]
        assert children["items"] == {"type": "object", "title": "Tree", "x-widget": "json"}

    def test_unknown_keys_are_refused_unless_the_author_has_decided(self):
        class Silent(BaseModel):
            scene: Scene

        class Open(BaseModel):
            model_config = ConfigDict(extra="allow")
            prompt: str = ""

        assert form(Silent)["additionalProperties"] is False
        assert form(Silent)["properties"]["scene"]["additionalProperties"] is False
        assert form(Open).get("additionalProperties") is not False

    def test_a_field_called_like_a_word_of_json_schema_is_a_field(self):
        class Input(BaseModel):
            properties: str = ""
            default: int = 3
            items: list[ImageArtifact] = []
            anyOf: bool = False  # noqa: N815 - a word of JSON Schema

        made = form(Input)["properties"]
        assert made["default"] == {
            "type": "integer",
            "default": 3,
            "title": "Default",
            "x-widget": "number",
            "x-order": 1,
            "x-group": "Options",
        }
        assert made["items"]["x-widget"] == "slots"
        assert made["anyOf"]["x-widget"] == "toggle"

    def test_odd_defaults_and_extras_become_plain_data(self):
        class Input(BaseModel):
            limit: float = float("inf")
            price: Annotated[Decimal, Field(json_schema_extra={"x-step": Decimal("0.1")})] = (
                Decimal("1.5")
            )
            style: Style = Style.BOLD
            tags: set[str] = Field(default={"a"})

        properties = form(Input)["properties"]
        assert properties["style"]["default"] == "bold"
        assert properties["tags"]["default"] == ["a"]

    def test_a_discriminated_union_needs_no_resolver(self):
        class Still(BaseModel):
            kind: Literal["still"]
            image: ImageArtifact

        class Title(BaseModel):
            kind: Literal["title"]
            text: str

        class Film(BaseModel):
            part: Annotated[Still | Title, Field(discriminator="kind")]

        part = form(Film)["properties"]["part"]
        assert part["discriminator"] == {"propertyName": "kind"}
        assert part["oneOf"][0]["properties"]["image"]["x-artifact"] == "image"

    def test_a_model_without_fields_is_an_empty_form(self):
        class Nothing(BaseModel):
            pass

        made = form(Nothing)
        assert (made["properties"], made["x-slots"]) == ({}, [])

    def test_a_field_without_a_json_schema_is_a_fault_of_the_plugin(self):
        class Input(BaseModel):
            callback: Callable[[], None]

        with pytest.raises(PluginError, match="'sample' have a field without a JSON Schema"):
            input_form(Sample(schema=Input))

    def test_inputs_that_pass_the_form_are_those_that_clients_send(self):
        class Edit(BaseModel):
            prompt: str = Field(min_length=1)
            image_source: ImageArtifact
            references: list[ImageArtifact] | None = None

        validator = jsonschema_rs.Draft202012Validator(form(Edit), validate_formats=True)
        image = "550e8400-e29b-41d4-a716-446655440000"
        assert validator.is_valid({"prompt": "x", "image_source": image, "references": [image]})
        assert not validator.is_valid({"prompt": "x", "image_source": "photo.png"})
        assert not validator.is_valid({"prompt": "x", "image_source": {"storage_url": "x"}})
        assert not validator.is_valid({"prompt": "", "image_source": image})
        assert not validator.is_valid({"prompt": "x", "image_source": image, "promt": "x"})
