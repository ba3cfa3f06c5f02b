"""Tenants' own keys: who may set them, which one a call is made with, and what becomes of runs
when a key is replaced or removed while they are under way."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from boards.adapters.sealing import SecretSealer
from boards.domain.access import TenantRole
from boards.domain.generations import Generation, Phase
from boards.errors import Broken, Forbidden, InvalidInput, NotConfigured, NotFound
from boards.generators.base import Poll, Submitted
from boards.services.generators import why_unavailable
from boards.services.keyring import STALE_SECONDS, KeyRing
from boards.services.ports import SYSTEM
from boards.testing.generators import FakeInput, FakeOutput, FakeProvider, FakeProviderGenerator
from tests.services.studio import WAIT, Studio, eventually, open_studio

SECRET, NEXT = (
    "the-first-secret-of-32-characters-or-more",
    "the-next-secret-of-32-characters-or-more",
)
FIRST, SECOND, SHARED = "first-key-0001-aaaa", "second-key-0002-bbbb", "installation-key-0003-cccc"


async def parked(studio: Studio, job_id: UUID) -> Generation:
    """Wait until a run stands on the attention list."""
    async with asyncio.timeout(WAIT):
        while True:
            [one] = (await studio.jobs.get(studio.actor, job_id)).generations
            if one.needs_attention:
                return one
            await asyncio.sleep(0.01)


class Account(FakeProviderGenerator):
    """A provider that knows a job only by the account of the key it was submitted with.

    `accounts` says whose each key is; keys of one account see the same jobs. `revoked` keys are
    refused. `asked` are the keys in the order of the calls, the paid one marked.
    """

    provider = "fal"

    def __init__(self, keyring: KeyRing, service: FakeProvider) -> None:
        super().__init__(service, name="accounted", poll_every=0.01)
        self.keyring = keyring
        self.accounts: dict[str, str] = {}
        self.revoked: set[str] = set()
        self.owner: dict[str, str] = {}
        self.asked: list[str] = []

    async def submit(self, inputs: FakeInput, context) -> Submitted:
        key = await self.keyring.key("fal", context.tenant_id, buys=True)
        self.asked.append(f"paid {key}")
        submitted = await super().submit(inputs, context)
        self.owner[submitted.external_id or ""] = self._account(key)
        return submitted

    async def poll(self, external_id: str, context) -> Poll:
        await self._ask(external_id, context)
        return await super().poll(external_id, context)

    async def fetch(self, external_id: str, inputs: FakeInput, context) -> FakeOutput:
        await self._ask(external_id, context)
        return await super().fetch(external_id, inputs, context)

    async def _ask(self, external_id: str, context) -> None:
        """As the wire does: with another key only when the first is refused."""
        key = await self.keyring.key("fal", context.tenant_id)
        self.asked.append(key)
        if key in self.revoked:
            other = await self.keyring.another("fal", context.tenant_id, key)
            if other is None or other in self.revoked:
                raise Broken("fal refused the key (401); check that it is right and valid.")
            self.asked.append(other)
            key = other
        if self._account(key) != self.owner[external_id]:
            raise Broken("fal has no such thing (404).")

    def _account(self, key: str) -> str:
        return self.accounts.get(key, key)


@pytest.fixture
def keyring() -> KeyRing:
    """One whose every look finds what it knew stale."""
    hours = itertools.count()
    return KeyRing(
        sealer=SecretSealer(SECRET),
        names={"fal": "FAL_KEY"},
        configured={},
        clock=lambda: next(hours) * 3600.0,
    )


@pytest.fixture
def service() -> FakeProvider:
    return FakeProvider(looks=None)


@pytest.fixture
def generator(keyring: KeyRing, service: FakeProvider) -> Account:
    return Account(keyring, service)


@pytest.fixture
async def studio(tmp_path: Path, keyring: KeyRing, generator: Account) -> AsyncIterator[Studio]:
    async with open_studio(f"sqlite:///{tmp_path / 'boards.db'}", tmp_path, [generator]) as opened:
        opened.keyring = keyring
        keyring.database = opened.database
        yield opened


class TestSetting:
    async def test_a_key_is_listed_by_its_ending_and_is_nowhere_in_clear(self, studio, tmp_path):
        shown = await studio.keys.set(studio.actor, "fal", f"  {FIRST}\n")
        assert (shown.provider, shown.ending) == ("fal", FIRST[-3:])
        assert shown.set_by == studio.actor.user_id
        assert await studio.keys.list(studio.actor) == (shown,)
        for path in tmp_path.glob("boards.db*"):
            assert FIRST.encode() not in path.read_bytes()

    @pytest.mark.parametrize("length", [8, 12, 19, 20, 200])
    async def test_never_more_than_four_characters_nor_a_fifth_is_shown(self, studio, length):
        shown = await studio.keys.set(studio.actor, "fal", "abcdefghij"[:8].ljust(length, "z"))
        assert len(shown.ending) <= min(4, length // 5)

    async def test_only_administrators_of_the_tenant_may(self, studio):
        member = replace(
            await studio.colleague(), tenant_role=TenantRole.MEMBER, platform_admin=False
        )
        for attempt in (
            studio.keys.list(member),
            studio.keys.set(member, "fal", FIRST),
            studio.keys.remove(member, "fal"),
        ):
            with pytest.raises(Forbidden):
                await attempt

    async def test_an_administrator_of_a_tenant_may_and_does_not_rotate(self, studio):
        admin = replace(studio.actor, platform_admin=False, tenant_role=TenantRole.ADMIN)
        await studio.keys.set(admin, "fal", FIRST)
        with pytest.raises(Forbidden):
            await studio.keys.rotate(admin)

    async def test_without_a_secret_it_is_refused_and_said_what_to_set(self, studio):
        studio.keyring.sealer = None
        with pytest.raises(NotConfigured, match="Set BOARDS_SECRET_KEY"):
            await studio.keys.set(studio.actor, "fal", FIRST)
        assert await studio.keys.list(studio.actor) == ()

    @pytest.mark.parametrize(
        "key", ["", "short", "with space inside", "ümlaut-key-1234", "x" * 3000]
    )
    async def test_what_is_no_key_is_refused_and_not_quoted(self, studio, key):
        with pytest.raises(InvalidInput) as refused:
            await studio.keys.set(studio.actor, "fal", key)
        assert not key or key not in str(refused.value)

    async def test_a_key_in_the_place_of_the_provider_is_not_quoted(self, studio):
        with pytest.raises(NotFound) as refused:
            await studio.keys.set(studio.actor, FIRST, FIRST)
        assert FIRST not in str(refused.value)

    async def test_setting_and_removing_stand_in_the_audit_log(self, studio):
        await studio.keys.set(studio.actor, "fal", FIRST)
        await studio.keys.remove(studio.actor, "fal")
        page = await studio.database.read(
            lambda tx: tx.audit.list(limit=9, cursor=None), scope=SYSTEM
        )
        seen = [(one.action, one.target_id) for one in page.items]
        assert seen == [("key.remove", "fal"), ("key.set", "fal")]
        assert FIRST not in repr(page)

    async def test_what_is_not_set_cannot_be_removed(self, studio):
        with pytest.raises(NotFound, match="no key for 'fal'"):
            await studio.keys.remove(studio.actor, "fal")


class TestPrecedence:
    async def key(self, studio: Studio) -> str:
        assert studio.keyring is not None
        return await studio.keyring.key("fal", str(studio.actor.tenant_id), buys=True)

    async def test_the_tenant_s_key_goes_before_the_installation_s(self, studio, keyring):
        keyring.configured = {"fal": SHARED}
        assert await self.key(studio) == SHARED
        await studio.keys.set(studio.actor, "fal", FIRST)
        assert await self.key(studio) == FIRST
        await studio.keys.remove(studio.actor, "fal")
        assert await self.key(studio) == SHARED

    async def test_another_tenant_does_not_get_it(self, studio):
        await studio.keys.set(studio.actor, "fal", FIRST)
        other = await studio.another_tenant()
        with pytest.raises(NotConfigured, match="set FAL_KEY, or a key of the tenant"):
            await studio.keyring.key("fal", str(other.tenant_id))

    async def test_a_row_that_is_copied_to_another_tenant_does_not_open(self, studio):
        await studio.keys.set(studio.actor, "fal", FIRST)
        other = await studio.another_tenant()
        [row] = await studio.database.read(lambda tx: tx.keys.sealed(), scope=SYSTEM)
        await studio.database.write(
            lambda tx: tx.keys.put(
                key_id=other.tenant_id,
                tenant_id=other.tenant_id,
                provider="fal",
                sealed=row.sealed,
                secret_id=row.secret_id,
                ending="",
                set_by=None,
                now=studio.clock.now(),
            ),
            scope=SYSTEM,
        )
        with pytest.raises(NotConfigured):
            await studio.keyring.key("fal", str(other.tenant_id))

    async def test_a_key_that_cannot_be_opened_is_not_replaced_by_another(self, studio, keyring):
        await studio.keys.set(studio.actor, "fal", FIRST)
        keyring.configured = {"fal": SHARED}
        keyring.sealer = SecretSealer(NEXT)
        with pytest.raises(NotConfigured, match="another BOARDS_SECRET_KEY"):
            await self.key(studio)
        assert "BOARDS_SECRET_KEY_PREVIOUS" in str(
            (await keyring.own(studio.actor.tenant_id))["fal"]
        )

    async def test_another_process_follows_within_two_seconds(self, studio, keyring):
        now = 0.0
        elsewhere = KeyRing(
            sealer=keyring.sealer,
            names=keyring.names,
            configured={"fal": SHARED},
            database=studio.database,
            clock=lambda: now,
        )
        tenant = str(studio.actor.tenant_id)
        assert await elsewhere.key("fal", tenant) == SHARED
        await studio.keys.set(studio.actor, "fal", FIRST)
        assert await elsewhere.key("fal", tenant, buys=True) == FIRST, "a paid call reads anew"
        await studio.keys.remove(studio.actor, "fal")
        now = STALE_SECONDS + 0.1
        assert await elsewhere.key("fal", tenant) == SHARED


class TestAvailability:
    async def test_a_submit_and_the_list_go_by_the_tenant_s_own_key(self, studio, generator):
        assert why_unavailable(generator, {"fal": "set it"}) is None, "it declares no model"
        assert await studio.generators.own_keys(studio.actor) == {}
        await studio.keys.set(studio.actor, "fal", FIRST)
        assert await studio.generators.own_keys(studio.actor) == {"fal": None}
        [view] = [one for one in await studio.providers.list(studio.actor) if one.name == "fal"]
        assert (view.configured, view.own_key, view.needs) == (True, True, None)
        other = await studio.another_tenant()
        [view] = [one for one in await studio.providers.list(other) if one.name == "fal"]
        assert (view.configured, view.own_key, view.needs) == (False, False, "set FAL_KEY")


class TestUnderWay:
    async def started(self, studio: Studio, generator: Account):
        job_id = await studio.ask("accounted")
        await eventually(lambda: len(generator.asked) > 1)
        return job_id

    async def test_a_run_is_asked_about_with_the_key_it_was_submitted_with(
        self, studio, generator, service
    ):
        await studio.keys.set(studio.actor, "fal", FIRST)
        async with studio.process():
            job_id = await self.started(studio, generator)
            await studio.keys.set(studio.actor, "fal", SECOND)
            generator.asked.clear()
            await eventually(lambda: len(generator.asked) > 2)
            service.finish("fake-1")
            view = await studio.ended(job_id)
            later = await studio.ask("accounted")
            await eventually(lambda: f"paid {SECOND}" in generator.asked)
            service.finish("fake-2")
            await studio.ended(later)
        assert view.generations[0].phase is Phase.COMPLETED
        assert service.paid == 2

    async def test_a_run_of_the_installation_s_key_stays_with_it(
        self, studio, generator, service, keyring
    ):
        keyring.configured = {"fal": SHARED}
        async with studio.process():
            job_id = await self.started(studio, generator)
            await studio.keys.set(studio.actor, "fal", FIRST)
            await eventually(lambda: len(generator.asked) > 5)
            service.finish("fake-1")
            view = await studio.ended(job_id)
        assert view.generations[0].phase is Phase.COMPLETED
        assert FIRST not in generator.asked

    async def test_a_renewed_key_of_the_same_account_goes_on(self, studio, generator, service):
        generator.accounts = {FIRST: "ours", SECOND: "ours"}
        await studio.keys.set(studio.actor, "fal", FIRST)
        async with studio.process():
            job_id = await self.started(studio, generator)
            await studio.keys.set(studio.actor, "fal", SECOND)
            generator.revoked = {FIRST}
            service.finish("fake-1")
            view = await studio.ended(job_id)
        assert view.generations[0].phase is Phase.COMPLETED
        assert service.paid == 1

    @pytest.mark.parametrize("then", ["replaced by another account's", "removed"])
    async def test_a_result_that_cannot_be_fetched_parks_the_run_with_its_hold(
        self, studio, generator, service, then
    ):
        await studio.keys.set(studio.actor, "fal", FIRST)
        gone = generator.fetch

        async def fetch(external_id, inputs, context):
            if then == "removed":
                await studio.keys.remove(studio.actor, "fal")
            else:
                await studio.keys.set(studio.actor, "fal", SECOND)
                generator.revoked = {FIRST}
            generator.fetch = gone
            return await gone(external_id, inputs, context)

        generator.fetch = fetch
        async with studio.process():
            job_id = await self.started(studio, generator)
            service.finish("fake-1")
            one = await parked(studio, job_id)
        assert (one.phase, one.needs_attention) == (Phase.FETCHING, True)
        assert await studio.ledger(one.id) == ["hold"]
        assert service.paid == 1

        # With the right key it comes home, and is paid for once.
        generator.revoked = set()
        await studio.keys.set(studio.actor, "fal", FIRST)
        studio.clock.advance(studio.run_limits.late_look_every + studio.run_limits.lease + 1)
        async with studio.process() as worker:
            await worker.sweep()
            await studio.ended(job_id)
            await eventually(lambda: worker.running == 0)
        assert (await studio.row(one.id)).phase is Phase.COMPLETED
        assert await studio.ledger(one.id) == ["hold", "settle"]
        assert service.paid == 1

    async def test_a_replaced_key_is_forgotten_when_its_runs_have_ended(
        self, studio, generator, service
    ):
        await studio.keys.set(studio.actor, "fal", FIRST)
        async with studio.process():
            job_id = await self.started(studio, generator)
            await studio.keys.set(studio.actor, "fal", SECOND)
            await studio.keys.forget_unused()
            assert await self.kept(studio) == 2
            service.finish("fake-1")
            await studio.ended(job_id)
        await studio.keys.forget_unused()
        assert await self.kept(studio) == 1

    async def kept(self, studio: Studio) -> int:
        return len(await studio.database.read(lambda tx: tx.keys.sealed(), scope=SYSTEM))


class TestRotating:
    async def test_all_tenants_keys_go_to_the_new_secret_and_stay_the_same(self, studio, keyring):
        other = await studio.another_tenant()
        await studio.keys.set(studio.actor, "fal", FIRST)
        await studio.keys.set(other, "fal", SECOND)
        keyring.sealer = SecretSealer(NEXT, former=[SECRET])
        done = await studio.keys.rotate(studio.actor)
        assert (done.rotated, done.current, done.unreadable) == (2, 0, 0)
        keyring.sealer = SecretSealer(NEXT)
        keyring._found.clear()
        assert await keyring.key("fal", str(studio.actor.tenant_id)) == FIRST
        assert await keyring.key("fal", str(other.tenant_id)) == SECOND
        again = await studio.keys.rotate(studio.actor)
        assert (again.rotated, again.current) == (0, 2)

    async def test_what_no_secret_opens_is_counted_and_left(self, studio, keyring):
        await studio.keys.set(studio.actor, "fal", FIRST)
        keyring.sealer = SecretSealer(NEXT)
        done = await studio.keys.rotate(studio.actor)
        assert (done.rotated, done.current, done.unreadable) == (0, 0, 1)
        keyring.sealer = SecretSealer(SECRET)
        assert await keyring.key("fal", str(studio.actor.tenant_id)) == FIRST
