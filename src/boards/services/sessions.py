"""Sessions: somebody signed in by a browser, for so many days or until they sign out."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from boards.domain.access import Origin
from boards.domain.people import Session, fingerprint, new_secret
from boards.ids import new_id
from boards.services.audit import note
from boards.services.ports import SYSTEM, Clock, Database, Tx

__all__ = ["NewSession", "SessionService", "Visitor"]

AGENT_LENGTH = 200


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """What is known of a browser that signs in: where from, and what it calls itself."""

    origin: Origin = field(default=Origin())
    agent: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewSession:
    """A session and what its cookie holds."""

    session: Session
    text: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class SessionService:
    """Begins sessions, and ends them."""

    database: Database
    clock: Clock
    lasts: timedelta

    def begin(self, tx: Tx, identity_id: UUID, visitor: Visitor) -> NewSession:
        """Begin a session in a transaction that has made sure who it is for."""
        now = self.clock.now()
        secret = new_secret()
        session = Session(
            id=new_id(),
            identity_id=identity_id,
            created_at=now,
            expires_at=now + self.lasts,
            seen_at=now,
            agent=visitor.agent[:AGENT_LENGTH] if visitor.agent else None,
        )
        tx.people.add_session(session, secret.fingerprint)
        for member in tx.people.memberships(identity_id)[:1]:
            actor = member.actor(origin=visitor.origin)
            note(tx, actor, "session.begin", target=("session", session.id), now=now)
        return NewSession(session=session, text=secret.text)

    async def start(self, identity_id: UUID, visitor: Visitor) -> NewSession:
        """Begin a session for somebody who has proven who they are."""
        return await self.database.write(
            lambda tx: self.begin(tx, identity_id, visitor), scope=SYSTEM
        )

    async def end(self, text: str) -> None:
        """Sign out. One that is not known has ended already."""
        mark = fingerprint(text)

        def work(tx: Tx) -> None:
            session = tx.people.session(mark)
            if session is not None:
                tx.people.end_session(session.id)

        await self.database.write(work, scope=SYSTEM)

    async def forget(self) -> None:
        """Delete sessions and links that have ended; a chore."""
        now = self.clock.now()
        await self.database.write(lambda tx: tx.people.forget_sessions(before=now), scope=SYSTEM)
