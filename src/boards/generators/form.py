"""The form of a generator: its inputs as one JSON Schema, with hints for whoever draws it.

It is plain JSON without references. Beside the words of JSON Schema it holds:

    x-artifact   on a slot: the artifact type it takes (a list, where it takes several)
    x-order      on each property: its place among its siblings, from 0
    x-group      on each property of the top level: Sources, Main or Options, or the author's own
    x-widget     on each property: slot, slots, text, textarea, number, slider, seed, toggle,
                 select, multiselect, list, group or json
    x-nullable   null stands for "not given"; leaving the key out does the same
    x-slots      on the whole: all slots in order, with their dotted paths

Authors set their own with `Field(json_schema_extra={"x-group": "Advanced"})`; those are kept.
"""

from collections.abc import Mapping, Sequence
from typing import cast

from pydantic import BaseModel, JsonValue
from pydantic.errors import PydanticInvalidForJsonSchema
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema, to_jsonable_python

from boards.errors import PluginError
from boards.generators.artifacts import DigitalArtifact
from boards.generators.base import BaseGenerator
from boards.generators.slots import slots_of, types_of

__all__ = ["input_form"]

Json = dict[str, JsonValue]

_DEFINITION = "#/$defs/"
_LONG_TEXT = ("prompt", "text", "lyrics", "script", "description", "content", "instructions")


def input_form(generator: BaseGenerator) -> Json:
    """Give the form of a generator's inputs. PluginError when a field has no JSON Schema."""
    schema = generator.get_input_schema()
    try:
        raw = schema.model_json_schema(schema_generator=_WithSlots)
    except PydanticInvalidForJsonSchema as error:
        raise PluginError(
            f"The inputs of generator {generator.name!r} have a field without a JSON Schema; "
            "give it a plain type.",
            detail=str(error),
        ) from error
    plain = cast(Json, to_jsonable_python(raw, inf_nan_mode="null", fallback=str))
    definitions = cast(dict[str, Json], plain.pop("$defs", {}))
    form = _flat(plain, definitions, ())
    form["type"] = "object"
    properties = cast(dict[str, Json], form.setdefault("properties", {}))
    required = cast(list[str], form.get("required", []))
    for name, each in properties.items():
        each.setdefault("x-group", _group(name, each, is_required=name in required))
    form["x-slots"] = [
        {
            "path": slot.path,
            "artifact_types": [str(kind) for kind in slot.artifact_types],
            "is_list": slot.is_list,
            "optional": slot.optional,
        }
        for slot in slots_of(schema)
    ]
    return form


