"""docs/catalogue.md shows a model that works, every word there is, and every difference."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from boards.catalog import read_file
from boards.errors import ConfigError
from boards.generators.declared import declaration
from boards.generators.declared.declaration import (
    BUILT_IN_TYPES,
    Capability,
    Case,
    Convert,
    Counted,
    Declaration,
    DeclarationFile,
    Example,
    Input,
    Limits,
    Price,
    PriceConfidence,
    Result,
    Trained,
    Unit,
    Variant,
)
from boards.generators.declared.prices import quote
from boards.generators.declared.rules import Rule
from tests.catalog.facts import BEGIN, FINISH, PAGE, differences, listed
from tests.catalog.words import filled, typed

TEXT = PAGE.read_text()
WORDS = [
    (kind, name)
    for kind in (Declaration, DeclarationFile, Input, Result, Trained, Price, Case, Variant)
    for name in kind.model_fields
]
VALUES = [
    value.value for kind in (Unit, Convert, Rule, Capability, PriceConfidence) for value in kind
]


def first_block() -> str:
    found = re.search(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert found is not None
    return found.group(1)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """The model of the page, as a file."""
    path = tmp_path / "fal" / "image-more.toml"
    path.parent.mkdir()
    path.write_text(first_block())
    return path


def test_the_model_in_five_minutes_works(page: Path):
    (found,) = read_file(page)

    for example in found.examples:
        assert quote(found, typed(found, **filled(found, example.inputs))).amount == example.price
    assert len(found.examples) == 2


def test_the_faults_that_are_shown_are_those_that_are_said(page: Path):
    text = page.read_text()
    text = text.replace("min = 1, max = 4, default", "min = 1, maximum = 4, default")
    page.write_text(text.replace('rate = "0.04"', "rate = 0.04"))

    with pytest.raises(ConfigError) as refused:
        read_file(page)

    said = str(refused.value).splitlines()
    assert len(said) == 3
    assert all(line in TEXT for line in said)


@pytest.mark.parametrize(("kind", "name"), WORDS, ids=lambda each: getattr(each, "__name__", each))
def test_every_word_is_explained(kind: type[BaseModel], name: str):
    assert f"`{name}`" in TEXT, f"{kind.__name__}.{name}"


@pytest.mark.parametrize("name", [*Limits.model_fields])
def test_every_limit_is_explained(name: str):
    assert f"`limits.{name}`" in TEXT


@pytest.mark.parametrize("value", [*VALUES, *BUILT_IN_TYPES, *Example.model_fields])
def test_every_value_is_explained(value: str):
    assert f"`{value}`" in TEXT


def test_no_part_of_a_declaration_is_forgotten_here():
    parts = {
        name
        for name, kind in vars(declaration).items()
        if isinstance(kind, type) and issubclass(kind, declaration.Word) and name[0] != "_"
    }
    shown = {kind.__name__ for kind, _ in WORDS} | {"Limits", "Example"}

    assert parts - shown <= {"Word", "Condition", "Addition", "SharedFile", "TypeWord", "Counted"}
    assert {*Counted.model_fields} == {"per", "rates"}


def test_every_difference_is_listed():
    between = TEXT.partition(BEGIN)[2].partition(FINISH)[0].strip()

    assert between == listed(), "run: python -m tests.catalog.facts --write"
    assert all(each.reason in between for each in differences())
