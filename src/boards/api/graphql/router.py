"""The route of GraphQL."""

import json
from collections.abc import Mapping
from typing import Any

from cross_web import HTTPException
from fastapi import APIRouter
from starlette.responses import Response
from starlette.routing import WebSocketRoute
from strawberry.fastapi import GraphQLRouter

from boards.api.graphql.context import Context
from boards.api.graphql.limits import Limits
from boards.api.graphql.schema import make_schema
from boards.api.routing import Caller
from boards.services.lookups import LookupService

__all__ = ["PATH", "router"]

PATH = "/graphql"
BAD_REQUEST = "BAD_REQUEST"


class _Router(GraphQLRouter[Context, None]):
    """Answers what is no GraphQL request at all in the form of GraphQL's errors, too."""

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


def router(
    lookups: LookupService, *, introspection: bool = True, limits: Limits | None = None
) -> APIRouter:
    """`/graphql`: queries by GET and POST, mutations by POST."""
    bounds = limits or Limits()

    async def context(call: Caller) -> Context:
        return Context(call, lookups, items=bounds.items)

    routes = _Router(
        make_schema(introspection=introspection, limits=bounds),
        path=PATH,
        # The one that ships loads its scripts from elsewhere.
        graphql_ide=None,
        context_getter=context,
        subscription_protocols=(),
        include_in_schema=False,
    )
    routes.routes = [one for one in routes.routes if not isinstance(one, WebSocketRoute)]
    return routes
