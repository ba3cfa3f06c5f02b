"""Recipes in files: they are found again, and everything else stays as it was."""

import struct
import zlib
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image, PngImagePlugin

from boards.adapters.media.embedding.files import embedded, texts_in
from boards.adapters.media.manifests import carries_manifest
from boards.adapters.media.probe import probe
from boards.domain.provenance import DigitalSource, Recipe, load_recipe
from tests.media.files import chunk, picture
from tests.provenance.samples import file_of, put_together, recipe, signed

PICTURES = ["png", "jpg", "webp", "webp lossless", "webp extended"]
NEED_AV = ["mp4", "mov", "m4a", "mp3"]
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
ALL = [*PICTURES, "wav", *NEED_AV]


def with_recipe(data: bytes, name: str, which: Recipe | None = None) -> bytes | None:
    parts = embedded(BytesIO(data), len(data), name.split(maxsplit=1)[0], which or recipe())
    return None if parts is None else put_together(parts, data)


def sample(name: str, folder: Path) -> bytes:
    if name in NEED_AV:
        pytest.importorskip("av")
    return file_of(name, folder)


@pytest.mark.parametrize("name", ALL)
class TestEachFormat:
    def test_the_recipe_is_found_again(self, tmp_path: Path, name: str) -> None:
        made = with_recipe(sample(name, tmp_path), name)
        assert made is not None
        path = tmp_path / "with"
        path.write_bytes(made)
        assert load_recipe(texts_in(path)["boards_recipe"]) == recipe()

    def test_the_file_is_otherwise_the_same(self, tmp_path: Path, name: str) -> None:
        data = sample(name, tmp_path)
        before, after = tmp_path / "before", tmp_path / "after"
        before.write_bytes(data)
        after.write_bytes(with_recipe(data, name) or b"")
        assert probe(after) == probe(before)
        if name in PICTURES:
            with Image.open(before) as one, Image.open(after) as other:
                assert one.convert("RGBA").tobytes() == other.convert("RGBA").tobytes()

    def test_the_kind_of_source_is_said_in_the_words_of_the_iptc(
        self, tmp_path: Path, name: str
    ) -> None:
        made = with_recipe(sample(name, tmp_path), name)
        assert made is not None
        uri = DigitalSource.TRAINED.uri
        assert any(uri.encode(code) in made for code in ("utf-8", "utf-16-le"))


