"""Documents of providers become declarations: inputs, types, slots, results, prices."""

from decimal import Decimal
from typing import Any

import pytest

from boards.catalog.drafts import GivenPrice, Said, read_source
from boards.domain.artifacts import ArtifactType
from boards.errors import InvalidInput
from boards.generators.declared.declaration import Input
from boards.generators.declared.schema import input_model
from boards.testing.lab.documents import FAL_MODELS, REPLICATE_MODELS, document_of
from tests.catalog.documents import TODAY, drafted, fal, replicate

PROMPT = {"prompt": {"type": "string"}}


def field(schema: dict[str, Any], **more: Any) -> Input:
    """What an input of this schema is drafted as; it is called `it` and need not be given."""
    return drafted(fal({"it": schema}, **more)).declaration.inputs["it"]


def refused(document: dict[str, Any], said: Said | None = None) -> str:
    with pytest.raises(InvalidInput) as error:
        drafted(document, said)
    return error.value.message


class TestAnInput:
    @pytest.mark.parametrize(
        ("schema", "words"),
        [
            ({"type": "string"}, {"type": "text"}),
            (
                {"type": "string", "minLength": 2, "maxLength": 9},
                {"min_length": 2, "max_length": 9},
            ),
            ({"type": "string", "pattern": "^a+$"}, {"pattern": "^a+$"}),
            ({"type": "string", "pattern": "(?<=a)b"}, {"type": "text", "pattern": None}),
            ({"type": "integer", "minimum": 1, "maximum": 4}, {"min": 1, "max": 4}),
            ({"type": "integer", "exclusiveMinimum": 0}, {"min": 1}),
            ({"type": "integer", "minimum": 0, "exclusiveMinimum": True}, {"min": 1}),
            ({"type": "number", "exclusiveMaximum": 2.5}, {"type": "number", "max": 2.5}),
            ({"type": "boolean"}, {"type": "boolean"}),
            ({"type": "object"}, {"type": "json"}),
            ({"enum": ["a", "b"], "type": "string"}, {"choices": ("a", "b")}),
            ({"enum": [4, 8], "type": "integer"}, {"choices": (4, 8)}),
            ({"enum": [0.5, 1, 2]}, {"type": "number", "min": 0.5, "max": 2}),
            ({"const": "a"}, {"choices": ("a",)}),
            ({"type": ["string", "null"]}, {"type": "text", "optional": True}),
            ({"type": "integer", "nullable": True, "default": 3}, {"optional": True, "default": 3}),
            ({"type": "integer", "default": 3.0}, {"default": 3}),
            ({"enum": ["5", "10"], "default": 5}, {"default": "5"}),
            ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, {"type": "number"}),
            (
                {"anyOf": [{"enum": ["a"], "type": "string"}, {"type": "string"}]},
                {"choices": ("a",), "or_type": "text"},
            ),
            (
                {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 3},
                {"type": "text", "many": True, "min_items": 1, "max_items": 3},
            ),
            (
                {"type": "array", "items": {"enum": ["a", "b"]}, "default": ["b"]},
                {"choices": ("a", "b"), "many": True, "default": ["b"]},
            ),
        ],
    )
    def test_says_what_its_schema_says(self, schema, words):
        found = field(schema)

        assert {word: getattr(found, word) for word in words} == words

    def test_must_be_given_only_when_the_document_says_so(self):
        found = drafted(fal({"a": {"type": "string"}, "b": {"type": "string"}}, required=["a"]))

        assert found.declaration.inputs["a"].required
        assert found.declaration.inputs["b"].optional

    def test_follows_references_and_what_stands_beside_them(self):
        size = {"enum": ["1:1", "16:9"], "type": "string", "description": "An enumeration."}
        schema = {"allOf": [{"$ref": "#/components/schemas/ratio"}], "description": "Its shape"}

        found = field({**schema, "default": "1:1"}, schemas={"ratio": size})

        assert found.choices == ("1:1", "16:9")
        assert (found.default, found.description) == ("1:1", "Its shape")

    def test_may_be_an_object_of_a_type(self):
        size = {"type": "object", "properties": {"width": {"type": "integer", "default": 512}}}
        schema = {"anyOf": [{"$ref": "#/components/schemas/Size"}, {"enum": ["big"]}]}

        found = drafted(fal({"size": {**schema, "default": {"width": 9}}}, schemas={"Size": size}))

        declared = found.declaration.inputs["size"]
        assert (declared.choices, declared.or_type) == (("big",), "Size")
        made = input_model(found.declaration)()
        assert made.model_dump() == {"size": {"width": 9}}

    def test_is_described_in_one_line(self):
        assert field({"type": "string", "description": "a\n\tb\x1b[31m"}).description == "a b [31m"
        assert len(field({"type": "string", "description": "x" * 9999}).description or "") == 500

    def test_stands_where_its_provider_shows_it(self):
        properties = {name: {"type": "string"} for name in "abc"}

        by_list = drafted(fal(properties, order=["c", "a", "x"]))
        numbered = {name: {"type": "string", "x-order": n} for n, name in enumerate("cba")}
        by_number = drafted(
            replicate(dict(sorted(numbered.items())), {"format": "uri"}, example=URL)
        )

        assert list(by_list.declaration.inputs) == ["c", "a", "b"]
        assert list(by_number.declaration.inputs) == ["c", "b", "a"]

    def test_that_cannot_be_said_is_left_out_with_the_reason(self):
        lists = {"type": "array", "items": {"type": "array", "items": {"type": "string"}}}

        found = drafted(fal({**PROMPT, "matrix": lists, "a.b": {"type": "string"}, "c": {}}))

        assert list(found.declaration.inputs) == ["prompt"]
        assert found.left_out == (
            "matrix: it is a list of lists",
            "a.b: its name cannot be sent",
            "c: its type is not said",
        )

    def test_that_cannot_be_said_and_must_be_given_is_refused(self):
        said = refused(fal({**PROMPT, "c": {}}, required=["c"]))

        assert "components.schemas.TestInput.properties.c: its type is not said" in said