class _WithSlots(GenerateJsonSchema):
    """Writes an artifact as what a client passes for it, and says that unknown keys are refused."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        kind = cast(type[BaseModel], schema["cls"])
        if issubclass(kind, DigitalArtifact):
            types = [str(each) for each in types_of((kind,))]
            return _slot(types[0] if len(types) == 1 else types)
        written = super().model_schema(schema)
        if kind.model_config.get("extra") is None and "properties" in written:
            written.setdefault("additionalProperties", False)
        return written


def _slot(types: object) -> JsonSchemaValue:
    return {"type": "string", "format": "uuid", "x-artifact": types}


def _flat(node: Json, definitions: Mapping[str, Json], inside: tuple[str, ...]) -> Json:
    """Put definitions in place of references, and one schema in place of `anyOf [it, null]`."""
    node = dict(node)
    reference = node.pop("$ref", None)
    if isinstance(reference, str):
        name = reference.removeprefix(_DEFINITION)
        if name in inside:
            return {"type": "object", "title": name, "x-widget": "json", **node}
        return _flat({**definitions[name], **node}, definitions, (*inside, name))
    flat: Json = {}
    for key, value in node.items():
        if key in {"properties", "patternProperties"}:
            flat[key] = _flat_properties(cast(dict[str, Json], value), definitions, inside)
        elif key == "discriminator":
            # Its mapping points into the definitions; the members' constants say the same.
            flat[key] = {"propertyName": cast(Json, value)["propertyName"]}
        elif key in {"default", "const", "enum", "examples"} or key.startswith("x-"):
            flat[key] = value
        elif isinstance(value, dict):
            flat[key] = _flat(value, definitions, inside)
        elif isinstance(value, list):
            flat[key] = [
                _flat(each, definitions, inside) if isinstance(each, dict) else each
                for each in value
            ]
        else:
            flat[key] = value
    return _with_widget(_merged(flat))


def _flat_properties(
    properties: Mapping[str, Json], definitions: Mapping[str, Json], inside: tuple[str, ...]
) -> Json:
    flat: Json = {}
    for order, (name, value) in enumerate(properties.items()):
        each = _flat(value, definitions, inside)
        # Without a title of its own a property would show the name of its class.
        each["title"] = value.get("title") or name.replace("_", " ").strip().capitalize()
        each.setdefault("x-order", order)
        _refine_widget(name, each)
        flat[name] = each
    return flat


def _merged(node: Json) -> Json:
    """Merge a choice that is no choice: a schema or null, or artifacts of several types."""
    choices = node.get("anyOf")
    if not isinstance(choices, list):
        return node
    members = [cast(Json, each) for each in choices]
    rest = [each for each in members if each.get("type") != "null"]
    own = {key: value for key, value in node.items() if key != "anyOf"}
    if len(rest) < len(members):
        own["x-nullable"] = True
        if own.get("default", 0) is None:
            del own["default"]
    if rest and all("x-artifact" in each and each.get("type") == "string" for each in rest):
        types = [kind for each in rest for kind in _as_list(each["x-artifact"])]
        kinds = list(dict.fromkeys(str(kind) for kind in types))
        return {**rest[0], "x-artifact": kinds[0] if len(kinds) == 1 else [*kinds], **own}
    if len(rest) == 1:
        return {**rest[0], **own}
    return {**own, "anyOf": [*rest]}


def _with_widget(node: Json) -> Json:
    if "x-widget" in node:
        return node
    widget = _widget(node)
    if node.get("type") == "array" and widget == "slots":
        node.setdefault("x-artifact", cast(Json, node["items"])["x-artifact"])
    return {**node, "x-widget": widget} if widget else node


def _widget(node: Json) -> str | None:
    if "enum" in node or "const" in node:
        return "select"
    kind = node.get("type")
    items = node.get("items")
    if kind == "array" and isinstance(items, dict):
        if "x-artifact" in items:
            return "slots"
        return "multiselect" if "enum" in items else "list"
    if "x-artifact" in node:
        return "slot"
    if kind in {"integer", "number"}:
        low = "minimum" in node or "exclusiveMinimum" in node
        high = "maximum" in node or "exclusiveMaximum" in node
        return "slider" if low and high else "number"
    if kind == "object":
        return "group" if "properties" in node else "json"
    if "anyOf" in node or "oneOf" in node:
        return "json"
    return {"string": "text", "boolean": "toggle", "array": "list"}.get(str(kind))


def _refine_widget(name: str, node: Json) -> None:
    """Let the name of a property say more than its type can."""
    words = name.lower().split("_")
    if node.get("x-widget") in {"number", "slider"} and "seed" in words:
        node["x-widget"] = "seed"
    longest = node.get("maxLength")
    is_long = isinstance(longest, int) and longest > 200
    is_long = is_long or (longest is None and words[-1] in _LONG_TEXT)
    if is_long and node.get("x-widget") == "text" and "format" not in node:
        node["x-widget"] = "textarea"
    node.setdefault("x-widget", "json")


def _group(name: str, node: Json, *, is_required: bool) -> str:
    if "x-artifact" in node:
        return "Sources"
    return "Main" if is_required or name == "prompt" else "Options"


def _as_list(value: JsonValue) -> Sequence[JsonValue]:
    return value if isinstance(value, list) else [value]
