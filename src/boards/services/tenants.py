"""Tenants and their members: who runs them, who is let in, and what happens to one that goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from boards.domain.access import Actor, Duty, Origin, TenantRole
from boards.domain.identities import Principal, slug_of
from boards.domain.people import Member, Tenant, check_name
from boards.errors import Conflict, Forbidden, InvalidInput, NotFound, Problem
from boards.ids import new_id
from boards.services.audit import note
from boards.services.ports import SYSTEM, Clock, Database, Scope, Tx
from boards.services.rights import require

__all__ = ["GRACE", "Registration", "TenantService", "administered"]

GRACE = timedelta(days=30)
"""How long a deleted tenant can be had back."""
_PAST = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Registration:
    """Whether people may make tenants of their own, and on what terms."""

    is_open: bool = False
    needs_approval: bool = True
    domains: tuple[str, ...] = ()
    """Only people with a verified address of one of these; empty for everybody."""
    most_per_person: int = 3


@dataclass(frozen=True, kw_only=True)
class TenantService:
    """Makes, changes and deletes tenants, and says who is what in them."""

    database: Database
    clock: Clock
    registration: Registration

    # Tenants

    async def create(self, actor: Actor, *, slug: str, name: str) -> Tenant:
        """Make a tenant. Forbidden for all but platform administrators, Conflict for a slug that
        is taken."""
        require(actor, Duty.RUN_TENANTS)
        tenant = self._new(slug, name, approved=True)

        def work(tx: Tx) -> None:
            _add(tx, tenant)
            _note(tx, actor, "tenant.create", tenant)

        await self.database.write(work, scope=SYSTEM)
        return tenant

    async def register(
        self, principal: Principal, *, slug: str, name: str, origin: Origin | None = None
    ) -> Tenant:
        """Make a tenant of one's own; it waits for approval where that is asked for.

        The slug of a tenant that exists is refused: nobody is handed somebody else's.
        """
        if not self.registration.is_open:
            raise Forbidden("Tenants are made by who runs this server; ask them.")
        domains = {domain.lower() for domain in self.registration.domains}
        address = principal.email if principal.email_verified else None
        if domains and (address is None or address.rpartition("@")[2].lower() not in domains):
            raise Forbidden(
                "Only people with a verified address of "
                f"{' or '.join(sorted(domains))} may register a tenant."
            )
        tenant = self._new(slug, name, approved=not self.registration.needs_approval)
        now = tenant.created_at

        def work(tx: Tx) -> None:
            identity_id = tx.people.ensure_identity(principal.provider, principal.subject, now=now)
            if tx.people.tenants_of(identity_id) >= self.registration.most_per_person:
                raise Forbidden(
                    f"You administer {self.registration.most_per_person} tenants already, which "
                    "is the limit here."
                )
            _add(tx, tenant)
            owner = tx.people.admit(tenant, identity_id, principal, TenantRole.ADMIN, now=now)
            _note(tx, owner.actor(origin=origin), "tenant.register", tenant)

        await self.database.write(work, scope=SYSTEM)
        return tenant

    def _new(self, slug: str, name: str, *, approved: bool) -> Tenant:
        now = self.clock.now()
        return Tenant(
            id=new_id(),
            slug=_slug(slug),
            name=check_name(name),
            created_at=now,
            approved_at=now if approved else None,
        )

    async def list(self, actor: Actor) -> Sequence[Tenant]:
        """All tenants, for platform administrators; one's own for everybody else."""
        if actor.is_platform_admin:
            return await self.database.read(lambda tx: tx.people.tenants(), scope=SYSTEM)
        return [await self.get(actor, actor.tenant_id)]

    async def get(self, actor: Actor, tenant_id: UUID) -> Tenant:
        """One tenant. Another's looks like one that there is none of."""
        require(actor, Duty.SEE_TENANT)
        found = await self.database.read(lambda tx: tx.people.tenant(tenant_id), scope=SYSTEM)
        return _seen(actor, found, tenant_id)

    async def rename(self, actor: Actor, tenant_id: UUID, name: str) -> Tenant:
        """Give a tenant another name. For its administrators."""
        text = check_name(name)
        now = self.clock.now()

        def work(tx: Tx) -> Tenant:
            administered(tx, actor, tenant_id, Duty.CHANGE_TENANT)
            tx.people.rename_tenant(tenant_id, text)
            note(
                tx,
                actor,
                "tenant.rename",
                target=("tenant", tenant_id),
                now=now,
                tenant_id=tenant_id,
            )
            return _seen(actor, tx.people.tenant(tenant_id), tenant_id)

        return await self.database.write(work, scope=SYSTEM)

    async def approve(self, actor: Actor, tenant_id: UUID) -> Tenant:
        """Let the people of a registered tenant in. For platform administrators."""
        require(actor, Duty.RUN_TENANTS)
        return await self._mark(actor, tenant_id, "tenant.approve")

    async def delete(self, actor: Actor, tenant_id: UUID) -> Tenant:
        """Close a tenant; nothing of it is lost for 30 days. For platform administrators."""
        require(actor, Duty.RUN_TENANTS)
        return await self._mark(actor, tenant_id, "tenant.delete")

    async def restore(self, actor: Actor, tenant_id: UUID) -> Tenant:
        """Open a deleted tenant again. For platform administrators."""
        require(actor, Duty.RUN_TENANTS)
        return await self._mark(actor, tenant_id, "tenant.restore")

    async def empty(self) -> int:
        """Empty the tenants that were deleted 30 days ago, and count their boards.

        Boards go into the trash as of then, so that its next round removes what is on them; keys,
        webhooks and tokens go at once. People, the ledger and the audit log stay.
        """
        due = self.clock.now() - GRACE
        ids = await self.database.read(
            lambda tx: tx.people.tenants_deleted(before=due), scope=SYSTEM
        )
        count = 0
        for tenant_id in ids:
            work = partial(_emptied, due=due)
            count += await self.database.write(work, scope=Scope(tenant_id=tenant_id))
        return count

    async def _mark(self, actor: Actor, tenant_id: UUID, what: str) -> Tenant:
        now = self.clock.now()

        def work(tx: Tx) -> Tenant:
            tenant = _seen(actor, tx.people.tenant(tenant_id), tenant_id)
            if what == "tenant.approve":
                tx.people.approve_tenant(tenant_id, now=now)
            elif what == "tenant.delete":
                if tenant.id == actor.tenant_id:
                    raise Conflict("You are in this tenant; act from another one to delete it.")
                tx.people.delete_tenant(tenant_id, at=now)
            else:
                tx.people.delete_tenant(tenant_id, at=None)
            note(tx, actor, what, target=("tenant", tenant_id), now=now, tenant_id=tenant_id)
            return _seen(actor, tx.people.tenant(tenant_id), tenant_id)

        return await self.database.write(work, scope=SYSTEM)

    # Members

    async def members(self, actor: Actor, tenant_id: UUID) -> Sequence[Member]:
        """Everybody in the tenant. For its administrators: addresses are not for everybody."""

        def work(tx: Tx) -> Sequence[Member]:
            administered(tx, actor, tenant_id, Duty.SEE_MEMBERS)
            return tx.people.members(tenant_id)

        return await self.database.read(work, scope=SYSTEM)

    async def change_member(
        self,
        actor: Actor,
        user_id: UUID,
        *,
        role: TenantRole | None = None,
        is_disabled: bool | None = None,
    ) -> Member:
        """Give a member another role, or let them in no more; both take effect at once.

        Conflict when nobody would be left to administer the tenant.
        """
        require(actor, Duty.CHANGE_MEMBERS)
        now = self.clock.now()

        def work(tx: Tx) -> Member:
            member = tx.people.member(user_id)
            if member is None or not _is_administered(actor, member.tenant.id):
                raise NotFound(f"User {user_id} not found")
            loses = role is TenantRole.MEMBER or bool(is_disabled)
            others = [
                one
                for one in tx.people.members(member.tenant.id)
                if one.role is TenantRole.ADMIN
                and one.disabled_at is None
                and one.user_id != user_id
            ]
            if loses and member.role is TenantRole.ADMIN and not others:
                raise Conflict(
                    "Nobody else administers this tenant; make somebody an administrator first."
                )
            if role is not None:
                tx.people.set_role(user_id, role)
            if is_disabled is not None:
                tx.people.disable(user_id, at=now if is_disabled else None)
            details: dict[str, str | bool] = {}
            if role is not None:
                details["role"] = role.value
            if is_disabled is not None:
                details["disabled"] = is_disabled
            note(
                tx,
                actor,
                "user.change",
                target=("user", user_id),
                now=now,
                details={**details},
                tenant_id=member.tenant.id,
            )
            return tx.people.member(user_id) or member

        return await self.database.write(work, scope=SYSTEM)