class TestAName:
    @pytest.mark.parametrize(
        ("original", "name"),
        [
            ("inputImage", "input_image"),
            ("from", "from_"),
            ("copy", "copy_"),
            ("model_config", "model_config_"),
            ("__class__", "class_"),
            ("größe", "groe"),
            ("2fast", "n_2fast"),
            ("画像", "input"),
        ],
    )
    def test_becomes_one_that_can_be_written(self, original, name):
        found = drafted(fal({original: {"type": "string"}})).declaration

        assert list(found.inputs) == [name]
        assert found.inputs[name].send_as == original
        input_model(found)

    def test_is_not_given_twice(self):
        found = drafted(fal({"a-b": {"type": "string"}, "a_b": {"type": "string"}})).declaration

        assert {name: each.send_as for name, each in found.inputs.items()} == {
            "a_b": "a-b",
            "a_b_2": "a_b",
        }

    @pytest.mark.parametrize(
        ("source", "name"),
        [
            ("fal:fal-ai/test", "fal-test"),
            ("replicate:owner/test", "replicate-owner-test"),
        ],
    )
    def test_of_a_model_follows_from_its_path(self, source, name):
        is_fal = source.startswith("fal")
        document = fal(PROMPT) if is_fal else replicate(PROMPT, {"format": "uri"}, example=URL)

        assert drafted(document).declaration.name == name
        assert drafted(document, Said(name="mine")).declaration.name == "mine"

    def test_that_no_model_can_have_is_refused(self):
        assert "Give another with --name" in refused(fal(PROMPT), Said(name="My model"))


URL = "https://replicate.delivery/x/out.png"


