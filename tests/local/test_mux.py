"""A video gets another sound: its pictures stay, the sound is fitted to them."""

from pathlib import Path

import av
import pytest
from pydantic import ValidationError

from boards.adapters.providers.local.mux import Film, LocalMux, MuxInput, render_mux
from boards.errors import InvalidInput
from boards.generators.artifacts import AudioArtifact, VideoArtifact
from boards.generators.compute import Stopped, Tick, no_tick
from tests.local.conftest import Run
from tests.local.films import film, loudness, pictures, pitch, sound, tone
from tests.local.pictures import distance, png, scene

VIDEO = VideoArtifact(generation_id="g", format="mp4", storage_url="f", width=1, height=1)
AUDIO = AudioArtifact(generation_id="g", format="wav", storage_url="f")


def mux(
    folder: Path, video: Path, audio: bytes, tick: Tick = no_tick, **more: object
) -> tuple[Path, Film]:
    (folder / "sound").write_bytes(audio)
    inputs = MuxInput.model_validate({"video": VIDEO, "audio": AUDIO, **more})
    out = folder / "muxed.mp4"
    return out, render_mux(str(video), str(folder / "sound"), inputs, out=out, tick=tick)


class TestPictures:
    def test_are_copied_bit_by_bit(self, tmp_path):
        video = film(tmp_path / "v")
        out, found = mux(tmp_path, video, tone(1))

        pairs = list(zip(pictures(video), pictures(out), strict=True))
        assert len(pairs) == 30
        assert max(distance(a, b) for a, b in pairs) == 0
        assert (found.seconds, float(found.fps), found.width, found.height) == (3.0, 10.0, 64, 48)

    def test_are_encoded_when_an_mp4_cannot_hold_them(self, tmp_path):
        video = film(tmp_path / "v", codec="ffv1")
        out, found = mux(tmp_path, video, tone(1))

        assert found.codec == "ffv1"
        with av.open(str(out)) as container:
            assert container.streams.video[0].codec_context.name == "h264"
        pairs = list(zip(pictures(video), pictures(out), strict=True))
        assert len(pairs) == 30
        assert max(distance(a, b) for a, b in pairs) < 6

    def test_the_file_begins_with_its_index(self, tmp_path):
        data = mux(tmp_path, film(tmp_path / "v"), tone(1))[0].read_bytes()

        assert data.index(b"moov") < data.index(b"mdat")


class TestSound:
    def test_lasts_as_long_as_the_pictures(self, tmp_path):
        for seconds in (0.5, 10):
            heard = sound(mux(tmp_path, film(tmp_path / "v"), tone(seconds))[0])

            assert len(heard) == pytest.approx(3 * 48_000, abs=2100)

    def test_is_repeated_or_followed_by_silence(self, tmp_path):
        video = film(tmp_path / "v")
        looped = sound(mux(tmp_path, video, tone(1), fade_out=0)[0])
        once = sound(mux(tmp_path, video, tone(1), fade_out=0, loop=False)[0])

        assert loudness(looped, 1.5, 2.9) > 0.3
        assert loudness(once, 0.2, 0.9) > 0.3
        assert loudness(once, 1.2, 2.9) < 0.001

    def test_replaces_the_own_one(self, tmp_path):
        heard = sound(mux(tmp_path, film(tmp_path / "v", sound=True), tone(3, 440))[0])

        assert pitch(heard, 0.5, 2.0) == pytest.approx(440, abs=3)

    def test_can_be_mixed_with_the_own_one(self, tmp_path):
        video = film(tmp_path / "v", sound=True)
        heard = sound(mux(tmp_path, video, tone(3, 440), volume=0.05, original_volume=1)[0])

        assert pitch(heard, 0.5, 2.0) == pytest.approx(880, abs=3)
        assert loudness(heard, 0.5, 2.0) == pytest.approx(0.21, abs=0.03)

    def test_a_silent_video_has_nothing_to_mix(self, tmp_path):
        heard = sound(mux(tmp_path, film(tmp_path / "v"), tone(3, 440), original_volume=1)[0])

        assert pitch(heard, 0.5, 2.0) == pytest.approx(440, abs=3)

    def test_begins_after_the_offset(self, tmp_path):
        heard = sound(mux(tmp_path, film(tmp_path / "v"), tone(3), offset=1.0)[0])

        assert loudness(heard, 0.1, 0.9) < 0.001
        assert loudness(heard, 1.1, 1.9) > 0.3

    def test_fades_out(self, tmp_path):
        heard = sound(mux(tmp_path, film(tmp_path / "v"), tone(9), fade_out=2)[0])

        assert loudness(heard, 0.2, 0.9) > 2 * loudness(heard, 2.2, 2.6) > 0.05
        assert loudness(heard, 2.9, 3.0) < 0.03

    @pytest.mark.parametrize("codec", ["ffv1", "libx264"])
    def test_is_there_whether_pictures_are_copied_or_encoded(self, tmp_path, codec):
        heard = sound(mux(tmp_path, film(tmp_path / "v", codec=codec), tone(3, 523))[0])

        assert pitch(heard, 0.5, 2.5) == pytest.approx(523, abs=3)


class TestRefusals:
    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"plain text",
            b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
            b"ffconcat version 1.0\nfile /etc/passwd\n",
            b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 100,
        ],
    )
    def test_what_is_no_video_is_refused(self, tmp_path, data):
        (tmp_path / "v").write_bytes(data)

        with pytest.raises(InvalidInput, match="'video'"):
            mux(tmp_path, tmp_path / "v", tone(1))

    def test_a_sound_has_no_pictures(self, tmp_path):
        (tmp_path / "v").write_bytes(tone(1))

        with pytest.raises(InvalidInput, match="no video in it"):
            mux(tmp_path, tmp_path / "v", tone(1))

    def test_a_film_without_sound_is_no_sound(self, tmp_path):
        video = film(tmp_path / "v")

        with pytest.raises(InvalidInput, match="no sound in it"):
            mux(tmp_path, video, video.read_bytes())

    def test_a_cancel_is_noticed_at_the_next_packet(self, tmp_path):
        seen = 0

        def tick(fraction: float, message: str = "") -> None:
            nonlocal seen
            seen += 1
            if seen == 4:
                raise Stopped

        with pytest.raises(Stopped):
            mux(tmp_path, film(tmp_path / "v"), tone(1), tick=tick)
        assert seen == 4


async def test_makes_the_video_with_its_sound(make: Run, tmp_path):
    video = film(tmp_path / "v")
    ran = await make(LocalMux(), {"video": "v", "audio": "a"}, v=video, a=tone(1))

    assert (ran.output.video.width, ran.output.video.duration) == (64, 3.0)
    assert pitch(sound(ran.primary.path), 0.2, 1.5) == pytest.approx(440, abs=3)
    assert sorted(edge.role for edge in ran.edges) == ["audio", "video"]


async def test_an_image_is_no_video(make: Run, tmp_path):
    with pytest.raises(InvalidInput):
        await make(LocalMux(), {"video": "v", "audio": "a"}, v=png(scene()), a=tone(1))


@pytest.mark.parametrize(
    "wrong", [{"volume": 3}, {"original_volume": -1}, {"fade_out": 31}, {"offset": -1}, {"x": 1}]
)
def test_wrong_inputs_are_refused(wrong):
    with pytest.raises(ValidationError):
        MuxInput.model_validate({"video": VIDEO, "audio": AUDIO, **wrong})
