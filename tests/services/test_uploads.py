"""Uploads: the bytes decide, the name only shows, and nothing stays of what is refused."""

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from PIL import Image

from boards.domain.artifacts import ArtifactType
from boards.domain.generations import Status
from boards.errors import BoardsError, InvalidInput, NotFound, StorageError, TooLarge, Unsupported
from boards.ids import new_id
from boards.services.generations import GenerationQuery
from boards.services.uploads import display_name
from boards.testing.generators import tiny_png
from tests.services.studio import Studio


def photo(width: int = 300, height: int = 200) -> bytes:
    out = BytesIO()
    Image.effect_noise((width, height), 80).convert("RGB").save(out, "PNG")
    return out.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A PNG that says it is huge, in a few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + crc

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\x00" * 10_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


class TestAGoodUpload:
    async def test_it_is_a_completed_generation_with_facts_from_the_bytes(
        self, studio: Studio
    ) -> None:
        made = await studio.uploads.upload(
            studio.actor, source=photo(), filename="holiday.jpg", declared_type=ArtifactType.IMAGE
        )
        assert made.status is Status.COMPLETED
        assert made.generator_name == "user-upload-image"
        assert made.input_params == {"filename": "holiday.jpg"}
        assert made.file is not None
        facts = made.file.facts
        assert (facts.format, facts.width, facts.height) == ("png", 300, 200)
        assert await studio.storage.verify(made.file.key, made.file.sha256)

    async def test_a_parent_becomes_lineage(self, studio: Studio) -> None:
        parent = await studio.uploads.upload(studio.actor, source=tiny_png(), filename=None)
        child = await studio.uploads.upload(
            studio.actor, source=tiny_png(1), filename=None, parent_id=parent.id
        )
        lineage = await studio.generations.lineage(studio.actor, child.id)
        [node] = lineage.ancestors.branches
        assert (node.generation_id, node.role) == (parent.id, "parent")

    async def test_text_keeps_its_content(self, studio: Studio) -> None:
        made = await studio.uploads.upload(studio.actor, source="grüße".encode(), filename="a.txt")
        assert made.content == "grüße"
        assert made.artifact_type is ArtifactType.TEXT


class TestBadInput:
    async def refused(
        self,
        studio: Studio,
        error: type[BoardsError],
        match: str,
        data: bytes,
        declared: ArtifactType | None = None,
    ) -> None:
        with pytest.raises(error, match=match):
            await studio.uploads.upload(
                studio.actor, source=data, filename="x.png", declared_type=declared
            )
        page = await studio.generations.list(studio.actor, GenerationQuery(), limit=10, cursor=None)
        assert page.items == ()
        left = [path.name for path in studio.folder.iterdir() if "db" not in path.name]
        assert left == []

    async def test_an_empty_image_is_refused(self, studio: Studio) -> None:
        await self.refused(studio, InvalidInput, "empty|0 bytes|no bytes", b"")

    async def test_a_truncated_image_is_refused(self, studio: Studio) -> None:
        await self.refused(studio, InvalidInput, r"(?i)trunc|damaged|broken", photo()[:5000])

    async def test_an_image_of_20000_by_20000_pixels_is_refused_by_its_header(
        self, studio: Studio
    ) -> None:
        await self.refused(studio, TooLarge, "20000|pixels", huge_png(20_000, 20_000))

    async def test_a_text_in_an_image_slot_is_refused(self, studio: Studio) -> None:
        await self.refused(studio, InvalidInput, "image", b"words", ArtifactType.IMAGE)

    async def test_an_svg_is_refused(self, studio: Studio) -> None:
        svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
        await self.refused(studio, Unsupported, "(?i)svg", svg)

    async def test_what_is_larger_than_the_limit_is_refused_while_it_comes(
        self, studio: Studio
    ) -> None:
        sent = 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal sent
            while True:
                sent += 1
                yield b"x" * 2**20

        with pytest.raises(TooLarge, match="limit"):
            await studio.uploads.upload(studio.actor, source=endless(), filename="big")
        assert sent <= 11

    async def test_a_missing_board_and_a_missing_parent_are_not_found(self, studio: Studio) -> None:
        for board_id, parent_id in ((new_id(), None), (None, new_id())):
            with pytest.raises(NotFound):
                await studio.uploads.upload(
                    studio.actor,
                    source=tiny_png(),
                    filename=None,
                    board_id=board_id,
                    parent_id=parent_id,
                )

    async def test_a_full_disk_leaves_no_row(
        self, studio: Studio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def full(*_: object, **__: object) -> None:
            raise StorageError("The disk is full; make room.")

        monkeypatch.setattr(studio.storage, "put", full)
        await self.refused(studio, StorageError, "disk is full", tiny_png())


class TestNames:
    @pytest.mark.parametrize(
        ("given", "shown"),
        [
            ("../../etc/passwd", "passwd"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("C:\\x\\y.png", "y.png"),
            ("a\x00b\r\nc.png", "abc.png"),
            ("..", None),
            ("", None),
            (None, None),
            ("x" * 500, "x" * 200),
            ("żółć.png", "żółć.png"),
        ],
    )
    def test_a_name_is_only_shown(self, given: str | None, shown: str | None) -> None:
        assert display_name(given) == shown

    async def test_a_name_with_dots_names_no_file(self, studio: Studio) -> None:
        made = await studio.uploads.upload(
            studio.actor, source=tiny_png(), filename="../../../evil.png"
        )
        assert made.file is not None
        assert "evil" not in made.file.key
        assert ".." not in made.file.key
        assert not await asyncio.to_thread((studio.folder.parent / "evil.png").exists)
