"""Every model of the catalogue: it is read, its form renders, its examples hold."""

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from boards.adapters.providers import PROVIDERS
from boards.catalog import FOLDER, load_declarations
from boards.catalog.reader import SHARED
from boards.domain.artifacts import PRODUCED, ArtifactType
from boards.generators.declared import Count, Declaration, DeclaredGenerator, Traits
from boards.generators.declared.prices import quote
from boards.generators.declared.schema import input_model
from boards.generators.registry import GeneratorRegistry
from boards.generators.slots import slots_of
from boards.services.generators import GeneratorService
from tests.catalog.words import filled

MODELS = [pytest.param(each, id=each.name) for each in load_declarations()]


@pytest.mark.parametrize("declaration", MODELS)
class TestAModel:
    def test_has_inputs_that_can_be_shown(self, declaration: Declaration):
        schema = input_model(declaration).model_json_schema()

        assert schema["properties"].keys() == declaration.inputs.keys()

    def test_has_the_slots_that_it_declares(self, declaration: Declaration):
        slots = {slot.path for slot in slots_of(input_model(declaration))}

        assert slots >= {name for name, each in declaration.inputs.items() if each.slot}

    def test_has_examples_that_are_valid_and_come_to_their_price(self, declaration: Declaration):
        assert declaration.examples
        for example in declaration.examples:
            inputs = filled(declaration, example.inputs)
            model = input_model(declaration).model_validate(inputs)
            assert quote(declaration, model).amount == example.price

    def test_describes_itself_and_its_inputs(self, declaration: Declaration):
        undescribed = [name for name, each in declaration.inputs.items() if not each.description]

        assert declaration.description[0].isupper()
        assert not undescribed

    def test_belongs_to_a_provider_that_can_be_called(self, declaration: Declaration):
        assert declaration.provider in PROVIDERS

    def test_prices_only_what_is_counted(self, declaration: Declaration):
        counted = declaration.price.counted if declaration.price else None

        assert {*(counted.rates if counted else {})} <= {count.value for count in Count}


def test_files_lie_where_their_provider_and_kind_say():
    for path in FOLDER.glob("*/*.toml"):
        text = path.read_text()
        if path.name == SHARED:
            assert text.startswith("#:schema ../shared.schema.json\n")
            continue
        assert f'provider = "{path.parent.name}"' in text
        assert f'makes = "{path.stem.partition("-")[0]}"' in text
        assert text.startswith("#:schema ../declaration.schema.json\n")


def test_importing_boards_does_not_read_the_catalogue():
    code = "import boards, sys; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "boards" in ran.stdout
    assert "boards.catalog" not in ran.stdout


def test_the_plain_names_of_four_models_lead_to_them():
    names = {alias: each.name for each in load_declarations() for alias in each.aliases}

    assert names.items() >= {
        ("flux-pro", "replicate-flux-pro"),
        ("dall-e-3", "openai-dall-e-3"),
        ("whisper", "openai-whisper"),
        ("lipsync", "replicate-lipsync"),
    }


def test_all_five_kinds_of_artifacts_are_made_and_taken_up():
    made = {each.makes for each in load_declarations()}
    slots = [slots_of(input_model(each)) for each in load_declarations()]
    taken = {kind for found in slots for slot in found for kind in slot.artifact_types}

    assert made == set(PRODUCED)
    assert taken >= set(PRODUCED) - {ArtifactType.TEXT}


def test_listing_the_models_makes_no_schema_of_any():
    registry = GeneratorRegistry()
    transport: Any = SimpleNamespace(unavailable=None, traits=Traits(provider="one"))

    for each in load_declarations():
        registry.register(DeclaredGenerator(each, transport), aliases=each.aliases)
    listed = GeneratorService(registry=registry).list()

    assert len(listed) == len(load_declarations())
    assert not any("_inputs" in vars(each) for each in listed)
