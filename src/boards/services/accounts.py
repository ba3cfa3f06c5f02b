"""The accounts of this server: addresses and passwords, where no identity provider signs people in.

No mail is sent. An administrator is given a one-time link, which they hand on; it sets a password
and signs in. Nobody gets a link by which they could act in a tenant that they do not administer.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from boards.domain.access import Actor, Duty, TenantRole
from boards.domain.identities import LOCAL, Principal, check_email, check_password, same_password
from boards.domain.people import LinkPurpose, Member, SignInLink, fingerprint, new_secret
from boards.errors import Conflict, Forbidden, InvalidInput, NotFound, Problem, Unauthenticated
from boards.ids import new_id
from boards.services.audit import note
from boards.services.members import accept_all
from boards.services.ports import SYSTEM, Clock, Database, PasswordHasher, Tx
from boards.services.rights import require
from boards.services.sessions import NewSession, SessionService, Visitor
from boards.services.tenants import administered
from boards.services.throttle import Throttle, network_of

__all__ = ["LINK_LASTS", "AccountService", "Added", "LinkView", "NewLink"]

log = structlog.get_logger(__name__)

LINK_LASTS = timedelta(days=7)
SET_UP_LASTS = timedelta(days=1)
"""The link for the first administrator stands in a log."""
WRONG = "The e-mail address or the password is wrong."
SPENT = "This link is not good any more, or was used already. Ask for a new one."


@dataclass(frozen=True, kw_only=True)
class NewLink:
    """A one-time link: its text is shown this once."""

    text: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class LinkView:
    """What a link is for, before it is used. `email` None: whoever uses it says theirs."""

    email: str | None
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Added:
    """A new member. Without a link they have a password already."""

    member: Member
    link: NewLink | None


@dataclass(frozen=True, kw_only=True)
class AccountService:
    """Makes accounts, and signs people in by their passwords.

    `by_address` and `by_account` slow down whoever guesses. `home` is the slug of the tenant that
    the first administrator comes into. Without `is_used` some identity provider signs people in,
    and everything here is refused.
    """

    database: Database
    clock: Clock
    hasher: PasswordHasher
    sessions: SessionService
    by_address: Throttle
    by_account: Throttle
    home: str
    is_used: bool

    # By administrators

    async def add(self, actor: Actor, tenant_id: UUID, email: str, role: TenantRole) -> Added:
        """Let somebody into a tenant, with an account if they have none. For its administrators.

        Conflict when they are in the tenant already, and when they have an account that only
        administrators of the server may let into another tenant.
        """
        self._need_use()
        address, now = check_email(email), self.clock.now()

        def work(tx: Tx) -> Added:
            tenant = administered(tx, actor, tenant_id)
            known = tx.people.account(address)
            if known is not None and tenant_id in tx.people.belongs_to(known):
                raise Conflict(
                    f"{address} is in this tenant already; `boards user link {address}` makes a "
                    "new link for them."
                )
            if known is not None and not actor.is_platform_admin:
                # The address was never proven: who gave it this account may be an impostor.
                raise Conflict(
                    f"There is an account {address} in another tenant; only administrators of "
                    "this server may let it into yours."
                )
            identity_id = known or _ensure_account(tx, address, now=now)
            principal = tx.people.principal(identity_id)
            member = tx.people.admit(tenant, identity_id, principal, role, now=now)
            accept_all(tx, tenant_id=tenant_id, user_id=member.user_id, email=address, now=now)
            # Whoever holds an older link must not get into this tenant by it.
            tx.people.end_links(identity_id)
            link = None
            if tx.people.password_of(identity_id) is None:
                link = _add_link(tx, identity_id, LinkPurpose.SET_PASSWORD, now=now)
            _note(tx, actor, "user.add", member, now=now)
            return Added(member=member, link=link)

        return await self.database.write(work, scope=SYSTEM)

    async def renew_link(self, actor: Actor, user_id: UUID) -> NewLink:
        """Make a new link for a member, such as one who forgot their password; older ones end.

        Forbidden for all but administrators of everything that the person is in.
        """
        self._need_use()
        require(actor, Duty.CHANGE_MEMBERS)
        now = self.clock.now()

        def work(tx: Tx) -> NewLink:
            member = tx.people.member(user_id)
            if member is None or not (
                actor.is_platform_admin
                or (actor.is_tenant_admin and actor.tenant_id == member.tenant.id)
            ):
                raise NotFound(f"User {user_id} not found")
            if member.provider != LOCAL:
                raise Conflict("This user has no account of this server, and so no password here.")
            if not _may_link(tx, actor, member):
                raise Forbidden(
                    "They belong to other tenants, too; only administrators of this server may "
                    "give them a link."
                )
            tx.people.end_links(member.identity_id)
            _note(tx, actor, "user.link", member, now=now)
            return _add_link(tx, member.identity_id, LinkPurpose.SET_PASSWORD, now=now)

        return await self.database.write(work, scope=SYSTEM)

    async def set_up(self, email: str | None) -> Added | NewLink:
        """Make the first administrator of this server; for whoever runs it.

        With an address that account becomes one, whoever else is. Without, the link lets somebody
        say who they are, and is good only while there is no administrator: Conflict when there is.
        """
        self._need_use()
        now = self.clock.now()
        address = None if email is None else check_email(email)

        def work(tx: Tx) -> Added | NewLink:
            if address is None:
                if tx.people.has_platform_admin():
                    raise Conflict(
                        "This server has an administrator. Name the address of another one, or of "
                        "one who forgot their password: boards setup --email ADDRESS"
                    )
                first = tx.people.ensure_identity(LOCAL, str(new_id()), now=now)
                return _add_link(tx, first, LinkPurpose.SET_UP, now=now)
            identity_id = _ensure_account(tx, address, now=now)
            member = self._appoint(tx, identity_id, now=now)
            tx.people.end_links(identity_id)
            link = _add_link(tx, identity_id, LinkPurpose.SET_PASSWORD, now=now)
            _note(tx, member.actor(), "server.set_up", member, now=now)
            return Added(member=member, link=link)

        return await self.database.write(work, scope=SYSTEM)

    # By people themselves

    async def look(self, link: str) -> LinkView:
        """Tell what a link is for, without using it. NotFound when it is good no more."""
        now = self.clock.now()

        def work(tx: Tx) -> LinkView:
            found = tx.people.link(fingerprint(link), now=now)
            if found is None:
                raise NotFound(SPENT)
            known = tx.people.principal(found.identity_id).email
            return LinkView(email=known, expires_at=found.expires_at)

        return await self.database.read(work, scope=SYSTEM)

    async def take(
        self, link: str, password: str, visitor: Visitor, *, email: str | None = None
    ) -> NewSession:
        """Use a link: set the password, end what was signed in before, and sign in.

        `email` is needed where the link does not know it. NotFound when the link is good no more,
        InvalidInput for a password that is too easily guessed; the link is then still good.
        """
        self._need_use()
        mark, now = fingerprint(link), self.clock.now()
        seen = await self.look(link)
        address = seen.email or check_email(email or "")
        hashed = await self.hasher.hash(check_password(password, email=address))

        def work(tx: Tx) -> NewSession:
            found = tx.people.link(mark, now=now)
            if found is None or tx.people.use_link(mark, found.purpose, now=now) is None:
                raise NotFound(SPENT)
            identity_id = found.identity_id
            if found.purpose is LinkPurpose.SET_UP:
                self._set_up(tx, identity_id, address, now=now)
            tx.people.set_password(identity_id, hashed, now=now)
            tx.people.end_sessions(identity_id)
            tx.people.end_links(identity_id)
            return self.sessions.begin(tx, identity_id, visitor)

        return await self.database.write(work, scope=SYSTEM)

    async def sign_in(self, email: str, password: str, visitor: Visitor) -> NewSession:
        """Sign in by a password. Unauthenticated, with the same words after the same time, for an
        unknown address and for a wrong password; Throttled for who tries too often."""
        self._need_use()
        network, account = network_of(visitor.origin.address), email.strip().lower()
        self.by_address.take(network)
        self.by_account.take(account)
        try:
            address = check_email(email)
        except InvalidInput:
            address = ""
        identity_id, hashed = await self._kept(address)
        text = same_password(password)
        is_right = await self.hasher.verify(text, hashed)
        if identity_id is None or hashed is None or not is_right:
            log.info("sign_in_refused", address=visitor.origin.address)
            raise Unauthenticated(WRONG)
        self.by_address.give_back(network)
        self.by_account.give_back(account)
        newer = await self.hasher.hash(text) if self.hasher.is_outdated(hashed) else None
        who, now = identity_id, self.clock.now()

        def work(tx: Tx) -> NewSession:
            if tx.people.password_of(who) != hashed:
                raise Unauthenticated(WRONG)  # it was changed while it was looked at
            if newer is not None:
                tx.people.set_password(who, newer, now=now)
            return self.sessions.begin(tx, who, visitor)

        return await self.database.write(work, scope=SYSTEM)

    async def change_password(self, session: str, current: str, new: str) -> None:
        """Change one's own password; all other sessions end, and links too.

        Unauthenticated for a session that has ended, InvalidInput for a wrong password.
        """
        self._need_use()
        now, mark = self.clock.now(), fingerprint(session)

        def read(tx: Tx) -> tuple[UUID, UUID, Principal, str | None]:
            found = tx.people.session(mark)
            if found is None or not found.is_good(now):
                raise Unauthenticated("Your session has ended; sign in again.")
            who = found.identity_id
            return found.id, who, tx.people.principal(who), tx.people.password_of(who)

        session_id, who, principal, hashed = await self.database.read(read, scope=SYSTEM)
        self.by_account.take(principal.email or str(who))
        if not await self.hasher.verify(same_password(current), hashed):
            message = "This is not your password."
            raise InvalidInput(message, problems=(Problem(at="current", message=message),))
        self.by_account.give_back(principal.email or str(who))
        newer = await self.hasher.hash(check_password(new, email=principal.email, at="new"))

        def work(tx: Tx) -> None:
            if tx.people.password_of(who) != hashed:
                raise Conflict("Your password was changed meanwhile.")
            tx.people.set_password(who, newer, now=now)
            tx.people.end_sessions(who, but=session_id)
            tx.people.end_links(who)
            for member in tx.people.memberships(who)[:1]:
                _note(tx, member.actor(), "user.password", member, now=now)

        await self.database.write(work, scope=SYSTEM)

    async def _kept(self, address: str) -> tuple[UUID | None, str | None]:
        def work(tx: Tx) -> tuple[UUID | None, str | None]:
            identity_id = tx.people.account(address)
            return identity_id, tx.people.password_of(identity_id) if identity_id else None

        return await self.database.read(work, scope=SYSTEM)

    def _set_up(self, tx: Tx, identity_id: UUID, address: str, *, now: datetime) -> None:
        if tx.people.has_platform_admin():
            raise Conflict("This server has an administrator by now; sign in, or ask them.")
        if tx.people.account(address) is not None:
            raise Conflict(
                f"There is an account {address} already; make it the administrator by "
                f"`boards setup --email {address}` on the server's machine."
            )
        known = tx.people.principal(identity_id)
        tx.people.update_identity(identity_id, replace(known, email=address))
        member = self._appoint(tx, identity_id, now=now)
        _note(tx, member.actor(), "server.set_up", member, now=now)

    def _appoint(self, tx: Tx, identity_id: UUID, *, now: datetime) -> Member:
        """Make somebody an administrator of this server, and of its first tenant."""
        home = tx.people.tenant_named(self.home)
        if home is None:
            raise Conflict(f"There is no tenant {self.home!r} yet; start the server once.")
        tx.people.set_platform_admin(identity_id, is_admin=True)
        principal = tx.people.principal(identity_id)
        member = tx.people.admit(home, identity_id, principal, TenantRole.ADMIN, now=now)
        tx.people.set_role(member.user_id, TenantRole.ADMIN)
        tx.people.disable(member.user_id, at=None)
        return tx.people.member(member.user_id) or member

    def _need_use(self) -> None:
        if not self.is_used:
            raise Forbidden("People do not sign in by passwords of this server.")


def _ensure_account(tx: Tx, address: str, *, now: datetime) -> UUID:
    found = tx.people.account(address)
    if found is not None:
        return found
    subject = str(new_id())
    identity_id = tx.people.ensure_identity(LOCAL, subject, now=now)
    principal = Principal(provider=LOCAL, subject=subject, email=address)
    tx.people.update_identity(identity_id, principal)
    return identity_id


def _may_link(tx: Tx, actor: Actor, member: Member) -> bool:
    """Whether the actor administers all that a link for this person would open."""
    if actor.is_platform_admin:
        return True
    return not member.platform_admin and tx.people.belongs_to(member.identity_id) <= {
        actor.tenant_id
    }


def _add_link(tx: Tx, identity_id: UUID, purpose: LinkPurpose, *, now: datetime) -> NewLink:
    secret = new_secret()
    lasts = SET_UP_LASTS if purpose is LinkPurpose.SET_UP else LINK_LASTS
    link = SignInLink(
        id=new_id(),
        identity_id=identity_id,
        purpose=purpose,
        created_at=now,
        expires_at=now + lasts,
    )
    tx.people.add_link(link, secret.fingerprint)
    return NewLink(text=secret.text, expires_at=link.expires_at)


def _note(tx: Tx, actor: Actor, what: str, member: Member, *, now: datetime) -> None:
    note(
        tx,
        actor,
        what,
        target=("user", member.user_id),
        now=now,
        tenant_id=member.tenant.id,
    )
