"""Animatics: each shot as long as it was asked for, with its words, and music to the end."""

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from boards.adapters.providers.local.animatic import (
    FPS,
    AnimaticInput,
    LocalAnimatic,
    render_animatic,
)
from boards.errors import InvalidInput
from boards.generators.artifacts import AudioArtifact, ImageArtifact, VideoArtifact
from boards.generators.compute import Stopped
from tests.local.conftest import Run
from tests.local.films import GREYS, film, pictures, tone
from tests.local.pictures import png

IMAGE = ImageArtifact(generation_id="g", format="png", storage_url="file")
CLIP = VideoArtifact(generation_id="g", format="mp4", storage_url="file", width=64, height=48)
SOUND = AudioArtifact(generation_id="g", format="wav", storage_url="file")
SMALL = {"size": 160}


def colour(image: Image.Image) -> tuple[int, ...]:
    """The colour of the upper part, where no caption is."""
    pixels = np.asarray(image.convert("RGB"))
    return tuple(int(value) for value in pixels[: image.height // 3].mean(axis=(0, 1)).round())


def show(folder: Path, shots: list[dict[str, Any]], files: list[Path | None], **more: Any) -> Path:
    inputs = AnimaticInput.model_validate({"shots": shots, **SMALL, **more})
    out = folder / "out.mp4"
    sound = folder / "sound"
    if inputs.audio is not None:
        sound.write_bytes(tone(0.4))
    render_animatic(
        [None if file is None else str(file) for file in files],
        None if inputs.audio is None else str(sound),
        inputs,
        out=out,
    )
    return out


@pytest.fixture
def red(tmp_path: Path) -> Path:
    path = tmp_path / "red.png"
    Image.new("RGB", (160, 90), "red").save(path)
    return path


class TestShots:
    def test_each_stands_as_long_as_it_was_asked_for(self, tmp_path, red):
        shots: list[dict[str, Any]] = [
            {"media": IMAGE, "seconds": 0.5},
            {"seconds": 0.25},
            {"media": IMAGE, "seconds": 1},
        ]

        seen = pictures(show(tmp_path, shots, [red, None, red]))

        assert len(seen) == 42
        reds = [colour(image)[0] > 200 for image in seen]
        assert reds == [True] * 12 + [False] * 6 + [True] * 24

    def test_uneven_times_add_up(self, tmp_path):
        shots = [{"seconds": 0.1}] * 7

        assert len(pictures(show(tmp_path, shots, [None] * 7))) == round(0.7 * FPS)

    def test_a_video_plays_and_then_stands_still(self, tmp_path):
        clip = film(tmp_path / "clip.mp4", seconds=2)
        shots = [{"media": CLIP, "seconds": 3}, {"media": CLIP, "seconds": 0.5}]

        seen = pictures(show(tmp_path, shots, [clip, clip], aspect_ratio="4:3"))

        # The right side of the film is never darkened.
        levels = [int(np.median(np.asarray(image.convert("L"))[:, -8:])) for image in seen]
        assert len(seen) == 84
        assert levels[12] == pytest.approx(GREYS[0], abs=8)
        for index in (36, 60, 71):
            assert levels[index] == pytest.approx(GREYS[1], abs=8)
        assert levels[80] == pytest.approx(GREYS[0], abs=8)

    def test_words_stand_below_a_picture_and_in_the_middle_of_a_plain_ground(self, tmp_path, red):
        shots = [
            {"media": IMAGE, "seconds": 0.1, "caption": "The last lamp"},
            {"seconds": 0.1, "caption": "The end"},
        ]

        over, plain = (
            np.asarray(image.convert("L")).astype(int)
            for image in pictures(show(tmp_path, shots, [red, None], size=640))[1::2][:2]
        )

        middle = slice(over.shape[0] // 3, over.shape[0] * 2 // 3)
        assert over[over.shape[0] * 3 // 4 :].max() > 200
        assert over[: over.shape[0] // 2].max() < 120
        assert plain[middle].max() > 200
        assert plain[: plain.shape[0] // 4].max() < 60

    @pytest.mark.parametrize(
        ("aspect", "size"), [("9:16", (90, 160)), ("21:9", (160, 68)), ("9999:1", (160, 64))]
    )
    def test_every_shape_has_even_sides(self, tmp_path, red, aspect, size):
        shots = [{"media": IMAGE, "seconds": 0.1}]

        path = show(tmp_path, shots, [red], aspect_ratio=aspect)

        assert pictures(path)[0].size == size

    def test_music_lasts_to_the_end(self, tmp_path):
        with av.open(str(show(tmp_path, [{"seconds": 1.5}], [None], audio=SOUND))) as container:
            assert container.streams.audio
            assert container.duration == pytest.approx(1_500_000, abs=50_000)

    def test_a_damaged_picture_is_told_by_its_shot(self, tmp_path, red):
        broken = tmp_path / "broken"
        broken.write_bytes(b"no picture")

        with pytest.raises(InvalidInput, match=r"shots\.1\.media"):
            show(tmp_path, [{"media": IMAGE}, {"media": IMAGE}], [red, broken])

    def test_it_stops_between_two_pictures(self, tmp_path):
        def tick(fraction: float, message: str = "") -> None:
            if fraction > 0.5:
                raise Stopped

        inputs = AnimaticInput.model_validate({"shots": [{"seconds": 1}], **SMALL})

        with pytest.raises(Stopped):
            render_animatic([None], None, inputs, out=tmp_path / "out.mp4", tick=tick)


async def test_makes_a_video_with_its_lineage(make: Run, tmp_path: Path):
    clip = film(tmp_path / "clip.mp4", seconds=1)
    shots = [
        {"media": "a", "seconds": 0.25},
        {"seconds": 0.25, "caption": "Words"},
        {"media": "b", "seconds": 0.5},
    ]

    ran = await make(
        LocalAnimatic(),
        {"shots": shots, "audio": "s", **SMALL},
        a=png(Image.new("RGB", (32, 18), "red")), b=clip.read_bytes(), s=tone(0.3),
    )  # fmt: skip

    assert ran.primary.facts.format == "mp4"
    assert (ran.output.video.duration, ran.output.video.fps) == (1.0, 24.0)
    assert {edge.role for edge in ran.edges} == {"shots.0.media", "shots.2.media", "audio"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"shots": []},
        {"shots": [{}] * 501},
        {"shots": [{"seconds": 0}]},
        {"shots": [{"seconds": 1000}, {"seconds": 801}]},
        {"shots": [{"caption": "x" * 10_001}]},
        {"shots": [{}], "aspect_ratio": "wide"},
        {"shots": [{}], "aspect_ratio": "0:1"},
        {"shots": [{}], "size": 4000},
    ],
)
def test_wrong_inputs_are_refused(wrong):
    with pytest.raises(ValidationError):
        AnimaticInput.model_validate(wrong)
