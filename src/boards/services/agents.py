"""The sessions of agents: whatever an agent spends in one is held to a budget of that session.

A session only ever narrows what its user may do. So anybody who may spend may open one, and an
agent that acts by a token cannot raise what was set for it.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from boards.domain.access import Actor, Duty
from boards.domain.budgets import Budget, BudgetScope, Period, Standing, Strictness
from boards.domain.costs import usd
from boards.domain.people import check_name
from boards.errors import Conflict, Forbidden, InvalidInput, NotFound, Problem
from boards.ids import new_id
from boards.services.ports import SYSTEM, AgentSession, Clock, Database, Tx
from boards.services.rights import require_person, scope_of

__all__ = ["AgentService", "SessionView"]

LISTED = 100
KEPT_FOR = timedelta(days=90)
GOES_ON = timedelta(hours=24)
"""How long a session is taken up again by who asks for the current one."""


@dataclass(frozen=True, kw_only=True)
class SessionView:
    """A session and how its budget stands."""

    session: AgentSession
    standing: Standing


@dataclass(frozen=True, kw_only=True)
class AgentService:
    """Opens, shows, bounds and ends sessions. `usual` is the budget in USD of a session for which
    none is named."""

    database: Database
    clock: Clock
    usual: Decimal

    async def open(
        self, actor: Actor, *, name: str, budget: Decimal | None = None, anew: bool = True
    ) -> SessionView:
        """Open a session. Without `anew` the actor's newest of this name goes on, where the same
        token opened it within a day and it has not ended; its budget stays what it is.

        InvalidInput for a name or an amount that is none.
        """
        user_id = require_person(actor, Duty.GENERATE)
        called, amount = check_name(name), _amount(self.usual if budget is None else budget)
        now = self.clock.now()

        def work(tx: Tx) -> SessionView:
            if not anew:
                for one in tx.agents.of_user(user_id, at_most=LISTED):
                    goes_on = one.ended_at is None and one.created_at > now - GOES_ON
                    if goes_on and (one.name, one.token_id) == (called, actor.token_id):
                        return self._view(tx, one)
            session = AgentSession(
                id=new_id(),
                tenant_id=actor.tenant_id,
                user_id=user_id,
                token_id=actor.token_id,
                name=called,
                created_at=now,
            )
            tx.agents.add(session)
            bound = Budget(
                id=new_id(),
                tenant_id=actor.tenant_id,
                scope=BudgetScope.SESSION,
                subject_id=session.id,
                period=Period.TOTAL,
                strictness=Strictness.HARD,
                amount=amount,
                created_at=now,
                updated_at=now,
            )
            tx.budgets.insert(bound)
            return self._view(tx, session)

        return await self.database.write(work, scope=scope_of(actor))

    async def join(self, actor: Actor, session_id: UUID) -> Actor:
        """Give the actor as acting within a session of theirs.

        NotFound for one that is not theirs, Conflict for one that has ended.
        """
        found = (await self.get(actor, session_id)).session
        if found.ended_at is not None:
            raise Conflict(f"Agent session {session_id} has ended; open another.")
        return replace(actor, session_id=session_id)

    async def get(self, actor: Actor, session_id: UUID) -> SessionView:
        """Show a session of the actor's. NotFound for any other."""
        return await self.database.read(
            lambda tx: self._view(tx, _own(tx, actor, session_id)), scope=scope_of(actor)
        )

    async def list(self, actor: Actor) -> tuple[SessionView, ...]:
        """The actor's sessions, the newest hundred."""
        user_id = require_person(actor, Duty.SEE_OWN)

        def look(tx: Tx) -> tuple[SessionView, ...]:
            return tuple(self._view(tx, one) for one in tx.agents.of_user(user_id, at_most=LISTED))

        return await self.database.read(look, scope=scope_of(actor))

    async def change(self, actor: Actor, session_id: UUID, budget: Decimal) -> SessionView:
        """Set what may be spent in a session. Forbidden for what acts by a token."""
        amount = _amount(budget)

        def work(tx: Tx) -> SessionView:
            session = _own(tx, actor, session_id)
            _refuse_tokens(actor)
            tx.budgets.change(_bound(tx, session).id, amount, now=self.clock.now())
            return self._view(tx, session)

        return await self.database.write(work, scope=scope_of(actor))

    async def end(self, actor: Actor, session_id: UUID) -> SessionView:
        """End a session: nothing more is spent in it. What is under way goes on."""

        def work(tx: Tx) -> SessionView:
            session = _own(tx, actor, session_id)
            tx.agents.end(session_id, now=self.clock.now())
            return self._view(tx, tx.agents.get(session_id) or session)

        return await self.database.write(work, scope=scope_of(actor))

    async def forget(self) -> int:
        """Forget sessions that were opened long ago, and count them; what was spent in them stays
        in the ledger."""
        before = self.clock.now() - KEPT_FOR
        return await self.database.write(lambda tx: tx.agents.forget(before=before), scope=SYSTEM)

    def _view(self, tx: Tx, session: AgentSession) -> SessionView:
        standing = tx.budgets.standing(_bound(tx, session), now=self.clock.now())
        return SessionView(session=session, standing=standing)


def _bound(tx: Tx, session: AgentSession) -> Budget:
    found = tx.budgets.find(BudgetScope.SESSION, session.id, Period.TOTAL, Strictness.HARD)
    if found is None:
        # Without it nothing would bound the session.
        raise Conflict(f"Agent session {session.id} has no budget any more; open another.")
    return found


def _own(tx: Tx, actor: Actor, session_id: UUID) -> AgentSession:
    user_id = require_person(actor, Duty.SEE_OWN)
    session = tx.agents.get(session_id)
    mine = session is not None and session.user_id == user_id
    # A token sees no session of another: it could spend what somebody allowed to that one.
    if session is None or not mine or actor.token_id not in (None, session.token_id):
        raise NotFound(f"Agent session {session_id} not found")
    return session


def _refuse_tokens(actor: Actor) -> None:
    if actor.token_id is not None:
        raise Forbidden("A token cannot raise what an agent may spend; sign in yourself.")


def _amount(amount: Decimal) -> Decimal:
    try:
        return usd(amount)
    except ValueError as error:
        problem = Problem(at="budget", message=str(error))
        raise InvalidInput(str(error), problems=(problem,)) from None
