"""Who is asking: credentials in, actors out, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

from boards.adapters.db.database import OpenDatabase, connect
from boards.domain.access import Actor, Origin, TenantRole, TokenScope
from boards.domain.identities import Principal
from boards.domain.people import Session, Tenant, new_secret
from boards.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated
from boards.ids import new_id
from boards.services.audit import AuditService
from boards.services.ports import SYSTEM
from boards.services.sign_in import Credentials, SignInService, TenantRules
from boards.services.tenants import Registration, TenantService
from boards.services.tokens import TokenService
from boards.testing.clock import MovableClock
from tests.db.conftest import postgres_server, sqlite_template, url

__all__ = ["postgres_server", "sqlite_template", "url"]

ANN = Principal(provider="oidc", subject="ann", email="ann@studio.example", email_verified=True)


@dataclass
class Book:
    """Takes every token that names somebody it knows."""

    people: dict[str, Principal] = field(default_factory=dict)

    async def verify(self, token: str) -> Principal:
        if token not in self.people:
            raise Unauthenticated("The token has expired. Sign in again.")
        return self.people[token]


@dataclass(kw_only=True)
class House:
    """An installation with one open tenant, `default`."""

    database: OpenDatabase
    clock: MovableClock = field(default_factory=MovableClock)
    book: Book = field(default_factory=Book)
    rules: TenantRules = field(default_factory=TenantRules)
    registration: Registration = field(default_factory=Registration)

    @property
    def sign_in(self) -> SignInService:
        return SignInService(
            database=self.database, clock=self.clock, verifier=self.book, rules=self.rules
        )

    @property
    def tokens(self) -> TokenService:
        return TokenService(database=self.database, clock=self.clock)

    @property
    def tenants(self) -> TenantService:
        return TenantService(
            database=self.database, clock=self.clock, registration=self.registration
        )

    async def come(self, who: Principal, tenant: str | None = None) -> Actor:
        self.book.people[who.subject] = who
        return await self.sign_in.actor_for(Credentials(bearer=who.subject, tenant=tenant))

    async def add_tenant(self, slug: str) -> Tenant:
        now = self.clock.now()
        tenant = Tenant(id=new_id(), slug=slug, name=slug, created_at=now, approved_at=now)
        await self.database.write(lambda tx: tx.people.add_tenant(tenant), scope=SYSTEM)
        return tenant

    async def join(self, who: Principal, tenant: Tenant) -> None:
        now = self.clock.now()

        def work(tx: object) -> None:
            people = tx.people  # type: ignore[attr-defined]
            identity = people.ensure_identity(who.provider, who.subject, now=now)
            people.admit(tenant, identity, who, TenantRole.MEMBER, now=now)

        await self.database.write(work, scope=SYSTEM)

    async def make_admin(self, actor: Actor) -> Actor:
        user_id = actor.user_id
        assert user_id is not None
        await self.database.write(
            lambda tx: tx.people.set_role(user_id, TenantRole.ADMIN), scope=SYSTEM
        )
        return replace(actor, tenant_role=TenantRole.ADMIN)


@pytest.fixture
async def house(url: str) -> AsyncIterator[House]:
    database = await connect(url)
    house = House(database=database)
    await house.add_tenant("default")
    yield house
    await database.close()


class TestIdentityProvider:
    async def test_who_comes_first_becomes_a_member(self, house: House) -> None:
        actor = await house.come(ANN)
        assert actor.tenant_role is TenantRole.MEMBER
        assert not actor.platform_admin
        assert (await house.sign_in.member_for(actor)).email == "ann@studio.example"

    async def test_who_comes_again_is_the_same(self, house: House) -> None:
        assert await house.come(ANN) == await house.come(ANN)

    async def test_many_at_once_make_one_member(self, house: House) -> None:
        actors = await asyncio.gather(*(house.come(ANN) for _ in range(12)))
        assert len({actor.user_id for actor in actors}) == 1

    async def test_a_new_address_is_kept(self, house: House) -> None:
        actor = await house.come(ANN)
        await house.come(replace(ANN, email="ann@new.example"))
        assert (await house.sign_in.member_for(actor)).email == "ann@new.example"

    async def test_a_token_that_does_not_hold_is_nobody_s(self, house: House) -> None:
        with pytest.raises(Unauthenticated, match="expired"):
            await house.sign_in.actor_for(Credentials(bearer="forged"))

    async def test_without_a_provider_no_token_is_taken(self, house: House) -> None:
        service = replace(house.sign_in, verifier=None)
        with pytest.raises(Unauthenticated):
            await service.actor_for(Credentials(bearer="ann"))

    async def test_a_disabled_member_stays_out(self, house: House) -> None:
        actor = await house.come(ANN)
        user_id = actor.user_id
        assert user_id is not None
        await house.database.write(
            lambda tx: tx.people.disable(user_id, at=house.clock.now()), scope=SYSTEM
        )
        with pytest.raises(Forbidden, match="disabled"):
            await house.come(ANN)

    async def test_without_a_credential_somebody_is_nobody(self, house: House) -> None:
        actor = await house.sign_in.actor_for(Credentials())
        assert actor.user_id is None
        assert not actor.is_tenant_admin


class TestTenants:
    @pytest.fixture(autouse=True)
    def many(self, house: House) -> None:
        house.rules = TenantRules(is_multi_tenant=True, claim="studio")

    async def test_a_claim_names_the_tenant(self, house: House) -> None:
        films = await house.add_tenant("films")
        actor = await house.come(replace(ANN, claims={"org": {"slug": "Films"}}))
        assert actor.tenant_id == films.id

    async def test_the_installation_s_own_claim_does_too(self, house: House) -> None:
        films = await house.add_tenant("films")
        actor = await house.come(replace(ANN, claims={"studio": "films"}))
        assert actor.tenant_id == films.id

    async def test_a_claim_makes_no_tenant(self, house: House) -> None:
        for name in ("nowhere", "e-vil"):
            with pytest.raises(Forbidden, match="not open"):
                await house.come(replace(ANN, claims={"tenant": name}))
        found = await house.database.read(lambda tx: tx.people.tenants(), scope=SYSTEM)
        assert [tenant.slug for tenant in found] == ["default"]

    async def test_an_address_names_no_tenant(self, house: House) -> None:
        await house.add_tenant("studio")
        with pytest.raises(Forbidden, match="no tenant"):
            await house.come(replace(ANN, email="ann@studio.example"))

    async def test_the_header_only_chooses_among_memberships(self, house: House) -> None:
        films, music = await house.add_tenant("films"), await house.add_tenant("music")
        await house.add_tenant("secret")
        await house.join(ANN, films)
        await house.join(ANN, music)
        assert (await house.come(ANN, tenant="music")).tenant_id == music.id
        assert (await house.come(ANN)).tenant_id == films.id
        refusals = []
        for slug in ("secret", "missing"):
            with pytest.raises(Forbidden) as refusal:
                await house.come(ANN, tenant=slug)
            refusals.append(refusal.value.message.replace(slug, "…"))
        assert refusals[0] == refusals[1]

    async def test_the_header_does_not_overrule_the_claim_s_membership(self, house: House) -> None:
        await house.add_tenant("films")
        await house.add_tenant("secret")
        with pytest.raises(Forbidden):
            await house.come(replace(ANN, claims={"tenant": "films"}), tenant="secret")

    async def test_a_closed_tenant_lets_nobody_in(self, house: House) -> None:
        films = await house.add_tenant("films")
        who = replace(ANN, claims={"tenant": "films"})
        await house.come(who)
        await house.database.write(
            lambda tx: tx.people.delete_tenant(films.id, at=house.clock.now()), scope=SYSTEM
        )
        with pytest.raises(Forbidden):
            await house.come(who)

    async def test_a_tenant_that_waits_for_approval_lets_nobody_in(self, house: House) -> None:
        house.registration = Registration(is_open=True)
        tenant = await house.tenants.register(ANN, slug="films", name="Films")
        assert not tenant.is_open
        with pytest.raises(Forbidden, match="not open"):
            await house.come(ANN)
        root = Actor(tenant_id=new_id(), user_id=None, platform_admin=True)
        await house.tenants.approve(root, tenant.id)
        assert (await house.come(ANN)).tenant_role is TenantRole.ADMIN


class TestRegistration:
    async def test_it_is_closed_unless_opened(self, house: House) -> None:
        with pytest.raises(Forbidden):
            await house.tenants.register(ANN, slug="films", name="Films")

    async def test_a_taken_slug_hands_nothing_over(self, house: House) -> None:
        house.registration = Registration(is_open=True, needs_approval=False)
        with pytest.raises(Conflict, match="default"):
            await house.tenants.register(ANN, slug="default", name="Mine now")
        found = await house.database.read(
            lambda tx: tx.people.identity("oidc", "ann"), scope=SYSTEM
        )
        assert found is None, "nothing of a refused registration stays"

    async def test_only_verified_addresses_of_the_domains_may(self, house: House) -> None:
        house.registration = Registration(
            is_open=True, needs_approval=False, domains=("studio.example",)
        )
        for who in (
            replace(ANN, email_verified=False),
            replace(ANN, email="ann@studio.example.evil.example"),
            replace(ANN, email="ann@evilstudio.example"),
            replace(ANN, email=None),
        ):
            with pytest.raises(Forbidden, match=r"studio\.example"):
                await house.tenants.register(who, slug="films", name="Films")
        assert (await house.tenants.register(ANN, slug="films", name="Films")).is_open

    async def test_nobody_makes_any_number(self, house: House) -> None:
        house.registration = Registration(is_open=True, needs_approval=False, most_per_person=2)
        for slug in ("one", "two"):
            await house.tenants.register(ANN, slug=slug, name=slug)
        with pytest.raises(Forbidden, match="limit"):
            await house.tenants.register(ANN, slug="three", name="three")

    @pytest.mark.parametrize("slug", ["", "A", "a b", "-a", "a-", "../x", "ä", "x" * 51])
    async def test_a_slug_that_is_none_is_refused(self, house: House, slug: str) -> None:
        house.registration = Registration(is_open=True)
        with pytest.raises(InvalidInput, match="slug"):
            await house.tenants.register(ANN, slug=slug, name="Films")


class TestAdministration:
    async def test_only_administrators_administer(self, house: House) -> None:
        actor = await house.come(ANN)
        other = await house.add_tenant("other")
        admin = await house.make_admin(actor)
        for who, refusal in ((actor, Forbidden), (admin, Forbidden)):
            with pytest.raises(refusal):
                await house.tenants.create(who, slug="new", name="New")
            with pytest.raises(refusal):
                await house.tenants.delete(who, who.tenant_id)
        with pytest.raises(Forbidden):
            await house.tenants.members(actor, actor.tenant_id)
        with pytest.raises(NotFound):
            await house.tenants.members(admin, other.id)
        with pytest.raises(NotFound):
            await house.tenants.rename(admin, other.id, "Mine")
        assert len(await house.tenants.members(admin, admin.tenant_id)) == 1
        assert [one.slug for one in await house.tenants.list(admin)] == ["default"]

    async def test_somebody_always_stays_to_administer(self, house: House) -> None:
        admin = await house.make_admin(await house.come(ANN))
        assert admin.user_id is not None
        with pytest.raises(Conflict, match="Nobody else"):
            await house.tenants.change_member(admin, admin.user_id, role=TenantRole.MEMBER)
        with pytest.raises(Conflict, match="Nobody else"):
            await house.tenants.change_member(admin, admin.user_id, is_disabled=True)

    async def test_a_role_that_was_taken_away_is_gone_at_the_next_request(
        self, house: House
    ) -> None:
        admin = await house.make_admin(await house.come(ANN))
        ben = replace(ANN, subject="ben", email="ben@studio.example")
        other = await house.make_admin(await house.come(ben))
        assert other.user_id is not None
        await house.tenants.change_member(admin, other.user_id, role=TenantRole.MEMBER)
        assert not (await house.come(ben)).is_tenant_admin

    async def test_another_tenant_s_member_cannot_be_changed(self, house: House) -> None:
        admin = await house.make_admin(await house.come(ANN))
        ben = replace(ANN, subject="ben")
        other = await house.add_tenant("other")
        await house.join(ben, other)
        house.rules = TenantRules(is_multi_tenant=True)
        stranger = await house.come(ben)
        assert stranger.user_id is not None
        with pytest.raises(NotFound):
            await house.tenants.change_member(admin, stranger.user_id, is_disabled=True)

    async def test_what_was_done_is_written_down(self, house: House) -> None:
        admin = await house.make_admin(await house.come(ANN))
        ben = await house.come(replace(ANN, subject="ben"))
        assert ben.user_id is not None
        admin = replace(admin, origin=Origin(address="192.0.2.7", request_id="r-1"))
        await house.tenants.change_member(admin, ben.user_id, is_disabled=True)
        log = AuditService(database=house.database, clock=house.clock)
        [entry] = (await log.list(admin, limit=9, cursor=None)).items
        assert (entry.action, entry.target_id) == ("user.change", str(ben.user_id))
        assert (entry.address, entry.request_id) == ("192.0.2.7", "r-1")
        assert entry.user_id == admin.user_id
        assert entry.details == {"disabled": True}
        with pytest.raises(Forbidden):
            await log.list(ben, limit=9, cursor=None)


class TestApiTokens:
    async def make(self, house: House, actor: Actor, *scopes: str) -> tuple[str, Actor]:
        made = await house.tokens.create(
            actor, name="robot", scopes=scopes or ("read",), expires_days=30
        )
        return made.text, await house.sign_in.actor_for(Credentials(bearer=made.text))

    async def test_it_acts_as_its_owner_within_its_scopes(self, house: House) -> None:
        owner = await house.make_admin(await house.come(ANN))
        _, robot = await self.make(house, owner, "read")
        assert (robot.tenant_id, robot.user_id) == (owner.tenant_id, owner.user_id)
        assert robot.allows(TokenScope.READ)
        assert not robot.allows(TokenScope.GENERATE)
        assert not robot.is_tenant_admin
        _, strong = await self.make(house, owner, "admin")
        assert strong.is_tenant_admin

    async def test_it_never_has_more_than_its_owner(self, house: House) -> None:
        owner = await house.come(ANN)
        _, robot = await self.make(house, owner, "admin")
        assert not robot.is_tenant_admin

    async def test_the_secret_is_not_kept(self, house: House) -> None:
        owner = await house.come(ANN)
        made = await house.tokens.create(owner, name="r", scopes=["read"], expires_days=None)
        assert made.text not in repr(made)
        [kept] = await house.tokens.list(owner)
        assert made.text.endswith(kept.hint)
        assert len(kept.hint) == 4

    async def test_a_revoked_one_is_refused_at_once(self, house: House) -> None:
        owner = await house.come(ANN)
        text, robot = await self.make(house, owner)
        assert robot.token_id is not None
        await house.tokens.revoke(owner, robot.token_id)
        with pytest.raises(Unauthenticated):
            await house.sign_in.actor_for(Credentials(bearer=text))

    async def test_an_expired_one_is_refused(self, house: House) -> None:
        text, _ = await self.make(house, await house.come(ANN))
        house.clock.advance(30 * 86400)
        with pytest.raises(Unauthenticated):
            await house.sign_in.actor_for(Credentials(bearer=text))

    async def test_an_unknown_one_is_refused(self, house: House) -> None:
        with pytest.raises(Unauthenticated):
            await house.sign_in.actor_for(Credentials(bearer="boards_made-up"))

    async def test_one_of_another_tenant_is_refused(self, house: House) -> None:
        await house.add_tenant("other")
        text, _ = await self.make(house, await house.come(ANN))
        with pytest.raises(Forbidden):
            await house.sign_in.actor_for(Credentials(bearer=text, tenant="other"))

    async def test_a_disabled_owner_s_is_refused(self, house: House) -> None:
        admin = await house.make_admin(await house.come(replace(ANN, subject="root")))
        owner = await house.come(ANN)
        text, _ = await self.make(house, owner)
        assert owner.user_id is not None
        await house.tenants.change_member(admin, owner.user_id, is_disabled=True)
        with pytest.raises(Forbidden):
            await house.sign_in.actor_for(Credentials(bearer=text))

    async def test_a_token_makes_no_tokens(self, house: House) -> None:
        _, robot = await self.make(house, await house.come(ANN), "admin", "manage")
        with pytest.raises(Forbidden, match="cannot make tokens"):
            await house.tokens.create(robot, name="x", scopes=["read"], expires_days=None)

    async def test_somebody_else_s_is_not_found(self, house: House) -> None:
        _, robot = await self.make(house, await house.come(ANN))
        other = await house.come(replace(ANN, subject="ben"))
        assert robot.token_id is not None
        with pytest.raises(NotFound):
            await house.tokens.revoke(other, robot.token_id)
        assert await house.tokens.list(other) == ()

    @pytest.mark.parametrize("scopes", [(), ("everything",), ("read", "root")])
    async def test_scopes_that_are_none_are_refused(
        self, house: House, scopes: tuple[str, ...]
    ) -> None:
        with pytest.raises(InvalidInput, match="scope"):
            await house.tokens.create(
                await house.come(ANN), name="x", scopes=scopes, expires_days=None
            )


class TestSessions:
    async def test_a_session_is_good_until_it_ends(self, house: House) -> None:
        actor = await house.come(ANN)
        member = await house.sign_in.member_for(actor)
        secret = new_secret()
        now = house.clock.now()
        session = Session(
            id=new_id(),
            identity_id=member.identity_id,
            created_at=now,
            seen_at=now,
            expires_at=now.replace(year=now.year + 1),
        )
        await house.database.write(
            lambda tx: tx.people.add_session(session, secret.fingerprint), scope=SYSTEM
        )
        assert await house.sign_in.actor_for(Credentials(session=secret.text)) == actor
        house.clock.advance(400 * 86400)
        with pytest.raises(Unauthenticated, match="ended"):
            await house.sign_in.actor_for(Credentials(session=secret.text))
        with pytest.raises(Unauthenticated):
            await house.sign_in.actor_for(Credentials(session="made up"))