class TestPictures:
    def test_others_read_the_parameters_of_a_png(self, tmp_path: Path) -> None:
        made = with_recipe(picture("PNG"), "png")
        with Image.open(BytesIO(made or b"")) as image:
            image.load()
            text = image.text["parameters"]  # type: ignore[attr-defined]
        prompt, settings = text.splitlines()
        assert prompt == 'ein Füchslein 🦊 <b> & "co"'
        assert settings.startswith("Steps: 20, CFG scale: 3.5, Seed: 7, Size: 64x48, ")
        assert settings.endswith("Model: fal-ai/flux, Version: Boards 1.0")

    @pytest.mark.parametrize("name", ["png", "jpg", "webp"])
    def test_others_read_the_xmp(self, name: str) -> None:
        made = with_recipe(picture("JPEG" if name == "jpg" else name.upper()), name)
        with Image.open(BytesIO(made or b"")) as image:
            image.load()
            xmp = image.info["xmp" if name != "png" else "XML:com.adobe.xmp"]
        text = xmp.encode() if isinstance(xmp, str) else xmp
        [said] = ET.fromstring(text).iter(f"{RDF}Description")
        assert said.get(f"{IPTC}DigitalSourceType") == DigitalSource.TRAINED.uri
        assert said.get(f"{IPTC}AISystemUsed") == "fal/fal-ai/flux"
        assert load_recipe(said.findtext("{urn:boards:recipe:1}recipe") or "") == recipe()

    def test_what_a_png_says_already_stays(self, tmp_path: Path) -> None:
        info = PngImagePlugin.PngInfo()
        info.add_text("parameters", "theirs")
        made = with_recipe(picture("PNG", pnginfo=info), "png")
        path = tmp_path / "a"
        path.write_bytes(made or b"")
        assert texts_in(path)["parameters"] == "theirs"
        assert load_recipe(texts_in(path)["boards_recipe"]) == recipe()

    @pytest.mark.parametrize("name", ["jpg", "webp"])
    def test_xmp_of_its_own_is_not_mixed_with_ours(self, name: str) -> None:
        format = "JPEG" if name == "jpg" else "WEBP"
        data = picture(format, xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
        assert with_recipe(data, name) is None

    def test_of_a_recipe_too_long_for_a_jpeg_the_kind_of_source_goes_in(self) -> None:
        made = with_recipe(picture("JPEG"), "jpg", recipe(inputs={"prompt": "x" * 70_000}))
        assert made is not None
        assert b"DigitalSourceType" in made
        assert b"boards:recipe>" not in made
        Image.open(BytesIO(made)).load()

    def test_exif_of_a_jpeg_stays_first(self) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        made = with_recipe(picture("JPEG", exif=exif), "jpg")
        with Image.open(BytesIO(made or b"")) as image:
            assert image.getexif()[0x0112] == 6


class TestSounds:
    def test_a_tag_that_is_there_is_kept(self, tmp_path: Path) -> None:
        pytest.importorskip("av")
        data = file_of("mp3", tmp_path)
        assert data.startswith(b"ID3")
        frames = data[
            10 : 10 + sum(b << s for b, s in zip(data[6:10], (21, 14, 7, 0), strict=True))
        ]
        made = with_recipe(data, "mp3")
        assert made is not None
        assert frames in made

    def test_a_wave_file_that_does_not_say_its_length_is_left_alone(self, tmp_path: Path) -> None:
        data = bytearray(file_of("wav", tmp_path))
        data[4:8] = b"\xff\xff\xff\xff"
        assert with_recipe(bytes(data), "wav") is None


@pytest.mark.parametrize("name", ["png", "jpg", "webp", "wav", "mp4", "m4a", "mp3"])
def test_a_manifest_is_seen_where_it_is(tmp_path: Path, name: str) -> None:
    data = sample(name, tmp_path)
    path = tmp_path / "a"
    path.write_bytes(data)
    assert carries_manifest(path, name) is False
    path.write_bytes(signed(name, data))
    assert carries_manifest(path, name) is True


@pytest.mark.parametrize("name", ["gif", "bmp"])
def test_other_formats_have_no_place(tmp_path: Path, name: str) -> None:
    assert with_recipe(file_of(name, tmp_path), name) is None


class TestOthersFiles:
    def test_the_comment_of_a_jpeg_is_read(self, tmp_path: Path) -> None:
        exif = Image.Exif()
        text = "a fox\nSteps: 20, Seed: 1"
        exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + text.encode("utf-16-be")
        path = tmp_path / "a"
        path.write_bytes(picture("JPEG", exif=exif))
        assert texts_in(path)["parameters"] == text

    def test_a_text_bomb_is_not_unpacked(self, tmp_path: Path) -> None:
        data = picture("PNG")
        bomb = chunk(b"zTXt", b"parameters\0\0" + zlib.compress(bytes(50 * 2**20)))
        path = tmp_path / "a"
        path.write_bytes(data[:33] + bomb + data[33:])
        assert texts_in(path) == {}

    @pytest.mark.parametrize(
        "data",
        [
            b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 2**31) + b"tEXt",
            b"\xff\xd8\xff\xe1\xff\xff",
            b"RIFF\xff\xff\xff\xffWEBPXMP \xff\xff\xff\xff",
            b"RIFF\x40\0\0\0WAVELIST\xff\0\0\0INFOICMT\xff\xff\xff\xff",
            b"ID3\x04\0\0\x7f\x7f\x7f\x7fTXXX\x7f\x7f\x7f\x7f\0\0\x03",
            b"\0\0\0\x18ftypisom\0\0\2\0isomiso2\0\0\0\x18uuid",
            b"\xff\xd8\xff\xe1\0\x10Exif\0\0II*\0\xff\xff\xff\xff",
            b'{"schema": ' * 20_000,
        ],
    )
    def test_a_damaged_file_says_nothing(self, tmp_path: Path, data: bytes) -> None:
        path = tmp_path / "a"
        path.write_bytes(data)
        assert texts_in(path) == {}