class TestSlots:
    def test_are_guessed_and_told_with_the_reason(self):
        found = drafted(
            fal(
                {
                    "image_url": {"type": "string"},
                    "clip": {"type": "string", "_fal_ui_field": "video"},
                    "audio_urls": {"type": "array", "items": {"type": "string"}},
                    "webhook_url": {"type": "string"},
                    "image_size": {"type": "string"},
                }
            )
        )

        slots = {name: each.slot for name, each in found.declaration.inputs.items()}
        assert slots == {
            "image_url": (ArtifactType.IMAGE,),
            "clip": (ArtifactType.VIDEO,),
            "audio_urls": (ArtifactType.AUDIO,),
            "webhook_url": None,
            "image_size": None,
        }
        assert found.declaration.inputs["audio_urls"].many
        assert {g.input: (g.kind, g.why) for g in found.guesses} == {
            "image_url": (ArtifactType.IMAGE, "by its name"),
            "clip": (ArtifactType.VIDEO, "the provider's own form asks for a video"),
            "audio_urls": (ArtifactType.AUDIO, "by its name"),
            "webhook_url": (None, "an address that is no single file"),
        }

    def test_are_what_a_person_says(self):
        said = Said(
            slots={"image_url": ArtifactType.VIDEO, "notes": ArtifactType.TEXT, "b_url": None}
        )
        properties = {name: {"type": "string"} for name in ("image_url", "notes", "b_url")}

        inputs = drafted(fal(properties), said).declaration.inputs

        assert inputs["image_url"].slot == (ArtifactType.VIDEO,)
        assert inputs["notes"].slot == (ArtifactType.TEXT,)
        assert inputs["b_url"].type == "text"

    def test_of_inputs_that_there_are_not_are_refused(self):
        said = refused(fal(PROMPT), Said(slots={"imgae_url": ArtifactType.IMAGE}))

        assert "no text input imgae_url" in said

    def test_take_one_or_several_where_either_may_be_given(self):
        either = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}

        found = drafted(fal({"image_url": either}))

        assert found.declaration.inputs["image_url"].many
        assert [(g.input, g.many) for g in found.guesses] == [("image_url", True)]

    def test_have_no_default_file(self):
        found = field({"type": "string", "format": "uri", "default": "https://a.example/a.png"})

        assert found.slot == (ArtifactType.IMAGE,)
        assert (found.optional, found.has_default) == (True, False)

    def test_in_a_list_of_loras_take_files_and_names(self):
        weight = {
            "type": "object",
            "properties": {"path": {"type": "string"}},
            "required": ["path"],
        }
        loras = {"type": "array", "items": {"$ref": "#/components/schemas/LoraWeight"}}

        found = drafted(fal({"loras": loras}, schemas={"LoraWeight": weight}))

        path = found.declaration.types["LoraWeight"].fields["path"]
        assert (path.slot, path.or_type) == ((ArtifactType.LORA,), "text")
        assert [g.input for g in found.guesses] == ["LoraWeight.path"]

    def test_of_archives_are_packed_here(self):
        archive = {"type": "string", "description": "URL to a zip archive with images"}
        properties = {"images_data_url": archive}

        found = drafted(fal(properties, required=["images_data_url"])).declaration
        text = drafted(fal(properties), Said(slots={"images_data_url": None})).declaration

        images = found.inputs["images_data_url"]
        assert (images.slot, images.many, images.convert) == ((ArtifactType.IMAGE,), True, "zip")
        assert found.examples[0].inputs == {"images_data_url": ["image"]}
        assert text.inputs["images_data_url"].type == "text"


class TestAResult:
    FILE = {"type": "object", "properties": {"url": {"type": "string"}}}

    @pytest.mark.parametrize(
        ("properties", "category", "makes", "path"),
        [
            ({"images": {"type": "array", "items": FILE}}, "", "image", "images"),
            ({"image": FILE}, "", "image", "image"),
            ({"video": {"allOf": [FILE]}}, "", "video", "video"),
            ({"video": {"anyOf": [FILE, {"type": "null"}]}}, "", "video", "video"),
            ({"audio_url": {"type": "string"}}, "", "audio", "audio_url"),
            ({"result": FILE}, "image-to-video", "video", "result"),
            ({"preview": FILE, "video": FILE}, "text-to-video", "video", "video"),
            (
                {"diffusers_lora_file": FILE, "config_file": FILE},
                "training",
                "lora",
                "diffusers_lora_file",
            ),
            ({"text": {"type": "string"}, "audio": FILE}, "speech-to-text", "text", "text"),
            (
                {"output": {"type": "string"}, "partial": {"type": "boolean"}},
                "llm",
                "text",
                "output",
            ),
        ],
    )
    def test_is_found_in_the_answer(self, properties, category, makes, path):
        output = {"type": "object", "properties": properties}

        found = drafted(fal(PROMPT, output=output, category=category)).declaration

        assert found.makes.value == makes
        assert (found.result.text if makes == "text" else found.result.files) == (path,)

    def test_keeps_further_files_and_facts(self):
        properties = {
            "image": self.FILE,
            "mask": self.FILE,
            "seed": {"type": "integer"},
            "timings": {"type": "object"},
        }

        found = drafted(fal(PROMPT, output={"type": "object", "properties": properties}))

        assert found.declaration.result.extra == {"mask": "mask"}
        assert found.declaration.result.notes == ("seed",)

    @pytest.mark.parametrize(
        ("output", "example", "makes"),
        [
            ({"type": "string", "format": "uri"}, "https://a.example/a.mp4", "video"),
            ({"type": "array", "items": {"type": "string", "format": "uri"}}, [URL], "image"),
            ({"type": "array", "items": {"type": "string"}}, None, "text"),
            ({"title": "Output"}, "https://a.example/a.wav", "audio"),
        ],
    )
    def test_of_replicate_is_told_by_its_example(self, output, example, makes):
        found = drafted(replicate(PROMPT, output, example=example)).declaration

        assert found.makes.value == makes
        assert (found.result.files or found.result.text) == ("output",)

    def test_that_nothing_tells_of_is_asked_for(self):
        document = replicate(PROMPT, {"type": "string", "format": "uri"})

        assert "say it with --makes" in refused(document)
        assert drafted(document, Said(makes=ArtifactType.VIDEO)).declaration.makes == "video"

    def test_that_is_a_3d_model_is_refused(self):
        output = {"type": "object", "properties": {"count": {"type": "integer"}}}

        assert "--makes" in refused(fal(PROMPT, output=output, category="image-to-3d"))

    def test_counts_the_outputs_that_are_asked_for(self):
        count = {"type": "integer", "default": 1}

        assert drafted(fal({"num_images": count})).declaration.limits.outputs == "num_images"
        assert drafted(fal({"steps": count})).declaration.limits.outputs is None


