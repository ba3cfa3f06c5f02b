"""The audit log: who did what, when and from where. Rows are written with what they tell of, in one
transaction, so that neither is there without the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import JsonValue

from boards.domain.access import Actor, Duty
from boards.services.ports import SYSTEM, AuditRecord, Clock, Database, Page, Tx
from boards.services.rights import require, scope_of

__all__ = ["AuditService", "note"]


def note(
    tx: Tx,
    actor: Actor,
    action: str,
    *,
    target: tuple[str, object],
    now: datetime,
    details: Mapping[str, JsonValue] | None = None,
    tenant_id: UUID | None = None,
) -> None:
    """Write that `actor` did `action`, such as `token.create`, to `target`, its kind and its id.

    `tenant_id` is whose log it belongs to when it is not the actor's own tenant. `details` hold no
    secrets and nothing that people wrote.
    """
    kind, identity = target
    tx.audit.add(
        AuditRecord(
            tenant_id=tenant_id or actor.tenant_id,
            user_id=actor.user_id,
            token_id=actor.token_id,
            action=action,
            target_kind=kind,
            target_id=None if identity is None else str(identity),
            address=actor.origin.address,
            request_id=actor.origin.request_id,
            details=details or {},
            created_at=now,
        )
    )


@dataclass(frozen=True, kw_only=True)
class AuditService:
    """Shows the log to administrators, and forgets what is too old."""

    database: Database
    clock: Clock
    keep: timedelta = timedelta(days=400)

    async def list(
        self,
        actor: Actor,
        *,
        limit: int,
        cursor: str | None,
        user_id: UUID | None = None,
        action: str | None = None,
    ) -> Page[AuditRecord]:
        """The newest entries first. Forbidden for all but administrators of the tenant."""
        require(actor, Duty.SEE_AUDIT)
        return await self.database.read(
            lambda tx: tx.audit.list(limit=limit, cursor=cursor, user_id=user_id, action=action),
            scope=scope_of(actor),
        )

    async def forget(self) -> None:
        """Delete what is older than it must be kept."""
        before = self.clock.now() - self.keep
        await self.database.write(lambda tx: tx.audit.forget(before=before), scope=SYSTEM)
