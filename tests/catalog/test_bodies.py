"""Typed inputs become a request body: the same names, without nulls, and artifacts on their way."""

from typing import Any

import pytest
from pydantic import JsonValue, ValidationError

from boards.generators.artifacts import FileArtifact, TextArtifact
from boards.generators.declared import Declaration
from boards.generators.declared.body import build_body
from tests.catalog.words import AUDIO, IMAGE, declared, typed


async def body(declaration: Declaration, **inputs: Any) -> dict[str, JsonValue]:
    async def place(field: str, artifact: FileArtifact) -> JsonValue:
        return f"{field}:{artifact.storage_url}"

    return await build_body(declaration, typed(declaration, **inputs), place)


class TestABody:
    async def test_leaves_out_what_is_null(self):
        inputs = {"a": {"type": "text", "optional": True}, "b": {"type": "integer", "default": 0}}

        assert await body(declared(inputs=inputs)) == {"b": 0}

    async def test_keeps_empty_texts_unless_told_otherwise(self):
        inputs = {
            "a": {"type": "text", "default": ""},
            "b": {"type": "text", "default": "", "omit_empty": True},
            "c": {"type": "text", "many": True, "default": [], "omit_empty": True},
        }

        assert await body(declared(inputs=inputs)) == {"a": ""}

    async def test_sends_under_another_name_also_nested(self):
        inputs = {
            "a": {"type": "integer", "send_as": "x"},
            "b": {"type": "integer", "send_as": "deep.er.y"},
            "c": {"type": "integer", "send_as": "deep.z"},
        }

        sent = await body(declared(inputs=inputs), a=1, b=2, c=3)

        assert sent == {"x": 1, "deep": {"er": {"y": 2}, "z": 3}}

    async def test_adds_what_is_constant(self):
        assert await body(declared(constants={"mode": "fast", "deep.flag": True}), prompt="x") == {
            "mode": "fast",
            "deep": {"flag": True},
            "prompt": "x",
        }

    async def test_puts_what_the_transport_sends_in_place_of_artifacts(self):
        inputs = {
            "image": {"slot": "image", "send_as": "image_url"},
            "sounds": {"slot": "audio", "many": True},
        }

        sent = await body(declared(inputs=inputs), image=IMAGE, sounds=[AUDIO, AUDIO])

        assert sent == {
            "image_url": "image_url:https://a.example/i.png",
            "sounds": ["sounds:https://a.example/a.mp3"] * 2,
        }

    async def test_leaves_out_artifacts_that_travel_beside_it(self):
        inputs = {"images": {"slot": "image", "many": True}, "mask": {"slot": "image"}}
        declaration = declared(inputs=inputs)

        async def beside(field, artifact):
            return None

        made = await build_body(declaration, typed(declaration, images=[IMAGE], mask=IMAGE), beside)

        assert made == {}

    async def test_sends_the_content_of_a_text(self):
        text = TextArtifact(generation_id="t", content="once upon a time")

        sent = await body(declared(inputs={"story": {"slot": "text"}}), story=text)

        assert sent == {"story": "once upon a time"}

    async def test_nests_the_types_of_the_file(self):
        types = {
            "Lora": {
                "fields": {
                    "path": {"slot": "lora"},
                    "scale": {"type": "number", "default": 1.0, "send_as": "weight"},
                    "note": {"type": "text", "optional": True},
                }
            }
        }
        declaration = declared(types=types, inputs={"loras": {"type": "Lora", "many": True}})
        lora = {
            "generation_id": "l",
            "storage_url": "https://a.example/l.safetensors",
            "format": "safetensors",
            "base_model": "flux",
        }

        sent = await body(declaration, loras=[{"path": lora}])

        assert sent == {"loras": [{"path": "path:https://a.example/l.safetensors", "weight": 1.0}]}


class TestConversion:
    INPUTS = {
        "duration": {"type": "integer", "default": 5, "convert": "text"},
        "seconds": {"choices": [5, 10], "optional": True, "convert": "text"},
        "frame": {
            "slot": "image",
            "many": True,
            "max_items": 1,
            "optional": True,
            "convert": "first",
            "send_as": "frame_url",
        },
    }

    async def test_makes_text_of_whole_numbers(self):
        assert await body(declared(inputs=self.INPUTS), seconds=10) == {
            "duration": "5",
            "seconds": "10",
        }

    async def test_sends_a_list_of_one_as_the_one(self):
        sent = await body(declared(inputs=self.INPUTS), frame=[IMAGE])

        assert sent == {"duration": "5", "frame_url": "frame_url:https://a.example/i.png"}

    async def test_sends_nothing_for_an_empty_list(self):
        assert await body(declared(inputs=self.INPUTS), frame=[]) == {"duration": "5"}

    async def test_holds_inside_the_types_of_the_file(self):
        types = {"Size": {"fields": {"width": {"type": "integer", "convert": "text"}}}}
        declaration = declared(types=types, inputs={"size": {"type": "Size"}})

        assert await body(declaration, size={"width": 512}) == {"size": {"width": "512"}}


class TestAlternatives:
    DECLARATION = declared(
        inputs={
            "audio_url": {"slot": "audio", "optional": True},
            "text": {"type": "text", "optional": True},
            "voice": {"choices": ["Ava", "Leo"], "default": "Ava"},
        },
        one_of=[["audio_url"], ["text", "voice"]],
    )

    async def test_only_the_chosen_one_is_sent(self):
        with_audio = await body(self.DECLARATION, audio_url=AUDIO)
        with_text = await body(self.DECLARATION, text="hello")

        assert list(with_audio) == ["audio_url"]
        assert with_text == {"text": "hello", "voice": "Ava"}

    @pytest.mark.parametrize(
        ("inputs", "said"),
        [
            ({}, "none is given"),
            ({"text": ""}, "none is given"),
            ({"text": "hello", "audio_url": AUDIO}, "audio_url and text are both given"),
        ],
    )
    async def test_exactly_one_is_given(self, inputs, said):
        with pytest.raises(ValidationError, match=said):
            await body(self.DECLARATION, **inputs)
