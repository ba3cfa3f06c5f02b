from pathlib import Path

import pytest

from boards.adapters.media import containers, sounds
from boards.adapters.media.probe import check_upload, probe
from boards.domain.artifacts import ArtifactType
from boards.errors import InvalidInput
from tests.media.files import film, tone


def test_a_wav_is_measured(tmp_path: Path) -> None:
    facts = probe(tone(tmp_path / "a", seconds=0.5, rate=8000, channels=2))
    assert (facts.format, facts.mime) == ("wav", "audio/wav")
    assert (facts.duration, facts.sample_rate, facts.channels) == (0.5, 8000, 2)
    assert facts.artifact_type is ArtifactType.AUDIO


def test_a_streamed_wav_is_as_long_as_what_is_there(tmp_path: Path) -> None:
    path = tone(tmp_path / "a", seconds=0.5)
    data = bytearray(path.read_bytes())
    data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    assert probe(path).duration == 0.5


def test_a_wav_without_sound_is_refused(tmp_path: Path) -> None:
    path = tone(tmp_path / "a")
    path.write_bytes(path.read_bytes()[:44])
    with pytest.raises(InvalidInput, match="holds no sound"):
        probe(path)


@pytest.mark.parametrize(
    "data",
    [b"RIFF\x10\0\0\0WAVEfmt ", b"fLaC", b"OggS" + bytes(30), b"ID3\x03" + bytes(500),
     b"RIFF\x24\0\0\0WAVEfmt " + bytes(24)],
)  # fmt: skip
@pytest.mark.parametrize("with_av", [True, False])
def test_a_damaged_sound_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, with_av: bool
) -> None:
    if with_av:
        pytest.importorskip("av")
    else:
        monkeypatch.setattr(sounds, "container_facts", lambda *_: None)
    path = tmp_path / "a"
    path.write_bytes(data)
    with pytest.raises(InvalidInput):
        probe(path)


@pytest.mark.parametrize("extension", ["mp3", "m4a", "ogg", "opus", "flac"])
@pytest.mark.parametrize("with_av", [True, False])
def test_other_sounds_are_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, extension: str, with_av: bool
) -> None:
    av = pytest.importorskip("av")
    path = tmp_path / f"a.{extension}"
    codec = {"mp3": "mp3", "m4a": "aac", "ogg": "vorbis", "opus": "libopus", "flac": "flac"}
    with av.open(str(path), "w", format={"m4a": "ipod"}.get(extension)) as container:
        options = {"strict": "experimental"}  # FFmpeg's own Vorbis
        stream = container.add_stream(codec[extension], rate=48000, options=options)
        layout = {"flac": "s16"}.get(extension, "fltp")
        resampler = av.AudioResampler(stream.format.name, "stereo", 48000)
        for n in range(50):
            frame = av.AudioFrame(format=layout, layout="stereo", samples=960)
            frame.sample_rate, frame.pts = 48000, n * 960
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            for fitting in resampler.resample(frame):
                container.mux(stream.encode(fitting))
        container.mux(stream.encode())
    if not with_av:
        monkeypatch.setattr(sounds, "container_facts", lambda *_: None)
    facts = check_upload(path, ArtifactType.AUDIO)
    assert facts.format == extension
    assert facts.duration == pytest.approx(1.0, abs=0.15)
    assert (facts.sample_rate, facts.channels) == (48000, 2)


@pytest.mark.parametrize(("container", "name"), [("mp4", "m4a"), ("webm", "webm")])
def test_a_video_container_with_sound_only_is_sound(
    tmp_path: Path, container: str, name: str
) -> None:
    pytest.importorskip("av")
    facts = check_upload(film(tmp_path / f"a.{container}", picture=False), ArtifactType.AUDIO)
    assert facts.format == name
    assert facts.mime == {"m4a": "audio/mp4", "webm": "audio/webm"}[name]
    assert facts.duration == pytest.approx(2.0, abs=0.1)


def test_raw_aac_is_measured_where_pyav_is_there(tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    path = tmp_path / "a.aac"
    with av.open(str(path), "w", format="adts") as container:
        stream = container.add_stream("aac", rate=48000)
        for n in range(50):
            frame = av.AudioFrame(format="fltp", layout="stereo", samples=1024)
            frame.sample_rate, frame.pts = 48000, n * 1024
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    facts = probe(path)
    assert (facts.format, facts.mime) == ("aac", "audio/aac")
    assert (facts.sample_rate, facts.channels) == (48000, 2)
    assert containers.container_facts(path, "aac") == facts
