"""Endpoints: the addresses of a tenant that are told when jobs end or need a person.

Its admins choose them. A secret is shown once, when it is made; the database keeps it sealed.
"""

import base64
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog

from boards.domain.access import Actor, Duty
from boards.errors import Conflict, InvalidInput, NotConfigured, NotFound, Problem
from boards.ids import new_id
from boards.outbound.addresses import is_public, read_address
from boards.outbound.urls import read_url
from boards.services.audit import note
from boards.services.courier import Courier, sealed_for
from boards.services.ports import (
    SYSTEM,
    Clock,
    Database,
    Delivery,
    Disabled,
    Endpoint,
    EndpointChanges,
    MessageType,
    Page,
    Sealer,
    Tx,
)
from boards.services.rights import require_person, scope_of

__all__ = ["MOST_ENDPOINTS", "EndpointAsked", "NewEndpoint", "WebhookService"]

log = structlog.get_logger(__name__)

MOST_ENDPOINTS = 20
"""How many a tenant may have: each end is told to all of them."""
OLD_SECRET_LIVES = timedelta(hours=24)
KEEP_RECEIPTS = timedelta(days=7)
KEEP_DELIVERIES = timedelta(days=30)
AT_ONCE = 1000
_PORTS = {"http": 80, "https": 443}
_SECRET_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class EndpointAsked:
    """What an endpoint shall be; None leaves it as it is. `events` empty means all of them."""

    url: str | None = None
    description: str | None = None
    events: tuple[MessageType, ...] | None = None
    enabled: bool | None = None


