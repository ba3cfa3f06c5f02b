"""Who uses which bytes: claims, tombstones, and what may never be taken."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from boards.domain.artifacts import ArtifactType, StoredFile
from boards.domain.generations import ExtraFile, Phase
from boards.errors import Conflict
from boards.ids import new_id
from boards.services.ports import Blob, BlobUse, Tx
from tests.db.world import NOW, World, stored_file

LATER = NOW + timedelta(days=2)


async def blobs(world: World) -> dict[str, Blob]:
    found = await world.read(lambda tx: tx.blobs.list(after=None, limit=99))
    return {one.key: one for one in found if one.tenant_id == world.home.tenant_id}


async def owners(world: World, key: str) -> tuple[UUID, ...]:
    return await world.read(lambda tx: tx.blobs.owners(world.home.tenant_id, key))


async def completed(world: World, file: StoredFile, **changes: object) -> UUID:
    claim = await world.running()
    one = claim.generation.id
    assert await world.move(one, Phase.COMPLETED, token=claim.run_token, file=file, **changes)
    return one


async def release(world: World, *ids: UUID) -> int:
    return await world.write(lambda tx: tx.blobs.release(ids, now=NOW))


async def doom(world: World) -> tuple[str, ...]:
    found = await world.write(lambda tx: tx.blobs.doom(before=LATER, now=LATER, limit=9))
    return tuple(one.key for one in found)


def use_of(owner: UUID, file: StoredFile, role: str = "file") -> BlobUse:
    return BlobUse(owner_id=owner, role=role, key=file.key, size=file.size, sha256=file.sha256)


def other(file: StoredFile, key: str) -> StoredFile:
    return replace(file, key=key, sha256=key.encode().hex().ljust(64, "0")[:64])


FILE = stored_file("t/a.png")


class TestAGeneration:
    async def test_claims_its_files_with_its_row(self, world: World) -> None:
        more = other(FILE, "t/b.png")
        extra = ExtraFile(role="mask", type=ArtifactType.IMAGE, file=more)
        one = await completed(world, FILE, extra_files=(extra,))
        assert await owners(world, FILE.key) == (one,)
        assert await owners(world, more.key) == (one,)
        assert {(key, blob.size) for key, blob in (await blobs(world)).items()} == {
            ("t/a.png", 1234),
            ("t/b.png", 1234),
        }

    async def test_that_is_not_moved_claims_nothing(self, world: World) -> None:
        one, _ = await world.at(Phase.CANCELLED)
        assert not await world.move(one, Phase.COMPLETED, file=FILE)
        assert await blobs(world) == {}

    async def test_written_at_once_claims_as_well(self, world: World) -> None:
        new = world.new(phase=Phase.COMPLETED, file=FILE)
        await world.write(lambda tx: tx.generations.insert([new]))
        assert await owners(world, FILE.key) == (new.id,)


class TestTheSameBytes:
    async def test_are_kept_once_in_a_tenant(self, world: World) -> None:
        first = await completed(world, FILE)
        again = replace(FILE, key="t/again.png")
        second = await completed(world, again)
        row = await world.get(second)
        assert row.file is not None
        assert row.file.key == FILE.key
        assert set(await owners(world, FILE.key)) == {first, second}
        left = (await blobs(world))["t/again.png"]
        assert (left.tombstoned_at, left.same_as) == (NOW, FILE.key)
        assert await world.read(lambda tx: tx.blobs.used(world.home.tenant_id)) == FILE.size

    async def test_are_kept_in_each_of_two_tenants(self, world: World) -> None:
        await completed(world, FILE)
        abroad = world.new(world.abroad, phase=Phase.COMPLETED, file=replace(FILE, key="u/a.png"))
        await world.write(lambda tx: tx.generations.insert([abroad]))
        row = await world.get(abroad.id)
        assert row.file is not None
        assert row.file.key == "u/a.png"

    async def test_of_another_size_are_others(self, world: World) -> None:
        await completed(world, FILE)
        longer = replace(FILE, key="t/longer.png", size=FILE.size + 1)
        row = await world.get(await completed(world, longer))
        assert row.file is not None
        assert row.file.key == "t/longer.png"

    async def test_that_wait_for_the_sweep_are_no_place_for_new_ones(self, world: World) -> None:
        await release(world, await completed(world, FILE))
        again = replace(FILE, key="t/again.png")
        row = await world.get(await completed(world, again))
        assert row.file is not None
        assert row.file.key == "t/again.png"

    async def test_live_as_long_as_one_uses_them(self, world: World) -> None:
        first = await completed(world, FILE)
        second = await completed(world, replace(FILE, key="t/again.png"))
        assert await release(world, first) == 0
        assert "t/a.png" not in await doom(world)
        assert await release(world, second) == 1
        assert "t/a.png" in await doom(world)


class TestTheSweep:
    async def test_takes_what_nobody_uses_after_its_time(self, world: World) -> None:
        one = await completed(world, FILE)
        assert await doom(world) == ()
        assert await release(world, one) == 1
        early = await world.write(lambda tx: tx.blobs.doom(before=NOW, now=LATER, limit=9))
        assert early == ()
        assert await doom(world) == ("t/a.png",)
        # Broken off there, the next sweep finds it again.
        assert await doom(world) == ("t/a.png",)
        await world.write(lambda tx: tx.blobs.forget(world.home.tenant_id, "t/a.png"))
        assert await blobs(world) == {}

    async def test_a_claim_brings_it_back_before_and_is_refused_after(self, world: World) -> None:
        await release(world, await completed(world, FILE))
        use = use_of(new_id(), FILE)

        def claim(tx: Tx) -> None:
            tx.blobs.claim(world.home.tenant_id, [use], now=NOW)

        await world.write(claim)
        assert (await blobs(world))["t/a.png"].tombstoned_at is None
        assert await doom(world) == ()
        await release(world, use.owner_id)
        assert await doom(world) == ("t/a.png",)
        with pytest.raises(Conflict, match="are being removed"):
            await world.write(claim)

    async def test_a_generation_is_never_shown_with_bytes_that_go(self, world: World) -> None:
        await release(world, await completed(world, FILE))
        await doom(world)
        with pytest.raises(Conflict, match="are being removed"):
            await completed(world, FILE)

    async def test_only_what_is_doomed_is_forgotten(self, world: World) -> None:
        await completed(world, FILE)
        await world.write(lambda tx: tx.blobs.forget(world.home.tenant_id, "t/a.png"))
        assert set(await blobs(world)) == {"t/a.png"}

    async def test_roles_are_released_one_by_one(self, world: World) -> None:
        owner, tenant = new_id(), world.home.tenant_id
        small, large = other(FILE, "t/small.png"), other(FILE, "t/large.png")
        uses = [use_of(owner, small, "small"), use_of(owner, large, "large")]
        await world.write(lambda tx: tx.blobs.claim(tenant, uses, now=NOW))
        assert (
            await world.write(lambda tx: tx.blobs.release([owner], now=NOW, roles=["small"])) == 1
        )
        assert await doom(world) == ("t/small.png",)

    async def test_what_is_spared_stays(self, world: World) -> None:
        await release(world, await completed(world, FILE))
        await doom(world)
        await world.write(lambda tx: tx.blobs.spare(world.home.tenant_id, "t/a.png"))
        assert await doom(world) == ()


async def test_the_totals_are_each_tenant_s_own(world: World) -> None:
    await completed(world, FILE)
    await completed(world, replace(FILE, key="t/again.png"))
    here, there = world.home.tenant_id, world.abroad.tenant_id
    await world.write(lambda tx: tx.blobs.set_quota(here, 5000, now=NOW))
    await world.write(lambda tx: tx.blobs.claim(there, [use_of(new_id(), FILE)], now=NOW))
    found = {one.tenant_id: one for one in await world.read(lambda tx: tx.blobs.totals())}
    assert (found[here].objects, found[here].bytes, found[here].claimed) == (1, 1234, 2468)
    assert (found[here].waiting_objects, found[here].waiting_bytes) == (1, 1234)
    assert (found[here].quota, found[there].quota) == (5000, None)
    own = await world.read(lambda tx: tx.blobs.totals(), world.home.scope)
    assert [one.tenant_id for one in own] == [here]
    await world.write(lambda tx: tx.blobs.set_quota(here, None, now=NOW))
    assert await world.read(lambda tx: tx.blobs.quota(here)) is None


async def test_what_is_on_its_way_is_known(world: World) -> None:
    claim = await world.running()
    manifest = {"primary": {"file": {"key": "t/kept.png"}}, "extras": [["x", {"key": "t/x.png"}]]}
    await world.move(claim.generation.id, Phase.STORING, token=claim.run_token, manifest=manifest)
    held = await world.read(lambda tx: tx.blobs.held_elsewhere(world.home.tenant_id))
    assert set(held) == {"t/kept.png", "t/x.png"}
    assert await world.read(lambda tx: tx.blobs.held_elsewhere(world.abroad.tenant_id)) == ()


async def test_of_a_claim_and_the_sweep_at_once_one_wins_and_no_bytes_are_lost(
    world: World,
) -> None:
    outcomes = set()
    for n in range(12):
        file = other(FILE, f"t/{n}.png")
        await release(world, await completed(world, file))
        use = use_of(new_id(), file)

        def claim(tx: Tx, use: BlobUse = use) -> str:
            tx.blobs.claim(world.home.tenant_id, [use], now=NOW)
            return "claimed"

        async def claiming() -> str:
            try:
                return await world.write(claim)
            except Conflict:
                return "refused"

        first, second = (claiming(), doom(world)) if n % 2 else (doom(world), claiming())
        ends = await asyncio.gather(first, second)
        claimed = "claimed" in ends
        outcomes.add(claimed)
        blob = (await blobs(world))[file.key]
        assert (blob.doomed_at is None) is claimed
        assert bool(await owners(world, file.key)) is claimed
    assert outcomes
