"""How webhooks are stored: what came in, the endpoints that are told of ends, and what was told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Unpack
from uuid import UUID

from sqlalchemy import Delete, Row, Select, Update, bindparam, null

from boards.adapters.db.cursors import Position, is_after, page_of, position_at
from boards.adapters.db.door import Door, func
from boards.adapters.db.tables import WebhookDelivery, WebhookEndpoint, WebhookReceipt
from boards.services.ports import (
    Delivered,
    Delivery,
    Disabled,
    Endpoint,
    EndpointChanges,
    MessageType,
    Page,
    Tried,
)

__all__ = ["ReceiptRows", "WebhookRows"]

# The columns are called as the fields are.
_ENDPOINT_NAMES = tuple(each.name for each in fields(Endpoint))
_DELIVERY_NAMES = tuple(each.name for each in fields(Delivery))


class ReceiptRows:
    """The rows of what providers have told us, in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def add(self, provider: str, message_id: str, *, now: datetime) -> bool:
        row = {"provider": provider, "message_id": message_id, "received_at": now}
        return self._door.insert(WebhookReceipt, [row], if_absent=True) == 1

    def forget(self, *, before: datetime, limit: int) -> int:
        values = {"before": before, "limit": limit}
        gone = self._door.run(_old_receipts, values).all()
        for row in gone:
            self._door.run(_receipt_forgotten, {"of": row.provider, "named": row.message_id})
        return len(gone)


