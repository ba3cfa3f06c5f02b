"""Documents for tests of drafts, from as little as a test has to say."""

import json
from datetime import date
from typing import Any

from boards.catalog.drafts import Draft, Said, make_draft, read_source

__all__ = ["TODAY", "drafted", "fal", "fal_bytes", "replicate"]

TODAY = date(2026, 11, 20)
IMAGE = {"type": "object", "properties": {"url": {"type": "string"}}}
IMAGES = {"type": "array", "items": {"$ref": "#/components/schemas/Image"}}


def fal(
    properties: Any,
    *,
    required: Any = (),
    output: Any = None,
    category: str = "text-to-image",
    schemas: Any = None,
    order: Any = None,
) -> dict[str, Any]:
    """A queue document of `fal-ai/test` whose inputs are these properties."""
    inputs = {"type": "object", "properties": properties, "required": list(required)}
    if order is not None:
        inputs["x-fal-order-properties"] = order
    outputs = output or {"type": "object", "properties": {"images": IMAGES}}
    request, answer = "requestBody", {"$ref": "#/components/schemas/TestOutput"}
    body = {"$ref": "#/components/schemas/TestInput"}
    return {
        "openapi": "3.0.4",
        "info": {"x-fal-metadata": {"endpointId": "fal-ai/test", "category": category}},
        "components": {
            "schemas": {
                "TestInput": inputs,
                "TestOutput": outputs,
                "Image": IMAGE,
                **(schemas or {}),
            }
        },
        "paths": {
            "/fal-ai/test/requests/{request_id}/status": {"get": {}},
            "/fal-ai/test": {
                "post": {request: {"content": {"application/json": {"schema": body}}}}
            },
            "/fal-ai/test/requests/{request_id}": {
                "get": {"responses": {"200": {"content": {"application/json": {"schema": answer}}}}}
            },
        },
    }


def fal_bytes(properties: Any, **more: Any) -> bytes:
    return json.dumps(fal(properties, **more)).encode()


def replicate(
    properties: Any, output: Any, *, schemas: Any = None, example: Any = None, **about: Any
) -> dict[str, Any]:
    """Replicate's answer about `owner/test`."""
    inputs = {"type": "object", "properties": properties}
    return {
        "owner": "owner",
        "name": "test",
        "description": None,
        "default_example": {"output": example},
        "latest_version": {
            "id": "a" * 64,
            "openapi_schema": {
                "components": {"schemas": {"Input": inputs, "Output": output, **(schemas or {})}}
            },
        },
        **about,
    }


def drafted(document: dict[str, Any] | bytes, said: Said | None = None) -> Draft:
    """Draft what a document of one of these two models says."""
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    is_fal = isinstance(document, bytes) or "openapi" in document
    source = read_source("fal:fal-ai/test" if is_fal else "replicate:owner/test")
    return make_draft(source, data, said or Said(), today=TODAY)
