from pathlib import Path

import pytest

from boards.errors import InvalidInput, Rejected
from boards.outbound import GuardedClient, fetch_to_temporary_file
from tests.outbound.conftest import Serve, fixed, names_in


@pytest.fixture(autouse=True)
def temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


async def test_a_url_becomes_a_file_with_the_wanted_extension(
    serve: Serve, temporary_folder: Path
) -> None:
    served = await serve(fixed("200 OK", b"bytes"))
    async with GuardedClient(allow=served.allow) as client:
        path = await fetch_to_temporary_file(served.url(), suffix=".png", client=client)
    assert path.parent == temporary_folder
    assert path.suffix == ".png"
    assert path.read_bytes() == b"bytes"
    assert path.stat().st_mode & 0o077 == 0


async def test_a_data_url_needs_no_network() -> None:
    path = await fetch_to_temporary_file("data:text/plain,hello", suffix=".txt")
    assert path.read_text() == "hello"


async def test_a_failed_fetch_leaves_no_file(serve: Serve, temporary_folder: Path) -> None:
    served = await serve(fixed("404 Gone"))
    async with GuardedClient(allow=served.allow) as client:
        with pytest.raises(Rejected):
            await fetch_to_temporary_file(served.url(), client=client)
    assert names_in(temporary_folder) == []


async def test_a_private_address_is_refused_without_a_client_of_ones_own(
    temporary_folder: Path,
) -> None:
    with pytest.raises(InvalidInput, match="private address"):
        await fetch_to_temporary_file("http://127.0.0.1:9/")
    assert names_in(temporary_folder) == []


@pytest.mark.parametrize("suffix", ["/../../x", "png", ".p/ng", "..", ".png\x00"])
async def test_an_extension_cannot_lead_elsewhere(suffix: str, temporary_folder: Path) -> None:
    with pytest.raises(InvalidInput):
        await fetch_to_temporary_file("data:,x", suffix=suffix)
    assert names_in(temporary_folder) == []