class WebhookRows:
    """The rows of endpoints and deliveries in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def insert_endpoint(self, endpoint: Endpoint) -> None:
        self._door.insert(WebhookEndpoint, [_endpoint_row(endpoint)])

    def endpoint(self, endpoint_id: UUID) -> Endpoint | None:
        row = self._door.run(_endpoint_by_id, {"id": endpoint_id}).first()
        return None if row is None else _endpoint(row)

    def endpoints(self, *, limit: int, cursor: str | None) -> Page[Endpoint]:
        after = position_at(cursor)
        values: dict[str, object] = {"limit": limit + 1}
        if after is not None:
            values |= {"cursor_at": after.at, "cursor_id": after.id}
        rows = self._door.run(_endpoints, values, after is not None).all()
        return page_of(rows, limit, _endpoint, lambda one: Position(at=one.created_at, id=one.id))

    def count_endpoints(self) -> int:
        return int(self._door.run(_endpoints_counted).scalar_one())

    def enabled(self, tenant_id: UUID) -> tuple[Endpoint, ...]:
        rows = self._door.run(_enabled, {"of_tenant": tenant_id})
        return tuple(_endpoint(row) for row in rows)

    def any_enabled(self) -> bool:
        return self._door.run(_first_enabled).first() is not None

    def change_endpoint(
        self, endpoint_id: UUID, *, now: datetime, **changes: Unpack[EndpointChanges]
    ) -> bool:
        values: dict[str, Any] = dict(changes)
        if "events" in changes:
            values["events"] = [one.value for one in changes["events"]]
        bound = {"of_id": endpoint_id, "now": now}
        bound |= {f"new_{name}": value for name, value in values.items()}
        return self._door.run(_endpoint_changed, bound, tuple(sorted(values))).rowcount == 1

    def delete_endpoint(self, endpoint_id: UUID) -> bool:
        self._door.run(_deliveries_deleted, {"of_endpoint": endpoint_id})
        return self._door.run(_endpoint_deleted, {"of_id": endpoint_id}).rowcount == 1

    def add_deliveries(self, new: Sequence[Delivery]) -> int:
        rows = [_delivery_row(one) for one in new]
        return sum(self._door.insert(WebhookDelivery, [row], if_absent=True) for row in rows)

    def delivery(self, delivery_id: UUID) -> Delivery | None:
        row = self._door.run(_delivery_by_id, {"id": delivery_id}).first()
        return None if row is None else _delivery(row)

    def deliveries(self, endpoint_id: UUID, *, limit: int, cursor: str | None) -> Page[Delivery]:
        after = position_at(cursor)
        values: dict[str, object] = {"of_endpoint": endpoint_id, "limit": limit + 1}
        if after is not None:
            values |= {"cursor_at": after.at, "cursor_id": after.id}
        rows = self._door.run(_deliveries, values, after is not None).all()
        return page_of(rows, limit, _delivery, lambda one: Position(at=one.created_at, id=one.id))

    def next_due(self) -> datetime | None:
        self._door.require_system("next_due")
        found: datetime | None = self._door.run(_next_due).scalar()
        return found

    def take(
        self,
        *,
        now: datetime,
        until: datetime,
        limit: int,
        but: Collection[UUID] = (),
        only: UUID | None = None,
    ) -> tuple[Delivery, ...]:
        values: dict[str, object] = {"now": now, "until": until}
        if only is not None:
            rows = self._door.run(_taken_one, {**values, "of_id": only})
        else:
            self._door.require_system("take")
            rows = self._door.run(_taken, {**values, "limit": limit, "but": list(but)})
        return tuple(_delivery(row) for row in rows)

    def keep_payload(self, delivery_id: UUID, payload: str) -> None:
        self._door.run(_payload_kept, {"of_id": delivery_id, "new_payload": payload})

    def tried(self, delivery: Delivery, what: Tried, *, now: datetime) -> bool:
        values = {
            "of_id": delivery.id,
            "seen": delivery.attempts,
            "now": now,
            "new_state": what.state.value,
            "new_due_at": what.due_at,
            "new_http_status": what.http_status,
            "new_error": what.error,
        }
        return self._door.run(_tried, values).rowcount == 1

    def again(self, delivery_id: UUID, *, now: datetime) -> bool:
        return self._door.run(_again, {"of_id": delivery_id, "now": now}).rowcount == 1

    def forget(self, *, before: datetime, limit: int) -> int:
        self._door.require_system("forget")
        return self._door.run(_deliveries_forgotten, {"before": before, "limit": limit}).rowcount


def _endpoint_row(endpoint: Endpoint) -> dict[str, Any]:
    reason = endpoint.disabled_reason
    return {
        **{name: getattr(endpoint, name) for name in _ENDPOINT_NAMES},
        "events": [one.value for one in endpoint.events],
        "disabled_reason": None if reason is None else reason.value,
    }


def _delivery_row(delivery: Delivery) -> dict[str, Any]:
    return {
        **{name: getattr(delivery, name) for name in _DELIVERY_NAMES},
        "type": delivery.type.value,
        "state": delivery.state.value,
    }


def _endpoint(row: Row[Any]) -> Endpoint:
    values: Mapping[str, Any] = row._asdict()
    reason = values["disabled_reason"]
    return Endpoint(
        **{
            **values,
            "events": tuple(MessageType(one) for one in values["events"]),
            "disabled_reason": None if reason is None else Disabled(reason),
        }
    )


def _delivery(row: Row[Any]) -> Delivery:
    values: Mapping[str, Any] = row._asdict()
    return Delivery(
        **{
            **values,
            "type": MessageType(values["type"]),
            "state": Delivered(values["state"]),
        }
    )


_ENDPOINT = tuple(getattr(WebhookEndpoint, name) for name in _ENDPOINT_NAMES)
_DELIVERY = tuple(getattr(WebhookDelivery, name) for name in _DELIVERY_NAMES)


def _old_receipts(door: Door) -> Select[Any]:
    return (
        door.select_shared(WebhookReceipt, WebhookReceipt.provider, WebhookReceipt.message_id)
        .where(WebhookReceipt.received_at < bindparam("before"))
        .limit(bindparam("limit"))
    )


def _receipt_forgotten(door: Door) -> Delete:
    return door.delete_shared(WebhookReceipt).where(
        WebhookReceipt.provider == bindparam("of"),
        WebhookReceipt.message_id == bindparam("named"),
    )


def _endpoint_by_id(door: Door) -> Select[Any]:
    return door.select(WebhookEndpoint, *_ENDPOINT).where(WebhookEndpoint.id == bindparam("id"))


def _endpoints(door: Door, continued: bool) -> Select[Any]:
    chosen = door.select(WebhookEndpoint, *_ENDPOINT)
    if continued:
        chosen = chosen.where(is_after(WebhookEndpoint.created_at, WebhookEndpoint.id))
    newest = (WebhookEndpoint.created_at.desc(), WebhookEndpoint.id.desc())
    return chosen.order_by(*newest).limit(bindparam("limit"))


def _endpoints_counted(door: Door) -> Select[Any]:
    return door.select(WebhookEndpoint, func.count())


def _enabled(door: Door) -> Select[Any]:
    return (
        door.select(WebhookEndpoint, *_ENDPOINT)
        .where(
            WebhookEndpoint.tenant_id == bindparam("of_tenant"),
            WebhookEndpoint.disabled_at.is_(None),
        )
        .order_by(WebhookEndpoint.id)
    )


def _first_enabled(door: Door) -> Select[Any]:
    return (
        door.select(WebhookEndpoint, WebhookEndpoint.id)
        .where(WebhookEndpoint.disabled_at.is_(None))
        .limit(1)
    )


def _endpoint_changed(door: Door, columns: tuple[str, ...]) -> Update:
    table = WebhookEndpoint
    new = {name: bindparam(f"new_{name}", type_=getattr(table, name).type) for name in columns}
    return (
        door.update(table)
        .where(table.id == bindparam("of_id"))
        .values(updated_at=bindparam("now", type_=table.updated_at.type), **new)
    )


def _endpoint_deleted(door: Door) -> Delete:
    return door.delete(WebhookEndpoint).where(WebhookEndpoint.id == bindparam("of_id"))


def _deliveries_deleted(door: Door) -> Delete:
    return door.delete(WebhookDelivery).where(
        WebhookDelivery.endpoint_id == bindparam("of_endpoint")
    )


def _delivery_by_id(door: Door) -> Select[Any]:
    return door.select(WebhookDelivery, *_DELIVERY).where(WebhookDelivery.id == bindparam("id"))


def _deliveries(door: Door, continued: bool) -> Select[Any]:
    chosen = door.select(WebhookDelivery, *_DELIVERY).where(
        WebhookDelivery.endpoint_id == bindparam("of_endpoint")
    )
    if continued:
        chosen = chosen.where(is_after(WebhookDelivery.created_at, WebhookDelivery.id))
    newest = (WebhookDelivery.created_at.desc(), WebhookDelivery.id.desc())
    return chosen.order_by(*newest).limit(bindparam("limit"))


def _to_enabled(door: Door) -> Select[Any]:
    """What waits for endpoints that are told of things: at the others it waits for longer."""
    return door.select(WebhookEndpoint, WebhookEndpoint.id).where(
        WebhookEndpoint.disabled_at.is_(None)
    )


def _next_due(door: Door) -> Select[Any]:
    return door.select(WebhookDelivery, func.min(WebhookDelivery.due_at)).where(
        WebhookDelivery.due_at.is_not(None), WebhookDelivery.endpoint_id.in_(_to_enabled(door))
    )


def _begun(door: Door) -> Update:
    return door.update(WebhookDelivery).values(
        due_at=bindparam("until", type_=WebhookDelivery.due_at.type),
        attempts=WebhookDelivery.attempts + 1,
        tried_at=bindparam("now", type_=WebhookDelivery.tried_at.type),
    )


def _taken(door: Door) -> Update:
    due = WebhookDelivery.due_at <= bindparam("now", type_=WebhookDelivery.due_at.type)
    mine = (
        door.select(WebhookDelivery, WebhookDelivery.id)
        .where(
            due,
            WebhookDelivery.endpoint_id.in_(_to_enabled(door)),
            WebhookDelivery.endpoint_id.not_in(bindparam("but", expanding=True)),
        )
        .order_by(WebhookDelivery.due_at)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True)
    )
    # The guard stands outside, too, where it is asked again of a row that has changed meanwhile.
    return _begun(door).where(WebhookDelivery.id.in_(mine), due).returning(*_DELIVERY)


def _taken_one(door: Door) -> Update:
    return (
        _begun(door)
        .where(WebhookDelivery.id == bindparam("of_id"), WebhookDelivery.due_at.is_not(None))
        .returning(*_DELIVERY)
    )


def _payload_kept(door: Door) -> Update:
    return (
        door.update(WebhookDelivery)
        .where(WebhookDelivery.id == bindparam("of_id"), WebhookDelivery.payload.is_(None))
        .values(payload=bindparam("new_payload"))
    )


def _tried(door: Door) -> Update:
    table = WebhookDelivery
    names = ("state", "due_at", "http_status", "error")
    new = {name: bindparam(f"new_{name}", type_=getattr(table, name).type) for name in names}
    return (
        door.update(table)
        .where(table.id == bindparam("of_id"), table.attempts == bindparam("seen"))
        .values(tried_at=bindparam("now", type_=table.tried_at.type), **new)
    )


def _again(door: Door) -> Update:
    return (
        door.update(WebhookDelivery)
        .where(WebhookDelivery.id == bindparam("of_id"))
        .values(
            state=Delivered.PENDING.value,
            attempts=0,
            http_status=null(),
            error="",
            due_at=bindparam("now", type_=WebhookDelivery.due_at.type),
        )
    )


def _deliveries_forgotten(door: Door) -> Delete:
    old = (
        door.select(WebhookDelivery, WebhookDelivery.id)
        .where(WebhookDelivery.created_at < bindparam("before"), WebhookDelivery.due_at.is_(None))
        .limit(bindparam("limit"))
    )
    return door.delete(WebhookDelivery).where(WebhookDelivery.id.in_(old))
