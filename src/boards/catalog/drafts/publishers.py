"""Where the documents of each provider say what: one `Publisher` for fal, one for Replicate."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from boards.catalog.drafts.documents import Node
from boards.catalog.drafts.guesses import format_of_address, guess_kind, kind_of_address
from boards.catalog.drafts.inputs import clean
from boards.catalog.drafts.names import title_of, tokens
from boards.domain.artifacts import ArtifactType
from boards.errors import InvalidInput

__all__ = ["PUBLISHERS", "Described", "Source", "describe", "read_source"]

_PART = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,99})"
_MODELS: Mapping[str, re.Pattern[str]] = {
    "fal": re.compile(rf"{_PART}(?:/{_PART}){{1,7}}"),
    "replicate": re.compile(rf"{_PART}/{_PART}"),
}
_EXAMPLES = {"fal": "fal:fal-ai/flux/dev", "replicate": "replicate:owner/name"}
PUBLISHERS = tuple(_MODELS)
"""The providers that publish a document for each model."""

_CATEGORIES = {
    "training": ArtifactType.LORA,
    "image": ArtifactType.IMAGE,
    "video": ArtifactType.VIDEO,
    "audio": ArtifactType.AUDIO,
    "speech": ArtifactType.AUDIO,
    "music": ArtifactType.AUDIO,
    "text": ArtifactType.TEXT,
    "llm": ArtifactType.TEXT,
    "vision": ArtifactType.TEXT,
}
"""What the end of a category such as `image-to-video` makes."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A model at a provider that publishes documents: `fal:fal-ai/flux/dev`."""

    provider: str
    model: str

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}"


@dataclass(frozen=True, kw_only=True)
class Described:
    """What a document says of a model as a whole, and where its schemas are.

    The answer to a run holds what `outputs` describes `within` this part of it. `expected` and
    `format` are of what it makes, as far as a category or an example tells.
    """

    endpoint: str
    title: str
    description: str
    inputs: Node
    outputs: Node
    within: str
    expected: ArtifactType | None
    format: str | None = None


def read_source(text: str) -> Source:
    """Read `provider:model`. InvalidInput for what names no model of a provider with documents."""
    provider, _, model = text.strip().partition(":")
    pattern = _MODELS.get(provider)
    if pattern is None:
        examples = " or ".join(repr(each) for each in _EXAMPLES.values())
        raise InvalidInput(f"{text!r} names no model that can be read; write {examples}.")
    if not pattern.fullmatch(model) or ".." in model:
        raise InvalidInput(
            f"{model!r} is no model of {provider}; write it as in {_EXAMPLES[provider]!r}."
        )
    return Source(provider=provider, model=model)


def describe(source: Source, document: Node) -> Described:
    """Find the parts of a model's document. InvalidInput, naming the place, without them."""
    return _fal(source, document) if source.provider == "fal" else _replicate(source, document)


def _fal(source: Source, document: Node) -> Described:
    """fal: an OpenAPI document of the queue; a POST takes the inputs, a GET gives the result."""
    about = document.get("info")
    metadata = about.get("x-fal-metadata") if about is not None else None
    named = metadata.text("endpointId") if metadata is not None else None
    if metadata is not None and named not in (None, source.model):
        metadata.fail(f"this is the document of {clean(named)!r}, not of {source.model!r}")
    paths = document.need("paths")
    submits = {
        path: node
        for path, node in paths.items()
        if "/requests/" not in path and isinstance(node.value, dict) and "post" in node.value
    }
    submit = submits.get(f"/{source.model}") or next(iter(submits.values()), None)
    if submit is None:
        paths.fail("there is no POST that takes the inputs")
    results = [
        node
        for path, node in paths.items()
        if path.endswith("/requests/{request_id}")
        and isinstance(node.value, dict)
        and "get" in node.value
    ]
    if not results:
        paths.fail("there is no GET that gives the result")
    category = clean(metadata.text("category")) if metadata is not None else ""
    said = clean(metadata.text("about")) if metadata is not None else ""
    return Described(
        endpoint=source.model,
        title=title_of(source.model),
        description=said or f"{category.capitalize() or 'A model'}, at fal",
        inputs=submit.need("post", "requestBody", *_JSON),
        outputs=results[0].need("get", "responses", "200", *_JSON),
        within="",
        expected=_expected(category),
    )


_JSON = ("content", "application/json", "schema")


def _replicate(source: Source, document: Node) -> Described:
    """Replicate: the model with its latest version, whose OpenAPI document has Input and Output."""
    asked = source.model
    named = f"{document.text('owner')}/{document.text('name')}"
    if named.lower() != asked.lower():
        document.fail(f"this is the document of {clean(named)!r}, not of {asked!r}")
    version = document.need("latest_version")
    version_id = version.text("id") or ""
    if not re.fullmatch(r"[0-9a-f]{64}", version_id):
        version.fail("there is no version to run")
    schemas = version.need("openapi_schema").as_whole().need("components", "schemas")
    description = clean(document.text("description"))
    example = document.fields().get("default_example")
    output = example.get("output") if isinstance(example, dict) else None
    said = (guess_kind(tokens(text)) for text in (asked, description))
    kind = kind_of_address(output)
    expected = kind or next((each for each in said if each), None)
    return Described(
        # Of a model that Replicate keeps running the name is enough; others go by their version.
        endpoint=asked if document.flag("is_official") else f"{asked}:{version_id}",
        title=title_of(asked.partition("/")[2]),
        description=description or "A model at Replicate",
        inputs=schemas.need("Input"),
        outputs=schemas.need("Output"),
        within="output",
        expected=expected,
        format=format_of_address(output) if kind else None,
    )


def _expected(category: str) -> ArtifactType | None:
    words = tokens(category)
    return _CATEGORIES.get(words[-1]) if words else None
