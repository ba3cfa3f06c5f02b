"""How much one document may ask."""

import time

import pytest
from graphql import get_introspection_query, parse

from boards.api.graphql.limits import Limits, excess
from tests.graphql.asking import Ask, Server
from tests.services.studio import Studio


def chain(length: int) -> str:
    """Fragments, each of which spreads the next one twice: 2ⁿ fields."""
    links = "".join(
        f"fragment F{n} on GeneratorInfo {{ ...F{n + 1} ...F{n + 1} }}\n" for n in range(length)
    )
    last = f"fragment F{length} on GeneratorInfo {{ name }}"
    return f"{{ generators {{ ...F0 }} }}\n{links}{last}"


def nested(depth: int) -> str:
    """`board` within `generations`, so deep."""
    document = "id"
    for level in range(depth):
        document = f"board {{ {document} }}" if level % 2 else f"generations {{ {document} }}"
    return document


class TestMeasuring:
    @pytest.mark.parametrize(
        ("document", "fault"),
        [
            ("{ a { b { c } } }", None),
            ("{ a { b { c { d } } } }", "depth"),
            ("{ a { ...F } } fragment F on A { b { c { d } } }", "depth"),
            ("{ a { ... on A { b { ... on B { c { d } } } } } }", "depth"),
            ("{ x: a y: a }", None),
            ("{ x: a y: a z: a }", "aliases"),
            ("{ ...F ...F } fragment F on Q { x: a y: a }", "aliases"),
            ("query One { x: a y: a } query Two { z: a }", "aliases"),
            ("{ a a a a a a a a }", None),
            ("{ a a a a a a a a a }", "fields"),
            ("{ ...F } fragment F on Q { a ...F }", None),
            ("{ ...Nowhere }", None),
            ("{ __schema { types { fields { type { name } } } } }", None),
        ],
    )
    def test_fragments_are_written_out(self, document: str, fault: str | None):
        found = excess(parse(document), Limits(depth=2, aliases=2, fields=8))
        assert (found is None) if fault is None else (found is not None and fault in found)

    def test_a_chain_of_fragments_is_measured_in_no_time(self):
        document = parse(chain(100))
        begun = time.process_time()
        assert "fields" in (excess(document, Limits()) or "")
        # Written out it has 2¹⁰⁰ fields.
        assert time.process_time() - begun < 5


class TestOverTheWire:
    async def test_what_people_ask_is_within_the_limits(self, ask: Ask):
        await ask(get_introspection_query(descriptions=True))

    @pytest.mark.parametrize(
        "document",
        [
            chain(60),
            chain(150),
            f"{{ myBoards {{ {nested(12)} }} }}",
            "{" + " ".join(f"a{n}: generators {{ name }}" for n in range(31)) + "}",
            "{" + " generators { name }" * 300 + "}",
        ],
    )
    async def test_more_is_refused_by_code(self, ask: Ask, document: str):
        assert await ask.code(document) == "TOO_COMPLEX"

    async def test_a_long_document_is_not_read_to_its_end(self, ask: Ask):
        error = await ask.error("{ generators { " + "name " * 3000 + "} }")
        assert "2000 tokens" in error["message"]

    @pytest.mark.parametrize("opening", ["{a", "{a(b:[", "{a(b:{c:"])
    async def test_a_document_nested_too_deeply_is_refused(self, ask: Ask, opening: str):
        document = opening + "{a" * 900 if opening == "{a" else opening + "[" * 1500
        error = await ask.error(document)
        assert error["extensions"]["code"] in ("TOO_COMPLEX", "GRAPHQL_PARSE_FAILED")

    async def test_an_answer_with_too_many_things_is_refused(self, studio: Studio, server: Server):
        await studio.ask("sample", takes=6)
        server.limits = Limits(items=20)
        once = "{ recentGenerations { id } }"
        squared = "{ recentGenerations { board { generations { id } } } }"
        async with server.client() as client:
            assert len((await Ask(client)(once))["recentGenerations"]) == 6
            answer = await Ask(client).answer(squared)
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"TOO_LARGE"}
