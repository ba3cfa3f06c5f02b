import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from boards.adapters.media.probe import probe
from boards.adapters.media.thumbnails import thumbnail
from boards.domain.artifacts import MediaFacts
from boards.errors import InvalidInput
from tests.media.files import film, picture, tone


def opened(made: bytes | None) -> Image.Image:
    assert made is not None
    image = Image.open(BytesIO(made))
    image.load()
    return image


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "GIF", "AVIF", "BMP"])
def test_a_picture_becomes_a_small_webp(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(picture(name, (1600, 800)))
    image = opened(thumbnail(path, probe(path)))
    assert (image.format, image.size, image.mode) == ("WEBP", (512, 256), "RGB")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_pictures_of_every_mode_can_be_shown(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(picture("PNG", (80, 60), mode=mode))
    image = opened(thumbnail(path, probe(path), max_edge=40))
    assert image.size == (40, 30)
    assert image.mode == ("RGBA" if mode in {"LA", "RGBA"} else "RGB")


def test_cmyk_becomes_rgb(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(picture("JPEG", (80, 60), mode="CMYK"))
    assert opened(thumbnail(path, probe(path))).mode == "RGB"


def test_sixteen_bits_are_not_clipped_to_white(tmp_path: Path) -> None:
    path = tmp_path / "a"
    Image.new("I;16", (8, 8), 32768).save(path, "PNG")
    pixel = opened(thumbnail(path, probe(path))).getpixel((4, 4))
    assert isinstance(pixel, tuple)
    assert 120 < pixel[0] < 136


def test_a_small_picture_is_not_blown_up(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(picture("PNG", (30, 20)))
    assert opened(thumbnail(path, probe(path))).size == (30, 20)


def test_a_thumbnail_is_upright_and_carries_no_exif(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "where I live"
    path = tmp_path / "a"
    path.write_bytes(picture("JPEG", (1600, 800), exif=exif))
    made = thumbnail(path, probe(path))
    assert opened(made).size == (256, 512)
    assert made is not None
    assert b"where I live" not in made
    assert not opened(made).getexif()


def test_a_damaged_picture_has_no_thumbnail(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(picture("PNG", (200, 100))[:2000])
    with pytest.raises(InvalidInput):
        thumbnail(path, MediaFacts(format="png", mime="image/png"))


def test_a_sound_has_no_thumbnail(tmp_path: Path) -> None:
    path = tone(tmp_path / "a")
    assert thumbnail(path, probe(path)) is None


class TestPosters:
    def test_a_video_shows_its_first_second(self, tmp_path: Path) -> None:
        pytest.importorskip("av")
        path = film(tmp_path / "a.mp4", seconds=4)
        image = opened(thumbnail(path, probe(path), max_edge=32))
        assert image.size == (32, 24)
        pixel = image.convert("RGB").getpixel((16, 12))
        assert isinstance(pixel, tuple)
        assert pixel[0] > 200
        assert pixel[2] < 60

    def test_without_pyav_a_video_has_no_poster(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pytest.importorskip("av")
        path = film(tmp_path / "a.mp4")
        monkeypatch.setitem(sys.modules, "av", None)
        assert thumbnail(path, probe(path)) is None
