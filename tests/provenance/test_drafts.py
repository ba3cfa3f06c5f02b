"""What other tools write into files, as inputs for a form."""

import json

import pytest

from boards.domain.provenance import without_secrets
from boards.errors import InvalidInput
from boards.generators.registry import GeneratorRegistry
from boards.services.drafts import Wrote, draft_of, parse_parameters
from tests.provenance.conftest import Paint

PARAMETERS = """a red fox,
in the snow (masterpiece:1.2)
Negative prompt: blurry, "bad"
Steps: 30, Sampler: Euler a, Schedule type: Karras, CFG scale: 6.5, Seed: 12345, Size: 512x768, \
Model hash: abc, Model: "fox, v2", Lora hashes: "a: 1, b: 2", Version: v1.9"""

GRAPH = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 9,
            "steps": 25,
            "cfg": 7.0,
            "sampler_name": "euler",
            "positive": ["6", 0],
            "negative": ["7", 0],
            "latent_image": ["5", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "fox.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 640, "height": 480}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["9", 0]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry"}},
    "9": {"class_type": "String", "inputs": {"string": "a red fox"}},
}


@pytest.fixture
def registry() -> GeneratorRegistry:
    registry = GeneratorRegistry()
    registry.register(Paint())
    return registry


def test_the_lines_of_automatic1111_are_read() -> None:
    assert parse_parameters(PARAMETERS) == {
        "prompt": "a red fox,\nin the snow (masterpiece:1.2)",
        "negative_prompt": 'blurry, "bad"',
        "steps": 30,
        "sampler": "Euler a",
        "cfg_scale": 6.5,
        "seed": 12345,
        "width": 512,
        "height": 768,
        "model": "fox, v2",
    }


def test_a_prompt_alone_is_a_prompt() -> None:
    assert parse_parameters("a fox") == {"prompt": "a fox"}


def test_without_a_generator_the_values_stand_as_they_are(registry: GeneratorRegistry) -> None:
    draft = draft_of({"parameters": PARAMETERS}, registry, None)
    assert (draft.wrote, draft.generator, draft.made_by) == (Wrote.A1111, None, "fox, v2")
    assert draft.inputs["negative_prompt"] == 'blurry, "bad"'


def test_for_a_generator_only_its_inputs_are_filled(registry: GeneratorRegistry) -> None:
    draft = draft_of({"parameters": PARAMETERS}, registry, "paint")
    assert draft.generator == "paint"
    assert set(draft.inputs) == {"prompt", "steps", "seed"}
    assert "'paint' has no input for 'negative_prompt'." in draft.warnings


def test_a_graph_of_comfyui_is_read_around_its_sampler(registry: GeneratorRegistry) -> None:
    draft = draft_of({"prompt": json.dumps(GRAPH)}, registry, None)
    assert draft.wrote is Wrote.COMFYUI
    assert draft.inputs == {
        "prompt": "a red fox",
        "negative_prompt": "blurry",
        "seed": 9,
        "steps": 25,
        "cfg_scale": 7.0,
        "sampler": "euler",
        "width": 640,
        "height": 480,
        "model": "fox.safetensors",
    }


def test_the_json_of_swarmui_under_the_same_name_is_read(registry: GeneratorRegistry) -> None:
    said = {"sui_image_params": {"prompt": "a fox", "seed": 4, "steps": 8, "width": 64}}
    draft = draft_of({"parameters": json.dumps(said)}, registry, "paint")
    assert (draft.inputs["prompt"], draft.inputs["seed"]) == ("a fox", 4)


@pytest.mark.parametrize(
    "texts",
    [
        {},
        {"parameters": "just words"},
        {"prompt": "[" * 50_000},
        {"prompt": json.dumps({str(n): {"class_type": "x"} for n in range(3000)})},
        {"prompt": json.dumps({"1": {"class_type": "KSampler", "inputs": 7}})},
        {"boards_recipe": "{}"},
        {"boards_recipe": '{"a":' * 5000},
        {"parameters": '{"sui_image_params": []}'},
    ],
)
def test_what_says_nothing_is_refused(texts: dict[str, str], registry: GeneratorRegistry) -> None:
    with pytest.raises(InvalidInput):
        draft_of(texts, registry, None)


def test_a_graph_that_turns_in_circles_ends(registry: GeneratorRegistry) -> None:
    graph = {
        "1": {"class_type": "KSampler", "inputs": {"positive": ["2", 0], "seed": 1}},
        "2": {"class_type": "X", "inputs": {"text": ["2", 0]}},
    }
    draft = draft_of({"prompt": json.dumps(graph)}, registry, None)
    assert draft.inputs == {"seed": 1}


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("prompt", "a fox at /dawn/, 3/4 view", "a fox at /dawn/, 3/4 view"),
        ("prompt", "/imagine a fox", "/imagine a fox"),
        ("api_key", "anything", None),
        ("token", "anything", None),
        ("max_tokens", 5, 5),
        ("image", "/home/me/secret/fox.png", "fox.png"),
        ("image", "C:\\Users\\me\\fox.png", "fox.png"),
        ("image", "~/pictures/fox.png", "fox.png"),
        ("image", "file:///home/me/fox.png", "fox.png"),
        ("url", "https://a.example:81/x.png?sig=1", "https://a.example:81/x.png"),
        ("note", "use Bearer abcdefghijklmnopqrstuv now", "use … now"),
        ("list", ["hf_0123456789abcdefghijklmn"], ["…"]),
    ],
)
def test_secrets_and_paths_are_left_out(name: str, value: object, kept: object) -> None:
    assert without_secrets({name: value}) == {name: kept}  # type: ignore[dict-item]


def test_embedded_data_becomes_its_hash() -> None:
    seen = without_secrets({"image": "data:image/png;base64,AAAA"})
    assert isinstance(seen, dict)
    assert isinstance(seen["image"], dict)
    assert set(seen["image"]) == {"sha256"}
