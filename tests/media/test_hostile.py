"""Files that somebody made to do harm, each by its name: refused, or looked into within bounds.

A bound is a bound of time and of memory: what is measured is generous, and far below what each file
would take if it were believed.
"""

import gzip
import io
import pickle
import resource
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from boards.adapters.media.boxes import box_facts
from boards.adapters.media.gifs import MAX_BLOCKS, animation
from boards.adapters.media.probe import previews, probe
from boards.adapters.media.waveforms import wave_peaks
from boards.domain.artifacts import ArtifactType, MediaFacts
from boards.errors import BoardsError, InvalidInput, TooLarge, Unsupported
from tests.media.files import chunk, film, picture, png_header_of, tone

SECONDS = 60.0
MEGABYTES = 300


@contextmanager
def bounded() -> Iterator[None]:
    """Fail when what happens inside takes too long or too much memory."""
    started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert time.monotonic() - started < SECONDS
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    unit = 2**20 if sys.platform == "darwin" else 2**10
    assert grown / unit < MEGABYTES


def looked_into(path: Path) -> MediaFacts | BoardsError:
    """Probe a file and make its previews, as the server does; give the facts or the refusal."""
    with bounded():
        try:
            facts = probe(path)
            previews(path, facts)
        except BoardsError as refusal:
            return refusal
        return facts


def is_refused_or(seen: MediaFacts | BoardsError, **facts: object) -> bool:
    """Tell whether a file was taken for damaged, or for what it is."""
    if isinstance(seen, InvalidInput):
        return True
    return all(getattr(seen, name) == value for name, value in facts.items())


def jpeg_with_exif(exif: bytes) -> bytes:
    body = b"Exif\0\0" + exif
    data = picture("JPEG")
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[2:]


def png_with(*chunks: bytes) -> bytes:
    data = picture("PNG")
    return data[:33] + b"".join(chunks) + data[33:]


def png_that_unpacks_to_much_more() -> bytes:
    header = struct.pack(">IIBBBBB", 64, 48, 8, 2, 0, 0, 0)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(bytes(2**20)) for _ in range(500)) + packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(10**7))
    return out.getvalue()


def exif_that_points_at_itself() -> bytes:
    # One entry, the Exif directory, at the offset of the directory that it stands in.
    return b"II*\0\x08\0\0\0" + struct.pack("<HHHIII", 1, 0x8769, 4, 1, 8, 8)


def exif_with_endless_counts() -> bytes:
    entries = b"".join(struct.pack("<HHII", 0x9000 + n, 5, 2**32 - 1, 8) for n in range(500))
    return b"II*\0\x08\0\0\0" + struct.pack("<H", 500) + entries + bytes(4)


