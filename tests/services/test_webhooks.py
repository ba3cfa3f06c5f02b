"""Endpoints and what they are told: signed, once for each thing, again until they answer."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import Any, cast
from uuid import UUID

import pytest
from standardwebhooks import Webhook

from boards.adapters.sealing import SecretSealer
from boards.api.links import Links
from boards.api.shapes.jobs import job_shape
from boards.domain.access import TenantRole
from boards.domain.generations import Phase
from boards.errors import (
    Broken,
    Conflict,
    Forbidden,
    InvalidInput,
    NotConfigured,
    NotFound,
    Rejected,
    TimedOut,
)
from boards.outbound.answers import Response
from boards.outbound.client import GuardedClient
from boards.services.courier import FAILING_FOR, SCHEDULE, Courier
from boards.services.ports import SYSTEM, Delivered, Delivery, Disabled, MessageType
from boards.services.webhooks import MOST_ENDPOINTS, EndpointAsked, NewEndpoint, WebhookService
from boards.testing.generators import FakeProvider, FakeProviderGenerator
from tests.services.studio import Studio, eventually

URL = "https://hooks.example/boards"
SECRET_KEY = "a secret of thirty-two characters"


@dataclass(kw_only=True)
class Receiver:
    """The other side: what it got, and what it answers, by and by."""

    answers: list[int | Exception] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    got: list[dict[str, Any]] = field(default_factory=list)

    async def request(
        self, method: str, url: str, *, headers: Any, content: bytes, **limits: Any
    ) -> Response:
        assert method == "POST"
        assert limits["max_bytes"] <= 64 * 1024
        assert limits["total_seconds"] <= 30
        self.got.append({"url": url, "headers": headers, "body": content})
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, Exception):
            raise answer
        return Response(status=answer, headers=self.headers, body=b"", url=url)

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(one["body"]) for one in self.got]

    @property
    def types(self) -> list[str]:
        return [one["type"] for one in self.messages]


@dataclass(kw_only=True)
class Post:
    """A studio whose ends are told to a receiver."""

    studio: Studio
    receiver: Receiver
    courier: Courier
    service: WebhookService

    async def endpoint(self, **asked: Any) -> NewEndpoint:
        return await self.service.create(self.studio.actor, EndpointAsked(**{"url": URL, **asked}))

    async def deliver(self) -> None:
        """Deliver what is due, until nothing is."""
        while True:
            await self.courier.look()
            if not self.courier._under_way:
                return
            await asyncio.gather(*list(self.courier._under_way))

    async def log(self, new: NewEndpoint) -> tuple[Delivery, ...]:
        page = await self.service.deliveries(
            self.studio.actor, new.endpoint.id, limit=50, cursor=None
        )
        return page.items

    async def one(self, new: NewEndpoint) -> Delivery:
        [delivery] = await self.log(new)
        return delivery

    async def make(self) -> UUID:
        async with self.studio.process():
            return (await self.studio.make("sample")).job.id

    async def make_in_vain(self) -> None:
        """A job that fails, and costs nothing."""
        self.provider.fail_with = Rejected("No.", billed=False)
        async with self.studio.process():
            await self.studio.make("fake-provider")

    @property
    def provider(self) -> FakeProvider:
        generator = self.studio.registry.get("fake-provider")
        assert isinstance(generator, FakeProviderGenerator)
        return generator.service


@pytest.fixture
async def post(studio: Studio) -> AsyncIterator[Post]:
    receiver = Receiver()
    sealer = SecretSealer(SECRET_KEY)
    links = Links(base="https://boards.example")
    courier = Courier(
        database=studio.database,
        client=cast(GuardedClient, receiver),
        clock=studio.clock,
        sealer=sealer,
        show=lambda view: job_shape(view, links).model_dump(mode="json"),
        chance=Random(1),
    )
    service = WebhookService(
        database=studio.database, clock=studio.clock, courier=courier, sealer=sealer
    )
    yield Post(studio=studio, receiver=receiver, courier=courier, service=service)
    await courier.stop()


class TestEnds:
    async def test_the_end_of_a_job_is_told_once_in_its_public_shape(self, post: Post) -> None:
        new = await post.endpoint()
        job_id = await post.make()
        await post.deliver()
        await post.deliver()
        [message] = post.receiver.messages
        assert message["type"] == "job.done"
        assert datetime.fromisoformat(message["timestamp"]).tzinfo is not None
        assert message["data"]["job_id"] == str(job_id)
        assert message["data"]["state"] == "done"
        assert message["data"]["links"]["self"] == f"https://boards.example/api/v1/jobs/{job_id}"
        assert (await post.one(new)).state is Delivered.DELIVERED

    async def test_a_job_of_several_is_told_when_the_last_has_ended(self, post: Post) -> None:
        await post.endpoint()
        async with post.studio.process():
            await post.studio.make("sample", takes=5)
        await post.deliver()
        assert post.receiver.types == ["job.done"]
        assert len(post.receiver.messages[0]["data"]["generations"]) == 5

    async def test_failures_and_cancels_are_told_as_such(self, post: Post) -> None:
        await post.endpoint()
        await post.make_in_vain()
        job_id = await post.studio.ask("sample")
        await post.studio.jobs.cancel(post.studio.actor, job_id)
        await post.deliver()
        assert sorted(post.receiver.types) == ["job.cancelled", "job.failed"]

    async def test_what_needs_a_person_is_told_once_and_its_end_too(self, post: Post) -> None:
        await post.endpoint()
        post.provider.drop_answers = 1
        async with post.studio.process():
            view = await post.studio.make("fake-provider")
        generation = view.generations[0]
        assert generation.phase is Phase.SUBMIT_UNKNOWN
        await post.deliver()
        assert post.receiver.types == ["generation.attention"]
        assert post.receiver.messages[0]["data"]["generation_id"] == str(generation.id)

        await post.studio.attention.release_hold(post.studio.actor, generation.id)
        await post.deliver()
        assert post.receiver.types == ["generation.attention", "job.failed"]

    async def test_nothing_is_written_where_nobody_is_told(self, post: Post) -> None:
        await post.make()
        new = await post.endpoint()
        await post.deliver()
        assert post.receiver.got == []
        assert await post.log(new) == ()

    async def test_an_endpoint_is_told_what_it_has_chosen(self, post: Post) -> None:
        chosen = await post.endpoint(events=(MessageType.JOB_FAILED,))
        await post.make()
        await post.make_in_vain()
        assert [one.type for one in await post.log(chosen)] == [MessageType.JOB_FAILED]

    async def test_another_tenant_is_told_nothing(self, post: Post) -> None:
        other = await post.studio.another_tenant()
        await post.service.create(other, EndpointAsked(url="https://other.example"))
        await post.make()
        await post.deliver()
        assert post.receiver.got == []

    async def test_an_end_that_is_rolled_back_is_not_told(self, post: Post) -> None:
        await post.endpoint()
        job_id = await post.studio.ask("sample")
        view = await post.studio.jobs.get(post.studio.actor, job_id)

        def work(tx: Any) -> None:
            now = post.studio.clock.now()
            one = view.generations[0]
            assert tx.generations.move(one.id, Phase.CANCELLED, now=now, completed_at=now)
            tx.events.append(one, "phase", {"phase": "cancelled"}, now=now)
            tx.finish()
            raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            await post.studio.database.write(work, scope=SYSTEM)
        await post.deliver()
        assert post.receiver.got == []

    async def test_a_private_board_is_shown_no_further_than_to_whoever_made_the_endpoint(
        self, post: Post
    ) -> None:
        await post.endpoint()
        member = await post.studio.colleague()
        async with post.studio.process():
            await post.studio.make("sample", actor=member, prompt="a secret")
        await post.deliver()
        [message] = post.receiver.messages
        [generation] = message["data"]["generations"]
        assert generation["status"] == "completed"
        assert generation["inputs"] == {}
        assert generation["file"] is None
        assert "a secret" not in json.dumps(message)


class TestSignature:
    async def test_a_receiver_verifies_it_with_the_library(self, post: Post) -> None:
        new = await post.endpoint()
        await post.make()
        await post.deliver()
        [sent] = post.receiver.got
        assert Webhook(new.secret).verify(sent["body"], sent["headers"])["type"] == "job.done"
        assert sent["headers"]["webhook-id"] == f"msg_{(await post.one(new)).id.hex}"
        with pytest.raises(Exception, match="No matching signature"):
            Webhook(new.secret).verify(sent["body"] + b" ", sent["headers"])

    async def test_for_a_day_a_renewed_secret_signs_beside_the_former(self, post: Post) -> None:
        new = await post.endpoint()
        renewed = await post.service.rotate(post.studio.actor, new.endpoint.id)
        assert renewed.secret != new.secret
        await post.make()
        await post.deliver()
        sent = post.receiver.got[-1]
        for secret in (new.secret, renewed.secret):
            Webhook(secret).verify(sent["body"], sent["headers"])

        post.studio.clock.advance(25 * 3600)
        await post.service.test(post.studio.actor, new.endpoint.id)
        assert len(post.receiver.got[-1]["headers"]["webhook-signature"].split()) == 1

    async def test_after_the_installations_secret_has_changed_it_signs_on(self, post: Post) -> None:
        new = await post.endpoint()
        post.courier.sealer = SecretSealer(
            "another secret of the installation", former=[SECRET_KEY]
        )
        await post.service.test(post.studio.actor, new.endpoint.id)
        post.courier.sealer = SecretSealer("another secret of the installation")
        await post.service.test(post.studio.actor, new.endpoint.id)
        for sent in post.receiver.got:
            Webhook(new.secret).verify(sent["body"], sent["headers"])
        assert len(post.receiver.got) == 2

    async def test_a_secret_that_cannot_be_opened_is_said_and_tried_again(self, post: Post) -> None:
        new = await post.endpoint()
        post.courier.sealer = SecretSealer("another secret of the installation")
        delivery = await post.service.test(post.studio.actor, new.endpoint.id)
        assert (delivery.state, delivery.attempts) == (Delivered.PENDING, 1)
        assert "BOARDS_SECRET_KEY" in delivery.error
        assert post.receiver.got == []

    async def test_the_database_does_not_hold_the_secret(self, post: Post, tmp_path) -> None:
        new = await post.endpoint()
        stored = b"".join(one.read_bytes() for one in tmp_path.glob("boards.db*"))
        assert new.endpoint.secret.encode() in stored
        assert new.secret.removeprefix("whsec_").encode() not in stored


class TestRetries:
    async def test_it_is_tried_by_the_schedule_and_then_given_up(self, post: Post) -> None:
        new = await post.endpoint()
        await post.make()
        post.receiver.answers = [500] * 20
        waits = []
        for attempt in range(1, len(SCHEDULE) + 1):
            await post.deliver()
            assert len(post.receiver.got) == attempt
            delivery = await post.one(new)
            assert delivery.attempts == attempt
            if delivery.due_at is None:
                break
            wait = (delivery.due_at - post.studio.clock.now()).total_seconds()
            waits.append(wait)
            post.studio.clock.advance(wait - 0.1)
            await post.deliver()
            assert len(post.receiver.got) == attempt, "it was tried too early"
            post.studio.clock.advance(0.2)
        for wait, planned in zip(waits, SCHEDULE[1:], strict=True):
            assert planned <= wait <= planned * 1.1
        assert (await post.one(new)).state is Delivered.FAILED
        assert len({one["headers"]["webhook-id"] for one in post.receiver.got}) == 1
        assert len({one["body"] for one in post.receiver.got}) == 1

    @pytest.mark.parametrize(
        "answer", [301, 400, 401, 404, 500, TimedOut("late"), Broken("no"), InvalidInput("private")]
    )
    async def test_whatever_is_no_success_is_tried_again(self, post: Post, answer) -> None:
        new = await post.endpoint()
        await post.make()
        post.receiver.answers = [answer]
        await post.deliver()
        first = await post.one(new)
        assert (first.state, first.attempts) == (Delivered.PENDING, 1)
        assert first.error
        post.studio.clock.advance(6)
        await post.deliver()
        assert (await post.one(new)).state is Delivered.DELIVERED

    async def test_a_busy_receiver_says_when(self, post: Post) -> None:
        new = await post.endpoint()
        await post.make()
        post.receiver.answers, post.receiver.headers = [429], {"retry-after": "900"}
        await post.deliver()
        due = (await post.one(new)).due_at
        assert due is not None
        assert (due - post.studio.clock.now()).total_seconds() == 900

    async def test_410_disables_the_endpoint(self, post: Post) -> None:
        new = await post.endpoint()
        await post.make()
        post.receiver.answers = [410]
        await post.deliver()
        endpoint = await post.service.get(post.studio.actor, new.endpoint.id)
        assert endpoint.disabled_reason is Disabled.GONE
        assert "410" in endpoint.note
        assert (await post.one(new)).state is Delivered.FAILED
        await post.make()
        assert len(await post.log(new)) == 1

    async def test_days_of_failure_disable_it_with_a_note(self, post: Post) -> None:
        new = await post.endpoint()
        post.receiver.answers = [500, 200, 500, 503]
        await post.make()
        await post.deliver()
        post.studio.clock.advance(FAILING_FOR.total_seconds())
        await post.deliver()
        fine = await post.service.get(post.studio.actor, new.endpoint.id)
        assert fine.failing_since is None, "a success begins the count anew"
        await post.service.test(post.studio.actor, new.endpoint.id)
        post.studio.clock.advance(FAILING_FOR.total_seconds() + 1)
        await post.deliver()
        endpoint = await post.service.get(post.studio.actor, new.endpoint.id)
        assert endpoint.disabled_reason is Disabled.FAILING
        assert "503" in endpoint.note

    async def test_enabled_again_it_is_told_what_waited(self, post: Post) -> None:
        new = await post.endpoint()
        await post.make()
        actor = post.studio.actor
        await post.service.update(actor, new.endpoint.id, EndpointAsked(enabled=False))
        await post.deliver()
        assert post.receiver.got == []
        await post.service.update(actor, new.endpoint.id, EndpointAsked(enabled=True))
        await post.deliver()
        assert post.receiver.types == ["job.done"]

    async def test_one_that_dies_at_it_is_followed_by_another(self, post: Post) -> None:
        new = await post.endpoint()
        await post.make()
        now = post.studio.clock.now()
        taken = await post.studio.database.write(
            lambda tx: tx.webhooks.take(now=now, until=now.replace(year=now.year), limit=9),
            scope=SYSTEM,
        )
        assert len(taken) == 1
        post.studio.clock.advance(91)
        await post.deliver()
        delivery = await post.one(new)
        assert (delivery.state, delivery.attempts) == (Delivered.DELIVERED, 2)

    async def test_two_couriers_do_not_both_deliver(self, post: Post) -> None:
        new = await post.endpoint()
        await post.make()
        other = replace(post.courier, _under_way={}, _woken=asyncio.Event(), _task=None)
        await asyncio.gather(post.courier.look(), other.look())
        await asyncio.gather(*post.courier._under_way, *other._under_way)
        assert len(post.receiver.got) == 1
        assert (await post.one(new)).attempts == 1

    async def test_it_is_delivered_by_itself_soon_after_the_commit(self, post: Post) -> None:
        await post.endpoint()
        post.courier.look_every = 3600.0
        post.studio.database.listen(post.courier.heard)
        await post.courier.start()
        await eventually(lambda: post.courier._anybody)
        await post.make()
        await eventually(lambda: len(post.receiver.got) == 1)


class TestAdministration:
    async def test_only_admins_of_the_tenant_see_and_change_them(self, post: Post) -> None:
        new = await post.endpoint()
        member = replace(post.studio.actor, tenant_role=TenantRole.MEMBER, platform_admin=False)
        key = new.endpoint.id
        for refused in (
            post.service.create(member, EndpointAsked(url=URL)),
            post.service.list(member, limit=1, cursor=None),
            post.service.get(member, key),
            post.service.update(member, key, EndpointAsked(enabled=False)),
            post.service.delete(member, key),
            post.service.rotate(member, key),
            post.service.test(member, key),
            post.service.deliveries(member, key, limit=1, cursor=None),
            post.service.redeliver(member, key, key),
        ):
            with pytest.raises(Forbidden):
                await refused

    async def test_those_of_another_tenant_are_not_there(self, post: Post) -> None:
        new = await post.endpoint()
        await post.make()
        delivery = await post.one(new)
        other = await post.studio.another_tenant()
        key = new.endpoint.id
        for missing in (
            post.service.get(other, key),
            post.service.update(other, key, EndpointAsked(url=URL)),
            post.service.delete(other, key),
            post.service.rotate(other, key),
            post.service.test(other, key),
            post.service.deliveries(other, key, limit=1, cursor=None),
            post.service.redeliver(other, key, delivery.id),
        ):
            with pytest.raises(NotFound):
                await missing
        assert (await post.service.list(other, limit=9, cursor=None)).items == ()

    @pytest.mark.parametrize(
        "url",
        [
            "http://127.0.0.1/x",
            "http://localhost:9000/x",
            "https://[::1]/x",
            "http://169.254.169.254/latest",
            "http://10.0.0.1",
            "ftp://hooks.example",
            "https://user:pass@hooks.example",
            "http://2130706433/",
            "nonsense",
            "",
        ],
    )
    async def test_an_address_that_may_not_be_called_is_refused(self, post: Post, url) -> None:
        with pytest.raises(InvalidInput):
            await post.endpoint(url=url)

    async def test_a_private_one_may_be_named_in_the_settings(self, post: Post) -> None:
        post.service = replace(post.service, private=frozenset({("127.0.0.1", 9000)}))
        assert (await post.endpoint(url="http://127.0.0.1:9000/x")).endpoint.is_enabled
        with pytest.raises(InvalidInput):
            await post.endpoint(url="http://127.0.0.1:9001/x")

    async def test_a_name_that_leads_inside_is_refused_when_it_is_called(self, post: Post) -> None:
        async def inside(host: str, port: int) -> list[str]:
            return ["127.0.0.1"]

        new = await post.endpoint()
        async with GuardedClient(resolve=inside) as client:
            post.courier.client = client
            delivery = await post.service.test(post.studio.actor, new.endpoint.id)
        assert (delivery.state, delivery.http_status) == (Delivered.PENDING, None)
        assert delivery.error

    async def test_a_test_is_sent_at_once_and_says_what_came_of_it(self, post: Post) -> None:
        new = await post.endpoint(events=(MessageType.JOB_FAILED,))
        delivery = await post.service.test(post.studio.actor, new.endpoint.id)
        assert (delivery.state, delivery.http_status) == (Delivered.DELIVERED, 204)
        assert post.receiver.types == ["webhook.test"]

    async def test_a_message_is_delivered_again_under_its_own_id(self, post: Post) -> None:
        new = await post.endpoint()
        await post.make()
        await post.deliver()
        first = await post.one(new)
        again = await post.service.redeliver(post.studio.actor, new.endpoint.id, first.id)
        assert (again.id, again.state, again.attempts) == (first.id, Delivered.DELIVERED, 1)
        ids = [one["headers"]["webhook-id"] for one in post.receiver.got]
        assert ids == [ids[0]] * 2

    async def test_there_is_a_most(self, post: Post) -> None:
        for _ in range(MOST_ENDPOINTS):
            await post.endpoint()
        with pytest.raises(Conflict):
            await post.endpoint()

    async def test_without_a_secret_key_there_are_none(self, post: Post) -> None:
        post.service = replace(post.service, sealer=None)
        with pytest.raises(NotConfigured, match="BOARDS_SECRET_KEY"):
            await post.endpoint()

    async def test_deleted_it_is_told_nothing_and_its_log_is_gone(self, post: Post) -> None:
        new = await post.endpoint()
        await post.make()
        await post.service.delete(post.studio.actor, new.endpoint.id)
        await post.deliver()
        assert post.receiver.got == []
        with pytest.raises(NotFound):
            await post.log(new)

    async def test_old_deliveries_and_receipts_are_forgotten(self, post: Post) -> None:
        new = await post.endpoint()
        await post.make()
        await post.deliver()
        now = post.studio.clock.now()
        await post.studio.database.write(
            lambda tx: tx.receipts.add("fal", "one", now=now), scope=SYSTEM
        )
        assert await post.service.forget() == 0
        post.studio.clock.advance(31 * 24 * 3600)
        assert await post.service.forget() == 2
        assert await post.log(new) == ()

    async def test_what_admins_do_is_in_the_audit_log(self, post: Post) -> None:
        new = await post.endpoint()
        await post.service.rotate(post.studio.actor, new.endpoint.id)
        await post.service.delete(post.studio.actor, new.endpoint.id)
        page = await post.studio.database.read(
            lambda tx: tx.audit.list(limit=9, cursor=None, user_id=None, action=None),
            scope=SYSTEM,
        )
        did = [one.action for one in page.items]
        assert did == ["webhook.delete", "webhook.rotate", "webhook.create"]
