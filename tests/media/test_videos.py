import sys
from dataclasses import replace
from pathlib import Path

import pytest

from boards.adapters.media.probe import check_upload, probe
from boards.domain.artifacts import ArtifactType
from boards.errors import InvalidInput
from tests.media.files import film, png_header_of

pytest.importorskip("av")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films")


@pytest.fixture(scope="module")
def mp4(folder: Path) -> Path:
    return film(folder / "a.mp4")


@pytest.mark.parametrize("extension", ["mp4", "mov", "webm", "mkv", "avi"])
def test_a_video_is_measured(folder: Path, extension: str) -> None:
    facts = check_upload(film(folder / f"whole.{extension}"), ArtifactType.VIDEO)
    assert facts.format == extension
    assert (facts.width, facts.height) == (64, 48)
    assert facts.duration == pytest.approx(2.0, abs=0.15)
    assert facts.fps == pytest.approx(10, abs=0.5)
    assert (facts.sample_rate, facts.channels) == (48000, 2)


def test_a_silent_video_has_no_sound(folder: Path) -> None:
    facts = probe(film(folder / "silent.mp4", sound=False))
    assert facts.format == "mp4"
    assert (facts.sample_rate, facts.channels) == (None, None)


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("with_av", [True, False])
def test_a_truncated_mp4_is_refused(
    mp4: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: float, with_av: bool
) -> None:
    if not with_av:
        monkeypatch.setitem(sys.modules, "av", None)
    data = mp4.read_bytes()
    path = tmp_path / "a"
    path.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(InvalidInput, match="damaged or cut off"):
        probe(path)


def test_garbage_in_an_mp4_is_refused(mp4: Path, tmp_path: Path) -> None:
    data = bytearray(mp4.read_bytes())
    at = data.index(b"stsd")
    data[at : at + 200] = bytes(200)
    path = tmp_path / "a"
    path.write_bytes(data)
    with pytest.raises(InvalidInput):
        probe(path)


@pytest.mark.parametrize(
    "data",
    [
        b"\x1aE\xdf\xa3" + bytes(100),
        b"RIFF\0\0\1\0AVI LIST" + bytes(100),
        b"\x00\x00\x00\x18ftypisom\0\0\2\0isomiso2" + b"\0\0\0\1mdat\xff" + b"\xff" * 7,
        b"\x00\x00\x00\x18ftypisom\0\0\2\0isomiso2" + b"\0\0\0\3moov",
    ],
)
def test_a_hollow_container_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(data)
    with pytest.raises(InvalidInput):
        probe(path)


@pytest.mark.parametrize("extension", ["mp4", "mov", "webm", "mkv"])
def test_without_pyav_a_video_is_known_by_its_headers(
    folder: Path, monkeypatch: pytest.MonkeyPatch, extension: str
) -> None:
    path = film(folder / f"headers.{extension}")
    decoded = probe(path)
    monkeypatch.setitem(sys.modules, "av", None)
    facts = probe(path)
    assert replace(facts, fps=None, orientation=0) == replace(decoded, fps=None, orientation=0)
    assert facts.fps == pytest.approx(10, abs=0.5)
    assert facts.codec == ("vp9" if extension == "webm" else "h264")


def test_a_video_cannot_name_other_files(tmp_path: Path) -> None:
    inner = tmp_path / "secret.mp4"
    inner.write_bytes(png_header_of(4, 4))
    for text in (f"#EXTM3U\n#EXTINF:1,\n{inner}\n", f"ffconcat version 1.0\nfile {inner}\n"):
        path = tmp_path / "a.mp4"
        path.write_text(text)
        with pytest.raises(InvalidInput, match="which is text, not video"):
            check_upload(path, ArtifactType.VIDEO)
