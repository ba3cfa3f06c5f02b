"""A planted key is nowhere: not in a log, an error, an event, a row or a file."""

from pathlib import Path

import pytest

from boards.adapters.providers.wire import ConfiguredKeys
from boards.errors import NotConfigured
from boards.testing.lab import Kind, Lab, Stage
from tests.providers.conftest import SECRETS
from tests.providers.samples import Sample
from tests.providers.test_faults import settled
from tests.services.studio import Studio

FAULTS = (None, Kind.AUTH, Kind.NONSENSE, Kind.DROP_AFTER, Kind.INPUT)


@pytest.mark.parametrize("kind", FAULTS, ids=str)
async def test_a_key_leaves_no_trace(
    studio: Studio, lab: Lab, sample: Sample, kind: Kind | None, tmp_path: Path
) -> None:
    """The fixture `logged` looks through the logs; this through everything that was written."""
    if kind is not None:
        lab.fault(Stage.SUBMIT, kind)

    await settled(studio, sample)

    written = _files(tmp_path)
    assert "boards.db" in written
    for name, data in written.items():
        for part in SECRETS[sample.provider].split(":"):
            assert part.encode() not in data, name


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_a_missing_key_is_named_and_costs_nothing() -> None:
    keys = ConfiguredKeys({"fal": "FAL_KEY"}, {"fal": ""})

    with pytest.raises(NotConfigured, match="set FAL_KEY") as missing:
        await keys.key("fal", "tenant")

    assert missing.value.billed is False
