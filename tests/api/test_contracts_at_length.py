"""The contracts of test_contract.py and test_whole_contract.py, with many more examples.

In a file of its own because collecting it alone makes thousands of cases: conftest.py leaves it
out wherever soak runs are left out.
"""

import pytest
import schemathesis

from tests.api.doubles import BASE
from tests.api.test_contract import contract as contract_of_the_edge
from tests.api.test_contract import several
from tests.api.test_whole_contract import BEYOND_A_SCHEMA, address, contract, document, few

__all__ = ["address"]

pytestmark = pytest.mark.soak

edge = contract_of_the_edge()
whole = contract(document)


@edge.parametrize()
@several(25)
def test_every_answer_of_the_edge_is_one_that_was_promised(case: schemathesis.Case) -> None:
    case.call_and_validate(base_url=BASE)


@whole.parametrize()
@few(40)
def test_every_answer_of_a_server_is_one_that_was_promised(
    case: schemathesis.Case, address: str
) -> None:
    case.call_and_validate(base_url=address, excluded_checks=BEYOND_A_SCHEMA)
