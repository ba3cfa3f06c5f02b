"""Webhooks that the lab sends: each wakes its run, none is believed, none counts twice."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from boards.domain.generations import Phase
from boards.services.hooks import Hook, HookOutcome
from boards.services.ports import SYSTEM
from boards.testing.lab import Event, Kind, Stage
from tests.providers.hooked import CALLBACKS, HOOKED, Hooked, open_hooked
from tests.providers.samples import Sample
from tests.providers.test_stories import _attention
from tests.services.studio import WAIT, eventually

SIGNED = [each for each in HOOKED if each.provider in {"fal", "replicate"}]
VERIFIED = [each for each in HOOKED if each.provider != "luma"]
"""Those whose hooks carry a signature of some kind."""


@pytest.fixture
async def hooked(lab, client, sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Hooked]:
    shutil.copyfile(sqlite_template, tmp_path / "boards.db")
    async with open_hooked(lab, client, tmp_path) as opened:
        yield opened


@pytest.fixture(params=HOOKED, ids=str)
def hooking(request) -> Sample:
    """Each transport that asks for a call."""
    found: Sample = request.param
    return found


async def submitted(hooked: Hooked, sample: Sample):
    """A job that the provider has, and of which the run has looked once."""
    hooked.be_patient()
    hooked.lab.fault(Stage.SUBMIT, Kind.NEVER)
    job_id = await hooked.ask(sample)
    await eventually(lambda: hooked.lab.book.count(Event.LOOKED) == 1)
    [job] = hooked.lab.desk.jobs.values()
    return job_id, job


async def finish(hooked: Hooked, job) -> list[int]:
    """End the job; gives how its hooks were answered."""
    job.fault = None
    hooked.lab.desk.end_job(job)
    await hooked.lab.hooks.told()
    return [one.status for one in hooked.lab.hooks.sent]


async def assert_made_once(hooked: Hooked, job_id) -> None:
    view = await hooked.studio.ended(job_id)
    generation = view.generations[0]
    assert generation.phase is Phase.COMPLETED
    assert generation.file is not None
    assert await hooked.studio.ledger(generation.id) == ["hold", "settle"]
    assert (hooked.lab.book.accepted, hooked.lab.book.billed) == (1, 1)


class TestWaking:
    async def test_a_hook_ends_the_wait_for_the_next_look(self, hooked, hooking) -> None:
        async with hooked.studio.process():
            job_id, job = await submitted(hooked, hooking)
            assert await finish(hooked, job) == [200]
            await assert_made_once(hooked, job_id)

    async def test_one_that_is_sent_twice_counts_once(self, hooked, hooking) -> None:
        hooked.lab.fault(Stage.WEBHOOK, Kind.TWICE)
        async with hooked.studio.process():
            job_id, job = await submitted(hooked, hooking)
            assert await finish(hooked, job) == [200, 200]
            await assert_made_once(hooked, job_id)
        assert await receipts(hooked, hooking.provider) == 1

    async def test_a_replayed_one_does_nothing(self, hooked, hooking) -> None:
        hooked.lab.fault(Stage.WEBHOOK, Kind.REPLAYED)
        async with hooked.studio.process():
            job_id, job = await submitted(hooked, hooking)
            assert await finish(hooked, job) == [200, 200]
            await assert_made_once(hooked, job_id)
        assert await receipts(hooked, hooking.provider) == 1

    async def test_the_same_hook_is_told_from_a_new_one(self, hooked, hooking) -> None:
        async with hooked.studio.process():
            job_id, job = await submitted(hooked, hooking)
            await finish(hooked, job)
            await assert_made_once(hooked, job_id)
        [sent] = hooked.lab.hooks.sent
        token = parse_qs(urlsplit(sent.url).query)["token"][0]
        hook = Hook(provider=sent.provider, headers=sent.headers, body=sent.body, token=token)
        assert await hooked.service.receive(hook) is HookOutcome.REPEATED

    async def test_it_races_a_poll_and_there_is_one_result(self, hooked, hooking) -> None:
        hooked.lab.fault(Stage.WEBHOOK, Kind.TWICE)
        async with hooked.studio.process():
            job_id = await hooked.ask(hooking)
            await assert_made_once(hooked, job_id)
            await hooked.lab.hooks.told()

    async def test_without_it_polling_does_everything(self, hooked, hooking) -> None:
        hooked.lab.fault(Stage.WEBHOOK, Kind.NEVER)
        async with hooked.studio.process():
            job_id = await hooked.ask(hooking)
            await assert_made_once(hooked, job_id)
        assert not hooked.lab.hooks.sent

    async def test_a_parked_run_is_looked_at_now(self, hooked, hooking) -> None:
        async with hooked.studio.process():
            job_id, job = await submitted(hooked, hooking)
            generator = hooked.studio.registry.get(hooking.generator)
            hooked.studio.clock.advance(generator.longest_run + 1)
            await hooked.studio.dispatch.look((await hooked.generation(job_id)).id)
            parked = await _attention(hooked.studio, job_id)
            assert parked.phase is Phase.SUBMITTED
            # The hook is as late as the clock says; its time is its own.
            hooked.studio.clock.advance(-generator.longest_run - 1)
            assert await finish(hooked, job) == [200]
            await assert_made_once(hooked, job_id)


class TestLostAnswer:
    async def test_a_hook_brings_the_id_of_a_lost_submit(self, hooked, hooking) -> None:
        hooked.lab.fault(Stage.SUBMIT, Kind.DROP_AFTER)
        hooked.lab.fault(Stage.WEBHOOK, Kind.LATE, seconds=0.3)
        async with hooked.studio.process():
            job_id = await hooked.ask(hooking)
            unknown = (await hooked.studio.ended(job_id)).generations[0]
            assert unknown.phase is Phase.SUBMIT_UNKNOWN
            await hooked.lab.hooks.told()
            await eventually(lambda: hooked.lab.book.count(Event.FETCHED) > 0)
            await assert_made_once(hooked, job_id)
        [job] = hooked.lab.desk.jobs.values()
        found = await hooked.studio.row(unknown.id)
        assert found.external_id == job.id
        assert not found.needs_attention

    async def test_one_before_the_answer_is_kept_even_if_the_answer_is_lost(
        self, hooked, hooking
    ) -> None:
        hold = hooked.lab.hold(Stage.SUBMIT)
        async with hooked.studio.process():
            job_id = await hooked.ask(hooking)
            await hold.reached.wait()
            await hooked.lab.hooks.told()
            assert [one.status for one in hooked.lab.hooks.sent] == [200]
        # The process is dead, and with it the answer.
        await hooked.studio.lapse()
        async with hooked.studio.process() as worker:
            await worker.sweep()
            await assert_made_once(hooked, job_id)
        hold.release()

    async def test_one_before_the_answer_does_no_harm_to_it(self, hooked, hooking) -> None:
        hold = hooked.lab.hold(Stage.SUBMIT)
        async with hooked.studio.process():
            job_id = await hooked.ask(hooking)
            await hold.reached.wait()
            await hooked.lab.hooks.told()
            hold.release()
            await assert_made_once(hooked, job_id)

    async def test_an_id_that_the_provider_does_not_know_is_not_believed(
        self, hooked, hooking
    ) -> None:
        hooked.lab.fault(Stage.SUBMIT, Kind.DROP_BEFORE)
        async with hooked.studio.process():
            job_id = await hooked.ask(hooking)
            generation = (await hooked.studio.ended(job_id)).generations[0]
        body = {
            "request_id": "somebody-elses",
            "id": "somebody-elses",
            "data": {"taskId": "somebody-elses"},
        }
        sent = await send(hooked, hooking, generation.id, body)
        assert sent.status == 503
        after = await hooked.studio.row(generation.id)
        assert (after.phase, after.external_id) == (Phase.SUBMIT_UNKNOWN, None)

    @pytest.mark.parametrize("sample", [each for each in HOOKED if each not in SIGNED], ids=str)
    async def test_an_unsigned_one_cannot_bring_another_job_of_the_account(
        self, hooked, sample
    ) -> None:
        hooked.lab.fault(Stage.SUBMIT, Kind.DROP_BEFORE)
        async with hooked.studio.process():
            lost = (await hooked.studio.ended(await hooked.ask(sample))).generations[0]
            other = (await hooked.studio.ended(await hooked.ask(sample))).generations[0]
        assert other.external_id is not None
        body = {"id": other.external_id, "data": {"taskId": other.external_id}}
        sent = await send(hooked, sample, lost.id, body)
        assert sent.status == 200
        after = await hooked.studio.row(lost.id)
        assert (after.phase, after.external_id) == (Phase.SUBMIT_UNKNOWN, None)


class TestLate:
    async def test_after_the_end_it_changes_nothing(self, hooked, hooking) -> None:
        hooked.lab.fault(Stage.WEBHOOK, Kind.LATE, seconds=0.3)
        async with hooked.studio.process():
            job_id = await hooked.ask(hooking)
            await assert_made_once(hooked, job_id)
            await hooked.lab.hooks.told()
            assert [one.status for one in hooked.lab.hooks.sent] == [200]
            await assert_made_once(hooked, job_id)

    async def test_a_late_result_of_a_cancelled_run_is_kept_and_settled_once(
        self, hooked, hooking
    ) -> None:
        hooked.lab.fault(Stage.CANCEL, Kind.STATUS, times=None)
        async with hooked.studio.process():
            job_id, job = await submitted(hooked, hooking)
            generation = await hooked.generation(job_id)
            await hooked.studio.generations.cancel(hooked.studio.actor, generation.id)
            await hooked.studio.ended(job_id)
        assert (await hooked.studio.row(generation.id)).needs_attention

        # Nobody runs it any more; the hook has the reconciler look.
        assert await finish(hooked, job) == [200]
        row = await hooked.studio.row(generation.id)
        async with asyncio.timeout(WAIT):
            while row.file is None:
                await asyncio.sleep(0.01)
                row = await hooked.studio.row(generation.id)
        assert row.phase is Phase.CANCELLED
        assert await hooked.studio.ledger(generation.id) == ["hold", "settle"]


class TestForgery:
    @pytest.mark.parametrize("kind", [Kind.FORGED, Kind.WRONG_KEY, Kind.EXPIRED])
    @pytest.mark.parametrize("sample", VERIFIED, ids=str)
    async def test_what_is_not_proven_is_refused_and_wakes_nobody(
        self, hooked, sample, kind
    ) -> None:
        hooked.lab.fault(Stage.WEBHOOK, kind)
        async with hooked.studio.process():
            job_id, job = await submitted(hooked, sample)
            assert await finish(hooked, job) == [401]
            assert (await hooked.generation(job_id)).phase is Phase.SUBMITTED
        assert hooked.lab.book.count(Event.LOOKED) == 1
        assert await receipts(hooked, sample.provider) == 0

    async def test_a_token_of_our_own_is_needed_where_nothing_is_signed(self, hooked) -> None:
        for path in ("/api/v1/webhooks/luma", "/api/v1/webhooks/luma?token=AAAA"):
            answer = await hooked.http.post(path, json={"id": "x", "state": "completed"})
            assert answer.status_code == 401
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["detail"] == "This webhook is not proven."

    async def test_a_token_is_good_for_its_own_provider_only(self, hooked) -> None:
        async with hooked.studio.process():
            job_id = await hooked.ask(next(one for one in HOOKED if one.provider == "luma"))
            generation = (await hooked.studio.ended(job_id)).generations[0]
        url = CALLBACKS.url("luma", generation.id)
        assert url is not None
        answer = await hooked.http.post(url.replace("/luma?", "/kie?"), json={})
        assert answer.status_code == 401

    @pytest.mark.parametrize("provider", ["nobody", "gemini", "openai", "..", "fal%2F"])
    async def test_a_provider_without_hooks_is_not_there(self, hooked, provider) -> None:
        answer = await hooked.http.post(f"/api/v1/webhooks/{provider}", json={})
        assert answer.status_code == 404

    async def test_keys_that_have_changed_are_fetched_anew(self, hooked) -> None:
        fal = next(one for one in HOOKED if one.provider == "fal")
        async with hooked.studio.process():
            await assert_made_once(hooked, await hooked.ask(fal))
            await hooked.lab.hooks.told()
        [signer] = [one.signer for one in hooked.lab.providers if one.name == "fal"]
        reader = hooked.service.readers["fal"]
        reader._asked_at = None
        signer.rotate()
        generation = hooked.lab.desk.jobs["fal", next(iter(hooked.lab.desk.jobs))[1]]
        sent = await hooked.lab.hooks.send(
            "fal",
            "https://boards.example/api/v1/webhooks/fal",
            {"request_id": generation.id},
            signer,
            message_id="another",
        )
        assert sent.status == 200


class TestGuard:
    async def test_a_page_cannot_send_one(self, hooked) -> None:
        headers = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        answer = await hooked.http.post("/api/v1/webhooks/fal", json={}, headers=headers)
        assert answer.status_code == 403

    async def test_an_unknown_host_is_refused(self, hooked) -> None:
        answer = await hooked.http.post(
            "/api/v1/webhooks/fal", json={}, headers={"host": "rebound.example"}
        )
        assert answer.status_code == 421

    async def test_it_may_be_larger_than_other_bodies_but_not_endless(self, hooked) -> None:
        body = {"payload": "x" * (2 * 2**20)}
        assert (await hooked.http.post("/api/v1/webhooks/fal", json=body)).status_code == 401
        body = {"payload": "x" * (5 * 2**20)}
        assert (await hooked.http.post("/api/v1/webhooks/fal", json=body)).status_code == 413
        assert (await hooked.http.post("/api/v1/estimate", json=body)).status_code == 413

    async def test_another_content_type_is_refused(self, hooked) -> None:
        answer = await hooked.http.post(
            "/api/v1/webhooks/fal", content=b"a=1", headers={"content-type": "text/plain"}
        )
        assert answer.status_code == 415


async def receipts(hooked: Hooked, provider: str) -> int:
    """How many hooks of a provider were taken in, counted by taking each out again."""
    count = 0
    while await hooked.studio.database.write(
        lambda tx: tx.receipts.forget(before=hooked.studio.clock.now().replace(year=2100), limit=1),
        scope=SYSTEM,
    ):
        count += 1
    return count


async def send(hooked: Hooked, sample: Sample, generation_id, body):
    """A well-signed hook of our own making about a generation."""
    [provider] = [one for one in hooked.lab.providers if one.name == sample.provider]
    url = CALLBACKS.url(sample.provider, generation_id)
    assert url is not None
    signer = getattr(provider, "signer", None)
    return await hooked.lab.hooks.send(sample.provider, url, body, signer, message_id="made-up")
