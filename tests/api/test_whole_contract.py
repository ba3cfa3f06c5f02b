"""The whole contract against a server that runs: no answer that was not promised, and none of 5xx.

The doubles of test_contract.py answer anything; here the real services do, one request after the
other, on whatever the requests before have left.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
    unsupported_method,
)

from boards.bootstrap import asgi, open_app
from boards.settings import Settings

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
WAIT = 60.0
GENERATORS = """\
generators:
  - class: boards.testing.generators:FakePaid
    name: priced
    options: {price: 0.25}
  - class: boards.adapters.providers.local.poster:LocalPoster
"""
LEFT_OUT = [
    # Streams, which stay open.
    *("follow_job", "follow_events"),
    # A schema cannot say that a file comes last in a form, what a header holds in base64, or what
    # a zip has in it.
    *("upload", "create_resumable_upload", "append_to_resumable_upload", "import_board"),
    *("upload_card_media", "upload_asset", "upload_portrait_references", "read_recipe"),
    # It would end everything that comes after.
    "sign_out",
]
BEYOND_A_SCHEMA: list[Any] = [
    # What the real services refuse that a schema allows, such as a cursor that none has given out.
    # The doubles are held to both.
    positive_data_acceptance,
    negative_data_rejection,
    # `/tenants/register` is also where a tenant of that id would be, if it were an id.
    unsupported_method,
]


async def _document(folder: Path) -> dict[str, Any]:
    async with open_app(Settings(data_dir=folder)) as app:
        return asgi(app).openapi()


def read_document() -> dict[str, Any]:
    """What the server promises."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_document(Path(folder)))


def contract(document: dict[str, Any]) -> BaseSchema:
    """Every operation that can be tried."""
    schema = schemathesis.openapi.from_dict(document)
    # A schema cannot say that U+0000 is refused anywhere within free inputs.
    schema.config.generation.update(allow_x00=False)
    return schema.exclude(operation_id=LEFT_OUT)


document = read_document()
# What breaks the document comes no further than the edge, which test_contract.py shows over the
# doubles; here comes what the services get to see. Only stories have no doubles.
schema = contract(document).exclude(tag="stories")
schema.config.phases.coverage.generation.update(modes=[GenerationMode.POSITIVE])
stories = contract(document).include(tag="stories")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own, on which everything is allowed."""
    folder = tmp_path_factory.mktemp("contract")
    (folder / "generators.yaml").write_text(GENERATORS)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOARDS_")}
    log = folder / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "boards", "up", "--port", "0"],
            stdout=out,
            stderr=out,
            cwd=folder,
            env={
                **kept,
                "PYTHONPATH": str(ROOT / "src"),
                "BOARDS_DATA_DIR": str(folder / "data"),
                "BOARDS_GENERATORS_CONFIG_PATH": str(folder / "generators.yaml"),
                "BOARDS_SECRET_KEY": "a-secret-key-for-tests-of-some-length",
            },
        )
    try:
        end = time.monotonic() + WAIT
        while "Boards is at " not in (said := log.read_text()):
            assert time.monotonic() < end, said
            assert server.poll() is None, said
            time.sleep(0.05)
        yield said.split("Boards is at ")[1].split()[0]
    finally:
        server.kill()
        server.wait()


def few(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )


@schema.parametrize()
@few(2)
def test_every_answer_is_one_that_was_promised(case: schemathesis.Case, address: str) -> None:
    case.call_and_validate(base_url=address, excluded_checks=BEYOND_A_SCHEMA)


@stories.parametrize()
@few(2)
def test_every_answer_about_stories_is_one_that_was_promised(
    case: schemathesis.Case, address: str
) -> None:
    case.call_and_validate(base_url=address, excluded_checks=BEYOND_A_SCHEMA)
