"""The page's types are those of the API as it is now."""

import re

from boards.client.stubs import Described
from tools import generator_types
from tools.openapi_document import document, fingerprint
from tools.web import SCHEMA


def test_the_types_are_of_this_contract():
    written = re.search(r"^// contract: ([0-9a-f]{16})$", SCHEMA.read_text(), re.MULTILINE)
    assert written, "schema.d.ts does not say of which contract it is"
    now = fingerprint(document())
    assert written[1] == now, "the REST API has changed: run `make web-types` and look at the page"


def test_a_fingerprint_is_of_the_contract_and_not_of_the_version():
    contract = document()
    released = {**contract, "info": {**contract["info"], "version": "99.0"}}
    assert fingerprint(released) == fingerprint(contract)
    assert fingerprint({**contract, "paths": {}}) != fingerprint(contract)


def test_the_types_of_inputs_are_of_the_generators_that_ship():
    written = generator_types.FILE.read_text(encoding="utf-8")
    assert written == generator_types.text_of(generator_types.shipped()), (
        "run: python -m tools.generator_types"
    )


def test_what_a_declaration_says_cannot_end_a_comment_of_typescript():
    one = Described(
        name='a"b',
        artifact_type="image",
        description="*/ evil",
        input_schema={"properties": {"it": {"enum": ['"', "*/"], "description": "x */ y"}}},
    )
    text = generator_types.text_of([one])
    assert text.count("*/") == text.count("/**") + 1  # in the choice, which is a text
    assert r'"a\"b": {' in text
    assert r'it?: "\"" | "*/";' in text
