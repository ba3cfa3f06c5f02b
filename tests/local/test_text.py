"""Prompt variants: they keep the subject, differ from each other, and repeat under a seed."""

import itertools

import pytest
from pydantic import ValidationError

from boards.adapters.providers.local.text import LocalText, TextInput, prompt_variants
from tests.local.conftest import Run

SUBJECT = "a lighthouse in a storm"


@pytest.mark.parametrize("manner", ["any", "photo", "cinematic", "product", "portrait"])
@pytest.mark.parametrize("seed", [0, 1, 99])
def test_all_are_different_and_keep_the_subject(manner, seed):
    prompts = prompt_variants(SUBJECT, manner, 20, seed)

    assert len(set(prompts)) == 20
    assert all(SUBJECT in prompt for prompt in prompts)


def test_neighbours_share_few_words():
    for one, other in itertools.pairwise(prompt_variants(SUBJECT, "photo", 10, 3)):
        mine, theirs = set(one.split()) - set(SUBJECT.split()), set(other.split())

        assert len(mine & theirs) < len(mine) / 2


def test_the_same_seed_gives_the_same_prompts():
    assert prompt_variants(SUBJECT, "any", 5, 4) == prompt_variants(SUBJECT, "any", 5, 4)
    assert prompt_variants(SUBJECT, "any", 5, 4) != prompt_variants(SUBJECT, "any", 5, 5)


def test_a_subject_with_braces_and_line_breaks_is_taken_as_it_is():
    (prompt,) = prompt_variants("a {robot}\n  with {0}.", "photo", 1, 1)

    assert "a {robot} with {0}" in prompt
    assert "\n" not in prompt


async def test_makes_one_text_for_each_variant(make: Run):
    ran = await make(LocalText(), {"subject": SUBJECT, "variants": 4, "seed": 2})

    assert [file.content for file in ran.files] == prompt_variants(SUBJECT, "any", 4, 2)
    assert ran.metadata["seed"] == 2
    assert ran.price == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": ""},
        {"subject": "  "},
        {"subject": "x" * 301},
        {"subject": "x", "variants": 0},
        {"subject": "x", "variants": 21},
        {"subject": "x", "manner": "baroque"},
    ],
)
def test_wrong_inputs_are_refused(wrong):
    with pytest.raises(ValidationError):
        TextInput.model_validate(wrong)
