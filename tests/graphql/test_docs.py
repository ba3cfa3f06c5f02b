"""The page about GraphQL says what is so."""

import re
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from boards.api.graphql.errors import CODES
from boards.api.graphql.limits import Limits
from boards.api.graphql.schema import sdl

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "graphql.md"
TEXT = PAGE.read_text(encoding="utf-8")
DOCUMENTS = re.findall(r"^```graphql\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_there_are_documents():
    assert len(DOCUMENTS) >= 5


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_document_is_valid(document: str):
    assert validate(build_schema(sdl()), parse(document)) == []


def test_every_code_is_explained():
    assert [code for code in CODES.values() if f"`{code}`" not in TEXT] == []


def test_the_limits_are_those_that_hold():
    limits = Limits()
    said = (
        f"{limits.tokens} tokens, a depth of {limits.depth}, {limits.aliases} aliases and "
        f"{limits.fields} fields"
    )
    assert said in " ".join(TEXT.split())
    assert f"costs at most {limits.cost} points" in TEXT
    assert f"at most {limits.items} things" in TEXT


def test_every_mutation_is_named():
    mutations = build_schema(sdl()).mutation_type
    assert mutations is not None
    assert [name for name in mutations.fields if f"`{name}`" not in TEXT] == []
