"""The client reads what the contract says; what it cannot read is said with its place."""

import types
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest

from boards.client import answers
from boards.client.answers import Board, Cost, File, Generation, Node
from boards.client.errors import CODES
from boards.client.reading import Unreadable, read
from boards.errors import all_errors
from tools.openapi_document import document

SHAPES = document()["components"]["schemas"]
CLASSES = [
    each
    for name in answers.__all__
    if is_dataclass(each := getattr(answers, name)) and isinstance(each, type)
]
FORMATS = {UUID: "uuid", datetime: "date-time"}
KINDS = {str: "string", Decimal: "string", int: "integer", float: "number", bool: "boolean"}


def shape_of(kind: type) -> dict[str, Any]:
    shape: dict[str, Any] = SHAPES["LineageNode" if kind is Node else kind.__name__]
    return shape


def plain(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without null and without references."""
    rest = [one for one in schema.get("anyOf", []) if one.get("type") != "null"]
    found = rest[0] if rest else schema
    return plain(SHAPES[found["$ref"].rpartition("/")[2]]) if "$ref" in found else found


def demand_same(kind: Any, schema: dict[str, Any], where: str) -> None:
    """Hold a type to its schema."""
    origin, inner = get_origin(kind), get_args(kind)
    takes_null = any(one.get("type") == "null" for one in schema.get("anyOf", []))
    if origin in {Union, types.UnionType}:
        demand_same(next(each for each in inner if each is not type(None)), plain(schema), where)
        return
    assert not takes_null, f"{where} may be null"
    found = plain(schema)
    if origin is tuple:
        assert found["type"] == "array", where
        demand_same(inner[0], found["items"], f"{where}[]")
    elif origin is Literal:
        known = set(found["enum"]) - {"MODEL", "model"}
        assert set(inner) == known, where
    elif origin is not None:
        assert found["type"] == "object", where
    elif kind in FORMATS:
        assert found["format"] == FORMATS[kind], where
    elif kind in KINDS:
        assert found["type"] == KINDS[kind], where
    else:
        assert found == plain(shape_of(kind)), where


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_field_is_one_of_the_contract(kind):
    shape, hints = shape_of(kind), get_type_hints(kind)

    for each in fields(kind):
        assert each.name in shape["properties"], each.name
        demand_same(hints[each.name], shape["properties"][each.name], each.name)
        if each.default is MISSING:
            assert each.name in shape["required"], f"{each.name} may be left out"


def test_every_code_of_the_error_tree_has_its_class():
    # Subclasses that tests and plugins make have no code of their own.
    codes = {kind.code for kind in all_errors() if kind.__module__ == "boards.errors"}

    assert set(CODES) == codes


COST = {
    "amount": "0.156",
    "currency": "USD",
    "known": True,
    "confidence": "listed",
    "basis": None,
    "something_new": {"of": "a newer server"},
}
NODE = {
    "generation_id": "01890a5d-ac96-774b-bcce-000000000004",
    "known": False,
    "generator": None,
    "artifact_type": None,
    "status": None,
    "role": None,
    "depth": 0,
    "repeated": False,
    "branches": [],
}
BOARD = {
    "id": "01890a5d-ac96-774b-bcce-000000000003",
    "title": "Boats",
    "description": None,
    "is_public": False,
    "owner_id": "01890a5d-ac96-774b-bcce-000000000002",
    "created_at": "2026-03-01T12:00:00Z",
    "updated_at": "2026-03-01T12:00:00.25+00:00",
}


class TestReading:
    def test_money_is_decimal_and_what_is_new_is_skipped(self):
        cost = read(Cost, COST)

        assert cost == Cost(
            amount=Decimal("0.156"), currency="USD", known=True, confidence="listed"
        )

    def test_times_are_aware(self):
        assert read(Board, BOARD).created_at == datetime(2026, 3, 1, 12, tzinfo=UTC)

    def test_a_tree_is_read_whole(self):
        tree = read(Node, {**NODE, "branches": [{**NODE, "depth": 1}]})

        assert [one.depth for one in tree.branches] == [1]

    @pytest.mark.parametrize(
        ("kind", "value", "said"),
        [
            (Cost, {**COST, "amount": 0.156}, "amount: a text was expected, not 0.156"),
            (Cost, {**COST, "amount": "much"}, "amount: 'much' is no Decimal"),
            (Cost, {**COST, "known": 1}, "known: bool was expected"),
            (Node, {**NODE, "depth": True}, "depth: int was expected"),
            (Node, {**NODE, "branches": [{}]}, "branches: generation_id is missing"),
            (Node, {**NODE, "branches": {}}, "branches: a list was expected"),
            (Board, {**BOARD, "id": "1"}, "id: '1' is no UUID"),
            (File, {"duration": True}, "format is missing"),
            (Generation, [], "an object was expected"),
        ],
    )
    def test_what_is_of_another_shape_is_said_with_its_place(self, kind, value, said):
        with pytest.raises(Unreadable) as caught:
            read(kind, value)

        assert str(caught.value).startswith(said)
