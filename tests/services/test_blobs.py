"""Rows and bytes stay together: sharing, the sweep, the check both ways, quotas."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from boards.domain.access import Actor, TenantRole
from boards.domain.generations import Generation
from boards.errors import Conflict, Forbidden, NotFound, StorageError, TooLarge
from boards.ids import new_id
from boards.services.blobs import BlobSweep, release
from boards.services.ports import SYSTEM, Blob, BlobUse
from boards.services.storage_check import Fault, StorageService
from boards.testing.generators import tiny_png
from tests.services.samples import Sample
from tests.services.studio import Studio

DAY = 24 * 3600


def sweep_of(studio: Studio) -> BlobSweep:
    return BlobSweep(database=studio.database, storage=studio.storage, clock=studio.clock)


def service_of(studio: Studio, **changes: Any) -> StorageService:
    # The files are of this very moment, and the clock of the studio stands elsewhere.
    return replace(
        StorageService(
            database=studio.database,
            storage=studio.storage,
            clock=studio.clock,
            grace=timedelta(days=-36500),
        ),
        **changes,
    )


def administrator(studio: Studio) -> Actor:
    return replace(studio.actor, platform_admin=True)


async def upload(studio: Studio, data: bytes | None = None) -> Generation:
    source = tiny_png() if data is None else data
    return await studio.uploads.upload(studio.actor, source=source, filename="a.png")


async def purge(studio: Studio, *ids: UUID) -> int:
    """What the end of the trash does."""
    return await studio.database.write(
        lambda tx: release(tx, ids, now=studio.clock.now()), scope=SYSTEM
    )


async def is_there(studio: Studio, key: str) -> bool:
    return await studio.storage.size(key) is not None


async def rows(studio: Studio) -> dict[str, Blob]:
    found = await studio.database.read(lambda tx: tx.blobs.list(after=None, limit=99), scope=SYSTEM)
    return {blob.key: blob for blob in found}


def key_of(generation: Generation) -> str:
    assert generation.file is not None
    return generation.file.key


class Steady(Sample):
    """Always makes the same, so that it is made once."""

    name = "steady"
    version = "1"
    deterministic = True


class TestTheSameBytes:
    async def test_are_stored_once_for_a_tenant(self, studio: Studio) -> None:
        first, second = await upload(studio), await upload(studio)
        assert key_of(first) == key_of(second)
        studio.clock.advance(2 * DAY)
        assert await sweep_of(studio).sweep() == 1
        assert set(await rows(studio)) == {key_of(first)}
        assert [found.key async for found in studio.storage.list()] == [key_of(first)]
        assert await studio.storage.read(key_of(first), max_bytes=10_000) == tiny_png()

    async def test_go_with_the_last_who_has_them(self, studio: Studio) -> None:
        first, second = await upload(studio), await upload(studio)
        assert await purge(studio, first.id) == 0
        studio.clock.advance(2 * DAY)
        await sweep_of(studio).sweep()
        assert await is_there(studio, key_of(second))
        assert await purge(studio, second.id) == 1
        studio.clock.advance(2 * DAY)
        await sweep_of(studio).sweep()
        assert not await is_there(studio, key_of(second))
        assert await rows(studio) == {}

    async def test_of_a_result_from_the_cache_are_shared(self, studio: Studio) -> None:
        studio.registry.register(Steady())
        async with studio.process():
            made = await studio.make("steady")
            again = await studio.make("steady")
        [first], [second] = made.generations, again.generations
        assert second.cached_from == first.id
        assert key_of(first) == key_of(second)
        assert await purge(studio, first.id) == 0
        assert await purge(studio, second.id) == 1

    async def test_a_copy_stays_while_the_first_is_damaged(self, studio: Studio) -> None:
        """The copy is then the last of a result that was paid for."""
        first = await upload(studio)
        await upload(studio)
        [copy] = [key for key, blob in (await rows(studio)).items() if blob.same_as]
        await damage(studio, key_of(first))
        studio.clock.advance(2 * DAY)
        assert await sweep_of(studio).sweep() == 0
        assert await studio.storage.read(copy, max_bytes=10_000) == tiny_png()
        report = await service_of(studio).check(administrator(studio), checksums=True, repair=True)
        assert report.counts == {Fault.DAMAGED: 1, Fault.UNUSED: 1}
        assert all(one.repaired for one in report.findings)
        assert await studio.storage.read(key_of(first), max_bytes=10_000) == tiny_png()


async def damage(studio: Studio, key: str) -> None:
    size = await studio.storage.size(key)
    assert size is not None
    await studio.storage.delete(key)
    await studio.storage.put(key, b"x" * size)


class TestTheSweep:
    async def test_waits_for_the_grace_period(self, studio: Studio) -> None:
        one = await upload(studio)
        await purge(studio, one.id)
        studio.clock.advance(DAY - 60)
        assert await sweep_of(studio).sweep() == 0
        assert await is_there(studio, key_of(one))
        studio.clock.advance(120)
        assert await sweep_of(studio).sweep() == 1
        assert not await is_there(studio, key_of(one))

    async def test_in_the_trash_everything_stays(self, studio: Studio) -> None:
        one = await upload(studio)
        await studio.generations.delete(studio.actor, one.id)
        studio.clock.advance(5 * DAY)
        assert await sweep_of(studio).sweep() == 0
        assert await is_there(studio, key_of(one))

    async def test_the_same_bytes_that_come_meanwhile_have_their_own(self, studio: Studio) -> None:
        """The race: swept is what was released, and never what has just come."""
        one = await upload(studio)
        await purge(studio, one.id)
        studio.clock.advance(2 * DAY)
        again: list[Generation] = []

        class Slow:
            """A storage during whose delete the same bytes come once more."""

            def __getattr__(self, name: str) -> object:
                return getattr(studio.storage, name)

            async def delete(self, key: str) -> None:
                again.append(await upload(studio))
                await studio.storage.delete(key)

        await replace(sweep_of(studio), storage=Slow()).sweep()  # type: ignore[arg-type]
        assert key_of(again[0]) != key_of(one)
        studio.clock.advance(2 * DAY)
        await sweep_of(studio).sweep()
        assert await studio.storage.read(key_of(again[0]), max_bytes=10_000) == tiny_png()

    async def test_a_claim_to_what_is_being_removed_is_refused(self, studio: Studio) -> None:
        one = await upload(studio)
        await purge(studio, one.id)
        studio.clock.advance(2 * DAY)
        sweep = sweep_of(studio)
        [doomed] = await studio.database.write(sweep._doom, scope=SYSTEM)
        use = BlobUse(
            owner_id=new_id(), role="file", key=doomed.key, size=doomed.size, sha256=doomed.sha256
        )
        with pytest.raises(Conflict, match="are being removed"):
            await studio.database.write(
                lambda tx: tx.blobs.claim(doomed.tenant_id, [use], now=studio.clock.now()),
                scope=SYSTEM,
            )

    async def test_a_store_that_fails_keeps_nobody_from_the_next_turn(self, studio: Studio) -> None:
        one = await upload(studio)
        await purge(studio, one.id)
        studio.clock.advance(2 * DAY)

        class Broken:
            async def delete(self, key: str) -> None:
                raise StorageError("the disk is away")

        broken = replace(sweep_of(studio), storage=Broken())  # type: ignore[arg-type]
        assert await broken.sweep() == 0
        assert set(await rows(studio)) == {key_of(one)}
        assert await sweep_of(studio).sweep() == 1
        assert await rows(studio) == {}

    async def test_a_kill_between_bytes_and_row_is_made_up_for(self, studio: Studio) -> None:
        one = await upload(studio)
        await purge(studio, one.id)
        studio.clock.advance(2 * DAY)
        await studio.database.write(sweep_of(studio)._doom, scope=SYSTEM)
        await studio.storage.delete(key_of(one))
        assert await sweep_of(studio).sweep() == 1
        assert await rows(studio) == {}


class TestF26:
    """F26: the row goes and the file stays, or the reverse (InvokeAI #4321)."""

    async def test_all_agrees_after_making_uploading_and_deleting(self, studio: Studio) -> None:
        async with studio.process():
            await studio.make("sample")
            await studio.make("many")
        one = await upload(studio)
        await upload(studio)
        await purge(studio, one.id)
        report = await service_of(studio).check(administrator(studio), checksums=True)
        assert report.is_sound, report.findings
        assert report.objects == len(
            [blob for blob in (await rows(studio)).values() if blob.tombstoned_at is None]
        )

    async def test_a_row_without_its_file_is_named_and_never_removed(self, studio: Studio) -> None:
        one = await upload(studio)
        await studio.storage.delete(key_of(one))
        report = await service_of(studio).check(administrator(studio), repair=True)
        [found] = report.findings
        assert (found.fault, found.owners, found.repaired) == (Fault.MISSING, (one.id,), False)
        assert (await studio.row(one.id)).file == one.file

    async def test_a_file_of_the_right_size_and_other_bytes_is_found_by_its_sum(
        self, studio: Studio
    ) -> None:
        one = await upload(studio)
        await damage(studio, key_of(one))
        service = service_of(studio)
        assert (await service.check(administrator(studio))).is_sound
        report = await service.check(administrator(studio), checksums=True)
        assert [found.fault for found in report.findings] == [Fault.DAMAGED]

    async def test_a_file_without_a_row_goes_after_the_grace_period(self, studio: Studio) -> None:
        key = studio.storage.new_key(studio.actor.tenant_id, None, "png")
        await studio.storage.put(key, b"nobody's")
        service = service_of(studio)
        report = await service.check(administrator(studio))
        assert [(found.fault, found.key) for found in report.findings] == [(Fault.ORPHAN, key)]
        assert await is_there(studio, key)
        await service.check(administrator(studio), repair=True)
        assert await is_there(studio, key)
        assert (await service.check(administrator(studio))).is_sound
        studio.clock.advance(2 * DAY)
        assert await sweep_of(studio).sweep() == 1
        assert not await is_there(studio, key)

    async def test_a_file_that_has_just_come_is_nobody_s_fault(self, studio: Studio) -> None:
        key = studio.storage.new_key(studio.actor.tenant_id, None, "png")
        await studio.storage.put(key, b"on its way")
        young = service_of(studio, grace=timedelta(days=36500))
        assert (await young.check(administrator(studio))).is_sound

    async def test_what_only_a_receipt_tells_of_is_kept(self, studio: Studio) -> None:
        """A paid result whose run died between the bytes and the row."""
        tenant = studio.actor.tenant_id
        key = studio.storage.new_key(tenant, None, "png")
        await studio.storage.put(key, b"paid for")
        receipt = f"{tenant}/receipts/{new_id()}.json"
        await studio.storage.put(receipt, json.dumps({"primary": {"file": {"key": key}}}).encode())
        report = await service_of(studio).check(administrator(studio), repair=True)
        assert report.is_sound
        await studio.storage.delete(receipt)
        report = await service_of(studio).check(administrator(studio))
        assert [found.key for found in report.findings] == [key]

    async def test_a_receipt_that_cannot_be_read_keeps_everything(self, studio: Studio) -> None:
        tenant = studio.actor.tenant_id
        await studio.storage.put(studio.storage.new_key(tenant, None, "png"), b"who knows")
        await studio.storage.put(f"{tenant}/receipts/{new_id()}.json", b"{ torn")
        assert (await service_of(studio).check(administrator(studio), repair=True)).is_sound

    async def test_a_store_that_is_away_is_told_from_a_missing_file(self, studio: Studio) -> None:
        one = await upload(studio)

        class Away:
            def __getattr__(self, name: str) -> object:
                return getattr(studio.storage, name)

            async def size(self, key: str) -> int | None:
                raise StorageError("storage.yaml does not name it")

        service = service_of(studio, storage=Away())
        report = await service.check(administrator(studio), repair=True)
        assert [(f.fault, f.owners) for f in report.findings] == [(Fault.UNREACHABLE, (one.id,))]

    async def test_an_upload_broken_off_at_its_commit_keeps_its_bytes(
        self, studio: Studio, tmp_path: Path
    ) -> None:
        """Whoever does not hear the answer must not take the bytes of a row that was written."""
        for turns in range(40):
            path = tmp_path / f"{turns}.txt"
            path.write_bytes(b"text %d" % turns)
            upload = studio.uploads.upload(studio.actor, source=path, filename=None)
            task = asyncio.create_task(upload)
            for _ in range(turns):
                await studio.storage.size("none")
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        report = await service_of(studio).check(administrator(studio), checksums=True)
        assert Fault.MISSING not in report.counts
        assert Fault.DAMAGED not in report.counts


class TestQuotas:
    async def test_a_full_tenant_uploads_and_submits_no_more(self, studio: Studio) -> None:
        service, admin = service_of(studio), administrator(studio)
        await upload(studio)
        await service.set_quota(admin, admin.tenant_id, len(tiny_png()) + 5)
        with pytest.raises(TooLarge, match=rf"{len(tiny_png())} of {len(tiny_png()) + 5} bytes"):
            await upload(studio, b"ten more..")
        await service.set_quota(admin, admin.tenant_id, len(tiny_png()))
        with pytest.raises(TooLarge, match="is full"):
            await studio.ask("sample")
        keys = [found.key async for found in studio.storage.list()]
        assert len(keys) == 1

    async def test_a_result_that_was_paid_for_is_never_refused(self, studio: Studio) -> None:
        service, admin = service_of(studio), administrator(studio)
        async with studio.process():
            job = await studio.ask("sample")
            await service.set_quota(admin, admin.tenant_id, 0)
            done = await studio.ended(job)
        [one] = done.generations
        assert one.file is not None
        assert await is_there(studio, one.file.key)

    async def test_what_is_deleted_for_good_makes_room(self, studio: Studio) -> None:
        service, admin = service_of(studio), administrator(studio)
        one = await upload(studio)
        await service.set_quota(admin, admin.tenant_id, len(tiny_png()) + 20)
        await purge(studio, one.id)
        await upload(studio, b"ten more..")

    async def test_what_holds_for_all_holds_without_one_of_one_s_own(self, studio: Studio) -> None:
        full = replace(studio.uploads, quota=10)
        with pytest.raises(TooLarge, match="0 of 10 bytes"):
            await full.upload(studio.actor, source=tiny_png(), filename=None)
        await service_of(studio).set_quota(administrator(studio), studio.actor.tenant_id, 10_000)
        await full.upload(studio.actor, source=tiny_png(), filename=None)

    async def test_usage_tells_what_is_kept_and_what_sharing_saves(self, studio: Studio) -> None:
        await upload(studio)
        await upload(studio)
        service = service_of(studio, quota=5000)
        [mine] = await service.usage(studio.actor)
        size = len(tiny_png())
        assert (mine.objects, mine.bytes, mine.claimed, mine.quota) == (1, size, 2 * size, 5000)
        assert (mine.waiting_objects, mine.waiting_bytes) == (1, size)

    async def test_only_those_who_may_ask(self, studio: Studio) -> None:
        service = service_of(studio)
        member = replace(studio.actor, platform_admin=False, tenant_role=TenantRole.MEMBER)
        for asked in (
            service.usage(member),
            service.check(member),
            service.set_quota(member, member.tenant_id, 1),
        ):
            with pytest.raises(Forbidden):
                await asked
        with pytest.raises(NotFound):
            await service.set_quota(administrator(studio), new_id(), 1)
