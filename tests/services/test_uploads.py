"""Uploads: the bytes decide, the name only shows, and nothing stays of what is refused."""

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from io import BytesIO

import pytest
from PIL import Image

from boards.domain.artifacts import ArtifactType
from boards.domain.generations import Status
from boards.errors import BoardsError, InvalidInput, NotFound, StorageError, TooLarge, Unsupported
from boards.ids import new_id
from boards.outbound.client import GuardedClient
from boards.services.generations import GenerationQuery
from boards.services.submit import SubmitRequest
from boards.services.uploads import UploadWords, display_name
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


class TestSentAgain:
    async def test_under_one_key_the_same_file_is_one_generation(self, studio: Studio) -> None:
        first, again = [
            await studio.uploads.upload(
                studio.actor, source=tiny_png(), filename="a.png", key="key"
            )
            for _ in range(2)
        ]
        assert again.id == first.id
        page = await studio.generations.list(studio.actor, GenerationQuery(), limit=10, cursor=None)
        assert len(page.items) == 1

    async def test_at_the_same_time_too(self, studio: Studio) -> None:
        made = await asyncio.gather(
            *(
                studio.uploads.upload(studio.actor, source=tiny_png(), filename=None, key="key")
                for _ in range(4)
            )
        )
        assert len({one.id for one in made}) == 1
        kept = [one.key async for one in studio.storage.list()]
        assert len(kept) == 1

    async def test_another_file_needs_another_key(self, studio: Studio) -> None:
        await studio.uploads.upload(studio.actor, source=tiny_png(), filename=None, key="key")
        for changed in ({"source": tiny_png(1)}, {"filename": "b.png"}):
            sent = {"source": tiny_png(), "filename": None, **changed}
            with pytest.raises(InvalidInput, match="new key"):
                await studio.uploads.upload(studio.actor, key="key", **sent)  # type: ignore[arg-type]

    async def test_a_job_and_an_upload_cannot_share_a_key(self, studio: Studio) -> None:
        request = SubmitRequest(generator="fake-paid", inputs={"prompt": "a boat"}, key="key")
        await studio.submit.submit(studio.actor, request)
        with pytest.raises(InvalidInput, match="new key"):
            await studio.uploads.upload(studio.actor, source=tiny_png(), filename=None, key="key")


@dataclass
class Page:
    """A server on this machine that gives one answer to everything."""

    body: bytes
    heard: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[tuple[str, GuardedClient]]:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.heard.append((await reader.readuntil(b"\r\n\r\n")).decode())
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(self.body)}\r\n"
            writer.write(f"{head}Content-Type: image/png\r\nConnection: close\r\n\r\n".encode())
            writer.write(self.body)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, GuardedClient(allow=frozenset({("127.0.0.1", port)})) as client:
            yield f"http://127.0.0.1:{port}", client


class TestByAddress:
    async def test_what_is_fetched_is_taken_by_its_bytes_and_named_as_in_its_address(
        self, studio: Studio
    ) -> None:
        page = Page(body=photo())
        async with page.open() as (base, client):
            uploads = replace(studio.uploads, client=client)
            words = UploadWords(declared_type=ArtifactType.IMAGE)
            first, again = [
                await uploads.upload_from_url(
                    studio.actor, f"{base}/a/gr%C3%BCn.jpg?size=2", words, key="key"
                )
                for _ in range(2)
            ]
        assert first.input_params == {"filename": "grün.jpg"}
        assert first.file is not None
        assert first.file.facts.format == "png"
        assert again.id == first.id
        assert len(page.heard) == 1, "what is there already is not fetched again"

    async def test_it_is_held_to_its_type_and_to_the_limit(self, studio: Studio) -> None:
        page = Page(body=b"words and no picture")
        async with page.open() as (base, client):
            uploads = replace(studio.uploads, client=client)
            with pytest.raises(InvalidInput, match="image"):
                await uploads.upload_from_url(
                    studio.actor, base, UploadWords(declared_type=ArtifactType.IMAGE)
                )
            with pytest.raises(TooLarge):
                await replace(uploads, max_bytes=5).upload_from_url(
                    studio.actor, base, UploadWords()
                )
        left = [path.name for path in studio.folder.iterdir() if "db" not in path.name]
        assert left == []

    @pytest.mark.parametrize(
        "url", ["http://127.0.0.1:9/", "http://169.254.169.254/latest", "file:///etc/passwd", "x"]
    )
    async def test_nothing_private_is_reached(self, studio: Studio, url: str) -> None:
        with pytest.raises(InvalidInput):
            await studio.uploads.upload_from_url(studio.actor, url, UploadWords())
