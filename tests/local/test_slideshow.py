"""Slideshows: playable, as long as promised, in motion, and the same for the same seed."""

from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from boards.adapters.providers.local.slideshow import (
    LocalSlideshow,
    SlideshowInput,
    render_slideshow,
)
from boards.errors import InvalidInput
from boards.generators.artifacts import AudioArtifact, ImageArtifact
from boards.generators.compute import Stopped, Tick, no_tick
from tests.local.conftest import Run
from tests.local.films import loudness, pictures, sound, tone
from tests.local.pictures import distance, png, scene

SLOT = ImageArtifact(generation_id="g", format="png", storage_url="file")
SOUND = AudioArtifact(generation_id="g", format="wav", storage_url="file")
SMALL = {"size": 192, "fps": 12, "seconds_per_image": 1.0, "transition": 0.5}


def show(
    folder: Path,
    images: list[Image.Image],
    audio: bytes | None = None,
    tick: Tick = no_tick,
    seed: int = 1,
    **more: object,
) -> Path:
    paths = []
    for n, image in enumerate(images):
        image.save(folder / f"{n}.png")
        paths.append(str(folder / f"{n}.png"))
    if audio is not None:
        (folder / "sound").write_bytes(audio)
    inputs = SlideshowInput.model_validate(
        {"images": [SLOT] * len(images), "audio": SOUND if audio else None, **SMALL, **more}
    )
    out = folder / "out.mp4"
    render_slideshow(
        paths, str(folder / "sound") if audio else None, inputs, seed=seed, out=out, tick=tick
    )
    return out


def plain(*colours: str) -> list[Image.Image]:
    return [Image.new("RGB", (160, 90), colour) for colour in colours]


class TestFile:
    def test_is_what_browsers_play(self, tmp_path):
        path = show(tmp_path, [scene(), scene(seed=1)], tone(1))
        with av.open(str(path)) as container:
            video, audio = container.streams.video[0], container.streams.audio[0]

            assert (video.codec_context.name, video.pix_fmt) == ("h264", "yuv420p")
            assert (video.width, video.height) == (192, 108)
            assert float(video.average_rate or 0) == 12
            assert (audio.codec_context.name, audio.rate) == ("aac", 48_000)
            assert container.duration == pytest.approx(2_000_000, abs=30_000)

    def test_begins_with_its_index(self, tmp_path):
        data = show(tmp_path, plain("red")).read_bytes()

        assert data.index(b"moov") < data.index(b"mdat")

    def test_is_exactly_as_long_as_promised(self, tmp_path):
        path = show(tmp_path, plain("red", "blue", "lime"), seconds_per_image=1.5)

        assert len(pictures(path)) == 54

    def test_has_no_sound_without_music(self, tmp_path):
        with av.open(str(show(tmp_path, plain("red")))) as container:
            assert not container.streams.audio

    @pytest.mark.parametrize(
        ("aspect", "size"), [("9:16", (108, 192)), ("1:1", (192, 192)), ("4:5", (154, 192))]
    )
    def test_takes_every_shape_with_even_sides(self, tmp_path, aspect, size):
        path = show(tmp_path, [scene(50, 90)], aspect_ratio=aspect, seconds_per_image=0.5)

        assert pictures(path)[0].size == size

    def test_the_same_seed_gives_the_same_bytes(self, tmp_path):
        images = [scene(120, 80), scene(80, 120, seed=1)]
        one = show(tmp_path, images, tone(1), seed=3).read_bytes()
        again = show(tmp_path, images, tone(1), seed=3).read_bytes()
        other = show(tmp_path, images, tone(1), seed=4).read_bytes()

        assert one == again
        assert one != other