def _add(tx: Tx, tenant: Tenant) -> None:
    if tx.people.tenant_named(tenant.slug) is not None:
        raise Conflict(f"There is a tenant {tenant.slug!r} already; choose another name.")
    tx.people.add_tenant(tenant)


def _note(tx: Tx, actor: Actor, what: str, tenant: Tenant) -> None:
    note(
        tx,
        actor,
        what,
        target=("tenant", tenant.id),
        now=tenant.created_at,
        tenant_id=tenant.id,
    )


def _is_administered(actor: Actor, tenant_id: UUID) -> bool:
    return actor.is_platform_admin or (actor.is_tenant_admin and actor.tenant_id == tenant_id)


def administered(tx: Tx, actor: Actor, tenant_id: UUID, duty: Duty = Duty.CHANGE_MEMBERS) -> Tenant:
    """Give a tenant that the actor administers. Errors of `require`; NotFound for another one."""
    require(actor, duty)
    return _seen(actor, tx.people.tenant(tenant_id), tenant_id)


def _seen(actor: Actor, tenant: Tenant | None, tenant_id: UUID) -> Tenant:
    visible = tenant is not None and (actor.is_platform_admin or tenant.id == actor.tenant_id)
    if tenant is None or not visible:
        raise NotFound(f"Tenant {tenant_id} not found")
    return tenant


def _slug(text: str) -> str:
    slug = slug_of(text)
    if slug is None or slug != text:
        message = (
            f"{text!r} is no slug; it has 1 to 50 small letters, digits and hyphens, and neither "
            "begins nor ends with a hyphen."
        )
        raise InvalidInput(message, problems=(Problem(at="slug", message=message),))
    return slug


def _emptied(tx: Tx, due: datetime) -> int:
    if not tx.trash.tenant_is_gone(before=due):
        return 0  # somebody has just had it back
    for key in tx.keys.list():
        tx.keys.remove(key.provider)
    for token in tx.tokens.of_tenant():
        tx.tokens.revoke(token.id, now=due)
    for endpoint in tx.webhooks.endpoints(limit=200, cursor=None).items:
        tx.webhooks.delete_endpoint(endpoint.id)
    return tx.trash.delete_all_boards(now=due - _PAST)
