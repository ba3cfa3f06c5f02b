"""How the sessions of agents are stored."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Delete, Row, Select, Update, bindparam

from boards.adapters.db.door import Door
from boards.adapters.db.tables import AgentSession as Table
from boards.adapters.db.tables import Budget
from boards.domain.budgets import BudgetScope
from boards.services.ports import AgentSession

__all__ = ["AgentRows"]

_COLUMNS = (
    Table.id,
    Table.tenant_id,
    Table.user_id,
    Table.token_id,
    Table.name,
    Table.created_at,
    Table.ended_at,
)


class AgentRows:
    """The rows of agents' sessions in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def add(self, session: AgentSession) -> None:
        self._door.insert(Table, [asdict(session)])

    def get(self, session_id: UUID) -> AgentSession | None:
        row = self._door.run(_by_id, {"id": session_id}).first()
        return None if row is None else _session(row)

    def of_user(self, user_id: UUID, *, at_most: int) -> tuple[AgentSession, ...]:
        rows = self._door.run(_of_user, {"user": user_id, "most": at_most})
        return tuple(_session(row) for row in rows)

    def end(self, session_id: UUID, *, now: datetime) -> None:
        self._door.run(_ended, {"session": session_id, "now": now})

    def forget(self, *, before: datetime) -> int:
        self._door.require_system("agent_sessions")
        # What was spent in them stays in the ledger, under their ids.
        self._door.run(_their_budgets, {"before": before})
        return self._door.run(_old, {"before": before}).rowcount


def _session(row: Row[Any]) -> AgentSession:
    return AgentSession(
        id=row.id,
        tenant_id=row.tenant_id,
        user_id=row.user_id,
        token_id=row.token_id,
        name=row.name,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )


def _by_id(door: Door) -> Select[Any]:
    return door.select(Table, *_COLUMNS).where(Table.id == bindparam("id"))


def _of_user(door: Door) -> Select[Any]:
    return (
        door.select(Table, *_COLUMNS)
        .where(Table.user_id == bindparam("user"))
        .order_by(Table.created_at.desc(), Table.id.desc())
        .limit(bindparam("most"))
    )


def _ended(door: Door) -> Update:
    return (
        door.update(Table)
        .where(Table.id == bindparam("session"), Table.ended_at.is_(None))
        .values(ended_at=bindparam("now"))
    )


def _their_budgets(door: Door) -> Delete:
    old = door.select(Table, Table.id).where(Table.created_at < bindparam("before"))
    return door.delete(Budget).where(
        Budget.scope == BudgetScope.SESSION.value, Budget.subject_id.in_(old)
    )


def _old(door: Door) -> Delete:
    return door.delete(Table).where(Table.created_at < bindparam("before"))
