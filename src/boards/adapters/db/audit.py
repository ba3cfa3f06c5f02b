"""How the audit log is stored: rows that are only ever added."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Delete, Row, Select, bindparam

from boards.adapters.db.cursors import number_at, page_by_number
from boards.adapters.db.door import Door
from boards.adapters.db.tables import AuditEntry as Table
from boards.services.ports import AuditRecord, Page

__all__ = ["AuditRows"]

_COLUMNS = (
    Table.id,
    Table.tenant_id,
    Table.user_id,
    Table.token_id,
    Table.action,
    Table.target_kind,
    Table.target_id,
    Table.address,
    Table.request_id,
    Table.details,
    Table.created_at,
)


class AuditRows:
    """The rows of the audit log in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def add(self, record: AuditRecord) -> None:
        row = {
            "tenant_id": record.tenant_id,
            "user_id": record.user_id,
            "token_id": record.token_id,
            "action": record.action,
            "target_kind": record.target_kind,
            "target_id": record.target_id,
            "address": record.address,
            "request_id": record.request_id,
            "details": dict(record.details),
            "created_at": record.created_at,
        }
        self._door.insert(Table, [row])

    def list(
        self,
        *,
        limit: int,
        cursor: str | None,
        user_id: UUID | None = None,
        action: str | None = None,
    ) -> Page[AuditRecord]:
        given = {"user_id": user_id, "action": action, "cursor_number": number_at(cursor)}
        values = {name: value for name, value in given.items() if value is not None}
        rows = self._door.run(_listed, {**values, "limit": limit + 1}, tuple(values)).all()
        return page_by_number(rows, limit, _record, lambda record: record.id or 0)

    def forget(self, *, before: datetime) -> int:
        self._door.require_system("audit_entries")
        return self._door.run(_older, {"before": before}).rowcount


def _record(row: Row[Any]) -> AuditRecord:
    return AuditRecord(
        id=row.id,
        tenant_id=row.tenant_id,
        user_id=row.user_id,
        token_id=row.token_id,
        action=row.action,
        target_kind=row.target_kind,
        target_id=row.target_id,
        address=row.address,
        request_id=row.request_id,
        details=row.details,
        created_at=row.created_at,
    )


def _listed(door: Door, given: tuple[str, ...]) -> Select[Any]:
    statement = door.select(Table, *_COLUMNS).order_by(Table.id.desc()).limit(bindparam("limit"))
    if "user_id" in given:
        statement = statement.where(Table.user_id == bindparam("user_id"))
    if "action" in given:
        statement = statement.where(Table.action == bindparam("action"))
    if "cursor_number" in given:
        statement = statement.where(Table.id < bindparam("cursor_number"))
    return statement


def _older(door: Door) -> Delete:
    return door.delete(Table).where(Table.created_at < bindparam("before"))
