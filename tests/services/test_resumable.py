"""Uploads in pieces: any process takes the next one, and the last makes one generation."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from boards.domain.access import TokenScope
from boards.domain.artifacts import ArtifactType
from boards.domain.generations import Status
from boards.errors import Conflict, Forbidden, InvalidInput, NotFound, TooLarge, Unsupported
from boards.services.blobs import BlobSweep
from boards.services.generations import GenerationQuery
from boards.services.resumable import MOST_UNFINISHED, Checksum
from boards.services.uploads import UploadWords
from boards.testing.generators import tiny_png
from tests.services.studio import Studio
from tests.services.test_uploads import photo

NO_WORDS = UploadWords()


async def sent(data: bytes, *, piece: int = 1000) -> AsyncIterator[bytes]:
    for at in range(0, len(data), piece):
        yield data[at : at + piece]


async def kept(studio: Studio) -> list[str]:
    """What is left in the storage after the sweep."""
    studio.clock.advance(1)
    sweep = BlobSweep(
        database=studio.database, storage=studio.storage, clock=studio.clock, grace=timedelta(0)
    )
    await sweep.sweep()
    return [one.key async for one in studio.storage.list()]


async def made(studio: Studio) -> int:
    page = await studio.generations.list(studio.actor, GenerationQuery(), limit=10, cursor=None)
    return len(page.items)


class TestAFileInPieces:
    async def test_it_becomes_one_generation_of_exactly_its_bytes(self, studio: Studio) -> None:
        data = photo()
        words = UploadWords(filename="boat.png", declared_type=ArtifactType.IMAGE)
        upload = await studio.resumable.begin(studio.actor, size=len(data), words=words)
        for start, stop in ((0, 4000), (4000, 4001), (4001, len(data))):
            # Each by another process: nothing but the database and the storage is shared.
            upload = await studio.resumable.append(
                studio.actor, upload.id, offset=start, source=sent(data[start:stop])
            )
            assert upload.received == stop
        assert upload.generation_id is not None
        generation = await studio.row(upload.generation_id)
        assert generation.file is not None
        assert generation.status is Status.COMPLETED
        assert generation.input_params == {"filename": "boat.png"}
        assert generation.file.sha256 == hashlib.sha256(data).hexdigest()
        assert await studio.ledger(generation.id) == ["hold", "settle"]
        assert await kept(studio) == [generation.file.key]
        asked = await studio.resumable.get(studio.actor, upload.id)
        assert (asked.received, asked.generation_id) == (len(data), generation.id)

    async def test_what_came_before_a_broken_connection_is_kept(self, studio: Studio) -> None:
        data = photo()
        upload = await studio.resumable.begin(studio.actor, size=len(data), words=NO_WORDS)
        await studio.resumable.append(
            studio.actor, upload.id, offset=0, source=sent(data[:1500], piece=500)
        )
        asked = await studio.resumable.get(studio.actor, upload.id)
        assert asked.received == 1500
        ended = await studio.resumable.append(
            studio.actor, upload.id, offset=1500, source=sent(data[1500:])
        )
        assert ended.generation_id is not None

    async def test_of_two_that_bring_the_same_piece_one_is_kept(self, studio: Studio) -> None:
        data = photo()
        upload = await studio.resumable.begin(studio.actor, size=len(data), words=NO_WORDS)
        for start, stop in ((0, 2000), (2000, len(data))):
            results = await asyncio.gather(
                *(
                    studio.resumable.append(
                        studio.actor, upload.id, offset=start, source=sent(data[start:stop])
                    )
                    for _ in range(3)
                ),
                return_exceptions=True,
            )
            ends = [one for one in results if not isinstance(one, BaseException)]
            refused = [one for one in results if isinstance(one, BaseException)]
            assert ends, refused
            # Those who bring the last piece are told what it became, whoever was first.
            assert len(ends) == 1 or stop == len(data)
            assert all(isinstance(one, Conflict) for one in refused)
            assert {one.received for one in ends} == {stop}
        assert await made(studio) == 1
        assert len(await kept(studio)) == 1

    async def test_a_piece_that_is_not_next_is_a_conflict(self, studio: Studio) -> None:
        upload = await studio.resumable.begin(studio.actor, size=100, words=NO_WORDS)
        for offset in (1, 50, 100):
            with pytest.raises(Conflict, match="0 of 100"):
                await studio.resumable.append(
                    studio.actor, upload.id, offset=offset, source=sent(b"x")
                )

    async def test_more_than_was_announced_is_refused_and_nothing_of_it_kept(
        self, studio: Studio
    ) -> None:
        upload = await studio.resumable.begin(studio.actor, size=100, words=NO_WORDS)
        with pytest.raises(TooLarge):
            await studio.resumable.append(
                studio.actor, upload.id, offset=0, source=sent(b"x" * 101)
            )
        assert (await studio.resumable.get(studio.actor, upload.id)).received == 0
        assert await kept(studio) == []

    async def test_what_is_no_file_of_ours_is_dropped_at_the_end(self, studio: Studio) -> None:
        data = b"\x80\x04\x95" + b"c" * 500  # as a pickle begins
        upload = await studio.resumable.begin(studio.actor, size=len(data), words=NO_WORDS)
        await studio.resumable.append(studio.actor, upload.id, offset=0, source=sent(data[:200]))
        with pytest.raises((Unsupported, InvalidInput)):
            await studio.resumable.append(
                studio.actor, upload.id, offset=200, source=sent(data[200:])
            )
        with pytest.raises(NotFound):
            await studio.resumable.get(studio.actor, upload.id)
        assert await kept(studio) == []
        assert await made(studio) == 0
        assert [one.name for one in studio.folder.iterdir() if "db" not in one.name] == []


class TestChecksums:
    async def test_a_piece_is_kept_only_if_it_comes_to_its_checksum(self, studio: Studio) -> None:
        upload = await studio.resumable.begin(studio.actor, size=100, words=NO_WORDS)
        right = hashlib.sha256(b"a" * 10).digest()
        with pytest.raises(InvalidInput, match="checksum"):
            await studio.resumable.append(
                studio.actor,
                upload.id,
                offset=0,
                source=sent(b"b" * 10),
                checksum=Checksum(algorithm="sha256", digest=right),
            )
        assert (await studio.resumable.get(studio.actor, upload.id)).received == 0
        after = await studio.resumable.append(
            studio.actor,
            upload.id,
            offset=0,
            source=sent(b"a" * 10),
            checksum=Checksum(algorithm="sha256", digest=right),
        )
        assert after.received == 10

    @pytest.mark.parametrize("text", ["", "sha256", "sha256 !", "crc32 AAAA", "AAAA"])
    def test_what_is_no_checksum_is_refused(self, text: str) -> None:
        with pytest.raises(InvalidInput, match="sha256"):
            Checksum.read(text)


class TestRights:
    async def test_another_s_upload_is_as_if_there_were_none(self, studio: Studio) -> None:
        upload = await studio.resumable.begin(studio.actor, size=100, words=NO_WORDS)
        for other in (await studio.colleague(), await studio.another_tenant()):
            with pytest.raises(NotFound):
                await studio.resumable.get(other, upload.id)
            with pytest.raises(NotFound):
                await studio.resumable.append(other, upload.id, offset=0, source=sent(b"x"))
            with pytest.raises(NotFound):
                await studio.resumable.end(other, upload.id)

    async def test_the_board_is_asked_at_the_beginning_and_at_the_end(self, studio: Studio) -> None:
        host = await studio.colleague()
        board = await studio.boards.create(host, "Theirs", is_public=True)
        with pytest.raises(Forbidden):
            await studio.resumable.begin(
                studio.actor, size=10, words=UploadWords(board_id=board.id)
            )
        own = await studio.boards.create(studio.actor, "Mine")
        data = tiny_png()
        upload = await studio.resumable.begin(
            studio.actor, size=len(data), words=UploadWords(board_id=own.id)
        )

        # A token that may only read was all that was left in the meantime.
        reader = replace(studio.actor, scopes=frozenset({TokenScope.READ}))
        with pytest.raises(Forbidden):
            await studio.resumable.append(reader, upload.id, offset=0, source=sent(data))
        assert await made(studio) == 0

    async def test_so_many_at_once_and_no_more(self, studio: Studio) -> None:
        first = await studio.resumable.begin(studio.actor, size=10, words=NO_WORDS)
        for _ in range(MOST_UNFINISHED - 1):
            await studio.resumable.begin(studio.actor, size=10, words=NO_WORDS)
        with pytest.raises(Conflict, match="coming in already"):
            await studio.resumable.begin(studio.actor, size=10, words=NO_WORDS)
        await studio.resumable.end(studio.actor, first.id)
        await studio.resumable.begin(studio.actor, size=10, words=NO_WORDS)

    async def test_what_is_too_large_or_empty_is_refused_beforehand(self, studio: Studio) -> None:
        with pytest.raises(TooLarge):
            await studio.resumable.begin(studio.actor, size=2**40, words=NO_WORDS)
        with pytest.raises(InvalidInput, match="empty"):
            await studio.resumable.begin(studio.actor, size=0, words=NO_WORDS)


class TestItsEnd:
    async def test_one_that_was_given_up_leaves_nothing(self, studio: Studio) -> None:
        upload = await studio.resumable.begin(studio.actor, size=100, words=NO_WORDS)
        await studio.resumable.append(studio.actor, upload.id, offset=0, source=sent(b"x" * 50))
        assert len(await kept(studio)) == 1
        await studio.resumable.end(studio.actor, upload.id)
        assert await kept(studio) == []
        with pytest.raises(NotFound):
            await studio.resumable.get(studio.actor, upload.id)

    async def test_one_that_nobody_goes_on_with_expires_with_its_bytes(
        self, studio: Studio
    ) -> None:
        old = await studio.resumable.begin(studio.actor, size=100, words=NO_WORDS)
        await studio.resumable.append(studio.actor, old.id, offset=0, source=sent(b"x" * 50))
        studio.clock.advance(timedelta(hours=20).total_seconds())
        fresh = await studio.resumable.begin(studio.actor, size=100, words=NO_WORDS)
        studio.clock.advance(timedelta(hours=5).total_seconds())
        with pytest.raises(NotFound, match="expired"):
            await studio.resumable.get(studio.actor, old.id)
        assert await studio.resumable.expire() == 1
        assert await kept(studio) == []
        assert (await studio.resumable.get(studio.actor, fresh.id)).received == 0

    async def test_a_piece_puts_the_end_off(self, studio: Studio) -> None:
        upload = await studio.resumable.begin(studio.actor, size=100, words=NO_WORDS)
        studio.clock.advance(timedelta(hours=20).total_seconds())
        after = await studio.resumable.append(studio.actor, upload.id, offset=0, source=sent(b"x"))
        assert after.expires_at == upload.expires_at + timedelta(hours=20)

    async def test_the_same_request_announces_one_file(self, studio: Studio) -> None:
        first, again = [
            await studio.resumable.begin(studio.actor, size=100, words=NO_WORDS, key="k")
            for _ in range(2)
        ]
        assert first == again
        with pytest.raises(InvalidInput, match="new key"):
            await studio.resumable.begin(studio.actor, size=101, words=NO_WORDS, key="k")
