"""Webhook endpoints and deliveries as answers show them, and the requests about them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from boards.api.shapes.base import Answer, PageShape, Sent, Text
from boards.services.courier import message_id
from boards.services.ports import Delivered, Delivery, Disabled, Endpoint, MessageType
from boards.services.webhooks import EndpointAsked, NewEndpoint

__all__ = [
    "DeliveryPage",
    "DeliveryShape",
    "EndpointChange",
    "EndpointPage",
    "EndpointRequest",
    "EndpointShape",
    "NewEndpointShape",
    "delivery_shape",
    "endpoint_shape",
    "new_endpoint_shape",
]

_CHOICES = [one.value for one in MessageType if one is not MessageType.TEST]
_KNOWN = ", ".join(_CHOICES)


def _choice(value: object) -> object:
    if value not in _CHOICES:
        raise PydanticCustomError(
            "not_chosen", "There is no such message; there are {known}.", {"known": _KNOWN}
        )
    return MessageType(str(value))


Chosen = Annotated[
    MessageType,
    BeforeValidator(_choice),
    WithJsonSchema({"type": "string", "enum": _CHOICES}),
]


class EndpointShape(Answer):
    """An address that is told when jobs end or need a person."""

    id: UUID = Field(description="Its id.")
    url: str = Field(description="Where messages are sent.")
    description: str = Field(description="What it is for.")
    events: list[MessageType] = Field(description="What it is told; empty means everything.")
    enabled: bool = Field(description="Whether it is told anything.")
    disabled_reason: Disabled | None = Field(
        description="by_hand, gone (it answered 410) or failing (it failed for days)."
    )
    note: str = Field(description="Why it was disabled, for people.")
    failing_since: datetime | None = Field(description="Since when every message has failed.")
    created_by: UUID = Field(description="What it is told of a job is what this user may see.")
    created_at: datetime = Field(description="When it was made.")
    updated_at: datetime = Field(description="When it was last changed.")


class EndpointPage(PageShape[EndpointShape]):
    """A part of the list of endpoints."""


class NewEndpointShape(Answer):
    """An endpoint and its secret."""

    endpoint: EndpointShape = Field(description="The endpoint.")
    secret: str = Field(description="Signs its messages; it is not shown again.")


class EndpointRequest(Sent):
    """An endpoint to be made."""

    url: Text = Field(min_length=1, max_length=2000, description="A public http(s) address.")
    description: Text = Field(default="", max_length=500, description="What it is for.")
    events: list[Chosen] = Field(
        default=[], max_length=10, description="What to tell it; leave it out for everything."
    )

    def asked(self) -> EndpointAsked:
        return EndpointAsked(url=self.url, description=self.description, events=tuple(self.events))


class EndpointChange(Sent):
    """What shall change; what is left out stays."""

    url: Text | None = Field(
        default=None, min_length=1, max_length=2000, description="Its address."
    )
    description: Text | None = Field(default=None, max_length=500, description="What it is for.")
    events: list[Chosen] | None = Field(
        default=None, max_length=10, description="What to tell it; empty for everything."
    )
    enabled: bool | None = Field(default=None, description="Whether it is told anything.")

    def asked(self) -> EndpointAsked:
        return EndpointAsked(
            url=self.url,
            description=self.description,
            events=None if self.events is None else tuple(self.events),
            enabled=self.enabled,
        )


class DeliveryShape(Answer):
    """One message to one endpoint, and how far it is."""

    id: UUID = Field(description="Its id here.")
    message_id: str = Field(description="What the receiver sees as `webhook-id`, at each try.")
    type: MessageType = Field(description="What it tells.")
    job_id: UUID | None = Field(description="The job that it is about; null for a test.")
    generation_id: UUID | None = Field(description="The generation with which it came about.")
    state: Delivered = Field(description="pending, delivered, or failed: given up.")
    attempts: int = Field(description="How often it was tried.")
    next_attempt_at: datetime | None = Field(description="When it is tried again; null at its end.")
    http_status: int | None = Field(description="What the last try was answered with, if it was.")
    error: str = Field(description="Why the last try failed.")
    created_at: datetime = Field(description="When it came about.")
    tried_at: datetime | None = Field(description="When it was last tried.")


class DeliveryPage(PageShape[DeliveryShape]):
    """A part of the log of deliveries."""


def endpoint_shape(endpoint: Endpoint) -> EndpointShape:
    """Show an endpoint."""
    return EndpointShape(
        id=endpoint.id,
        url=endpoint.url,
        description=endpoint.description,
        events=list(endpoint.events),
        enabled=endpoint.is_enabled,
        disabled_reason=endpoint.disabled_reason,
        note=endpoint.note,
        failing_since=endpoint.failing_since,
        created_by=endpoint.created_by,
        created_at=endpoint.created_at,
        updated_at=endpoint.updated_at,
    )


def new_endpoint_shape(new: NewEndpoint) -> NewEndpointShape:
    """Show an endpoint with its secret."""
    return NewEndpointShape(endpoint=endpoint_shape(new.endpoint), secret=new.secret)


def delivery_shape(delivery: Delivery) -> DeliveryShape:
    """Show a delivery."""
    return DeliveryShape(
        id=delivery.id,
        message_id=message_id(delivery),
        type=delivery.type,
        job_id=delivery.job_id,
        generation_id=delivery.generation_id,
        state=delivery.state,
        attempts=delivery.attempts,
        next_attempt_at=delivery.due_at,
        http_status=delivery.http_status,
        error=delivery.error,
        created_at=delivery.created_at,
        tried_at=delivery.tried_at,
    )