class TestAReplicateModel:
    def test_is_pinned_to_its_version_unless_it_is_kept_running(self):
        document = replicate(PROMPT, {"type": "string", "format": "uri"}, example=URL)

        assert drafted(document).declaration.endpoint == f"owner/test:{'a' * 64}"
        assert drafted({**document, "is_official": True}).declaration.endpoint == "owner/test"

    def test_of_another_name_is_refused(self):
        document = replicate(PROMPT, {"format": "uri"}, example=URL, name="other")

        assert "this is the document of 'owner/other'" in refused(document)


class TestAPrice:
    def test_is_unknown_unless_it_is_given(self):
        assert drafted(fal(PROMPT)).declaration.price is None

    def test_is_given_for_a_run_or_for_each(self):
        each = fal({**PROMPT, "num_images": {"type": "integer", "default": 1}})

        run = drafted(each, Said(price=GivenPrice(amount=Decimal("0.05")))).declaration.price
        image = drafted(
            each, Said(price=GivenPrice(amount=Decimal("0.05"), per="num_images"))
        ).declaration.price

        assert run is not None
        assert image is not None
        assert (run.unit, run.base, run.rate) == ("run", Decimal("0.05"), None)
        assert (image.unit, image.rate, image.units) == ("image", Decimal("0.05"), "num_images")
        assert (run.confidence, run.checked) == ("unverified", TODAY)

    def test_for_each_of_what_does_not_count_is_refused(self):
        price = GivenPrice(amount=Decimal(1), per="prompt")

        assert "'prompt' is no input that counts" in refused(fal(PROMPT), Said(price=price))


class TestASource:
    @pytest.mark.parametrize(
        "text",
        [
            *("", "fal", "fal:", "fal:one", "luma:x/y", "fal:../../etc/passwd", "fal:a/../b"),
            *("fal:a//b", "fal:a/b?c", "fal:http://a/b", "replicate:a", "replicate:a/b/c"),
            *("replicate:a/b:1", "fal:a/b#c", "fal:a/b\n"[:7] + "\x00"),
        ],
    )
    def test_that_names_no_model_is_refused(self, text):
        with pytest.raises(InvalidInput):
            read_source(text)

    def test_is_a_provider_and_a_model(self):
        assert str(read_source(" fal:fal-ai/flux-2.1/dev ")) == "fal:fal-ai/flux-2.1/dev"


@pytest.mark.parametrize(
    ("provider", "model"),
    [*(("fal", each) for each in FAL_MODELS), *(("replicate", each) for each in REPLICATE_MODELS)],
)
def test_the_models_of_the_lab_are_drafted_whole(provider, model):
    from boards.catalog.checks import faults_of
    from boards.catalog.drafts import make_draft

    document = document_of(provider, model)
    assert document is not None

    found = make_draft(read_source(f"{provider}:{model}"), document, Said(), today=TODAY)

    assert found.left_out == ()
    assert faults_of(found.declaration, {provider}) == []
