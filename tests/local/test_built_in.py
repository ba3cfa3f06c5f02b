"""The local generators as a family: listed without their extras, free, and described for forms."""

import importlib
import json
import subprocess
import sys
from typing import Any

import pytest

from boards.adapters.providers.local import BUILT_IN
from boards.adapters.providers.local.generator import LocalGenerator
from boards.errors import NotConfigured
from boards.generators.base import takes_context
from boards.generators.form import input_form


def load(reference: str) -> LocalGenerator:
    module, _, name = reference.partition(":")
    generator = getattr(importlib.import_module(module), name)()
    assert isinstance(generator, LocalGenerator)
    return generator


GENERATORS = [load(reference) for reference in BUILT_IN]
EXTRAS = [generator for generator in GENERATORS if generator.needs is not None]


def test_all_are_there():
    assert {generator.name for generator in GENERATORS} == {
        "local-poster", "local-edit", "local-upscale", "local-collage", "local-music",
        "local-text", "local-noop", "local-slideshow", "local-mux", "local-frame", "local-speech",
        "local-animatic",
    }  # fmt: skip


def test_listing_the_references_loads_no_heavy_library():
    code = (
        "import sys; from boards.adapters.providers.local import BUILT_IN; "
        "print([m for m in ('numpy', 'PIL', 'av', 'espeakng_loader') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"


def test_loading_all_of_them_loads_no_extra():
    code = (
        "import importlib, sys; from boards.adapters.providers.local import BUILT_IN; "
        "[importlib.import_module(r.partition(':')[0]) for r in BUILT_IN]; "
        "print([m for m in ('av', 'espeakng_loader') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda g: g.name)
class TestEach:
    async def test_is_free_and_may_be_run_again(self, generator):
        assert await generator.price(None) == 0
        assert generator.repeatable
        assert generator.provider == "local"
        assert takes_context(generator)

    def test_has_a_form_in_which_every_field_is_described_and_grouped(self, generator):
        form = json.loads(json.dumps(input_form(generator)))

        assert form["properties"]
        for name, field in form["properties"].items():
            assert len(field.get("description", "")) > 3, name
            assert field["x-group"] in {
                "Sources", "Main", "Look", "Size", "Turn and crop", "Colour", "Text", "Options",
            }, name  # fmt: skip
            assert field["x-widget"], name

    def test_bounds_every_number_text_and_list(self, generator):
        def check(name: str, field: dict[str, Any]) -> None:
            if field.get("type") in ("integer", "number") and "enum" not in field:
                assert "minimum" in field or "exclusiveMinimum" in field, name
                assert "maximum" in field or "exclusiveMaximum" in field, name
            if field.get("type") == "string" and not {"enum", "const", "x-artifact"} & set(field):
                assert "maxLength" in field or "pattern" in field, name
            if field.get("type") == "array":
                assert "maxItems" in field, name
            for inner, each in field.get("properties", {}).items():
                check(f"{name}.{inner}", each)

        check(generator.name, input_form(generator))

    def test_can_run_here(self, generator):
        assert generator.unavailable is None


@pytest.mark.parametrize("generator", EXTRAS, ids=lambda g: g.name)
class TestWithoutItsExtra:
    @pytest.fixture(autouse=True)
    def _missing(self, monkeypatch):
        from boards.adapters.providers.local import generator

        monkeypatch.setattr(generator, "find_spec", lambda name: None)

    def test_it_says_what_to_install(self, generator):
        assert f"pip install 'boards-studio[{generator.needs[1]}]'" in generator.unavailable
        assert repr(generator.name) in generator.unavailable

    def test_it_still_gives_its_form(self, generator):
        assert input_form(generator)["properties"]

    async def test_running_it_says_what_to_install_before_anything_is_read(self, generator):
        with pytest.raises(NotConfigured, match="pip install"):
            await generator.generate(None, None)
