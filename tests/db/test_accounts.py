import asyncio

import pytest

from boards.domain.access import TenantRole
from boards.errors import Conflict, Forbidden
from boards.ids import new_id
from boards.services.ports import SYSTEM, Tx
from tests.db.world import NOW, World


def seed(tx: Tx):
    return tx.accounts.seed_default(slug="fresh", name="Fresh", now=NOW)


class TestSeeding:
    async def test_the_one_user_may_do_everything(self, world: World) -> None:
        actor = await world.write(seed)
        assert actor.tenant_role is TenantRole.ADMIN
        assert actor.platform_admin
        assert actor.user_id is not None

    async def test_a_second_start_finds_the_same(self, world: World) -> None:
        assert await world.write(seed) == await world.write(seed)

    async def test_processes_that_start_at_once_get_the_same(self, world: World) -> None:
        actors = await asyncio.gather(*(world.write(seed) for _ in range(6)))
        assert len(set(actors)) == 1

    async def test_it_is_not_for_tenants(self, world: World) -> None:
        with pytest.raises(Forbidden):
            await world.write(seed, world.home.scope)


class TestUsers:
    async def test_one_identity_may_belong_to_two_tenants(self, world: World) -> None:
        def add(tx: Tx, tenant_id):
            return tx.accounts.add_user(
                tenant_id=tenant_id, user_id=new_id(), provider="oidc", subject="42", now=NOW
            )

        here = await world.write(lambda tx: add(tx, world.home.tenant_id))
        there = await world.write(lambda tx: add(tx, world.abroad.tenant_id))
        assert here.user_id != there.user_id
        assert (here.tenant_role, here.platform_admin) == (TenantRole.MEMBER, False)
        with pytest.raises(Conflict):
            await world.write(lambda tx: add(tx, world.home.tenant_id))

    async def test_a_user_of_no_tenant_is_refused(self, world: World) -> None:
        with pytest.raises(Conflict):
            await world.database.write(
                lambda tx: tx.accounts.add_user(
                    tenant_id=new_id(), user_id=new_id(), provider="x", subject="y", now=NOW
                ),
                scope=SYSTEM,
            )
