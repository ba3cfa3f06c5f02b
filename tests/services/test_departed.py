"""What becomes of a tenant that was deleted, and of the sessions of agents, with a moved clock."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from boards.domain.costs import ZERO
from boards.errors import NotFound
from boards.services.agents import KEPT_FOR, AgentService
from boards.services.ports import SYSTEM, Scope
from boards.services.tenants import GRACE, Registration, TenantService
from boards.testing.generators import tiny_png
from tests.services.studio import Studio


def tenants_of(studio: Studio) -> TenantService:
    return TenantService(database=studio.database, clock=studio.clock, registration=Registration())


async def test_a_deleted_tenant_is_emptied_after_its_grace_and_the_books_stay(
    studio: Studio,
) -> None:
    theirs = await studio.another_tenant()
    board = await studio.boards.create(theirs, "Boats")
    made = await studio.uploads.upload(
        theirs, source=tiny_png(), filename="a.png", board_id=board.id
    )
    mine = await studio.boards.create(studio.actor, "Mine")
    tenants = tenants_of(studio)
    platform = replace(studio.actor, platform_admin=True)
    await tenants.delete(platform, theirs.tenant_id)

    studio.clock.advance(GRACE.total_seconds() - 10)
    assert await tenants.empty() == 0
    await tenants.restore(platform, theirs.tenant_id)
    assert (await studio.boards.get(theirs, board.id)).id == board.id
    await tenants.delete(platform, theirs.tenant_id)

    studio.clock.advance(GRACE.total_seconds() + 10)
    assert await tenants.empty() == 1
    assert await tenants.empty() == 0
    studio.clock.advance(timedelta(days=31).total_seconds())
    assert await studio.curation.trash.purge() == 1

    with pytest.raises(NotFound):
        await studio.boards.get(theirs, board.id)
    kept = await studio.database.read(
        lambda tx: (tx.trash.find([made.id]), tx.budgets.time_zone()),
        scope=Scope(tenant_id=theirs.tenant_id),
    )
    assert kept[0] == {}
    assert (await studio.boards.get(studio.actor, mine.id)).id == mine.id


async def test_sessions_of_agents_are_forgotten_with_their_budgets(studio: Studio) -> None:
    agents = AgentService(database=studio.database, clock=studio.clock, usual=Decimal(1))
    old = await agents.open(studio.actor, name="old")
    studio.clock.advance(KEPT_FOR.total_seconds() - 10)
    young = await agents.open(studio.actor, name="young")
    assert await agents.forget() == 0
    studio.clock.advance(20)
    assert await agents.forget() == 1
    with pytest.raises(NotFound):
        await agents.get(studio.actor, old.session.id)
    assert (await agents.get(studio.actor, young.session.id)).standing.spent == ZERO
    budgets = await studio.database.read(lambda tx: tx.budgets.list(), scope=SYSTEM)
    assert [one.subject_id for one in budgets] == [young.session.id]


async def test_a_tenant_that_is_had_back_at_the_last_moment_is_left_alone(studio: Studio) -> None:
    theirs = await studio.another_tenant()
    held = await studio.database.write(
        lambda tx: tx.trash.tenant_is_gone(before=studio.clock.now()),
        scope=Scope(tenant_id=theirs.tenant_id),
    )
    assert not held
    tenants = tenants_of(studio)
    await tenants.delete(replace(studio.actor, platform_admin=True), theirs.tenant_id)
    studio.clock.advance(10)
    held = await studio.database.write(
        lambda tx: tx.trash.tenant_is_gone(before=studio.clock.now()),
        scope=Scope(tenant_id=theirs.tenant_id),
    )
    assert held
