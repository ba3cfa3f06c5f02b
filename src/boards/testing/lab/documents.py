"""The documents in which the lab's fal and Replicate describe their models.

The shapes are those of the providers' own (fal's queue document for one endpoint; Replicate's
answer about a model, with the OpenAPI document of its version); the models are the lab's.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from boards.catalog.drafts import Said, Source, make_draft
from boards.generators.declared import Declaration

__all__ = [
    "FAL_MODELS",
    "REPLICATE_MODELS",
    "document_of",
    "documented",
    "fal_document",
    "replicate_document",
]

_FILE = {
    "url": {"type": "string", "title": "Url", "description": "Where the file can be had."},
    "content_type": {"type": "string", "title": "Content Type", "examples": ["image/png"]},
    "file_name": {"type": "string", "title": "File Name", "examples": ["z9RV14K95DvU.png"]},
    "file_size": {"type": "integer", "title": "File Size", "examples": [4404019]},
    "file_data": {"type": "string", "title": "File Data", "format": "binary"},
}
_IMAGE = {
    "title": "Image",
    "description": "Represents an image file.",
    "type": "object",
    "required": ["url"],
    "properties": {**_FILE, "width": {"type": "integer"}, "height": {"type": "integer"}},
}
_PLAIN_FILE = {"title": "File", "type": "object", "required": ["url"], "properties": _FILE}
_IMAGE_SIZE = {
    "title": "ImageSize",
    "type": "object",
    "x-fal-order-properties": ["width", "height"],
    "properties": {
        "height": {
            "type": "integer",
            "title": "Height",
            "description": "The height of the image in pixels.",
            "exclusiveMinimum": 0,
            "maximum": 14142,
            "default": 512,
        },
        "width": {
            "type": "integer",
            "title": "Width",
            "description": "The width of the image in pixels.",
            "exclusiveMinimum": 0,
            "maximum": 14142,
            "default": 512,
        },
    },
}
_LORA_WEIGHT = {
    "title": "LoraWeight",
    "type": "object",
    "required": ["path"],
    "x-fal-order-properties": ["path", "scale"],
    "properties": {
        "scale": {"type": "number", "minimum": 0, "maximum": 4, "default": 1, "title": "Scale"},
        "path": {
            "type": "string",
            "title": "Path",
            "description": "URL or the path to the LoRA weights.",
        },
    },
}
_QUEUE_STATUS = {
    "title": "QueueStatus",
    "type": "object",
    "required": ["status", "request_id"],
    "properties": {
        "status": {"type": "string", "enum": ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]},
        "request_id": {"type": "string"},
        "queue_position": {"type": "integer"},
    },
}
_SEED = {"type": "integer", "title": "Seed", "description": "The same seed, the same picture."}

_RESTYLE: dict[str, Any] = {
    "category": "image-to-image",
    "input": {
        "title": "RestyleInput",
        "type": "object",
        "required": ["prompt", "image_url"],
        "x-fal-order-properties": [
            *("prompt", "image_url", "mask_url", "image_size", "strength", "num_images"),
            *("loras", "seed", "output_format", "from"),
        ],
        "properties": {
            "output_format": {
                "type": "string",
                "enum": ["jpeg", "png"],
                "default": "png",
                "title": "Output Format",
                "description": "The format of the image.",
            },
            "image_size": {
                "anyOf": [
                    {"$ref": "#/components/schemas/ImageSize"},
                    {"type": "string", "enum": ["square_hd", "square", "portrait_4_3"]},
                ],
                "default": {"height": 512, "width": 768},
                "title": "Image Size",
                "description": "The size of the image.",
            },
            "prompt": {
                "type": "string",
                "title": "Prompt",
                "maxLength": 2000,
                "description": "What the picture shall look like.",
                "examples": ["A woodcut in two colours"],
            },
            "image_url": {
                "type": "string",
                "title": "Image Url",
                "description": "The URL of the picture to restyle.",
                "_fal_ui_field": "image",
            },
            "mask_url": {
                "anyOf": [{"type": "string"}, {"type": "null"}],
                "title": "Mask Url",
                "description": "Where the picture may change.",
            },
            "strength": {
                "type": "number",
                "minimum": 0,
                "maximum": 1,
                "default": 0.8,
                "title": "Strength",
            },
            "num_images": {
                "type": "integer",
                "minimum": 1,
                "maximum": 4,
                "default": 1,
                "title": "Num Images",
            },
            "loras": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/LoraWeight"},
                "default": [],
                "maxItems": 3,
                "title": "Loras",
            },
            "seed": {"anyOf": [{"type": "integer"}, {"type": "null"}], "title": "Seed"},
            "from": {"type": "string", "enum": ["draft", "final"], "default": "final"},
        },
    },
    "output": {
        "title": "RestyleOutput",
        "type": "object",
        "required": ["images", "seed"],
        "x-fal-order-properties": ["images", "seed", "has_nsfw_concepts", "timings"],
        "properties": {
            "images": {"type": "array", "items": {"$ref": "#/components/schemas/Image"}},
            "seed": _SEED,
            "has_nsfw_concepts": {"type": "array", "items": {"type": "boolean"}},
            "timings": {"type": "object", "additionalProperties": {"type": "number"}},
        },
    },
    "schemas": {"ImageSize": _IMAGE_SIZE, "LoraWeight": _LORA_WEIGHT, "Image": _IMAGE},
}
_ANIMATE: dict[str, Any] = {
    "category": "image-to-video",
    "input": {
        "title": "AnimateInput",
        "type": "object",
        "required": ["image_url"],
        "properties": {
            "image_url": {"type": "string", "title": "Image Url"},
            "audio_url": {"type": "string", "title": "Audio Url"},
            "duration": {"type": "string", "enum": ["5", "10"], "default": "5"},
        },
    },
    "output": {
        "title": "AnimateOutput",
        "type": "object",
        "required": ["video"],
        "properties": {
            "video": {"allOf": [{"$ref": "#/components/schemas/File"}], "title": "Video"}
        },
    },
    "schemas": {"File": _PLAIN_FILE},
}
FAL_MODELS: dict[str, dict[str, Any]] = {
    "lab/restyle": _RESTYLE,
    "lab/restyle/animate": _ANIMATE,
}
"""What fal's models take and give, by endpoint."""