@dataclass(frozen=True, kw_only=True)
class NewEndpoint:
    """An endpoint with its secret, which is shown this once."""

    endpoint: Endpoint
    secret: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class WebhookService:
    """Administers endpoints, and shows what they were told. `private` holds hosts and ports that
    may be told although they are no public addresses."""

    database: Database
    clock: Clock
    courier: Courier
    sealer: Sealer | None
    private: Collection[tuple[str, int]] = ()

    async def create(self, actor: Actor, asked: EndpointAsked) -> NewEndpoint:
        """Make an endpoint. NotConfigured without BOARDS_SECRET_KEY, InvalidInput for an address
        that may not be called, Conflict when the tenant has too many."""
        user_id = _admin(actor)
        self._check_url(asked.url or "")
        now = self.clock.now()
        endpoint_id, secret = new_id(), _new_secret()
        endpoint = Endpoint(
            id=endpoint_id,
            tenant_id=actor.tenant_id,
            created_by=user_id,
            url=asked.url or "",
            description=asked.description or "",
            events=_chosen(asked.events or ()),
            secret=self._sealed(secret, endpoint_id),
            created_at=now,
            updated_at=now,
        )

        def write(tx: Tx) -> None:
            if tx.webhooks.count_endpoints() >= MOST_ENDPOINTS:
                raise Conflict(
                    f"There are {MOST_ENDPOINTS} endpoints already, which is the most; delete one."
                )
            tx.webhooks.insert_endpoint(endpoint)
            note(tx, actor, "webhook.create", target=("webhook", endpoint.id), now=now)

        await self.database.write(write, scope=scope_of(actor))
        self.courier.wake()
        return NewEndpoint(endpoint=endpoint, secret=secret)

    async def list(self, actor: Actor, *, limit: int, cursor: str | None) -> Page[Endpoint]:
        """The tenant's endpoints, the newest first."""
        _admin(actor)
        return await self.database.read(
            lambda tx: tx.webhooks.endpoints(limit=limit, cursor=cursor), scope=scope_of(actor)
        )

    async def get(self, actor: Actor, endpoint_id: UUID) -> Endpoint:
        """Give one endpoint. NotFound when the tenant has none of this id."""
        _admin(actor)
        return await self.database.read(
            lambda tx: _endpoint(tx, endpoint_id), scope=scope_of(actor)
        )

    async def update(self, actor: Actor, endpoint_id: UUID, asked: EndpointAsked) -> Endpoint:
        """Change an endpoint. Enabled again, it is told what waits for it."""
        _admin(actor)
        if asked.url is not None:
            self._check_url(asked.url)
        now = self.clock.now()

        def write(tx: Tx) -> Endpoint:
            before = _endpoint(tx, endpoint_id)
            changes = EndpointChanges()
            if asked.url is not None:
                changes["url"] = asked.url
            if asked.description is not None:
                changes["description"] = asked.description
            if asked.events is not None:
                changes["events"] = _chosen(asked.events)
            if asked.enabled and not before.is_enabled:
                changes |= EndpointChanges(
                    disabled_at=None, disabled_reason=None, note="", failing_since=None
                )
            if asked.enabled is False and before.is_enabled:
                changes |= EndpointChanges(disabled_at=now, disabled_reason=Disabled.BY_HAND)
            tx.webhooks.change_endpoint(endpoint_id, now=now, **changes)
            note(
                tx,
                actor,
                "webhook.update",
                target=("webhook", endpoint_id),
                now=now,
                details={"changed": [*sorted(changes)]},
            )
            return _endpoint(tx, endpoint_id)

        after = await self.database.write(write, scope=scope_of(actor))
        self.courier.wake()
        return after

    async def delete(self, actor: Actor, endpoint_id: UUID) -> None:
        """Remove an endpoint with the log of what it was told."""
        _admin(actor)
        now = self.clock.now()

        def write(tx: Tx) -> None:
            _endpoint(tx, endpoint_id)
            tx.webhooks.delete_endpoint(endpoint_id)
            note(tx, actor, "webhook.delete", target=("webhook", endpoint_id), now=now)

        await self.database.write(write, scope=scope_of(actor))

    async def rotate(self, actor: Actor, endpoint_id: UUID) -> NewEndpoint:
        """Make a new secret. For a day messages carry signatures of both."""
        _admin(actor)
        now, secret = self.clock.now(), _new_secret()
        sealed = self._sealed(secret, endpoint_id)

        def write(tx: Tx) -> Endpoint:
            before = _endpoint(tx, endpoint_id)
            tx.webhooks.change_endpoint(
                endpoint_id,
                now=now,
                secret=sealed,
                old_secret=before.secret,
                old_secret_until=now + OLD_SECRET_LIVES,
            )
            note(tx, actor, "webhook.rotate", target=("webhook", endpoint_id), now=now)
            return _endpoint(tx, endpoint_id)

        endpoint = await self.database.write(write, scope=scope_of(actor))
        return NewEndpoint(endpoint=endpoint, secret=secret)

    async def test(self, actor: Actor, endpoint_id: UUID) -> Delivery:
        """Send a message of the type `webhook.test` now, and say what came of it."""
        _admin(actor)
        now, delivery_id = self.clock.now(), new_id()

        def write(tx: Tx) -> None:
            endpoint = _endpoint(tx, endpoint_id)
            if not endpoint.is_enabled:
                raise Conflict(f"Endpoint {endpoint_id} is disabled; enable it first.")
            delivery = Delivery(
                id=delivery_id,
                tenant_id=endpoint.tenant_id,
                endpoint_id=endpoint_id,
                type=MessageType.TEST,
                cause=f"test:{delivery_id}",
                due_at=now,
                created_at=now,
            )
            tx.webhooks.add_deliveries([delivery])

        await self.database.write(write, scope=scope_of(actor))
        await self.courier.attempt(delivery_id)
        return await self._delivery(actor, endpoint_id, delivery_id)

    async def deliveries(
        self, actor: Actor, endpoint_id: UUID, *, limit: int, cursor: str | None
    ) -> Page[Delivery]:
        """What an endpoint was told, or is to be told, the newest first."""
        _admin(actor)

        def look(tx: Tx) -> Page[Delivery]:
            _endpoint(tx, endpoint_id)
            return tx.webhooks.deliveries(endpoint_id, limit=limit, cursor=cursor)

        return await self.database.read(look, scope=scope_of(actor))

    async def redeliver(self, actor: Actor, endpoint_id: UUID, delivery_id: UUID) -> Delivery:
        """Send a message once more under its own id, now, and say what came of it."""
        _admin(actor)

        def write(tx: Tx) -> None:
            if not _endpoint(tx, endpoint_id).is_enabled:
                raise Conflict(f"Endpoint {endpoint_id} is disabled; enable it first.")
            _delivery(tx, endpoint_id, delivery_id)
            tx.webhooks.again(delivery_id, now=self.clock.now())

        await self.database.write(write, scope=scope_of(actor))
        await self.courier.attempt(delivery_id)
        return await self._delivery(actor, endpoint_id, delivery_id)

    async def forget(self) -> int:
        """Remove receipts and deliveries that are too old to matter, and count them."""
        now, count = self.clock.now(), 0
        while True:
            gone = await self.database.write(
                lambda tx: (
                    tx.receipts.forget(before=now - KEEP_RECEIPTS, limit=AT_ONCE)
                    + tx.webhooks.forget(before=now - KEEP_DELIVERIES, limit=AT_ONCE)
                ),
                scope=SYSTEM,
            )
            count += gone
            if not gone:
                return count

    async def _delivery(self, actor: Actor, endpoint_id: UUID, delivery_id: UUID) -> Delivery:
        return await self.database.read(
            lambda tx: _delivery(tx, endpoint_id, delivery_id), scope=scope_of(actor)
        )

    def _sealed(self, secret: str, endpoint_id: UUID) -> str:
        if self.sealer is None:
            raise NotConfigured(
                "Webhooks need a secret of this installation: set BOARDS_SECRET_KEY to at least "
                "32 random characters."
            )
        return sealed_for(endpoint_id, secret, self.sealer)

    def _check_url(self, text: str) -> None:
        """Refuse what can be seen to be wrong; the address itself is checked at each delivery."""
        try:
            url = read_url(text)
        except InvalidInput as error:
            raise _invalid("url", error.message) from error
        host = url.host.lower().strip("[]").removesuffix(".")
        address = read_address(host)
        is_private = (
            host == "localhost"
            or host.endswith(".localhost")
            or (address is not None and not is_public(address))
        )
        if is_private and (host, url.port or _PORTS[url.scheme]) not in self.private:
            raise _invalid(
                "url",
                f"{host!r} is an address of this machine or network; give a public one, or name it "
                "with its port in BOARDS_WEBHOOK_PRIVATE_HOSTS.",
            )


def _invalid(at: str, message: str) -> InvalidInput:
    return InvalidInput(message, problems=(Problem(at=at, message=message),))


def _admin(actor: Actor) -> UUID:
    return require_person(actor, Duty.MANAGE_WEBHOOKS)


def _endpoint(tx: Tx, endpoint_id: UUID) -> Endpoint:
    found = tx.webhooks.endpoint(endpoint_id)
    if found is None:
        raise NotFound(f"Endpoint {endpoint_id} not found")
    return found


def _delivery(tx: Tx, endpoint_id: UUID, delivery_id: UUID) -> Delivery:
    found = tx.webhooks.delivery(delivery_id)
    if found is None or found.endpoint_id != endpoint_id:
        raise NotFound(f"Delivery {delivery_id} not found")
    return found


def _chosen(events: Collection[MessageType]) -> tuple[MessageType, ...]:
    """The types in one order, each once; a test is sent to whoever asks for it."""
    return tuple(one for one in MessageType if one in events and one is not MessageType.TEST)


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
