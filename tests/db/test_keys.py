"""Tenants' keys: what is kept of them, for how long, and for whom."""

from uuid import UUID

import pytest

from boards.domain.generations import Phase
from boards.errors import Forbidden
from boards.ids import new_id
from boards.services.ports import KeyUse, Scope
from tests.db.world import NOW, Home, World


async def put(world: World, home: Home, provider: str = "fal", *, sealed: str = "sealed") -> UUID:
    key_id = new_id()
    await world.write(
        lambda tx: tx.keys.put(
            key_id=key_id,
            tenant_id=home.tenant_id,
            provider=provider,
            sealed=sealed,
            secret_id="s1",
            ending="wxyz",
            set_by=home.user_id,
            now=NOW,
        ),
        home.scope,
    )
    return key_id


async def intend(world: World, home: Home) -> UUID:
    claim = await world.running(home=home)
    one, token = claim.generation.id, claim.run_token
    assert await world.write(lambda tx: tx.generations.record_intent(one, now=NOW, token=token))
    await world.move(one, Phase.SUBMITTED, token=token, external_id="job")
    return one


async def kept(world: World, scope: Scope) -> list[tuple[UUID, bool]]:
    found = await world.read(lambda tx: tx.keys.sealed(), scope)
    return [(one.id, one.is_replaced) for one in found]


async def test_a_list_shows_the_current_key_and_who_set_it(world: World) -> None:
    await put(world, world.home)
    await put(world, world.home)
    [one] = await world.read(lambda tx: tx.keys.list(), world.home.scope)
    assert (one.provider, one.ending, one.set_at) == ("fal", "wxyz", NOW)
    assert one.set_by == world.home.user_id


async def test_another_tenant_sees_and_removes_nothing(world: World) -> None:
    key_id = await put(world, world.home)
    abroad = world.abroad.scope
    assert await world.read(lambda tx: tx.keys.list(), abroad) == ()
    assert await kept(world, abroad) == []
    assert await world.write(lambda tx: tx.keys.remove("fal"), abroad) is False
    assert await kept(world, world.home.scope) == [(key_id, False)]
    with pytest.raises(Forbidden):
        await world.write(lambda tx: tx.keys.forget_unused(), abroad)


async def test_the_intent_takes_note_of_the_tenant_s_key(world: World) -> None:
    key_id = await put(world, world.home)
    await put(world, world.home, "kie")
    mine, theirs = await intend(world, world.home), await intend(world, world.abroad)
    assert await world.read(lambda tx: tx.keys.used_by(mine)) == KeyUse(
        has_begun=True, key_id=key_id
    )
    assert await world.read(lambda tx: tx.keys.used_by(theirs)) == KeyUse(
        has_begun=True, key_id=None
    )
    [waiting] = await world.add()
    assert await world.read(lambda tx: tx.keys.used_by(waiting)) == KeyUse(
        has_begun=False, key_id=None
    )


async def test_a_replaced_key_is_kept_while_a_run_under_way_has_it(world: World) -> None:
    old = await put(world, world.home)
    one = await intend(world, world.home)
    new = await put(world, world.home)
    assert await world.write(lambda tx: tx.keys.forget_unused()) == 0
    assert dict(await kept(world, world.home.scope)) == {new: False, old: True}

    await world.move(one, Phase.CANCELLED, needs_attention=True)
    assert await world.write(lambda tx: tx.keys.forget_unused()) == 0
    await world.write(lambda tx: tx.generations.clear_attention(one, now=NOW))
    assert await world.write(lambda tx: tx.keys.forget_unused()) == 1
    assert await kept(world, world.home.scope) == [(new, False)]


async def test_removing_takes_the_replaced_ones_along(world: World) -> None:
    await put(world, world.home)
    await put(world, world.home)
    await put(world, world.home, "kie")
    assert await world.write(lambda tx: tx.keys.remove("fal"), world.home.scope) is True
    left = await world.read(lambda tx: tx.keys.sealed(), world.home.scope)
    assert [one.provider for one in left] == ["kie"]


async def test_a_key_is_sealed_anew_only_as_it_was_read(world: World) -> None:
    await put(world, world.home)
    [key] = await world.read(lambda tx: tx.keys.sealed())
    assert await world.write(lambda tx: tx.keys.reseal(key, sealed="anew", secret_id="s2"))
    assert not await world.write(lambda tx: tx.keys.reseal(key, sealed="late", secret_id="s3"))
    [key] = await world.read(lambda tx: tx.keys.sealed())
    assert (key.sealed, key.secret_id) == ("anew", "s2")
