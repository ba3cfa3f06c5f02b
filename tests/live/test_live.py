"""The providers themselves, for a few cents: one run of the cheapest model that needs no input.

    INT_TEST=1 OPENAI_API_KEY=… python -m pytest tests/live -rs

Never in CI: without `INT_TEST=1` and a provider's key its test is skipped. What it spends is
bounded by the declared price, and printed; all of it together is below 30 cents. With the variables
of `boards lab` the same runs against the lab.
"""

import os
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import JsonValue, ValidationError

from boards.adapters.providers import PROVIDERS
from boards.bootstrap import open_app
from boards.catalog import load_declarations
from boards.domain.artifacts import type_of_format
from boards.domain.generations import Phase
from boards.generators.declared import Declaration
from boards.generators.declared.prices import quote
from boards.generators.declared.schema import input_model
from boards.services.ports import SYSTEM
from boards.services.submit import SubmitRequest
from boards.settings import load_settings

MOST = Decimal("0.10")
"""USD that one run may cost by its declaration."""
PATIENCE = 600.0


@dataclass(frozen=True, kw_only=True)
class Cheapest:
    """The cheapest run among a provider's examples."""

    price: Decimal
    generator: str
    inputs: dict[str, JsonValue]


def cheapest(provider: str) -> Cheapest:
    """Choose by the catalogue: priced, not retired, and without artifacts among the inputs."""
    found = [
        Cheapest(price=price, generator=declared.name, inputs=example.inputs)
        for declared in load_declarations(provider)
        for example in declared.examples
        if declared.retired is None and (price := _price(declared, example.inputs)) is not None
    ]
    return min(found, key=lambda one: (one.price, one.generator))


def _price(declared: Declaration, inputs: dict[str, JsonValue]) -> Decimal | None:
    """None for a run without a price, and for one that takes artifacts."""
    if any(declared.inputs[name].slot for name in inputs):
        return None
    try:
        return quote(declared, input_model(declared)(**inputs)).amount
    except ValidationError:
        return None


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_would_be_run_is_cheap(provider: str) -> None:
    assert cheapest(provider).price <= MOST


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_the_provider_itself(provider: str, tmp_path: Path) -> None:
    key = PROVIDERS[provider].key
    if os.environ.get("INT_TEST") != "1":
        pytest.skip("calls a provider for money; set INT_TEST=1")
    if not os.environ.get(key):
        pytest.skip(f"needs {key}")
    chosen = cheapest(provider)
    print(f"{chosen.generator}: {chosen.price} USD")  # noqa: T201 - what is spent is seen
    at_the_lab = {name: said for name, said in os.environ.items() if "BOARDS_PROVIDERS__" in name}
    environ = {**at_the_lab, key: os.environ[key], "BOARDS_DATA_DIR": str(tmp_path / "data")}
    async with open_app(load_settings(environ, cwd=tmp_path)) as app:
        request = SubmitRequest(generator=chosen.generator, inputs=chosen.inputs)
        submission = await app.submit.submit(app.actor, request)
        view = await app.jobs.wait(app.actor, submission.job.id, PATIENCE)
        (generation, *_) = view.generations
        entries = await app.database.read(lambda tx: tx.ledger.entries(generation.id), scope=SYSTEM)

        assert generation.phase is Phase.COMPLETED, generation.failure or generation.message
        assert generation.file is not None
        assert await app.storage.verify(generation.file.key, generation.file.sha256)
        assert type_of_format(generation.file.facts.format) is generation.artifact_type
        assert [entry.kind.value for entry in entries] == ["hold", "settle"]
        assert generation.cost is not None
        assert os.environ[key] not in repr(generation)
