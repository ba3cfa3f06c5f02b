"""Receipts, endpoints, deliveries and the outbox, on both databases."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from boards.domain.generations import Phase
from boards.errors import Forbidden
from boards.ids import new_id
from boards.services.events import announce
from boards.services.ports import (
    Delivered,
    Delivery,
    Disabled,
    Endpoint,
    MessageType,
    Tried,
    Tx,
)
from tests.db.world import NOW, Home, World

SOON = NOW + timedelta(seconds=90)


def endpoint_of(home: Home, **changes: Any) -> Endpoint:
    plain = Endpoint(
        id=new_id(),
        tenant_id=home.tenant_id,
        created_by=home.user_id,
        url="https://hooks.example",
        description="",
        events=(),
        secret="sealed",
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(plain, **changes)


def delivery_to(endpoint: Endpoint, **changes: Any) -> Delivery:
    plain = Delivery(
        id=new_id(),
        tenant_id=endpoint.tenant_id,
        endpoint_id=endpoint.id,
        type=MessageType.JOB_DONE,
        cause=f"job:{new_id()}",
        due_at=NOW,
        created_at=NOW,
    )
    return replace(plain, **changes)


async def added(world: World, *endpoints: Endpoint) -> None:
    def write(tx: Tx) -> None:
        for one in endpoints:
            tx.webhooks.insert_endpoint(one)

    await world.write(write)


async def deliveries(world: World, endpoint: Endpoint) -> tuple[Delivery, ...]:
    page = await world.read(lambda tx: tx.webhooks.deliveries(endpoint.id, limit=99, cursor=None))
    return page.items


class TestReceipts:
    async def test_a_message_is_taken_in_once(self, world: World) -> None:
        async def take(provider: str, message: str) -> bool:
            return await world.write(lambda tx: tx.receipts.add(provider, message, now=NOW))

        assert await take("fal", "one")
        assert not await take("fal", "one")
        assert await take("fal", "two")
        assert await take("replicate", "one")

    async def test_of_many_at_once_one_wins(self, world: World) -> None:
        won = await asyncio.gather(
            *(world.write(lambda tx: tx.receipts.add("fal", "one", now=NOW)) for _ in range(8))
        )
        assert sum(won) == 1

    async def test_old_ones_are_forgotten(self, world: World) -> None:
        old = NOW - timedelta(days=9)
        await world.write(lambda tx: tx.receipts.add("fal", "old", now=old))
        await world.write(lambda tx: tx.receipts.add("fal", "new", now=NOW))
        assert await world.write(lambda tx: tx.receipts.forget(before=NOW, limit=9)) == 1
        assert not await world.write(lambda tx: tx.receipts.add("fal", "new", now=NOW))

    async def test_they_are_no_tenants(self, world: World) -> None:
        with pytest.raises(Forbidden):
            await world.write(
                lambda tx: tx.receipts.add("fal", "one", now=NOW), scope=world.home.scope
            )


class TestEndpoints:
    async def test_it_comes_back_as_it_was(self, world: World) -> None:
        endpoint = endpoint_of(
            world.home,
            events=(MessageType.JOB_DONE, MessageType.ATTENTION),
            old_secret="older",
            old_secret_until=SOON,
            failing_since=NOW,
        )
        await added(world, endpoint)
        assert await world.read(lambda tx: tx.webhooks.endpoint(endpoint.id)) == endpoint

    async def test_changes_are_written_and_nothing_else(self, world: World) -> None:
        endpoint = endpoint_of(world.home)
        await added(world, endpoint)
        await world.write(
            lambda tx: tx.webhooks.change_endpoint(
                endpoint.id,
                now=SOON,
                disabled_at=SOON,
                disabled_reason=Disabled.GONE,
                events=(MessageType.JOB_FAILED,),
            )
        )
        assert await world.read(lambda tx: tx.webhooks.endpoint(endpoint.id)) == replace(
            endpoint,
            disabled_at=SOON,
            disabled_reason=Disabled.GONE,
            events=(MessageType.JOB_FAILED,),
            updated_at=SOON,
        )

    async def test_a_tenant_sees_its_own_only(self, world: World) -> None:
        mine, theirs = endpoint_of(world.home), endpoint_of(world.abroad)
        await added(world, mine, theirs)

        def look(tx: Tx) -> tuple[Endpoint, ...]:
            assert tx.webhooks.endpoint(theirs.id) is None
            assert tx.webhooks.count_endpoints() == 1
            assert not tx.webhooks.change_endpoint(theirs.id, now=NOW, note="mine now")
            assert not tx.webhooks.delete_endpoint(theirs.id)
            return tx.webhooks.endpoints(limit=9, cursor=None).items

        assert await world.write(look, scope=world.home.scope) == (mine,)

    async def test_one_is_deleted_with_its_deliveries(self, world: World) -> None:
        endpoint = endpoint_of(world.home)
        await added(world, endpoint)
        await world.write(lambda tx: tx.webhooks.add_deliveries([delivery_to(endpoint)]))
        assert await world.write(lambda tx: tx.webhooks.delete_endpoint(endpoint.id))
        assert await deliveries(world, endpoint) == ()


class TestDeliveries:
    async def test_each_cause_is_written_once_for_an_endpoint(self, world: World) -> None:
        one, other = endpoint_of(world.home), endpoint_of(world.home)
        await added(world, one, other)
        new = [delivery_to(one, cause="x"), delivery_to(other, cause="x")]
        assert await world.write(lambda tx: tx.webhooks.add_deliveries(new)) == 2
        again = [delivery_to(one, cause="x"), delivery_to(other, cause="y")]
        assert await world.write(lambda tx: tx.webhooks.add_deliveries(again)) == 1

    async def test_what_is_taken_is_due_again_later(self, world: World) -> None:
        endpoint = endpoint_of(world.home)
        await added(world, endpoint)
        await world.write(lambda tx: tx.webhooks.add_deliveries([delivery_to(endpoint)]))
        [taken] = await take(world)
        assert (taken.attempts, taken.due_at, taken.tried_at) == (1, SOON, NOW)
        assert await take(world) == ()
        [again] = await take(world, now=SOON)
        assert again.attempts == 2

    async def test_two_that_take_at_once_get_different_ones(self, world: World) -> None:
        endpoint = endpoint_of(world.home)
        await added(world, endpoint)
        new = [delivery_to(endpoint) for _ in range(20)]
        await world.write(lambda tx: tx.webhooks.add_deliveries(new))
        taken = [
            one.id
            for some in await asyncio.gather(*(take(world, limit=7) for _ in range(4)))
            for one in some
        ]
        assert len(taken) == len(set(taken))

    async def test_those_to_a_disabled_or_a_busy_endpoint_wait(self, world: World) -> None:
        off = endpoint_of(world.home, disabled_at=NOW, disabled_reason=Disabled.BY_HAND)
        busy, free = endpoint_of(world.home), endpoint_of(world.abroad)
        await added(world, off, busy, free)
        new = [delivery_to(one) for one in (off, busy, free)]
        await world.write(lambda tx: tx.webhooks.add_deliveries(new))
        taken = await take(world, but=[busy.id])
        assert [one.endpoint_id for one in taken] == [free.id]

    async def test_an_end_is_written_by_the_last_try_only(self, world: World) -> None:
        endpoint = endpoint_of(world.home)
        await added(world, endpoint)
        await world.write(lambda tx: tx.webhooks.add_deliveries([delivery_to(endpoint)]))
        [first] = await take(world)
        [second] = await take(world, now=SOON)
        done = Tried(state=Delivered.DELIVERED, due_at=None, http_status=200, error="")
        assert not await world.write(lambda tx: tx.webhooks.tried(first, done, now=SOON))
        assert await world.write(lambda tx: tx.webhooks.tried(second, done, now=SOON))
        [row] = await deliveries(world, endpoint)
        assert (row.state, row.due_at, row.http_status) == (Delivered.DELIVERED, None, 200)

    async def test_the_first_body_stays(self, world: World) -> None:
        endpoint = endpoint_of(world.home)
        await added(world, endpoint)
        new = delivery_to(endpoint)
        await world.write(lambda tx: tx.webhooks.add_deliveries([new]))
        for body in ("first", "second"):
            await world.write(lambda tx, body=body: tx.webhooks.keep_payload(new.id, body))  # type: ignore[misc]
        [row] = await deliveries(world, endpoint)
        assert row.payload == "first"

    async def test_when_the_next_is_due(self, world: World) -> None:
        assert await world.read(lambda tx: tx.webhooks.next_due()) is None
        endpoint = endpoint_of(world.home)
        await added(world, endpoint)
        new = [delivery_to(endpoint, due_at=SOON), delivery_to(endpoint)]
        await world.write(lambda tx: tx.webhooks.add_deliveries(new))
        assert await world.read(lambda tx: tx.webhooks.next_due()) == NOW


class TestOutbox:
    async def test_an_end_is_told_in_its_own_transaction(self, world: World) -> None:
        mine, theirs = endpoint_of(world.home), endpoint_of(world.abroad)
        await added(world, mine, theirs)
        job = await world.add_job()
        await end(world, await world.add(job_id=job.id))
        [told] = await deliveries(world, mine)
        assert (told.type, told.job_id, told.due_at) == (MessageType.JOB_CANCELLED, job.id, NOW)
        assert await deliveries(world, theirs) == ()

    async def test_many_ends_in_one_transaction_are_one_message(self, world: World) -> None:
        endpoint = endpoint_of(world.home)
        await added(world, endpoint)
        job = await world.add_job(takes=3)
        await end(world, await world.add(job_id=job.id, count=3))
        assert len(await deliveries(world, endpoint)) == 1

    async def test_the_tenants_own_transactions_tell_as_well(self, world: World) -> None:
        endpoint = endpoint_of(world.home)
        await added(world, endpoint)
        job = await world.add_job()
        ids = await world.add(job_id=job.id)
        await world.write(lambda tx: cancel_all(tx, ids), scope=world.home.scope)
        assert len(await deliveries(world, endpoint)) == 1

    async def test_of_ends_at_the_same_moment_one_finds_the_job_ended(self, world: World) -> None:
        endpoint = endpoint_of(world.home)
        await added(world, endpoint)
        for _ in range(5):
            job = await world.add_job(takes=4)
            ids = await world.add(job_id=job.id, count=4)
            await asyncio.gather(*(end(world, [one]) for one in ids))
        told = await deliveries(world, endpoint)
        assert len({one.job_id for one in told}) == len(told) == 5

    async def test_what_waits_for_a_person_is_told_once_however_often_it_is_looked_at(
        self, world: World
    ) -> None:
        endpoint = endpoint_of(world.home)
        await added(world, endpoint)
        job = await world.add_job()
        [one] = await world.add(job_id=job.id)
        generation = await world.get(one)
        for _ in range(3):
            await world.write(
                lambda tx: announce(
                    tx,
                    generation,
                    "attention",
                    phase=Phase.SUBMITTED,
                    needs_attention=True,
                    now=NOW,
                )
            )
        [told] = await deliveries(world, endpoint)
        assert (told.type, told.generation_id) == (MessageType.ATTENTION, one)

    async def test_what_does_not_end_is_not_told(self, world: World) -> None:
        endpoint = endpoint_of(world.home)
        await added(world, endpoint)
        job = await world.add_job()
        [one] = await world.add(job_id=job.id)
        generation = await world.get(one)
        await world.write(
            lambda tx: announce(tx, generation, "progress", phase=Phase.SUBMITTING, now=NOW)
        )
        assert await deliveries(world, endpoint) == ()

    async def test_a_disabled_endpoint_is_told_nothing(self, world: World) -> None:
        endpoint = endpoint_of(world.home, disabled_at=NOW, disabled_reason=Disabled.GONE)
        await added(world, endpoint)
        job = await world.add_job()
        await end(world, await world.add(job_id=job.id))
        assert await deliveries(world, endpoint) == ()


class TestExternalIds:
    async def test_a_generation_is_found_by_its_providers_id(self, world: World) -> None:
        one, token = await world.at(Phase.SUBMITTING)
        assert await world.move(one, Phase.SUBMITTED, token=token, external_id="abc")

        async def find(provider: str, *ids: str) -> object:
            found = await world.read(lambda tx: tx.generations.find_external(provider, ids))
            return None if found is None else found.id

        assert await find("fal", "other", "abc") == one
        assert await find("replicate", "abc") is None
        assert await find("fal", "abcd") is None


def cancel_all(tx: Tx, ids: Iterable[Any]) -> None:
    for one in ids:
        row = tx.generations.get(one)
        assert row is not None
        assert tx.generations.move(one, Phase.CANCELLED, now=NOW, completed_at=NOW)
        announce(tx, row, "phase", phase=Phase.CANCELLED, now=NOW)


async def end(world: World, ids: Iterable[Any]) -> None:
    await world.write(lambda tx: cancel_all(tx, ids))


async def take(world: World, *, now: datetime = NOW, **more: Any) -> tuple[Delivery, ...]:
    asked = {"limit": 99, **more}
    return await world.write(lambda tx: tx.webhooks.take(now=now, until=SOON, **asked))
