"""Writes a new plugin package: a generator that works, its entry point, its test, its README."""

import keyword
import re
import sys
from pathlib import Path
from string import Template

from boards.errors import Conflict, InvalidInput

__all__ = ["write"]

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def write(name: str, directory: Path) -> list[Path]:
    """Write the package `name` into the new folder `directory / name` and list its files.

    InvalidInput for a name that cannot be a package's; Conflict when the folder holds something.
    """
    package = _package(name)
    folder = directory / name
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(f"{str(folder)!r} is there already; choose another name or remove it.")
    values = {
        "name": name,
        "package": package,
        "kind": "".join(part.capitalize() for part in name.split("-")),
        "title": name.replace("-", " ").capitalize(),
    }
    written = []
    for template, text in _FILES.items():
        path = folder / Template(template).substitute(values)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template(text.lstrip("\n")).substitute(values), encoding="utf-8")
        written.append(path)
    return written


def _package(name: str) -> str:
    package = name.replace("-", "_")
    if not _NAME.fullmatch(name) or len(name) > 60:
        raise InvalidInput(
            f"{name!r} cannot be a generator's name here; use lower-case letters, digits and "
            "single hyphens, such as 'paper-cut'."
        )
    is_taken = package in sys.stdlib_module_names or package in {"boards", "tests"}
    if is_taken or keyword.iskeyword(package):
        raise InvalidInput(f"A package called {package!r} would hide another one; try 'my-{name}'.")
    return package


_FILES = {
    "pyproject.toml": """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "$name"
version = "0.1.0"
description = "$title: a generator for Boards."
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["boards-studio", "pillow"]

[project.optional-dependencies]
test = ["pytest", "pytest-asyncio"]

# Boards finds the generator by this.
[project.entry-points."boards.generators"]
$name = "$package:$kind"

[tool.hatch.build.targets.wheel]
packages = ["src/$package"]

[tool.pytest.ini_options]
asyncio_mode = "auto"
asyncio_default_fixture_loop_scope = "function"
pythonpath = ["src"]
testpaths = ["tests"]
""",
    "README.md": """
# $title

A generator for Boards.

    pip install -e '.[test]'
    pytest

List it in your `generators.yaml` and it is there at the next start:

    generators:
      - entrypoint: $name

Then `boards schema $name` shows its inputs and `boards generate $name prompt="hello"` runs it.
What a generator may do is told in the documentation of Boards, "Adding generators".
""",
    "src/$package/__init__.py": '''
"""$title: a generator for Boards."""

from $package.generator import $kind

__all__ = ["$kind"]
''',
    "src/$package/py.typed": "",
    "src/$package/generator.py": '''
"""The generator: a name, typed inputs, a price, and the work itself."""

import hashlib
import io

from boards.generators.artifacts import ImageArtifact
from boards.generators.base import BaseGenerator
from boards.generators.compute import Tick, compute
from boards.generators.context import GeneratorContext
from PIL import Image
from pydantic import BaseModel, Field


class ${kind}Input(BaseModel):
    """What people fill in. An `ImageArtifact` field would be a slot for another result."""

    prompt: str = Field(min_length=1, max_length=500, description="What to make")
    size: int = Field(default=512, ge=64, le=2048, description="Width and height in pixels")


class ${kind}Output(BaseModel):
    """What comes out: artifacts are stored, plain fields are shown as facts."""

    image: ImageArtifact
    colour: str


class $kind(BaseGenerator):
    """Makes a picture in the colour that the prompt hashes to."""

    name = "$name"
    artifact_type = "image"
    description = "A plain picture in the colour of the prompt"
    # A new version says that the same inputs may give another result.
    version = "1"
    # Free and safe to run again. A generator that pays somebody must not say so: see
    # ResumableGenerator in the documentation, which never pays twice.
    repeatable = True

    def get_input_schema(self) -> type[${kind}Input]:
        return ${kind}Input

    def get_output_schema(self) -> type[${kind}Output]:
        return ${kind}Output

    async def estimate_cost(self, inputs: ${kind}Input) -> float:
        return 0.0

    async def generate(self, inputs: ${kind}Input, context: GeneratorContext) -> ${kind}Output:
        colour = "#" + hashlib.sha256(inputs.prompt.encode()).hexdigest()[:6]

        def draw(tick: Tick) -> bytes:
            tick(0.5, "Drawing")
            buffer = io.BytesIO()
            Image.new("RGB", (inputs.size, inputs.size), colour).save(buffer, "PNG")
            return buffer.getvalue()

        # Off the event loop, so that others are served meanwhile; stops when cancelled.
        data = await compute(context, draw)
        image = await context.store_image(data, format="png")
        return ${kind}Output(image=image, colour=colour)
''',
    "tests/test_generator.py": """
from boards.testing import run

from $package import $kind


async def test_the_picture_has_the_size_that_was_asked_for():
    ran = await run($kind(), {"prompt": "a moon", "size": 128})

    assert (ran.primary.facts.width, ran.primary.facts.height) == (128, 128)
    assert ran.primary.facts.format == "png"


async def test_the_same_prompt_gives_the_same_bytes_and_another_one_others():
    first, again, other = [
        await run($kind(), {"prompt": prompt}) for prompt in ("a moon", "a moon", "a sun")
    ]

    assert first.primary.data == again.primary.data
    assert first.primary.data != other.primary.data


async def test_it_is_free():
    assert (await run($kind(), {"prompt": "a moon"})).price == 0
""",
}
