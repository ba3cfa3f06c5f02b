"""Checks of declarations beyond their words."""

import pytest

from boards.catalog import load_declarations
from boards.catalog.checks import faults_of
from tests.catalog.words import declared, price


def faults(**words: object) -> list[str]:
    return faults_of(declared(**words), {"one"})


def test_a_right_one_has_none():
    assert faults(examples=[{"inputs": {"prompt": "A cat"}}]) == []


def test_the_catalogue_has_none():
    providers = {each.provider for each in load_declarations()}

    assert [fault for each in load_declarations() for fault in faults_of(each, providers)] == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"provider": "two"}, "there is no provider 'two'"),
        ({"inputs": {"_x": {"type": "text"}}}, "its inputs cannot be shown"),
        (
            {"inputs": {"prompt": {"type": "text", "pattern": "(?<=a)"}}},
            "its inputs cannot be shown",
        ),
        ({"examples": [{"inputs": {}}]}, "example 1: prompt: Field required"),
        (
            {"examples": [{"inputs": {"prompt": "a"}}, {"inputs": {"prompt": 5}}]},
            "example 2: prompt: Input should be a valid string",
        ),
        (
            {
                "price": price(base="0.05"),
                "examples": [{"inputs": {"prompt": "a"}, "price": "0.06"}],
            },
            "example 1: it should cost 0.06, and comes to 0.05",
        ),
        (
            {"examples": [{"inputs": {"prompt": "a"}, "price": "0.06"}]},
            "example 1: it should cost 0.06, and comes to unpriced",
        ),
        (
            {"price": price(base="1", counted={"rates": {"bananas": "1"}})},
            "price: nobody counts 'bananas'",
        ),
        ({"result": {"files": "x", "format": "exe"}}, "result.format: there is no format 'exe'"),
    ],
)
def test_a_fault_is_told(words, says):
    (fault,) = faults(**words)

    assert fault.startswith(says)


def test_examples_have_artifacts_in_their_slots():
    words = {
        "types": {"Lora": {"fields": {"path": {"slot": "lora"}}}},
        "inputs": {
            "prompt": {"type": "text"},
            "images": {"slot": ["image", "video"], "many": True},
            "script": {"slot": "text"},
            "loras": {"type": "Lora", "many": True},
        },
        "examples": [
            {
                "inputs": {
                    "prompt": "image",
                    "images": ["image", "video"],
                    "script": "text",
                    "loras": [{"path": "lora"}],
                }
            }
        ],
    }

    assert faults(**words) == []
    words["examples"][0]["inputs"]["images"] = ["audio"]  # type: ignore[index]
    assert faults(**words)[0].startswith("example 1: images")
