"""Stubs say what each generator takes, in types that a checker holds callers to."""

import ast
import keyword
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.client import Request
from boards.client.stubs import Described, module_of
from boards.client.stubs.__main__ import main
from tools.generator_types import shipped

GENERATORS = shipped()


def described(name: str = "paint", **properties: Any) -> Described:
    required = [key for key, each in properties.items() if each.pop("required", False)]
    return Described(
        name=name,
        artifact_type="image",
        description="Paints.",
        input_schema={"type": "object", "properties": properties, "required": required},
    )


def loaded(text: str) -> dict[str, Any]:
    space: dict[str, Any] = {}
    exec(compile(text, "models.py", "exec"), space)
    return space


def annotation(**schema: Any) -> str:
    """How one input is written."""
    text = module_of([described(it=schema)])
    return re.findall(r"^    it: (.*)$", text, re.MULTILINE)[0]


class TestAllShippedGenerators:
    def test_are_written_quickly_and_each_has_its_function(self):
        began = time.process_time()
        text = module_of(GENERATORS)
        took = time.process_time() - began

        space = loaded(text)
        assert len(GENERATORS) > 100
        assert len(space["__all__"]) == len(GENERATORS)
        asked = space["fal_flux_2"](prompt="A boat")
        assert asked == Request(generator="fal-flux-2", inputs={"prompt": "A boat"})
        assert took < 2.0

    def test_are_the_same_in_any_order(self):
        assert module_of(reversed(GENERATORS)) == module_of(GENERATORS)

    def test_say_bounds_choices_defaults_and_slots(self):
        text = module_of(GENERATORS)
        flux = text.partition("class FalFlux2Inputs")[2].partition("\n\n\n")[0]

        assert "prompt: Required[str]" in flux
        assert "Literal['" in flux
        assert re.search(r'"""[^"]*\b1 to 4\b[^"]*By default', flux)
        assert "image_source: Required[Artifact]" in text


PROGRAM = """\
import asyncio
from uuid import UUID

from boards.client import AsyncBoards, Boards, Generation
import models

def good(boards: Boards, upload: Generation) -> None:
    boards.generate(models.fal_flux_2(prompt="A boat", num_images=2), takes=2)
    boards.estimate(models.fal_flux_2(prompt="A boat", seed=None))
    boards.generate(models.local_edit(image_source=upload, preset="noir"))
    boards.submit(models.local_upscale(image_source=UUID(int=1), factor=2))
    boards.submit(models.local_collage(images=[upload, "id"]))
    inputs: models.FalFlux2Inputs = {"prompt": "A boat"}
    boards.submit(models.fal_flux_2(**inputs))

async def later(boards: AsyncBoards) -> None:
    await boards.generate(models.fal_flux_2(prompt="A boat"))

def bad(boards: Boards, upload: Generation) -> None:
    models.fal_flux_2(prompt=1)  # E: has incompatible type "int"; expected "str"
    models.fal_flux_2(prompt="A boat", num_imagez=2)  # E: Unexpected keyword argument
    models.fal_flux_2()  # E: Missing named argument "prompt"
    models.fal_flux_2(prompt="A boat", image_size="huge")  # E: expected "Literal
    models.local_edit(image_source=3)  # E: expected "Generation | UUID | str"
    models.local_upscale(image_source=upload, factor=5)  # E: expected "Literal
    models.local_edit(image_source=upload, crop_box={"x": 0})  # E: expected "LocalEditCropBox
    inputs: models.FalFlux2Inputs = {}  # E: Missing key "prompt"
    boards.generate(models.fal_flux_2)  # E: expected "Request | str"
"""


@pytest.mark.slow
def test_a_type_checker_finds_each_fault_and_nothing_else(tmp_path):
    (tmp_path / "models.py").write_text(module_of(GENERATORS))
    (tmp_path / "program.py").write_text(PROGRAM)

    ran = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-pretty", "models.py", "program.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    expected = {
        number: line.partition("# E: ")[2]
        for number, line in enumerate(PROGRAM.splitlines(), 1)
        if "# E: " in line
    }
    found: dict[int, list[str]] = {}
    for place, line, message in re.findall(
        r"^(\w+\.py):(\d+): error: (.*)$", ran.stdout, re.MULTILINE
    ):
        assert place == "program.py", ran.stdout
        found.setdefault(int(line), []).append(message)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert found.keys() == expected.keys(), ran.stdout
    for number, said in expected.items():
        assert any(said in message for message in found[number]), found[number]


