"""A model that its provider has ended says so, is not run, and names its successor."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from boards.adapters.providers import PROVIDERS
from boards.adapters.providers.declared import (
    Transports,
    declared_generators,
    make_transport,
)
from boards.adapters.providers.wire import ConfiguredKeys, Connection
from boards.api.shapes.generators import generator_shape
from boards.catalog import load_declarations
from boards.errors import Conflict
from boards.generators.declared import DeclaredGenerator
from boards.outbound.client import GuardedClient
from tests.catalog.words import declared
from tests.db.conftest import sqlite_template
from tests.services.studio import open_studio

__all__ = ["sqlite_template"]

TODAY = datetime.now(UTC).date()
KEYS = ConfiguredKeys({"fal": "FAL_KEY"}, {"fal": "a-key"})


def generator(retired, **words) -> DeclaredGenerator:
    connection = Connection(client=GuardedClient(), keys=KEYS, base_url="https://fal.example")
    declaration = declared(provider="fal", retired=retired, use="one-newer", **words)
    return DeclaredGenerator(declaration, make_transport("fal", connection))


def test_it_says_since_when_and_what_to_use_instead():
    ended = generator(TODAY)

    assert ended.retired == f"fal retired it on {TODAY}; use 'one-newer'"
    assert generator_shape(ended, {}, {}).unavailable == ended.retired


def test_until_its_day_it_runs():
    assert generator(TODAY + timedelta(days=1)).retired is None
    assert generator(TODAY + timedelta(days=1)).unavailable is None


async def test_a_submit_is_refused_before_anything_is_written(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'boards.db'}"
    async with open_studio(url, tmp_path, [generator(TODAY)]) as studio:
        with pytest.raises(Conflict, match=r"'one-model' cannot be run any more: .*'one-newer'"):
            await studio.ask("one-model", prompt="x")


@pytest.mark.parametrize("is_own", [True, False])
def test_another_address_than_the_providers_own_may_still_have_it(is_own):
    def connect(name: str) -> Connection:
        url = PROVIDERS[name].base_url if is_own else "http://127.0.0.1:9"
        return Connection(client=GuardedClient(), keys=KEYS, base_url=url, upload_url=url)

    ended = [each for each in load_declarations() if each.retired and each.retired <= TODAY]
    found = {each.name: each for each in declared_generators(Transports(connect))}

    assert ended
    for each in ended:
        assert (found[each.name].retired is not None) is is_own


def test_successors_are_models_of_the_catalogue_that_live_longer():
    known = {each.name: each for each in load_declarations()}
    for each in known.values():
        if each.use is not None:
            assert each.retired is not None
            successor = known[each.use]
            assert successor.makes is each.makes
            assert successor.retired is None or successor.retired > each.retired
