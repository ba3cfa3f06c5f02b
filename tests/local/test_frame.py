"""One picture of a video: the one at that time, not the key frame before it."""

import pytest
from pydantic import ValidationError

from boards.adapters.providers.local.frame import FrameInput, LocalFrame, render_still
from boards.errors import InvalidInput
from boards.generators.artifacts import VideoArtifact
from tests.local.conftest import Run
from tests.local.films import GREYS, film, tone
from tests.local.pictures import picture

VIDEO = VideoArtifact(generation_id="g", format="mp4", storage_url="f", width=1, height=1)


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    return film(tmp_path_factory.mktemp("film") / "v", seconds=5)


def grey(image) -> int:
    """The grey at the right edge, which nothing darkens."""
    return image.convert("L").getpixel((62, 24))


@pytest.mark.parametrize(
    ("time", "at"), [(0, 0.0), (0.05, 0.1), (1.5, 1.5), (3.3, 3.3), (4.9, 4.9), (99, 4.9)]
)
def test_the_picture_at_a_time_is_the_one_shown_then(video, time, at):
    image, found = render_still(str(video), "time", time)

    assert found == pytest.approx(at)
    assert abs(grey(image) - GREYS[int(at)]) <= 3


@pytest.mark.parametrize(("at", "second"), [("first", 0), ("last", 4)])
def test_first_and_last(video, at, second):
    image, found = render_still(str(video), at, 2.0)

    assert found == pytest.approx(0.0 if at == "first" else 4.9)
    assert abs(grey(image) - GREYS[second]) <= 3


async def test_makes_an_image_and_tells_its_time(make: Run, video):
    ran = await make(LocalFrame(), {"video": "v", "time": 2.25}, v=video)

    assert picture(ran.primary.data).size == (64, 48)
    assert ran.metadata == {"time": 2.3}


def test_a_sound_has_no_picture(tmp_path):
    (tmp_path / "a").write_bytes(tone(1))

    with pytest.raises(InvalidInput, match="no video in it"):
        render_still(str(tmp_path / "a"), "first", 0)


def test_a_truncated_video_is_refused(tmp_path, video):
    data = video.read_bytes()
    (tmp_path / "v").write_bytes(data[: len(data) // 8])

    with pytest.raises(InvalidInput, match="'video'"):
        render_still(str(tmp_path / "v"), "last", 0)


@pytest.mark.parametrize("wrong", [{"at": "middle"}, {"time": -1}, {"time": "nan"}])
def test_wrong_inputs_are_refused(wrong):
    with pytest.raises(ValidationError):
        FrameInput.model_validate({"video": VIDEO, **wrong})
