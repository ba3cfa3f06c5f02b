from pathlib import Path

import pytest

from boards.adapters.media.probe import check_upload, probe
from boards.adapters.media.texts import MAX_TEXT_BYTES
from boards.domain.artifacts import ArtifactType
from boards.errors import InvalidInput, TooLarge, Unsupported


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


@pytest.mark.parametrize(
    ("text", "name", "mime"),
    [
        ("Es war einmal … 🐺\n", "plain", "text/plain"),
        ("\ufeffmit BOM", "plain", "text/plain"),
        ('{"scene": 1}', "json", "application/json"),
        ("[1, 2]", "json", "application/json"),
        ("[not json]", "plain", "text/plain"),
        ("12", "plain", "text/plain"),
        ("[" * 100_000, "plain", "text/plain"),
        ("<html></html>", "html", "text/html"),
    ],
    ids=lambda value: value[:12],
)
def test_a_text_is_named_by_its_content(path: Path, text: str, name: str, mime: str) -> None:
    path.write_text(text, encoding="utf-8")
    facts = check_upload(path, ArtifactType.TEXT)
    assert (facts.format, facts.mime) == (name, mime)
    assert facts.width is None


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_another_encoding_is_refused(path: Path, encoding: str) -> None:
    path.write_text("Grüße", encoding=encoding)
    with pytest.raises(Unsupported):
        probe(path)


@pytest.mark.parametrize("tail", [b"\xff\xfe", b"\x00", b"\xc3"])
def test_what_stops_being_text_later_on_is_refused(path: Path, tail: bytes) -> None:
    path.write_bytes(b"text " * 5000 + tail)
    with pytest.raises(InvalidInput, match="save it as UTF-8"):
        probe(path)


def test_a_long_text_is_refused_unread(path: Path) -> None:
    path.write_bytes(b"a" * (MAX_TEXT_BYTES + 1))
    with pytest.raises(TooLarge, match="8 MiB"):
        probe(path)
