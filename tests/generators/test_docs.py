"""The examples of the generator pages run as they are written, block after block."""

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from boards.generators import registry as registry_module
from boards.generators import resolution
from boards.generators.base import BaseGenerator, ResumableGenerator
from boards.generators.context import GeneratorContext
from boards.generators.loader import load
from boards.generators.registry import GeneratorRegistry
from boards.testing import run
from boards.testing.generators import tiny_png

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("generators.md", "artifact-resolution.md")


def blocks(page: str, language: str) -> list[str]:
    found = re.findall(
        rf"^```{language}\n(.*?)^```", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL
    )
    assert found, f"{page} has no {language} block"
    return found


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> GeneratorRegistry:
    """An empty registry of the process for what the pages register."""
    fresh = GeneratorRegistry()
    monkeypatch.setattr(registry_module, "registry", fresh)
    return fresh


def executed(page: str, name: str) -> ModuleType:
    """The module that the page's Python blocks make up, in order."""
    module = ModuleType(name)
    sys.modules[name] = module
    for block in blocks(page, "python"):
        code = compile(ast.parse(block), page, "exec")
        exec(code, module.__dict__)
    return module


@pytest.fixture
def my_posters(shared: GeneratorRegistry) -> Iterator[ModuleType]:
    yield executed("generators.md", "my_posters")
    del sys.modules["my_posters"]


async def test_the_examples_of_adding_generators_run(my_posters):
    tests = [value for name, value in vars(my_posters).items() if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        await test()


def test_the_files_of_adding_generators_load(my_posters, tmp_path, monkeypatch):
    (tmp_path / "my_registering_module.py").write_text(
        "from my_posters import Grey\n"
        "from boards.generators.registry import registry\n"
        "class Other(Grey):\n    name = 'other'\n"
        "registry.register(Other())\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("boards.generators.loader.shared", registry_module.registry)
    names = []
    for text in blocks("generators.md", "yaml"):
        file = tmp_path / "generators.yaml"
        file.write_text(text)
        registry = GeneratorRegistry()
        load(registry, file, ())
        names.append(registry.list_names())
    monkeypatch.delitem(sys.modules, "my_registering_module")

    assert names == [["poster"], ["poster-large", "other"]]


async def test_the_studio_of_adding_generators_runs_in_steps(my_posters):
    class Service:
        looks = 0

        async def create(self, prompt: str) -> Any:
            return type("Answer", (), {"status": 200, "id": "job-1"})

        async def look(self, external_id: str) -> Any:
            self.looks += 1
            return type("Job", (), {"done": self.looks == 3, "share": self.looks / 3})

        async def result(self, external_id: str) -> bytes:
            return tiny_png(3)

    ran = await run(my_posters.Studio(Service()), {"prompt": "moon"})

    assert ran.primary.data == tiny_png(3)
    assert len(ran.progress) == 2


def test_the_examples_of_artifact_resolution_run():
    try:
        executed("artifact-resolution.md", "film_page")
    finally:
        del sys.modules["film_page"]


class TestTheReference:
    """What the reference lists is what there is."""

    text = (DOCS / "generators.md").read_text()
    reference = text[text.index("## Reference") :]

    @pytest.mark.parametrize("name", resolution.__all__)
    def test_every_function_of_resolution_is_listed_with_its_parameters(self, name):
        line = next(line for line in self.reference.splitlines() if f"`{name}(" in line)
        said = re.findall(r"\w+", line[line.index("(") + 1 : line.index(")")])
        assert said == list(inspect.signature(getattr(resolution, name)).parameters)

    @pytest.mark.parametrize(
        "kind", [BaseGenerator, ResumableGenerator, GeneratorRegistry, GeneratorContext]
    )
    def test_every_attribute_and_method_is_listed(self, kind):
        public = [name for name in vars(kind) if not name.startswith("_")]
        missing = [name for name in public if not re.search(rf"\b{name}\b", self.reference)]
        assert missing == []
