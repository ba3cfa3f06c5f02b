"""What an editor is told about the files agrees with what the reader takes."""

import json
import tomllib
from pathlib import Path

import jsonschema_rs
import pytest

from boards.catalog.reader import FOLDER, SHARED
from tools.catalog_schema import schemas

DECLARATION = FOLDER / "declaration.schema.json"
MODEL = """\
provider = "one"
makes = "image"

[[models]]
name = "a"
title = "Model"
description = "Makes something"
endpoint = "one/model"

[models.inputs]
prompt = { type = "text" }
"""


def check(text: str, schema: Path = DECLARATION) -> list[str]:
    """What an editor would underline."""
    table = tomllib.loads(text)
    plain = json.loads(json.dumps(table, default=str))
    validator = jsonschema_rs.validator_for(json.loads(schema.read_text()))
    return [each.message for each in validator.iter_errors(plain)]


def test_the_schemas_are_current():
    for path, text in schemas().items():
        assert path.read_text() == text, "run: python -m tools.catalog_schema"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*/*.toml")), ids=lambda path: path.stem)
def test_nothing_is_underlined_in_the_files_that_there_are(path):
    text = path.read_text()
    named = path.parent / text.splitlines()[0].removeprefix("#:schema ")

    assert named.name == ("shared" if path.name == SHARED else "declaration") + ".schema.json"
    assert check(text, named) == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("\n[models.colour]\nred = 1\n", "colour"),
        ('\n[models.price]\nunit = "parsec"\n', "parsec"),
        ("\n[models.price]\nbase = 0.5\n", "0.5"),
        ('n = { type = "integer", maximum = 3 }\n', "maximum"),
        ('picture = { slot = "picture" }\n', "picture"),
        ('old = { slot = "model" }\n', "model"),
    ],
)
def test_what_the_reader_refuses_is_underlined(more, said):
    faults = check(MODEL + more)

    assert check(MODEL) == []
    assert any(said in each for each in faults)


def test_what_stands_at_the_top_is_not_offered_for_a_model():
    assert check(MODEL.replace('name = "a"', 'name = "a"\nprovider = "one"'))
