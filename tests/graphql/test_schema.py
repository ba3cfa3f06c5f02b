"""The schema is written down, and keeps what clients of the earlier one know.

What becomes of each line of the earlier schema stands in docs/graphql.md; the tests named there say
how it behaves.
"""

import re
from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLType,
    build_schema,
    is_required_argument,
    is_required_input_field,
)

from boards.api.graphql.schema import sdl
from tests.graphql.contract import EARLIER
from tests.graphql.test_docs import ROOT, TEXT
from tools.graphql_schema import PAGE

KNOWN = build_schema(EARLIER)
HERE = build_schema(sdl())
NAMES = [name for name in KNOWN.type_map if not name.startswith("__")]


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == sdl(), "run `python -m tools.graphql_schema`"


def fits_out(known: GraphQLType, here: GraphQLType) -> bool:
    """What is answered may be sure to be there where it was not, never the other way."""
    return str(here) in (str(known), f"{known}!")


def fits_in(known: GraphQLType, here: GraphQLType) -> bool:
    """What is sent may be left out where it could not, never the other way."""
    return str(here) == str(known) or f"{here}!" == str(known)


@pytest.mark.parametrize("name", NAMES)
def test_what_clients_know_is_kept(name: str):
    known, here = KNOWN.type_map[name], HERE.type_map[name]
    assert type(known) is type(here)
    if isinstance(known, GraphQLObjectType) and isinstance(here, GraphQLObjectType):
        for field_name, field in known.fields.items():
            ours = here.fields[field_name]
            assert fits_out(field.type, ours.type), field_name
            for key, argument in field.args.items():
                assert fits_in(argument.type, ours.args[key].type), (field_name, key)
                assert argument.default_value == ours.args[key].default_value, (field_name, key)
            for key, argument in ours.args.items():
                assert key in field.args or not is_required_argument(argument), (field_name, key)
    if isinstance(known, GraphQLInputObjectType) and isinstance(here, GraphQLInputObjectType):
        for key, known_field in known.fields.items():
            assert fits_in(known_field.type, here.fields[key].type), key
        for key, our_field in here.fields.items():
            assert key in known.fields or not is_required_input_field(our_field), key
    if isinstance(known, GraphQLEnumType) and isinstance(here, GraphQLEnumType):
        assert list(here.values) == list(known.values)


def lines() -> Iterator[str]:
    """Everything that the earlier schema had, by the names of the table in the docs."""
    for name in NAMES:
        kind = KNOWN.type_map[name]
        if isinstance(kind, GraphQLObjectType) and name in ("Query", "Mutation"):
            yield from kind.fields
        elif isinstance(kind, (GraphQLObjectType, GraphQLInputObjectType, GraphQLEnumType)):
            yield name


def rows() -> dict[str, str]:
    """What the table in the docs says of each line."""
    part = TEXT[TEXT.index("## For clients of the earlier schema") :]
    found: dict[str, str] = {}
    for names, rest in re.findall(r"^\| (.*?) \| (.*) \|$", part, re.MULTILINE):
        found |= dict.fromkeys(re.findall(r"`(\w+)`", names), rest)
    return found


def test_every_line_of_the_earlier_schema_is_told_of():
    assert [line for line in lines() if line not in rows()] == []


def test_every_line_is_shown_by_a_test_that_exists():
    for line, rest in rows().items():
        shown = re.findall(r"`(test_\w+\.py)::(\w+)`", rest)
        assert shown, f"{line} names no test"
        for file, name in shown:
            source = (ROOT / "tests" / "graphql" / file).read_text("utf-8")
            defined = rf"^\s*(?:async )?(?:def|class) {name}\b"
            assert re.search(defined, source, re.MULTILINE), (line, name)
