"""The route of GraphQL."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from typing import Any, cast

from cross_web import HTTPException
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import WebSocketRoute
from strawberry.exceptions import MissingQueryError
from strawberry.fastapi import GraphQLRouter
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL
from strawberry.types.graphql import OperationType

from boards.api.graphql.context import Context
from boards.api.graphql.limits import Limits
from boards.api.graphql.schema import make_schema
from boards.api.routing import Caller
from boards.api.sse import EventStream
from boards.api.web import EDITOR_POLICY
from boards.services.lookups import LookupService
from boards.services.streams import StreamService

__all__ = ["PATH", "router"]

PATH = "/graphql"
BAD_REQUEST = "BAD_REQUEST"
NO_EDITOR = "There is no editor here."
NOT_STREAMED = "Subscriptions come as server-sent events; send 'Accept: text/event-stream'."


class _Router(GraphQLRouter[Context, None]):
    """Answers what is no GraphQL request at all in the form of GraphQL's errors, too."""

    editor: bytes | None = None

    def parse_json(self, data: str | bytes) -> Any:
        parsed = super().parse_json(data)
        if not isinstance(parsed, (dict, list)):
            raise HTTPException(
                400, 'This is no JSON object; send {"query": "…", "variables": {…}}.'
            )
        return parsed

    async def run(self, request: Any, context: Any = None, root_value: Any = None) -> Any:
        try:
            return await super().run(request, context, root_value)
        except HTTPException as error:
            said: Mapping[str, Any] = {
                "errors": [{"message": error.reason, "extensions": {"code": BAD_REQUEST}}]
            }
            return Response(
                json.dumps(said), status_code=error.status_code, media_type="application/json"
            )

    def should_render_graphql_ide(self, request: Any) -> bool:
        """The editor is for browsers; whatever takes anything is told that a query is missing."""
        accepts = str(request.headers.get("accept", ""))
        is_query = request.query_params.get("query") is not None
        return request.method == "GET" and not is_query and "text/html" in accepts

    async def render_graphql_ide(self, request: Request) -> HTMLResponse:  # noqa: ARG002
        if self.editor is None:
            raise HTTPException(404, NO_EDITOR)
        headers = {"Content-Security-Policy": EDITOR_POLICY, "Cache-Control": "no-cache"}
        return HTMLResponse(self.editor, headers=headers)

    async def execute_single(self, **kwargs: Any) -> Any:  # type: ignore[override]
        """Run one operation that is not streamed. The one of the framework would also take a
        subscription, and then answer that it is null."""
        data, method = kwargs["request_data"], kwargs["request_adapter"].method
        try:
            return await self.schema.execute(
                data.query,
                root_value=kwargs["root_value"],
                variable_values=data.variables,
                context_value=kwargs["context"],
                operation_name=data.operation_name,
                allowed_operation_types=OperationType.from_http(method)
                - {OperationType.SUBSCRIPTION},
                operation_extensions=data.extensions,
            )
        except CannotGetOperationTypeError as error:
            raise HTTPException(400, error.as_http_error_reason()) from error
        except InvalidOperationTypeError as error:
            if error.operation_type is OperationType.SUBSCRIPTION:
                raise HTTPException(400, NOT_STREAMED) from error
            raise HTTPException(400, error.as_http_error_reason(method)) from error
        except MissingQueryError as error:
            raise HTTPException(400, "There is no query in the request.") from error

    async def create_streaming_response(
        self,
        request: Request,  # noqa: ARG002 - as the framework calls it
        stream: Callable[[], AsyncIterator[str]],
        sub_response: Response,  # noqa: ARG002
        headers: Mapping[str, str],  # noqa: ARG002 - those of every stream here
    ) -> Response:
        parts = cast(AsyncGenerator[str, None], stream())
        return EventStream(await anext(parts), parts, str.encode)


def router(
    lookups: LookupService,
    streams: StreamService | None = None,
    *,
    introspection: bool = True,
    editor: bytes | None = None,
    limits: Limits | None = None,
) -> APIRouter:
    """`/graphql`: queries by GET and POST, mutations by POST, and all by server-sent events, as
    subscriptions need them. Browsers get the page `editor`, where there is one."""
    bounds = limits or Limits()

    async def context(call: Caller) -> Context:
        return Context(call, lookups, items=bounds.items, streams=streams)

    routes = _Router(
        make_schema(introspection=introspection, limits=bounds),
        path=PATH,
        # Only to be asked for it: the one that ships loads its scripts from elsewhere.
        graphql_ide="graphiql",
        context_getter=context,
        subscription_protocols=(GRAPHQL_SSE_PROTOCOL,),
        include_in_schema=False,
    )
    routes.editor = editor
    routes.routes = [one for one in routes.routes if not isinstance(one, WebSocketRoute)]
    return routes
