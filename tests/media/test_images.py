import io
import time
from pathlib import Path

import pytest
from PIL import Image

from boards.adapters.media.probe import check_upload, probe
from boards.domain.artifacts import ArtifactType
from boards.errors import InvalidInput, TooLarge, Unsupported
from tests.media.files import chunk, picture, png_header_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


@pytest.mark.parametrize("name", ["png", "jpg", "webp", "gif", "avif", "bmp"])
def test_a_picture_is_measured(path: Path, name: str) -> None:
    path.write_bytes(picture("JPEG" if name == "jpg" else name, (64, 48)))
    facts = probe(path)
    assert (facts.format, facts.width, facts.height) == (name, 64, 48)
    assert facts.mime == f"image/{'jpeg' if name == 'jpg' else name}"
    assert facts.artifact_type is ArtifactType.IMAGE
    assert facts.has_alpha is False
    assert facts.duration is None


@pytest.mark.parametrize("name", ["png", "webp"])
def test_transparency_is_seen(path: Path, name: str) -> None:
    path.write_bytes(picture(name, mode="RGBA"))
    assert probe(path).has_alpha is True


def test_a_picture_on_its_side_is_measured_upright(path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path.write_bytes(picture("JPEG", (64, 48), exif=exif))
    facts = probe(path)
    assert (facts.width, facts.height) == (48, 64)


def test_an_empty_file_is_refused(path: Path) -> None:
    path.touch()
    with pytest.raises(InvalidInput, match="is empty"):
        probe(path)


@pytest.mark.parametrize("name", ["png", "jpg", "webp", "gif", "avif", "bmp"])
@pytest.mark.parametrize("part", [0.5, 0.95])
def test_a_truncated_image_is_refused(path: Path, name: str, part: float) -> None:
    whole = picture("JPEG" if name == "jpg" else name, (200, 150))
    path.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(InvalidInput, match="damaged or cut off"):
        probe(path)


@pytest.mark.parametrize("length", [8, 9, 20, 33, 40])
def test_a_picture_cut_off_in_its_header_is_refused(path: Path, length: int) -> None:
    path.write_bytes(picture("PNG")[:length])
    with pytest.raises(InvalidInput):
        probe(path)


def test_a_wrong_checksum_is_refused(path: Path) -> None:
    data = bytearray(picture("PNG", (200, 150)))
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(InvalidInput):
        probe(path)


class TestBombs:
    @pytest.mark.parametrize(
        ("width", "height"),
        [(20_000, 20_000), (10_001, 10_000), (2**31 - 1, 2**31 - 1), (13_000, 9000)],
    )
    def test_too_many_pixels_are_refused_by_the_header(
        self, path: Path, width: int, height: int
    ) -> None:
        path.write_bytes(png_header_of(width, height))
        begun = time.perf_counter()
        with pytest.raises((TooLarge, InvalidInput)) as refusal:
            probe(path)
        assert time.perf_counter() - begun < 20
        if width < 2**31 - 1:
            assert isinstance(refusal.value, TooLarge)
            assert "100 million pixels" in refusal.value.message

    def test_one_just_below_the_limit_is_looked_at(self, path: Path) -> None:
        path.write_bytes(png_header_of(10_000, 10_000))
        with pytest.raises(InvalidInput, match="damaged or cut off"):
            probe(path)

    def test_a_gif_that_grows_beyond_its_screen_is_refused(self, path: Path) -> None:
        data = bytearray(picture("GIF", (10, 10), mode="L"))
        at = data.index(b"\x2c" + bytes(4) + b"\x0a\x00\x0a\x00")
        data[at + 5 : at + 9] = (60_000).to_bytes(2, "little") * 2
        path.write_bytes(data)
        with pytest.raises((TooLarge, InvalidInput)):
            probe(path)

    def test_the_frames_of_an_animation_are_not_walked(self, path: Path) -> None:
        frame = Image.new("P", (2, 2))
        out = io.BytesIO()
        frame.save(out, "GIF", save_all=True, append_images=[frame], duration=[9, 9])
        data = out.getvalue()
        start = data.index(b"\x21\xf9")
        body = data[start:-1]
        path.write_bytes(data[:start] + body * 200_000 + b";")
        begun = time.perf_counter()
        facts = probe(path)
        assert (facts.width, facts.height) == (2, 2)
        assert time.perf_counter() - begun < 20

    def test_a_text_that_unfolds_without_end_is_refused(self, path: Path) -> None:
        import zlib

        bomb = b"comment\x00\x00" + zlib.compress(bytes(80_000_000))
        whole = picture("PNG")
        path.write_bytes(whole[:33] + chunk(b"zTXt", bomb) + whole[33:])
        with pytest.raises(InvalidInput):
            probe(path)


class TestDisguises:
    def test_a_name_means_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "../looks/../like.mp4".replace("/", "_")
        path.write_bytes(picture("PNG"))
        assert probe(path).format == "png"

    def test_html_named_png_is_no_picture(self, tmp_path: Path) -> None:
        path = tmp_path / "picture.png"
        path.write_bytes(b"<html><script>alert(1)</script></html>")
        with pytest.raises(InvalidInput, match="'html', which is text, not image"):
            check_upload(path, ArtifactType.IMAGE)

    def test_html_behind_a_pictures_first_bytes_is_damaged(self, path: Path) -> None:
        path.write_bytes(b"GIF89a/*<html><script>alert(1)</script>*/")
        with pytest.raises(InvalidInput, match="damaged"):
            check_upload(path, ArtifactType.IMAGE)

    @pytest.mark.parametrize("declared", [ArtifactType.IMAGE, ArtifactType.TEXT, None])
    def test_svg_is_unsupported(self, path: Path, declared: ArtifactType | None) -> None:
        path.write_text('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')
        with pytest.raises(Unsupported, match="can carry scripts"):
            check_upload(path, declared)

    def test_a_picture_is_no_video(self, path: Path) -> None:
        path.write_bytes(picture("PNG"))
        with pytest.raises(InvalidInput, match="which is image, not video"):
            check_upload(path, ArtifactType.VIDEO)
        assert check_upload(path, ArtifactType.IMAGE).format == "png"
        assert check_upload(path, None).format == "png"

    def test_a_format_without_a_decoder_says_what_to_do(self, path: Path) -> None:
        path.write_bytes(b"\x00\x00\x00\x18ftypheic\0\0\0\0mif1heic" + bytes(100))
        with pytest.raises(Unsupported, match="save it as PNG or JPEG"):
            probe(path)

    def test_the_message_never_shows_where_the_file_lies(self, path: Path) -> None:
        path.write_bytes(picture("PNG")[:100])
        with pytest.raises(InvalidInput) as refusal:
            probe(path)
        assert str(path) not in refusal.value.message
