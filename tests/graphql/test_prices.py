"""What a document would cost, before anything is looked up."""

import pytest
from graphql import parse

from boards.api.graphql.limits import Limits
from boards.api.graphql.prices import UNBOUNDED, price
from boards.api.graphql.schema import make_schema
from tests.graphql.asking import Ask, Server
from tests.services.studio import Studio

SCHEMA = make_schema()._schema


def points(document: str, **variables: object) -> int:
    return price(parse(document), SCHEMA, variables, deepest=12)


@pytest.mark.parametrize(
    ("document", "cost"),
    [
        ("{ me { id email } }", 1),
        ("{ myBoards(limit: 3) { id title } }", 3),
        ("{ myBoards { id } }", 50),
        ("{ myBoards(limit: 3) { owner { id } } }", 3 * 2),
        ("{ myBoards(limit: 3) { generations(limit: 4) { board { id } } } }", 3 * (1 + 4 * 2)),
        ("{ myBoards(limit: 2) { members { user { id } } } }", 2 * (1 + UNBOUNDED * 2)),
        ("{ boards(first: 5) { totalCount nodes { id } } }", 5 * (1 + 1)),
        ("{ boards(first: 5) { edges { node { owner { id } } } } }", 5 * (1 + 1 + 1 + 1)),
        ("{ a: myBoards(limit: 2) { id } b: myBoards(limit: 3) { id } }", 5),
        ("query A { myBoards(limit: 2) { id } } query B { myBoards(limit: 9) { id } }", 9),
        ("{ myBoards(limit: -7) { id } }", 1),
        ("{ nothing { at { all } } }", 0),
        ("{ __schema { types { fields { name } } } }", 0),
        ("{ ...F ...F } fragment F on Query { myBoards(limit: 2) { owner { id } } }", 8),
        ("{ ...F } fragment F on Query { me { id } ...F }", 1),
    ],
)
def test_each_object_costs_a_point_as_often_as_it_may_come(document: str, cost: int):
    assert points(document) == cost


def test_a_variable_says_how_long_a_list_is():
    document = "query ($n: Int = 7) { myBoards(limit: $n) { id } }"
    assert points(document, n=4) == 4
    assert points(document) == 7
    assert points(document, n=None) == 50
    assert points(document, n="many") == 50


def test_a_chain_of_fragments_is_counted_in_no_time():
    links = "".join(
        f"fragment F{n} on Board {{ owner {{ boards {{ ...F{n + 1} ...F{n + 1} }} }} }}\n"
        for n in range(100)
    )
    document = f"{{ myBoards {{ ...F0 }} }} {links} fragment F100 on Board {{ id }}"
    assert points(document) > 0


async def test_what_costs_too_much_is_refused_before_it_is_looked_up(studio: Studio, ask: Ask):
    deep = "{ myBoards(limit: 200) { generations(limit: 200) { board { id } } } }"
    error = await ask.error(deep)
    assert error["extensions"]["code"] == "TOO_COMPLEX"
    assert str(200 * (1 + 200 * 2)) in error["message"]


async def test_the_limit_may_be_another(studio: Studio, server: Server):
    server.limits = Limits(cost=5)
    async with server.client() as client:
        ask = Ask(client)
        assert await ask("{ myBoards(limit: 5) { id } }") == {"myBoards": []}
        assert await ask.code("{ myBoards(limit: 6) { id } }") == "TOO_COMPLEX"