REPLICATE_MODELS: dict[str, dict[str, Any]] = {
    "lab/restyle": {
        "description": "Gives a picture another style",
        "is_official": True,
        "input": {
            "title": "Input",
            "type": "object",
            "required": ["prompt", "input_image"],
            "properties": {
                "seed": {**_SEED, "x-order": 3, "nullable": True},
                "prompt": {"type": "string", "title": "Prompt", "x-order": 0},
                "input_image": {
                    "type": "string",
                    "title": "Input Image",
                    "format": "uri",
                    "x-order": 1,
                    "description": "The picture to restyle",
                },
                "aspect_ratio": {
                    "allOf": [{"$ref": "#/components/schemas/aspect_ratio"}],
                    "default": "1:1",
                    "x-order": 2,
                    "description": "Shape of the picture",
                },
            },
        },
        "output": {"type": "string", "title": "Output", "format": "uri"},
        "schemas": {
            "aspect_ratio": {
                "enum": ["1:1", "16:9", "9:16"],
                "type": "string",
                "title": "aspect_ratio",
                "description": "An enumeration.",
            }
        },
        "example": "https://replicate.delivery/pbxt/lab/out.webp",
    },
    "lab/hum": {
        "description": "Hums a melody",
        "input": {
            "title": "Input",
            "type": "object",
            "properties": {"melody": {"type": "string", "format": "uri", "x-order": 0}},
        },
        "output": {"type": "string", "title": "Output", "format": "uri"},
        "schemas": {},
        "example": "https://replicate.delivery/pbxt/lab/out.wav",
    },
}
"""What Replicate's models take and give, by owner and name."""


