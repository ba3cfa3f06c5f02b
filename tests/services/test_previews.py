"""Previews: made once, in the background, whatever happens, and never at the run's expense."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

from boards.domain.artifacts import MediaFacts
from boards.domain.generations import Generation
from boards.errors import InvalidInput, NotFound, StorageError
from boards.services.ports import SYSTEM, MadePreviews, Preview
from boards.services.previews import LEASE, MAX_STARTS, PreviewService
from tests.media.files import picture, tone
from tests.services.studio import Studio


class Maker:
    """Makes previews as it is told, and counts."""

    def __init__(self, *answers: MadePreviews | BaseException) -> None:
        self.answers = list(answers)
        self.asked: list[Path] = []

    async def previews(self, path: Path, facts: MediaFacts) -> MadePreviews:
        self.asked.append(path)
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if isinstance(answer, BaseException):
            raise answer
        return answer


ONE = MadePreviews(small=b"s", medium=b"m", large=b"l", blurhash="L1")


def made_by(studio: Studio, maker: Maker) -> PreviewService:
    service = studio.previews
    service.media = maker
    return service


async def uploaded(studio: Studio, data: bytes | None = None) -> Generation:
    data = data or picture("PNG", (1600, 800))
    return await studio.uploads.upload(studio.actor, source=data, filename="a.png")


async def preview_of(studio: Studio, generation_id: UUID) -> Preview:
    found = await studio.database.read(lambda tx: tx.previews.get(generation_id), scope=SYSTEM)
    assert found is not None
    return found


async def keys_in(studio: Studio) -> set[str]:
    return {one.key async for one in studio.storage.list()}


class TestPictures:
    async def test_of_an_upload_there_are_three_sizes_and_a_blurhash(self, studio: Studio) -> None:
        upload = await uploaded(studio)
        assert upload.thumbnail_key is None
        assert await studio.previews.make_due() == 1
        row = await studio.row(upload.id)
        assert row.blurhash is not None
        for size in (256, 512, 1024):
            _, key = await studio.previews.picture(studio.actor, upload.id, size)
            data = await studio.storage.read(key, max_bytes=10**6)
            with Image.open(BytesIO(data)) as image:
                assert (image.format, image.size) == ("WEBP", (size, size // 2))
        assert row.thumbnail_key == (await preview_of(studio, upload.id)).medium_key

    async def test_of_a_small_picture_one_file_stands_for_all_sizes(self, studio: Studio) -> None:
        upload = await uploaded(studio, picture("PNG", (100, 60)))
        await studio.previews.make_due()
        found = await preview_of(studio, upload.id)
        assert found.small_key == found.medium_key == found.large_key is not None

    async def test_of_a_run_there_are_previews_of_each_output(self, studio: Studio) -> None:
        async with studio.process():
            job = await studio.make("many")
        assert await studio.previews.make_due() == len(job.generations) == 3
        for one in job.generations:
            assert (await studio.row(one.id)).thumbnail_key is not None

    async def test_a_sound_has_a_waveform(self, studio: Studio, tmp_path: Path) -> None:
        data = tone(tmp_path / "a.wav", seconds=1.0).read_bytes()
        upload = await uploaded(studio, data)
        await studio.previews.make_due()
        _, key = await studio.previews.waveform(studio.actor, upload.id)
        seen = json.loads(await studio.storage.read(key, max_bytes=10**6))
        assert seen["duration"] == pytest.approx(1.0)
        assert max(seen["peaks"]) == pytest.approx(9000 / 32767, abs=0.01)
        _, key = await studio.previews.picture(studio.actor, upload.id, 256)
        with Image.open(BytesIO(await studio.storage.read(key, max_bytes=10**6))) as image:
            assert image.size == (256, 64)

    async def test_they_are_made_once(self, studio: Studio) -> None:
        maker = Maker(ONE)
        await uploaded(studio)
        service = made_by(studio, maker)
        assert [await service.make_due(), await service.make_due()] == [1, 0]
        assert len(maker.asked) == 1

    async def test_two_processes_do_not_make_the_same(self, studio: Studio) -> None:
        maker = Maker(ONE)
        for _ in range(5):
            await uploaded(studio, picture("PNG", (20, 20)))
        counts = await asyncio.gather(
            made_by(studio, maker).make_due(), made_by(studio, maker).make_due()
        )
        assert sum(counts) == len(maker.asked) == 5

    async def test_they_are_made_in_the_background_after_the_commit(self, studio: Studio) -> None:
        service = made_by(studio, Maker(ONE))
        told = asyncio.Event()
        studio.database.listen(service.heard)
        studio.database.listen(
            lambda events: told.set() if any(one.type == "previews" for one in events) else None
        )
        await service.start()
        upload = await uploaded(studio)
        await asyncio.wait_for(told.wait(), 10)
        await service.stop()
        assert (await studio.row(upload.id)).blurhash == "L1"


class TestFailures:
    async def test_a_hostile_file_has_none_and_says_why(self, studio: Studio) -> None:
        async with studio.process():
            job = await studio.make("sample")
        maker = Maker(InvalidInput("This png picture is damaged."))
        await made_by(studio, maker).make_due()
        [one] = job.generations
        assert (await studio.row(one.id)).status.value == "completed"
        with pytest.raises(NotFound, match="This png picture is damaged"):
            await studio.previews.picture(studio.actor, one.id, 512)
        assert await studio.previews.make_due() == 0

    async def test_what_went_wrong_here_is_tried_again_later(self, studio: Studio) -> None:
        upload = await uploaded(studio)
        maker = Maker(StorageError("full"), ONE)
        service = made_by(studio, maker)
        await service.make_due()
        assert await service.make_due() == 0
        studio.clock.advance(120)
        assert await service.make_due() == 1
        assert (await studio.row(upload.id)).blurhash == "L1"

    async def test_it_is_given_up_after_some_tries(self, studio: Studio) -> None:
        upload = await uploaded(studio)
        maker = Maker(StorageError("full"))
        service = made_by(studio, maker)
        for _ in range(MAX_STARTS + 2):
            await service.make_due()
            studio.clock.advance(3600)
        assert len(maker.asked) == MAX_STARTS
        assert (await preview_of(studio, upload.id)).note is not None

    async def test_what_a_crash_left_undone_is_made_later(self, studio: Studio) -> None:
        upload = await uploaded(studio)
        now = studio.clock.now()
        # A process took it on, and was killed.
        await studio.database.write(
            lambda tx: tx.previews.take(now=now, until=now + LEASE, limit=9), scope=SYSTEM
        )
        assert await studio.previews.make_due() == 0
        studio.clock.advance(LEASE.total_seconds() + 1)
        await studio.previews.look()
        assert (await studio.row(upload.id)).blurhash is not None

    async def test_a_file_that_kills_the_server_each_time_is_left_alone(
        self, studio: Studio
    ) -> None:
        await uploaded(studio)
        for _ in range(MAX_STARTS):
            now = studio.clock.now()
            await studio.database.write(
                lambda tx: tx.previews.take(now=now, until=now + LEASE, limit=9),  # noqa: B023
                scope=SYSTEM,
            )
            studio.clock.advance(LEASE.total_seconds() + 1)
        maker = Maker(ONE)
        await made_by(studio, maker).make_due()
        assert maker.asked == []
        assert await studio.previews.make_due() == 0

    async def test_what_was_deleted_meanwhile_leaves_no_files(self, studio: Studio) -> None:
        upload = await uploaded(studio)
        before = await keys_in(studio)

        class Deleting(Maker):
            async def previews(self, path: Path, facts: MediaFacts) -> MadePreviews:
                await studio.generations.delete(studio.actor, upload.id)
                return await super().previews(path, facts)

        await made_by(studio, Deleting(ONE)).make_due()
        assert await keys_in(studio) <= before
        assert await studio.previews.make_due() == 0


class TestRights:
    async def test_a_stranger_sees_no_picture(self, studio: Studio) -> None:
        upload = await uploaded(studio)
        await studio.previews.make_due()
        stranger = await studio.another_tenant()
        with pytest.raises(NotFound, match="not found"):
            await studio.previews.picture(stranger, upload.id, 512)

    async def test_what_is_still_being_made_says_so(self, studio: Studio) -> None:
        upload = await uploaded(studio)
        with pytest.raises(NotFound, match="still being made"):
            await studio.previews.picture(studio.actor, upload.id, 512)


class TestAccount:
    async def test_every_file_is_claimed_and_released_with_its_generation(
        self, studio: Studio
    ) -> None:
        async with studio.process():
            job = await studio.make("sample")
        await studio.previews.make_due()
        [one] = job.generations
        found = await preview_of(studio, one.id)
        keys = [found.small_key, found.medium_key, found.large_key, found.recipe_key]

        owners = await studio.database.read(
            lambda tx: [tx.blobs.owners(one.tenant_id, str(key)) for key in keys], scope=SYSTEM
        )
        assert all(one.id in some for some in owners)

    async def test_made_anew_the_old_files_are_released(self, studio: Studio) -> None:
        upload = await uploaded(studio)
        await studio.previews.make_due()
        before = await preview_of(studio, upload.id)
        await studio.database.write(
            lambda tx: tx.previews.want(
                upload.id, tenant_id=upload.tenant_id, now=studio.clock.now()
            ),
            scope=SYSTEM,
        )
        studio.clock.advance(timedelta(seconds=1).total_seconds())
        await studio.previews.make_due()
        after = await preview_of(studio, upload.id)
        assert replace(after, made_at=before.made_at) != before
        owners = await studio.database.read(
            lambda tx: tx.blobs.owners(upload.tenant_id, str(before.medium_key)), scope=SYSTEM
        )
        assert owners == ()
