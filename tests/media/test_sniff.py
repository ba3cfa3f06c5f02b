import pytest

from boards.adapters.media.sniff import sniff
from tests.media.files import picture, tensors

FTYP = b"\x00\x00\x00\x18ftyp"

HEADS = {
    "png": picture("PNG"),
    "jpg": picture("JPEG"),
    "gif": picture("GIF", mode="L"),
    "webp": picture("WEBP"),
    "avif": picture("AVIF"),
    "bmp": picture("BMP"),
    "heic": FTYP + b"heic\0\0\0\0mif1heic",
    "mp4": FTYP + b"isom\0\0\2\0isomiso2",
    "mov": FTYP + b"qt  \0\0\2\0qt  \0\0\0\0",
    "m4a": FTYP + b"M4A \0\0\2\0M4A mp42",
    "webm": b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\xf7\x81\1B\xf2\x81\4B\xf3\x81\x08B\x82\x84webm",
    "mkv": b"\x1aE\xdf\xa3\xa3B\x86\x81\1B\xf7\x81\1B\xf2\x81\4B\xf3\x81\x08B\x82\x88matroska",
    "avi": b"RIFF\0\0\1\0AVI LIST",
    "wav": b"RIFF\0\0\1\0WAVEfmt ",
    "mp3": b"\xff\xfb\x90\x64" + bytes(60),
    "ogg": b"OggS" + bytes(24) + b"\1vorbis",
    "opus": b"OggS" + bytes(24) + b"OpusHead",
    "flac": b"fLaC\0\0\0\x22",
    "aac": b"\xff\xf1\x50\x80\x02\x1f\xfc",
    "safetensors": tensors(),
    "plain": "Grüße aus dem Wald\n".encode(),
    "html": b"\xef\xbb\xbf \n<!DOCTYPE HTML><html></html>",
    # kinds that are only recognised to be refused
    "svg": b'<?xml version="1.0"?>\n<!-- made -->\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    "pickle": b"\x80\x04\x95\x10\0\0\0\0\0\0\0}",
    "zip": b"PK\x03\x04" + bytes(40),
    "pdf": b"%PDF-1.7\n\x80\x80\x80",
    "ogv": b"OggS" + bytes(24) + b"\x80theora",
}


@pytest.mark.parametrize(("name", "head"), HEADS.items(), ids=HEADS.keys())
def test_a_file_is_known_by_its_first_bytes(name: str, head: bytes) -> None:
    assert sniff(head) == name


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\x00\x01\x02\x03",
        "Ü".encode("utf-16"),
        b"caf\xe9",
        b"\xff\xfe\x47\x00\x72\x00\x52\x00\x52\x00",
        b"RIFF\0\0\0\0CDDA",
    ],
)
def test_unknown_bytes_have_no_name(head: bytes) -> None:
    assert sniff(head) is None


@pytest.mark.parametrize(
    "text",
    ["BMW drives", "MZ is two letters", "%!", "ID3 tags are in mp3 files", "Rar!", "OTTO",
     "# heading\n<script>alert(1)</script>", "{\"a\": 1}", "fLac"],
)  # fmt: skip
def test_words_that_look_like_signatures_are_text(text: str) -> None:
    assert sniff(text.encode()) == "plain"


def test_a_head_that_ends_inside_a_character_is_text() -> None:
    assert sniff(("x" * 8191 + "ü").encode()[:8192]) == "plain"


@pytest.mark.parametrize("text", ["<svg onload=alert(1)>", "<!-- x --><svg>", " \n<SVG/>"])
def test_svg_is_found_behind_what_may_come_before_it(text: str) -> None:
    assert sniff(text.encode()) == "svg"