@cache
def documented(provider: str) -> Mapping[str, Declaration]:
    """What follows from these documents, by endpoint, and by version where there is one."""
    models = {"fal": FAL_MODELS, "replicate": REPLICATE_MODELS}[provider]
    found: dict[str, Declaration] = {}
    for model in models:
        document = document_of(provider, model)
        source = Source(provider=provider, model=model)
        draft = make_draft(source, document or b"", Said(), today=date.min)
        endpoint = draft.declaration.endpoint
        found |= {endpoint: draft.declaration, endpoint.rpartition(":")[2]: draft.declaration}
    return found


def document_of(provider: str, model: str) -> bytes | None:
    """The document of one of these models as it is sent; None when there is no such model."""
    if provider == "fal" and model in FAL_MODELS:
        return json.dumps(fal_document(model)).encode()
    if provider == "replicate" and model in REPLICATE_MODELS:
        return json.dumps(replicate_document(model)).encode()
    return None


def fal_document(endpoint: str) -> dict[str, Any]:
    """fal's OpenAPI document for an endpoint: its queue, and what goes in and comes out."""
    model = FAL_MODELS[endpoint]
    app = "".join(part.capitalize() for part in endpoint.replace("-", "/").split("/"))
    input_name, output_name = f"{app}Input", f"{app}Output"
    request = {"name": "request_id", "in": "path", "required": True, "schema": {"type": "string"}}

    def answer(name: str) -> dict[str, Any]:
        schema = {"$ref": f"#/components/schemas/{name}"}
        content = {"application/json": {"schema": schema}}
        return {"200": {"description": "The answer.", "content": content}}

    return {
        "openapi": "3.0.4",
        "info": {
            "title": f"Queue OpenAPI for {endpoint}",
            "version": "1.0.0",
            "description": f"The OpenAPI schema for the {endpoint} queue.",
            "x-fal-metadata": {
                "endpointId": endpoint,
                "category": model["category"],
                "playgroundUrl": f"https://fal.ai/models/{endpoint}",
                "documentationUrl": f"https://fal.ai/models/{endpoint}/api",
            },
        },
        "components": {
            "securitySchemes": {
                "apiKeyAuth": {"type": "apiKey", "in": "header", "name": "Authorization"}
            },
            "schemas": {
                "QueueStatus": _QUEUE_STATUS,
                input_name: model["input"],
                output_name: model["output"],
                **model["schemas"],
            },
        },
        "paths": {
            f"/{endpoint}/requests/{{request_id}}/status": {
                "get": {"parameters": [request], "responses": answer("QueueStatus")}
            },
            f"/{endpoint}/requests/{{request_id}}/cancel": {"put": {"parameters": [request]}},
            f"/{endpoint}": {
                "post": {
                    "requestBody": {
                        "required": True,
                        "content": {
                            "application/json": {
                                "schema": {"$ref": f"#/components/schemas/{input_name}"}
                            }
                        },
                    },
                    "responses": answer("QueueStatus"),
                }
            },
            f"/{endpoint}/requests/{{request_id}}": {
                "get": {"parameters": [request], "responses": answer(output_name)}
            },
        },
        "servers": [{"url": "https://queue.fal.run"}],
        "security": [{"apiKeyAuth": []}],
    }


def replicate_document(name: str) -> dict[str, Any]:
    """Replicate's answer about a model, with the schema of its latest version."""
    model = REPLICATE_MODELS[name]
    owner, _, own = name.partition("/")
    return {
        "url": f"https://replicate.com/{name}",
        "owner": owner,
        "name": own,
        "description": model["description"],
        "visibility": "public",
        "is_official": model.get("is_official", False),
        "run_count": 5681081,
        "default_example": {"id": "nwp0wbzf1srgg0cfg5kvefy8h0", "output": model["example"]},
        "latest_version": {
            "id": hashlib.sha256(name.encode()).hexdigest(),
            "created_at": "2026-03-01T12:00:00.000Z",
            "cog_version": "0.16.0",
            "openapi_schema": {
                "openapi": "3.0.2",
                "info": {"title": "Cog", "version": "0.1.0"},
                "paths": {},
                "components": {
                    "schemas": {
                        "Input": model["input"],
                        "Output": model["output"],
                        "Status": {"type": "string", "enum": ["starting", "succeeded"]},
                        **model["schemas"],
                    }
                },
            },
        },
    }
