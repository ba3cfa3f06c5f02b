"""The web application: the surfaces under one guard."""

import json
import re
from collections.abc import Callable, Collection
from contextlib import AbstractAsyncContextManager
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from boards.api.cors import cors
from boards.api.envelope import Envelope
from boards.api.errors import ProblemShape, add_error_handlers
from boards.api.guard import Guard
from boards.api.links import API
from boards.api.rates import RateLimits, Rates
from boards.api.rest import (
    attention,
    boards,
    budgets,
    bulk,
    estimate,
    exports,
    generations,
    generators,
    health,
    hooks,
    jobs,
    keys,
    ledger,
    members,
    previews,
    providers,
    recipes,
    sharing,
    spend,
    storage,
    story_outputs,
    tags,
    takes,
    tus,
    uploads,
    webhooks,
    workspaces,
)
from boards.api.services import Services
from boards.api.watched import RequestMeter, Watched

__all__ = ["JSON_BYTES", "create_app"]

JSON_BYTES = 1024 * 1024

DESCRIPTION = """\
Make images, video, audio, text and LoRA models with many providers and local tools.

Every error is a problem (RFC 9457) with a stable `code`. Lists come in parts: send `next` as
`cursor`. Every answer carries `X-Request-ID`.
"""

SCHEMAS = "#/components/schemas/"
SHAPE_REF = re.compile(rf'"{SCHEMAS}(\w+)Shape"')

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(
    services: Services,
    *,
    version: str,
    public_url: str | None = None,
    allowed_hosts: Collection[str] = (),
    allowed_origins: Collection[str] = (),
    rates: RateLimits | None = None,
    json_bytes: int = JSON_BYTES,
    lifespan: Lifespan | None = None,
    routers: Collection[APIRouter] = (),
    meter: RequestMeter | None = None,
) -> FastAPI:
    """Put the surfaces over the services.

    `public_url` is how others reach this server, if they do; its host is then allowed, and its
    pages are ours. Pages of `allowed_origins` may call by a token. `routers` are further surfaces,
    under the same guard. ValueError for a host or a URL that is none.
    """
    app = FastAPI(
        title="Boards",
        version=version,
        description=DESCRIPTION,
        openapi_url=f"{API}/openapi.json",
        # These pages load their scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
        # `Watched` traces and counts; the framework's own would note queries, with what is in them.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.services = services
    app.state.public_url = public_url
    hosts, origins = list(allowed_hosts), []
    if public_url is not None:
        parts = urlsplit(public_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{public_url!r} is no URL; write it as 'https://boards.example'.")
        hosts.append(parts.netloc)
        origins.append(f"{parts.scheme}://{parts.netloc}")
    # The last one added is the outermost.
    app.add_middleware(
        Guard,
        allowed_hosts=hosts,
        origins=origins,
        guests=allowed_origins,
        multipart_paths=tuple(
            f"{API}{path}"
            for path in (uploads.PATH, exports.IMPORT_PATH, recipes.PATH, *takes.FORMS)
        ),
        other_types={f"{API}{tus.PATH}/": tus.PIECE},
        json_bytes=json_bytes,
        larger={f"{API}{hooks.PATH}/": hooks.HOOK_BYTES},
    )
    if rates is not None and rates.are_set:
        app.add_middleware(Rates, limits=rates)
    if allowed_origins:
        app.add_middleware(cors, origins=allowed_origins)
    if meter is not None:
        app.add_middleware(Watched, meter=meter)
    app.add_middleware(Envelope)
    add_error_handlers(app)
    app.include_router(health.router)
    # Before generations: `bulk` is no id.
    for noun in (bulk, members, sharing, tags):
        app.include_router(noun.router, prefix=API)
    app.include_router(boards.trash, prefix=API)
    for noun in (budgets, spend, ledger):
        app.include_router(noun.router, prefix=API)
    for noun in (generators, estimate, generations, attention, jobs, uploads, tus, exports, boards):
        app.include_router(noun.router, prefix=API)
    for noun in (workspaces, takes, story_outputs):
        app.include_router(noun.router, prefix=API)
    for noun in (hooks, webhooks, keys, providers, previews, recipes, storage):
        app.include_router(noun.router, prefix=API)
    for router in routers:
        app.include_router(router)
    app.openapi = lambda: _contract(app)  # type: ignore[method-assign]
    return app


def _contract(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, in the words of the API and with the problem that every route names."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        _, problem = models_json_schema(
            [(ProblemShape, "serialization")], ref_template=f"{SCHEMAS}{{model}}"
        )
        document["components"]["schemas"] |= problem["$defs"]
        app.openapi_schema = _in_plain_words(document)
    return app.openapi_schema


def _in_plain_words(document: dict[str, Any]) -> dict[str, Any]:
    """Call `GenerationShape` what people call it; the suffix only tells our classes apart."""
    named: dict[str, Any] = json.loads(SHAPE_REF.sub(rf'"{SCHEMAS}\1"', json.dumps(document)))
    schemas = named["components"]["schemas"]
    named["components"]["schemas"] = {
        name.removesuffix("Shape"): schema
        | {"title": schema.get("title", name).removesuffix("Shape")}
        for name, schema in sorted(schemas.items())
    }
    return named
