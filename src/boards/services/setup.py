"""How far this server is set up: who administers it, and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from boards.domain.access import Actor
from boards.domain.people import Member
from boards.errors import Conflict, Forbidden, NotFound
from boards.ids import parse_id
from boards.services.audit import note
from boards.services.ports import SYSTEM, Clock, Database, Tx

__all__ = ["Facts", "Missing", "SetupService", "SetupStatus"]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the settings say that setting up is about. `provider` is who signs people in."""

    provider: str
    public_url: str | None = None
    is_secure: bool = True
    """Whether others reach this server by https, or nobody else reaches it."""
    has_secret: bool = False
    needs_secret: bool = False
    """Whether signing in by a browser needs it."""
    has_provider_keys: bool = False
    is_multi_tenant: bool = False


@dataclass(frozen=True, kw_only=True)
class Missing:
    """One thing that is missing: a stable code, and what to do."""

    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class SetupStatus:
    """`is_done` says that somebody can administer the server; the rest is for administrators."""

    is_done: bool
    provider: str
    tenants: int | None = None
    missing: tuple[Missing, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class SetupService:
    """Tells how a server stands, and appoints who administers it."""

    database: Database
    clock: Clock
    facts: Facts

    async def status(self, actor: Actor) -> SetupStatus:
        """How it stands: for administrators of the server what is missing, for all others only
        whether it can be used."""

        def work(tx: Tx) -> tuple[bool, int, int]:
            tenants = tx.people.tenants()
            waiting = sum(one.approved_at is None for one in tenants)
            return self._has_administrator(tx), len(tenants), waiting

        is_done, tenants, waiting = await self.database.read(work, scope=SYSTEM)
        if not actor.is_platform_admin:
            return SetupStatus(is_done=is_done, provider=self.facts.provider)
        return SetupStatus(
            is_done=is_done,
            provider=self.facts.provider,
            tenants=tenants,
            missing=tuple(self._missing(is_done=is_done, waiting=waiting)),
        )

    async def needs_administrator(self) -> bool:
        """Whether people sign in here and nobody of them administers the server."""
        return not await self.database.read(self._has_administrator, scope=SYSTEM)

    async def appoint(self, who: str) -> Member:
        """Make somebody who has signed in before an administrator of this server; for whoever runs
        it. `who` is a user's id, or an address that the identity provider vouches for.

        NotFound for nobody, Conflict for an address that does not tell who it is.
        """
        wanted = parse_id(who)

        def work(tx: Tx) -> Member:
            found = _found(tx, who, wanted)
            tx.people.set_platform_admin(found.identity_id, is_admin=True)
            now = self.clock.now()
            actor = found.actor()
            note(tx, actor, "server.set_up", target=("user", found.user_id), now=now)
            return tx.people.member(found.user_id) or found

        return await self.database.write(work, scope=SYSTEM)

    async def set_platform_admin(self, actor: Actor, user_id: UUID, *, is_admin: bool) -> Member:
        """Make somebody an administrator of this server, or no more. For its administrators.

        Conflict for oneself: somebody must be left.
        """
        if not actor.is_platform_admin:
            raise Forbidden("Only administrators of this server may make others one.")

        def work(tx: Tx) -> Member:
            member = tx.people.member(user_id)
            if member is None:
                raise NotFound(f"User {user_id} not found")
            mine = None if actor.user_id is None else tx.people.member(actor.user_id)
            if not is_admin and mine is not None and mine.identity_id == member.identity_id:
                raise Conflict("This is you; have another administrator take the right from you.")
            tx.people.set_platform_admin(member.identity_id, is_admin=is_admin)
            note(
                tx,
                actor,
                "user.change",
                target=("user", user_id),
                now=self.clock.now(),
                details={"platform_admin": is_admin},
                tenant_id=member.tenant.id,
            )
            return tx.people.member(user_id) or member

        return await self.database.write(work, scope=SYSTEM)

    def _has_administrator(self, tx: Tx) -> bool:
        return self.facts.provider == "none" or tx.people.has_platform_admin()

    def _missing(self, *, is_done: bool, waiting: int) -> Sequence[Missing]:
        facts = self.facts
        people = facts.provider != "none"
        checks = (
            (not is_done, "administrator", "Nobody administers this server: run `boards setup`."),
            (
                facts.needs_secret and not facts.has_secret,
                "secret_key",
                "People cannot sign in by a browser: set BOARDS_SECRET_KEY.",
            ),
            (
                not facts.needs_secret and not facts.has_secret,
                "secret_key",
                "Keys of providers cannot be kept, nor webhooks sent: set BOARDS_SECRET_KEY.",
            ),
            (
                people and facts.public_url is None,
                "public_url",
                "Links to this server are made from what a caller calls it: set BOARDS_PUBLIC_URL.",
            ),
            (
                people and not facts.is_secure,
                "https",
                "Sessions go over the network in the clear: serve https, see docs/people.md.",
            ),
            (
                not facts.has_provider_keys,
                "provider_keys",
                "No provider has a key, so only local generators work: see docs/providers.md.",
            ),
            (
                waiting > 0,
                "approval",
                f"{waiting} registered tenants wait for `boards tenant approve`.",
            ),
        )
        return [Missing(code=code, message=message) for lacks, code, message in checks if lacks]


def _found(tx: Tx, who: str, wanted: UUID | None) -> Member:
    """The one member that is meant. An address counts only where the provider vouches for it:
    anybody can claim any other."""
    everybody = [one for tenant in tx.people.tenants() for one in tx.people.members(tenant.id)]
    if wanted is not None:
        named = [one for one in everybody if one.user_id == wanted]
    else:
        named = [one for one in everybody if (one.email or "").lower() == who.strip().lower()]
        trusted = [one for one in named if one.email_verified or one.provider == "local"]
        if named and not trusted:
            ids = ", ".join(str(one.user_id) for one in named)
            raise Conflict(
                f"The identity provider does not vouch for {who!r}. If it is they, name them by "
                f"their id: {ids}."
            )
        named = trusted
    if not named:
        raise NotFound(f"{who!r} has not signed in here yet; have them sign in once, then repeat.")
    if len({one.identity_id for one in named}) > 1:
        ids = ", ".join(str(one.user_id) for one in named)
        raise Conflict(f"Several people are {who!r}; name one by their id: {ids}.")
    return named[0]
