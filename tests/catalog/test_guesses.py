"""What is guessed of a text input: whether it takes a file, and of what kind."""

import pytest

from boards.catalog.drafts.documents import read_document
from boards.catalog.drafts.guesses import Guess, guess_slot
from boards.domain.artifacts import ArtifactType

NOT_A_SLOT = None


def guess(name: str, owner: str = "", **words: object) -> Guess | None:
    import json

    node = read_document("test", json.dumps({"type": "string", **words}).encode())
    return guess_slot(name, node, owner=owner)


@pytest.mark.parametrize(
    ("name", "words", "kind"),
    [
        ("image_url", {}, "image"),
        ("imageUrl", {}, "image"),
        ("image_urls", {}, "image"),
        ("mask_url", {}, "image"),
        ("first_frame_url", {}, "image"),
        ("video_url", {}, "video"),
        ("video_mask_url", {}, "video"),
        ("reference_audio_url", {}, "audio"),
        ("audio_driven_image_url", {}, "image"),
        ("lora_url", {}, "lora"),
        ("input_image", {"format": "uri"}, "image"),
        ("song", {"format": "uri"}, "audio"),
        ("image", {"description": "The URL of the image"}, "image"),
        ("source_url", {"examples": ["https://a.example/x.mp4?sig=1"]}, "video"),
        ("source_url", {"default": "https://a.example/x.JPG"}, "image"),
        ("source_url", {"description": "Where the speech is"}, "audio"),
        ("thing", {"_fal_ui_field": "audio"}, "audio"),
        ("thing", {"ui": {"field": "image"}}, "image"),
    ],
)
def test_an_input_that_takes_a_file_is_found(name, words, kind):
    found = guess(name, **words)

    assert found is not None
    assert found.kind == ArtifactType(kind)
    assert found.why


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("webhook_url", {}),
        ("images_data_url", {"description": "The images"}),
        ("data_url", {"description": "A zip of things"}),
        ("website_url", {"description": "The page with the image"}),
        ("callback", {"format": "uri"}),
        ("source_url", {}),
        ("source_url", {"description": "An image or a video"}),
        ("source_url", {"examples": ["https://a.example/readme.txt"]}),
    ],
)
def test_an_address_of_no_known_file_stays_a_text_and_is_told(name, words):
    found = guess(name, **words)

    assert found is not None
    assert found.kind is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("prompt", {"description": "What the image shows"}),
        ("image_size", {}),
        ("video_quality", {}),
        ("voice", {"description": "Which voice speaks"}),
        ("audio_prompt", {}),
        ("path", {}),
        ("curl", {}),
        ("thing", {"_fal_ui_field": "textarea"}),
        ("thing", {"ui": "image"}),
        ("thing", {"_fal_ui_field": ["image"]}),
    ],
)
def test_a_text_is_a_text(name, words):
    assert guess(name, **words) is NOT_A_SLOT


def test_a_path_among_loras_is_one():
    found = guess("path", owner="LoraWeight")

    assert found is not None
    assert (found.input, found.kind) == ("LoraWeight.path", ArtifactType.LORA)
