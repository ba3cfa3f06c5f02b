"""Who is asking: a credential in, an actor out.

A credential that does not hold is refused, and never taken for nobody. No request makes a tenant;
who comes from an identity provider for the first time becomes a member, without races. What
somebody may do is read anew for each request, so that a role that was taken away is gone at once.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from boards.domain.access import Actor, Origin, TenantRole
from boards.domain.identities import Principal, claimed_tenant
from boards.domain.people import Member, Session, Tenant, fingerprint, is_api_token
from boards.errors import Forbidden, Unauthenticated
from boards.services.members import accept_all
from boards.services.ports import SYSTEM, Clock, Database, TokenVerifier, Tx

__all__ = ["Credentials", "SignInService", "TenantRules"]

SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a token was last used."""


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What came with a request; `tenant` is the slug that the caller asked for."""

    bearer: str | None = field(default=None, repr=False)
    session: str | None = field(default=None, repr=False)
    tenant: str | None = None
    origin: Origin = field(default=Origin())


@dataclass(frozen=True, kw_only=True)
class TenantRules:
    """Which tenants there are, and how a token names one."""

    is_multi_tenant: bool = False
    default_slug: str = "default"
    claim: str | None = None


@dataclass(frozen=True, kw_only=True)
class SignInService:
    """Finds out who is asking."""

    database: Database
    clock: Clock
    verifier: TokenVerifier | None
    rules: TenantRules

    async def actor_for(self, credentials: Credentials) -> Actor:
        """Give the actor of a request; an anonymous one without any credential.

        Raises Unauthenticated for a credential that does not hold, Forbidden for somebody who is
        known and may not come in, Broken when the identity provider's keys cannot be had.
        """
        return replace(await self._found(credentials), origin=credentials.origin)

    async def _found(self, credentials: Credentials) -> Actor:
        bearer = credentials.bearer
        if bearer is not None and is_api_token(bearer):
            return await self._by_token(bearer, credentials.tenant)
        if bearer is not None:
            return await self._by_principal(await self._verified(bearer), credentials.tenant)
        if credentials.session is not None:
            return await self._by_session(credentials.session, credentials.tenant)
        return await self._anonymous(credentials.tenant)

    async def member_for(self, actor: Actor) -> Member:
        """Give what is known of the person who acts. Unauthenticated for nobody."""
        user_id = actor.user_id
        if user_id is None:
            raise Unauthenticated
        found = await self.database.read(lambda tx: tx.people.member(user_id), scope=SYSTEM)
        if found is None:
            raise Unauthenticated
        return found

    async def person_for(self, credentials: Credentials) -> Principal:
        """Give who somebody is, whether or not they belong to a tenant yet.

        Raises Unauthenticated for nobody and for a credential that does not hold, Forbidden for a
        program: an API token is no person.
        """
        bearer, session = credentials.bearer, credentials.session
        if bearer is not None and is_api_token(bearer):
            await self._by_token(bearer, credentials.tenant)
            raise Forbidden("An API token cannot do this; sign in yourself.")
        if bearer is not None:
            return await self._verified(bearer)
        if session is None:
            raise Unauthenticated
        mark, now = fingerprint(session), self.clock.now()
        return await self.database.read(
            lambda tx: tx.people.principal(_good_session(tx, mark, now).identity_id), scope=SYSTEM
        )

    async def welcome(self, principal: Principal) -> UUID:
        """Take somebody in who has proven to the identity provider who they are; give their
        identity. They may belong to no tenant yet. Forbidden when theirs is not open here."""
        return await self.database.write(
            lambda tx: self._taken_in(tx, principal, self._home(tx, principal)), scope=SYSTEM
        )

    async def _verified(self, bearer: str) -> Principal:
        if self.verifier is None:
            raise Unauthenticated("Tokens of identity providers are not taken here.")
        return await self.verifier.verify(bearer)

    async def _by_token(self, text: str, slug: str | None) -> Actor:
        now = self.clock.now()
        mark = fingerprint(text)

        def read(tx: Tx) -> tuple[Actor, bool]:
            token = tx.tokens.by_fingerprint(mark)
            if token is None or not token.is_good(now):
                raise Unauthenticated("This API token is not known, or is good no more.")
            member = tx.people.member(token.user_id)
            if member is None or slug not in (None, member.tenant.slug):
                raise Forbidden("This API token is of another tenant.")
            _let_in(member)
            unseen = token.last_used_at is None or now - token.last_used_at >= SEEN_EVERY
            return member.actor(token_id=token.id, scopes=token.scopes), unseen

        actor, unseen = await self.database.look(read, scope=SYSTEM)
        token_id = actor.token_id
        if unseen and token_id is not None:
            await self.database.write(lambda tx: tx.tokens.used(token_id, now=now), scope=SYSTEM)
        return actor

    async def _by_session(self, text: str, slug: str | None) -> Actor:
        now = self.clock.now()
        mark = fingerprint(text)

        def read(tx: Tx) -> Actor:
            session = _good_session(tx, mark, now)
            return self._chosen(tx.people.memberships(session.identity_id), slug).actor()

        return await self.database.look(read, scope=SYSTEM)

    async def _by_principal(self, principal: Principal, slug: str | None) -> Actor:
        found = await self.database.look(lambda tx: self._known(tx, principal, slug), scope=SYSTEM)
        if found is None or _has_changed(found, principal):
            found = await self.database.write(
                lambda tx: self._admitted(tx, principal, slug), scope=SYSTEM
            )
        return found.actor()

    def _known(self, tx: Tx, principal: Principal, slug: str | None) -> Member | None:
        """What the person is already where they want to be; None for somebody new there."""
        identity_id = tx.people.identity(principal.provider, principal.subject)
        if identity_id is None:
            return None
        members = tx.people.memberships(identity_id)
        home = self._home(tx, principal)
        if home is not None and not any(one.tenant.id == home.id for one in members):
            return None
        return self._chosen(members, slug, home=home.id if home else None)

    def _admitted(self, tx: Tx, principal: Principal, slug: str | None) -> Member:
        home = self._home(tx, principal)
        identity_id = self._taken_in(tx, principal, home)
        return self._chosen(
            tx.people.memberships(identity_id), slug, home=home.id if home else None
        )

    def _taken_in(self, tx: Tx, principal: Principal, home: Tenant | None) -> UUID:
        """Keep who somebody is, as a member of their home if they have one."""
        now = self.clock.now()
        identity_id = tx.people.ensure_identity(principal.provider, principal.subject, now=now)
        tx.people.update_identity(identity_id, principal)
        if home is not None:
            member = tx.people.admit(home, identity_id, principal, TenantRole.MEMBER, now=now)
            if _has_changed(member, principal):
                tx.people.update_profile(member.user_id, principal)
            if principal.email is not None and principal.email_verified:
                accept_all(
                    tx,
                    tenant_id=home.id,
                    user_id=member.user_id,
                    email=principal.email,
                    now=now,
                )
        return identity_id

    def _home(self, tx: Tx, principal: Principal) -> Tenant | None:
        """The tenant that the person belongs to by what their provider vouches for."""
        if not self.rules.is_multi_tenant:
            name: str | None = self.rules.default_slug
        else:
            name = claimed_tenant(principal.claims, claim=self.rules.claim)
        if name is None:
            return None
        tenant = tx.people.tenant_named(name)
        if tenant is None or not tenant.is_open:
            raise Forbidden(
                f"Your token is for tenant {name!r}, which is not open here; ask who runs this "
                "server to set it up."
            )
        return tenant

    def _chosen(
        self, members: tuple[Member, ...], slug: str | None, *, home: UUID | None = None
    ) -> Member:
        """The membership that a request is made in. Forbidden without one."""
        if slug is not None:
            chosen = [one for one in members if one.tenant.slug == slug]
            if not chosen:
                raise Forbidden(f"You are no member of tenant {slug!r}.")
        else:
            chosen = [one for one in members if home in (None, one.tenant.id)]
            chosen = [one for one in chosen if one.tenant.is_open] or chosen
        if not chosen:
            raise Forbidden("You belong to no tenant here yet; ask an administrator to let you in.")
        return _let_in(chosen[0])

    async def _anonymous(self, slug: str | None) -> Actor:
        name = slug if slug is not None and self.rules.is_multi_tenant else self.rules.default_slug
        tenant = await self.database.read(lambda tx: tx.people.tenant_named(name), scope=SYSTEM)
        if tenant is None or not tenant.is_open:
            raise Unauthenticated
        return Actor(tenant_id=tenant.id, user_id=None)


def _good_session(tx: Tx, mark: str, now: datetime) -> Session:
    session = tx.people.session(mark)
    if session is None or not session.is_good(now):
        raise Unauthenticated("Your session has ended; sign in again.")
    return session


def _let_in(member: Member) -> Member:
    if not member.tenant.is_open:
        raise Forbidden(f"Tenant {member.tenant.slug!r} is not open; its administrators know why.")
    if member.disabled_at is not None:
        raise Forbidden("Your account has been disabled; ask an administrator of the tenant.")
    return member


def _has_changed(member: Member, principal: Principal) -> bool:
    """Whether the provider says something of the person that is not kept yet."""
    said = (principal.email, principal.display_name, principal.avatar_url)
    kept = (member.email, member.display_name, member.avatar_url)
    return principal.email_verified != member.email_verified or any(
        new is not None and new != old for new, old in zip(said, kept, strict=True)
    )