class TestDecompressionBombs:
    @pytest.mark.parametrize("size", [(100_000, 100_000), (2**31 - 1, 2**31 - 1), (100_000, 1001)])
    def test_a_png_of_100000_pixels_in_both_directions(
        self, tmp_path: Path, size: tuple[int, int]
    ) -> None:
        path = tmp_path / "a"
        path.write_bytes(png_header_of(*size))
        assert isinstance(looked_into(path), TooLarge)

    def test_a_png_of_100000_pixels_in_one_direction_is_shown_as_a_line(
        self, tmp_path: Path
    ) -> None:
        path = tmp_path / "a"
        Image.new("L", (100_000, 10)).save(path, "PNG")
        with bounded():
            large = previews(path, probe(path)).large
        assert large is not None
        assert Image.open(io.BytesIO(large)).size == (1024, 1)

    def test_a_png_whose_data_unpacks_to_500_megabytes(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        path.write_bytes(png_that_unpacks_to_much_more())
        seen = looked_into(path)
        assert is_refused_or(seen, width=64, height=48)

    @pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
    def test_a_png_whose_text_unpacks_to_200_megabytes(self, tmp_path: Path, kind: bytes) -> None:
        packed = zlib.compress(bytes(200 * 2**20))
        head = b"a\0\1\0\0\0" if kind == b"iTXt" else b"a\0\0"
        path = tmp_path / "a"
        path.write_bytes(png_with(chunk(kind, head + packed)))
        seen = looked_into(path)
        assert is_refused_or(seen, format="png")

    def test_a_picture_whose_file_is_larger_than_any_picture(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        with path.open("wb") as file:
            file.write(picture("WEBP"))
            file.truncate(300 * 2**20)
        assert isinstance(looked_into(path), TooLarge)


class TestExifBombs:
    @pytest.mark.parametrize(
        "exif",
        [
            exif_that_points_at_itself(),
            exif_with_endless_counts(),
            b"II*\0\xff\xff\xff\xff",
            b"MM\0*" + bytes(60_000),
        ],
        ids=["points at itself", "endless counts", "points outside", "zeros"],
    )
    def test_exif_that_leads_nowhere(self, tmp_path: Path, exif: bytes) -> None:
        path = tmp_path / "a"
        path.write_bytes(jpeg_with_exif(exif))
        seen = looked_into(path)
        assert is_refused_or(seen, width=64, height=48)

    @pytest.mark.parametrize(("count", "length"), [(10_000, 4090), (400, 65_000)])
    def test_exif_in_very_many_segments(self, tmp_path: Path, count: int, length: int) -> None:
        data = picture("JPEG")
        segment = b"\xff\xe1" + struct.pack(">H", length) + b"Exif\0\0" + bytes(length - 8)
        path = tmp_path / "a"
        path.write_bytes(data[:2] + segment * count + data[2:])
        assert isinstance(looked_into(path), TooLarge)

    def test_as_much_exif_as_is_allowed(self, tmp_path: Path) -> None:
        data = picture("JPEG")
        segment = b"\xff\xe1\xff\xff" + b"Exif\0\0" + bytes(65_527)
        path = tmp_path / "a"
        path.write_bytes(data[:2] + segment * 250 + data[2:])
        assert not isinstance(looked_into(path), TooLarge)


def test_a_jpeg_drawn_in_a_thousand_scans(tmp_path: Path) -> None:
    data = picture("JPEG", (2000, 2000), progressive=True)
    start = data.rindex(b"\xff\xda")
    scan = data[start:-2]
    path = tmp_path / "a"
    path.write_bytes(data[:-2] + scan * 1000 + data[-2:])
    assert isinstance(looked_into(path), TooLarge)
    path.write_bytes(data)
    assert isinstance(looked_into(path), MediaFacts)


class TestPolyglots:
    def test_a_gif_that_is_a_script(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        path.write_bytes(b"GIF89a/*" + bytes(20) + b"*/=1;alert(document.domain)//")
        assert isinstance(looked_into(path), InvalidInput)

    def test_a_whole_gif_with_a_script_behind_it_leaves_nothing_of_it_in_its_pictures(
        self, tmp_path: Path
    ) -> None:
        path = tmp_path / "a"
        path.write_bytes(picture("GIF", mode="L") + b"*/=1;alert(1)//")
        made = previews(path, probe(path))
        assert made.small is not None
        assert b"alert" not in made.small

    @pytest.mark.parametrize("payload", [b"<script>alert(1)</script>", zipped()])
    def test_a_png_with_a_page_or_an_archive_in_it(self, tmp_path: Path, payload: bytes) -> None:
        path = tmp_path / "a"
        path.write_bytes(png_with(chunk(b"tEXt", b"Comment\0" + payload[:200])) + payload)
        facts = probe(path)
        assert facts.format == "png"
        made = previews(path, facts)
        for each in (made.small, made.medium, made.large):
            assert each is not None
            assert b"script" not in each
            assert b"PK\x03\x04" not in each

    def test_a_pdf_that_is_an_archive(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        path.write_bytes(b"%PDF-1.7\n\x80\x80\n" + zipped())
        assert isinstance(looked_into(path), Unsupported)

    def test_a_page_that_calls_itself_a_picture(self, tmp_path: Path) -> None:
        path = tmp_path / "cat.png"
        path.write_bytes(b"<!-- PNG --><html><script>alert(1)</script>")
        seen = looked_into(path)
        assert isinstance(seen, MediaFacts)
        assert seen.artifact_type is ArtifactType.TEXT


class TestEndlessGifs:
    def test_a_gif_with_more_frames_than_anybody_waits_for(self, tmp_path: Path) -> None:
        frame = b"\x21\xf9\x04\0\x01\0\0\0" + b"\x2c\0\0\0\0\x01\0\x01\0\0" + b"\x02\x02\x44\x01\0"
        screen = b"GIF89a\x01\0\x01\0\x80\0\0" + b"\0\0\0\xff\xff\xff"
        loop = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
        path = tmp_path / "a"
        path.write_bytes(screen + loop + frame * 600_000 + b";")
        assert not animation(path).is_whole
        seen = looked_into(path)
        assert isinstance(seen, MediaFacts)
        assert (seen.format, seen.frames) == ("gif", None)

    def test_one_block_of_endless_parts(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        path.write_bytes(b"GIF89a\x01\0\x01\0\0\0\0\x21\xfe" + b"\x01a" * (MAX_BLOCKS + 10))
        with bounded():
            assert not animation(path).is_whole

    def test_the_frames_of_a_usual_one_are_counted(self, tmp_path: Path) -> None:
        frames = [Image.new("L", (8, 8), shade) for shade in (0, 90, 180, 250)]
        path = tmp_path / "a"
        frames[0].save(path, "GIF", save_all=True, append_images=frames[1:], duration=250, loop=0)
        seen = probe(path)
        assert (seen.frames, seen.duration, seen.fps) == (4, 1.0, 4.0)


class TestLongFilms:
    @pytest.fixture
    def long(self, tmp_path: Path) -> Path:
        """A second of film whose headers say that it lasts ten hours."""
        pytest.importorskip("av")
        path = film(tmp_path / "a.mp4", seconds=1.0)
        data = bytearray(path.read_bytes())
        at = data.index(b"mvhd") + 4
        (scale,) = struct.unpack_from(">I", data, at + 12)
        struct.pack_into(">I", data, at + 16, scale * 36_000)
        path.write_bytes(data)
        return path

    def test_a_film_of_ten_hours_by_its_header(self, long: Path) -> None:
        seen = looked_into(long)
        assert isinstance(seen, MediaFacts)
        assert seen.format == "mp4"
        assert box_facts(long, "mp4").duration == 36_000

    def test_a_sound_of_ten_hours_by_its_header(self, tmp_path: Path) -> None:
        data = bytearray(tone(tmp_path / "a.wav", seconds=0.5).read_bytes())
        struct.pack_into("<I", data, 40, 2**32 - 10)
        path = tmp_path / "a"
        path.write_bytes(data)
        seen = looked_into(path)
        assert isinstance(seen, MediaFacts)
        assert seen.duration == 0.5

    def test_a_sound_of_ten_hours_in_truth(self, tmp_path: Path) -> None:
        data = tone(tmp_path / "a.wav", rate=8000, channels=1).read_bytes()
        size = 36_000 * 8000 * 2
        path = tmp_path / "a"
        with path.open("wb") as file:
            file.write(data[:4] + struct.pack("<I", 36 + size) + data[8:40])
            file.write(struct.pack("<I", size))
            file.truncate(44 + size)
        with bounded():
            peaks = wave_peaks(path)
        assert peaks is not None
        assert (peaks[0], len(peaks[1])) == (36_000, 500)


class TestBoxes:
    def test_boxes_nested_without_end(self, tmp_path: Path) -> None:
        inner = b""
        for _ in range(5000):
            inner = struct.pack(">I", len(inner) + 8) + b"trak" + inner
        moov = struct.pack(">I", len(inner) + 8) + b"moov" + inner
        path = tmp_path / "a"
        path.write_bytes(b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + moov)
        with bounded(), pytest.raises(TooLarge, match="nests them deeper"):
            box_facts(path, "mp4")
        assert isinstance(looked_into(path), InvalidInput | TooLarge)

    def test_a_million_boxes_of_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        path.write_bytes(b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + b"\0\0\0\x08free" * 10**6)
        assert isinstance(looked_into(path), TooLarge)

    @pytest.mark.parametrize("length", [2**32 - 1, 0, 7, 1])
    def test_a_box_of_an_impossible_length(self, tmp_path: Path, length: int) -> None:
        path = tmp_path / "a"
        path.write_bytes(
            b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + struct.pack(">I", length) + b"moov" + bytes(9)
        )
        assert isinstance(looked_into(path), InvalidInput)


def torch_checkpoint() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"lora": 1}))
    return out.getvalue()


REFUSED: dict[str, Callable[[], bytes]] = {
    "svg with a script": lambda: (
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
    ),
    "svg behind a long comment": lambda: b"<!-- " + b"x" * 3000 + b" --><svg onload='alert(1)'/>",
    "pickled LoRA": lambda: pickle.dumps({"lora": [1.0]}),
    "LoRA as a checkpoint of PyTorch": torch_checkpoint,
    "zip": zipped,
    "gzip": lambda: gzip.compress(b"a" * 100),
    "7z": lambda: b"7z\xbc\xaf\x27\x1c" + bytes(40),
    "rar": lambda: b"Rar!\x1a\x07\x01\0" + bytes(40),
    "program": lambda: b"\x7fELF\x02\x01\x01" + bytes(60),
    "program of Windows": lambda: b"MZ" + bytes(100),
    "flash": lambda: b"FWS\x09" + bytes(60),
    "heic": lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40),
}


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_never_opened(tmp_path: Path, make: Callable[[], bytes]) -> None:
    path = tmp_path / "innocent.png"
    path.write_bytes(make())
    assert isinstance(looked_into(path), Unsupported)