class TestPictures:
    def test_colours_arrive_as_they_were(self, tmp_path):
        frames = pictures(show(tmp_path, [Image.new("RGB", (160, 90), (220, 60, 40))]))
        middle = np.asarray(frames[3])[54, 96].tolist()

        assert np.abs(np.array(middle) - (220, 60, 40)).max() <= 4

    def test_each_image_has_its_time(self, tmp_path):
        frames = pictures(show(tmp_path, plain("red", "lime", "blue"), motion="none"))
        shown = [int(np.asarray(frames[n])[54, 96].argmax()) for n in (0, 6, 18, 30, 35)]

        assert shown == [0, 0, 1, 2, 2]

    def test_images_fade_into_each_other(self, tmp_path):
        frames = pictures(show(tmp_path, plain("red", "blue"), motion="none", transition=1))
        reds = [int(np.asarray(frame)[54, 96, 0]) for frame in frames]

        assert reds[2] > 240
        assert 90 < reds[11] < 165
        assert reds[21] < 15
        assert all(one >= other - 6 for one, other in pairwise(reds))

    def test_without_a_transition_it_is_a_cut(self, tmp_path):
        frames = pictures(show(tmp_path, plain("red", "blue"), motion="none", transition=0))
        reds = [int(np.asarray(frame)[54, 96, 0]) for frame in frames]

        assert min(reds[:12]) > 240
        assert max(reds[12:]) < 15

    @pytest.mark.parametrize("motion", ["zoom", "pan", "auto"])
    def test_the_view_moves_evenly(self, tmp_path, motion):
        frames = pictures(show(tmp_path, [scene(320, 180)], motion=motion, seconds_per_image=2))
        steps = [distance(a, b) for a, b in pairwise(frames)]

        assert distance(frames[0], frames[-1]) > 4
        assert max(steps) < distance(frames[0], frames[-1])

    def test_motion_can_be_left_out(self, tmp_path):
        frames = pictures(show(tmp_path, [scene(320, 180)], motion="none"))

        assert distance(frames[0], frames[-1]) < 2.5

    @pytest.mark.parametrize("seed", range(4))
    def test_a_contained_image_is_never_cut(self, tmp_path, seed):
        """A standing image with a bright frame: its top and bottom edges are always in view."""
        image = Image.new("RGB", (60, 120), (255, 0, 255))
        image.paste((0, 0, 0), (8, 8, 52, 112))
        frames = pictures(
            show(tmp_path, [image, image], seed=seed, fit="contain", transition=0, size=384)
        )
        for frame in frames:
            pixels = np.asarray(frame.convert("RGB"), np.int16)
            pink = (pixels[..., 0] > 200) & (pixels[..., 2] > 200) & (pixels[..., 1] < 90)
            rows = np.flatnonzero(pink.sum(axis=1) > 25)

            assert len(rows) > 6
            assert rows[0] > 0
            assert rows[-1] < frame.height - 1
            assert np.diff(rows).max() > 80  # the dark middle between both edges

    def test_a_cover_has_no_border(self, tmp_path):
        frame = pictures(show(tmp_path, [Image.new("RGB", (50, 200), "lime")], fit="cover"))[0]

        assert np.asarray(frame)[:, :, 1].min() > 200


class TestMusic:
    def test_a_short_sound_is_repeated_to_the_end(self, tmp_path):
        heard = sound(show(tmp_path, plain("red", "blue", "red", "blue"), tone(0.6)))

        assert len(heard) == pytest.approx(4 * 48_000, abs=2100)
        assert min(loudness(heard, at, at + 0.3) for at in np.arange(0.2, 3.0, 0.3)) > 0.2

    def test_a_long_sound_is_cut_and_fades_out(self, tmp_path):
        heard = sound(show(tmp_path, plain("red", "blue"), tone(20)))

        assert len(heard) == pytest.approx(2 * 48_000, abs=2100)
        assert loudness(heard, 0.5, 1.0) > 0.3
        assert loudness(heard, 1.95, 2.0) < 0.05

    def test_volume_scales(self, tmp_path):
        loud = loudness(sound(show(tmp_path, plain("red"), tone(1))), 0.2, 0.6)
        soft = loudness(sound(show(tmp_path, plain("red"), tone(1), volume=0.25)), 0.2, 0.6)

        assert soft == pytest.approx(loud / 4, rel=0.1)

    def test_what_is_no_sound_is_refused(self, tmp_path):
        with pytest.raises(InvalidInput, match="'audio'"):
            show(tmp_path, plain("red"), b"nothing to hear here, move along")


class TestCancel:
    @pytest.mark.parametrize("frame", [1, 7])
    def test_stops_before_the_next_frame(self, tmp_path, frame):
        seen = 0

        def tick(fraction: float, message: str = "") -> None:
            nonlocal seen
            seen += 1
            if seen == frame:
                raise Stopped

        with pytest.raises(Stopped):
            show(tmp_path, plain("red", "blue"), tone(1), tick=tick)
        assert seen == frame

    def test_a_damaged_image_in_the_middle_ends_it(self, tmp_path):
        def tick(fraction: float, message: str = "") -> None:
            (tmp_path / "1.png").write_bytes(b"gone")

        with pytest.raises(InvalidInput, match=r"images\.1"):
            show(tmp_path, plain("red", "blue"), tick=tick)


async def test_makes_a_video_with_its_lineage(make: Run):
    ran = await make(
        LocalSlideshow(),
        {"images": ["a", "b"], "audio": "s", "seed": 2, **SMALL},
        a=png(scene()), b=png(scene(seed=1)), s=tone(1),
    )  # fmt: skip

    assert ran.primary.facts.format == "mp4"
    assert (ran.output.video.width, ran.output.video.height) == (192, 108)
    assert (ran.output.video.duration, ran.output.video.fps) == (2.0, 12.0)
    assert [edge.role for edge in ran.edges] == ["images", "images", "audio"]
    assert len(pictures(ran.primary.path)) == 24


@pytest.mark.parametrize(
    "wrong",
    [
        {"images": []},
        {"images": [SLOT] * 51},
        {"images": [SLOT] * 50, "seconds_per_image": 30},
        {"images": [SLOT], "seconds_per_image": 0.1},
        {"images": [SLOT], "transition": -1},
        {"images": [SLOT], "fps": 60},
        {"images": [SLOT], "size": 4000},
        {"images": [SLOT], "motion": "spin"},
    ],
)
def test_wrong_inputs_are_refused(wrong):
    with pytest.raises(ValidationError):
        SlideshowInput.model_validate(wrong)
