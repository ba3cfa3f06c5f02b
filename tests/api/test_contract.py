"""What the OpenAPI document promises is what is answered, whatever is sent."""

from typing import cast

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.schemas import BaseSchema

from boards.api.app import create_app
from boards.api.services import Services
from tests.api.doubles import BASE, generation, make_doubles

pytestmark = pytest.mark.slow


def contract() -> BaseSchema:
    doubles = make_doubles()
    doubles.generations.add(generation())
    app = create_app(cast(Services, doubles), version="1.2.3")
    schema = schemathesis.openapi.from_dict(app.openapi())
    schema.app = app
    # A schema cannot say that U+0000 is refused anywhere within free inputs,
    schema.config.generation.update(allow_x00=False)
    # nor that the file of a form comes last, nor what stands in base64 within a header; pieces of
    # files it cannot make.
    # Of stories, recipes and the storage there are no doubles: a running server answers for them,
    # in test_whole_contract.py, tests/stories and tests/services.
    return schema.exclude(tag="stories").exclude(
        operation_id=[
            "upload",
            "create_resumable_upload",
            "append_to_resumable_upload",
            "import_board",
            *("read_recipe", "get_storage_usage", "set_storage_quota", "check_storage"),
        ]
    )


schema = contract()


def several(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )


@schema.parametrize()
@several(8)
def test_every_answer_is_one_that_was_promised(case: schemathesis.Case) -> None:
    case.call_and_validate(base_url=BASE)
