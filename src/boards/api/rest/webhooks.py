"""Webhook endpoints: whom a tenant's admins have told when jobs end, and what they were told."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from boards.api.links import API
from boards.api.routing import Caller, Listing, answered, errors, lay
from boards.api.shapes.base import Id
from boards.api.shapes.webhooks import (
    DeliveryPage,
    DeliveryShape,
    EndpointChange,
    EndpointPage,
    EndpointRequest,
    EndpointShape,
    NewEndpointShape,
    delivery_shape,
    endpoint_shape,
    new_endpoint_shape,
)
from boards.services.webhooks import WebhookService

__all__ = ["router"]

router = APIRouter(prefix="/webhook-endpoints", tags=["webhooks"])

EndpointId = Annotated[Id, Path(description="The id of the endpoint.")]
DeliveryId = Annotated[Id, Path(description="The id of the delivery.")]


def _webhooks_of(request: Request) -> WebhookService:
    service: WebhookService = request.app.state.services.webhooks
    return service


Webhooks = Annotated[WebhookService, Depends(_webhooks_of)]


@router.get(
    "",
    operation_id="list_webhook_endpoints",
    summary="List the tenant's webhook endpoints, the newest first",
    responses=answered(EndpointPage, "A part of the list."),
)
async def list_webhook_endpoints(
    call: Caller, webhooks: Webhooks, asked: Annotated[Listing, Query()]
) -> Response:
    page = await webhooks.list(call.actor, limit=asked.limit, cursor=asked.cursor or None)
    return lay(EndpointPage(items=[endpoint_shape(one) for one in page.items], next=page.next))


@router.post(
    "",
    operation_id="create_webhook_endpoint",
    summary="Have an address told when jobs end; its secret is shown this once",
    status_code=201,
    responses=answered(
        NewEndpointShape, "The endpoint and its secret.", status=201, also=(409, 413, 415, 503)
    ),
)
async def create_webhook_endpoint(
    call: Caller, webhooks: Webhooks, body: EndpointRequest
) -> Response:
    made = await webhooks.create(call.actor, body.asked())
    where = f"{call.links.base}{API}{router.prefix}/{made.endpoint.id}"
    return lay(new_endpoint_shape(made), status=201, location=where)


@router.get(
    "/{endpoint_id}",
    operation_id="get_webhook_endpoint",
    summary="Get one endpoint",
    responses=answered(EndpointShape, "The endpoint.", also=(404,)),
)
async def get_webhook_endpoint(
    call: Caller, webhooks: Webhooks, endpoint_id: EndpointId
) -> Response:
    return lay(endpoint_shape(await webhooks.get(call.actor, endpoint_id)))


@router.patch(
    "/{endpoint_id}",
    operation_id="update_webhook_endpoint",
    summary="Change an endpoint, or enable or disable it",
    responses=answered(EndpointShape, "The endpoint.", also=(404, 413, 415)),
)
async def update_webhook_endpoint(
    call: Caller, webhooks: Webhooks, endpoint_id: EndpointId, body: EndpointChange
) -> Response:
    return lay(endpoint_shape(await webhooks.update(call.actor, endpoint_id, body.asked())))


@router.delete(
    "/{endpoint_id}",
    operation_id="delete_webhook_endpoint",
    summary="Delete an endpoint with its log",
    status_code=204,
    responses={**errors(404, 415), 204: {"description": "It is told nothing more."}},
)
async def delete_webhook_endpoint(
    call: Caller, webhooks: Webhooks, endpoint_id: EndpointId
) -> Response:
    await webhooks.delete(call.actor, endpoint_id)
    return Response(status_code=204)


@router.post(
    "/{endpoint_id}/rotate-secret",
    operation_id="rotate_webhook_secret",
    summary="Make a new secret; for a day messages are signed with both",
    responses=answered(
        NewEndpointShape, "The endpoint and its new secret.", also=(404, 413, 415, 503)
    ),
)
async def rotate_webhook_secret(
    call: Caller, webhooks: Webhooks, endpoint_id: EndpointId
) -> Response:
    return lay(new_endpoint_shape(await webhooks.rotate(call.actor, endpoint_id)))


@router.post(
    "/{endpoint_id}/test",
    operation_id="test_webhook_endpoint",
    summary="Send a test message now, and say what came of it",
    responses=answered(DeliveryShape, "The delivery.", also=(404, 409, 413, 415)),
)
async def test_webhook_endpoint(
    call: Caller, webhooks: Webhooks, endpoint_id: EndpointId
) -> Response:
    return lay(delivery_shape(await webhooks.test(call.actor, endpoint_id)))


@router.get(
    "/{endpoint_id}/deliveries",
    operation_id="list_webhook_deliveries",
    summary="List what an endpoint was told, the newest first",
    responses=answered(DeliveryPage, "A part of the log.", also=(404,)),
)
async def list_webhook_deliveries(
    call: Caller,
    webhooks: Webhooks,
    endpoint_id: EndpointId,
    asked: Annotated[Listing, Query()],
) -> Response:
    page = await webhooks.deliveries(
        call.actor, endpoint_id, limit=asked.limit, cursor=asked.cursor or None
    )
    return lay(DeliveryPage(items=[delivery_shape(one) for one in page.items], next=page.next))


@router.post(
    "/{endpoint_id}/deliveries/{delivery_id}/redeliver",
    operation_id="redeliver_webhook",
    summary="Send a message again under its own id, now, and say what came of it",
    responses=answered(DeliveryShape, "The delivery.", also=(404, 409, 413, 415)),
)
async def redeliver_webhook(
    call: Caller, webhooks: Webhooks, endpoint_id: EndpointId, delivery_id: DeliveryId
) -> Response:
    return lay(delivery_shape(await webhooks.redeliver(call.actor, endpoint_id, delivery_id)))
