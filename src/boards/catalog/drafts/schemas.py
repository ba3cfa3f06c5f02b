"""Reads single JSON schemas into words of a declaration, where nothing has to be remembered."""

from collections.abc import Iterable
from typing import Annotated, TypeAlias

from pydantic import Field, JsonValue, PydanticSchemaGenerationError, TypeAdapter
from pydantic_core import SchemaError

from boards.catalog.drafts.documents import Node

__all__ = [
    "MAX_NESTED",
    "NotSaid",
    "Words",
    "alternatives",
    "choice_words",
    "fitting",
    "is_text",
    "is_usable",
    "merged_schema",
    "number_words",
    "type_of",
    "without_nulls",
]

Words: TypeAlias = dict[str, JsonValue]
"""The words of one input, as they stand in a declaration."""

MAX_CHOICES = 1000
MAX_NESTED = 8
"""How deep types may lie in one another, and how many alternatives a schema may have."""
LONGEST_PATTERN = 200
_NAMED_TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")


class NotSaid(Exception):
    """The vocabulary has no words for this schema."""


def merged_schema(node: Node) -> Node:
    """A schema with its references followed and its `allOf` taken together."""
    node = node.resolved()
    parts = node.get("allOf")
    if parts is None:
        return node
    merged: dict[str, JsonValue] = {}
    last = node
    for part in parts.entries()[:MAX_NESTED]:
        last = part.resolved()
        merged |= last.fields()
    beside = {key: value for key, value in node.fields().items() if key != "allOf"}
    # Where there is one part, that is the place: types are known by where they stand.
    path = last.path if len(parts.entries()) == 1 else node.path
    return Node(document=node.document, root=node.root, value={**merged, **beside}, path=path)


def alternatives(node: Node) -> tuple[bool, list[Node]]:
    """Whether null is allowed, and the schemas of which one must hold."""
    for word in ("anyOf", "oneOf"):
        listed = node.get(word)
        if listed is not None:
            entries = listed.entries()
            if len(entries) > MAX_NESTED:
                listed.fail(f"there are {len(entries):,} alternatives; {MAX_NESTED} are read")
            return _without_null(node, [merged_schema(each) for each in entries])
    return _without_null(node, [node])


def _without_null(node: Node, kinds: Iterable[Node]) -> tuple[bool, list[Node]]:
    null = node.flag("nullable")
    found: list[Node] = []
    for kind in kinds:
        types = kind.fields().get("type")
        if types == "null" or kind.fields().get("enum") == [None]:
            null = True
            continue
        if isinstance(types, list):
            named = kind.texts("type")
            null = null or "null" in named
            found += [kind.having(type=each) for each in named[:MAX_NESTED] if each != "null"]
            continue
        null = null or kind.flag("nullable")
        found.append(kind)
    return null, found


def type_of(node: Node) -> str:
    kind = node.text("type")
    if kind is None:
        return "object" if "properties" in node.fields() else ""
    if kind not in _NAMED_TYPES:
        node.need("type").fail(f"there is no type {kind[:40]!r}")
    return kind


def is_text(node: Node) -> bool:
    return node.fields().get("type") == "string" and not {"enum", "const"} & node.fields().keys()


def choice_words(node: Node) -> Words:
    if "const" in node.fields():
        listed: list[JsonValue] = [node.fields()["const"]]
    else:
        listed = [each.value for each in node.need("enum").entries()]
    if len(listed) > MAX_CHOICES:
        node.fail(f"there are {len(listed):,} choices; {MAX_CHOICES} are read")
    values = list(dict.fromkeys(each for each in listed if isinstance(each, (str, int, float))))
    if not values:
        raise NotSaid("its choices are neither texts nor numbers")
    if all(isinstance(each, bool) for each in values):
        return {"type": "boolean"}
    if all(isinstance(each, str) for each in values):
        return {"choices": [*values]}
    if all(isinstance(each, int) and not isinstance(each, bool) for each in values):
        return {"choices": [*values]}
    if all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in values):
        numbers = [each for each in values if isinstance(each, (int, float))]
        return {"type": "number", "min": min(numbers), "max": max(numbers)}
    raise NotSaid("its choices are texts and numbers mixed")


def number_words(node: Node, kind: str) -> Words:
    words: Words = {"type": kind}
    bounds: dict[str, int | float] = {}
    for word, plain, exclusive, step in (
        ("min", "minimum", "exclusiveMinimum", 1),
        ("max", "maximum", "exclusiveMaximum", -1),
    ):
        bound = node.number(plain)
        beyond = node.fields().get(exclusive)
        # A flag in OpenAPI 3.0, a bound of its own in 3.1.
        if isinstance(beyond, bool):
            beyond = bound if beyond else None
        elif beyond is not None:
            beyond = node.number(exclusive)
        if beyond is not None:
            # Of broken numbers the next one is not said; the provider refuses the bound itself.
            bound = beyond + step if kind == "integer" else beyond
        if bound is not None:
            if kind == "integer" and bound == int(bound):
                bound = int(bound)
            bounds[word] = bound
    if len(bounds) == 2 and bounds["min"] > bounds["max"]:
        node.fail(f"the least, {bounds['min']}, is more than the most, {bounds['max']}")
    words.update(bounds)
    return words


def fitting(words: Words, default: JsonValue) -> JsonValue:
    """Write a default as its type does: JSON does not tell 1.0 from 1."""
    if isinstance(default, float) and words.get("type") == "integer" and default == int(default):
        return int(default)
    if isinstance(default, int) and not isinstance(default, bool) and "choices" in words:
        choices = words["choices"]
        texts = choices if isinstance(choices, list) else []
        return str(default) if str(default) in texts else default
    if words.get("many") and not isinstance(default, list):
        return [default]
    return default


def without_nulls(value: JsonValue) -> JsonValue:
    """A default as TOML can say it, which has no null."""
    if isinstance(value, dict):
        return {key: without_nulls(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [without_nulls(each) for each in value if each is not None]
    return value


def is_usable(pattern: str) -> bool:
    """Whether Pydantic can check a pattern; the provider does so in any case."""
    if len(pattern) > LONGEST_PATTERN or not pattern.isprintable():
        return False
    try:
        TypeAdapter(Annotated[str, Field(pattern=pattern)])
    except (SchemaError, PydanticSchemaGenerationError):
        return False
    return True
