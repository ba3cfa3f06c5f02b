"""The page's types are those of the API as it is now."""

import re

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