class TestTypes:
    @pytest.mark.parametrize(
        ("schema", "written"),
        [
            ({"type": "string"}, "NotRequired[str]"),
            ({"type": "integer", "required": True}, "Required[int]"),
            ({"type": "number", "x-nullable": True}, "NotRequired[float | None]"),
            ({"enum": ["a", "b"]}, "NotRequired[Literal['a', 'b']]"),
            ({"const": 5, "type": "integer"}, "NotRequired[Literal[5]]"),
            ({"enum": [0.5, 1]}, "NotRequired[float]"),
            ({"enum": [None, 1]}, "NotRequired[object]"),
            ({"type": "string", "x-artifact": ["image", "video"]}, "NotRequired[Artifact]"),
            (
                {"type": "array", "items": {"type": "string", "x-artifact": "image"}},
                "NotRequired[Sequence[Artifact]]",
            ),
            ({"type": "array", "items": {"enum": [1, 2]}}, "NotRequired[list[Literal[1, 2]]]"),
            ({"type": "object"}, "NotRequired[Mapping[str, object]]"),
            (
                {"type": "object", "additionalProperties": {"type": "number"}},
                "NotRequired[Mapping[str, float]]",
            ),
            ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, "NotRequired[str | int]"),
            ({"type": ["string", "null"]}, "NotRequired[object]"),
            ({}, "NotRequired[object]"),
        ],
    )
    def test_of_inputs(self, schema, written):
        assert annotation(**schema) == written

    def test_a_group_is_a_type_of_its_own(self):
        group = {"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]}

        text = module_of([described(crop={"type": "array", "items": group})])

        assert "class PaintCrop(TypedDict" in text
        assert "x: Required[float]" in text
        assert "crop: NotRequired[list[PaintCrop]]" in text

    def test_what_is_nested_without_end_becomes_anything(self):
        schema: dict[str, Any] = {"type": "string"}
        for _ in range(400):
            schema = {"type": "array", "items": schema}

        assert annotation(**schema).count("list[") == 12

    def test_names_that_are_no_names_in_python_are_kept(self):
        odd: dict[str, Any] = {
            name: {"type": "string"} for name in ("from", "lora-scale", "__x", "ﬁ")
        }

        space = loaded(module_of([described(**odd)]))

        assert space["PaintInputs"].__annotations__.keys() == odd.keys()
        assert space["paint"](**dict.fromkeys(odd, "1")).inputs == dict.fromkeys(odd, "1")

    def test_two_generators_never_share_a_name(self):
        names = ["a-b", "a_b", "a.b", "A B", "str", "class", "1st", "***", "request", "sequence"]

        space = loaded(module_of([described(name) for name in names]))

        assert len(set(space["__all__"])) == len(names)
        assert {space[name]().generator for name in space["__all__"]} == set(names)
        assert not set(space["__all__"]) & {"str", "class", *keyword.kwlist}


EVIL = st.text(alphabet=st.sampled_from(list("\"'\\\n\r\u2028#{}$()x= \x00;é")), max_size=12)


@given(EVIL, EVIL, EVIL, EVIL)
def test_what_a_server_says_stays_text(name, description, field, choice):
    """A server that is not to be trusted cannot bring code into a caller's module."""
    schema = {"enum": [choice], "description": description, "default": choice, "type": "string"}
    one = Described(
        name=name,
        artifact_type=description,
        description=description,
        input_schema={"type": "object", "properties": {field: schema}},
    )

    tree = ast.parse(module_of([one]))

    kinds = [type(each) for each in tree.body]
    assert kinds.count(ast.FunctionDef) == 1
    assert set(kinds) <= {
        *(ast.Expr, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.Assign),
    }
    calls = [ast.unparse(each.func) for each in ast.walk(tree) if isinstance(each, ast.Call)]
    assert set(calls) <= {"Request", "TypedDict"}
    (space,) = [loaded(module_of([one]))]
    assert space[space["__all__"][0]](**{field: choice}).generator == name


class TestTheCommand:
    def test_of_the_client_writes_what_a_server_has(self, address: str, tmp_path: Path):
        out = tmp_path / "models.py"

        assert main(["--server", address, "--out", str(out)]) == 0

        assert {"local_poster", "priced"} <= set(loaded(out.read_text())["__all__"])

    def test_without_a_server_says_so(self, capsys):
        assert main(["--server", "http://127.0.0.1:9"]) == 1
        assert "No server answers" in capsys.readouterr().err
