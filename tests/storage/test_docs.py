"""docs/storage.md says of the back ends what their tests say."""

from pathlib import Path

from boards.adapters.storage.config import _CONDITIONS, _KEYS
from boards.adapters.storage.providers import KINDS
from boards.testing.storage_contract import PROMISES
from tests.storage.servers import SERVERS
from tests.storage.test_contract import GAPS, HERE

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "storage.md").read_text("utf-8")
BACK_ENDS = (*HERE, "routed", *SERVERS)


def test_the_table_of_behaviours_is_that_of_the_contract():
    head = f"| | {' | '.join(BACK_ENDS)} |\n|{'---|' * (len(BACK_ENDS) + 1)}\n"
    rows = "".join(
        f"| {said} | "
        + " | ".join("no" if name in GAPS.get(each, {}) else "yes" for each in BACK_ENDS)
        + " |\n"
        for name, said in PROMISES.items()
    )
    assert head + rows in PAGE
    flowing = " ".join(PAGE.split())
    for each, gaps in GAPS.items():
        for reason in gaps.values():
            assert f"{each}: {reason}" in flowing


def test_every_key_is_told():
    for name in (*_KEYS, *_CONDITIONS):
        assert f"`{name}`" in PAGE, name
    for kind, form in KINDS.items():
        assert f"| `{kind.value}` |" in PAGE
        for key in form.keys:
            assert f"`{key}`" in PAGE or f"`{key}:" in PAGE, (kind, key)
