"""Reads the form of a generator's inputs into the few kinds of types that any language has.

The form is a server's JSON Schema with hints (`x-artifact`, `x-nullable`, `x-order`). What is not
understood in it becomes Anything: a stub that is too wide is better than none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = [
    "Anything",
    "Choice",
    "Described",
    "Field",
    "Free",
    "Group",
    "Kind",
    "Many",
    "OneOf",
    "Plain",
    "Slot",
    "read_fields",
]

DEEPEST = 12
"""How far groups and lists may be nested; what is deeper is Anything."""
LONGEST_DEFAULT = 60


@dataclass(frozen=True, kw_only=True)
class Plain:
    """A text, a number or a yes or no."""

    of: Literal["text", "integer", "number", "flag"]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of these values."""

    values: tuple[str | int | float | bool, ...]


@dataclass(frozen=True, kw_only=True)
class Slot:
    """An artifact of one of these types, by the id of its generation."""

    takes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Many:
    """A list."""

    of: "Kind"


@dataclass(frozen=True, kw_only=True)
class Free:
    """An object with any keys."""

    of: "Kind"


@dataclass(frozen=True, kw_only=True)
class Group:
    """An object with fields of its own."""

    fields: tuple["Field", ...]


@dataclass(frozen=True, kw_only=True)
class OneOf:
    """Any of several kinds."""

    kinds: tuple["Kind", ...]


@dataclass(frozen=True, kw_only=True)
class Anything:
    """Whatever JSON can say."""


Kind: TypeAlias = Plain | Choice | Slot | Many | Free | Group | OneOf | Anything


@dataclass(frozen=True, kw_only=True)
class Field:
    """One input. `says` describes it with its bounds, in sentences; `default` is JSON."""

    name: str
    kind: Kind
    is_required: bool
    takes_null: bool
    says: str
    has_default: bool
    default: object

    def doc(self, literal: Callable[[object], str]) -> str:
        """All that is said of it, with the default as a language writes it."""
        if not self.has_default:
            return self.says
        text = literal(self.default)
        short = text if len(text) <= LONGEST_DEFAULT else f"{text[: LONGEST_DEFAULT - 1]}…"
        return f"{self.says} By default {short}.".strip()


@dataclass(frozen=True, kw_only=True)
class Described:
    """A generator as a stub shows it."""

    name: str
    artifact_type: str
    description: str
    input_schema: Mapping[str, object]


_PLAIN: Mapping[object, Plain] = {
    "string": Plain(of="text"),
    "integer": Plain(of="integer"),
    "number": Plain(of="number"),
    "boolean": Plain(of="flag"),
}


def read_fields(schema: Mapping[str, object], depth: int = 0) -> tuple[Field, ...]:
    """Read the properties of a form, in their order: first what is required."""
    properties = _object(schema.get("properties"))
    required = _list(schema.get("required"))
    found = [
        (name not in required, _number(node.get("x-order")), name, node)
        for name, node in ((name, _object(each)) for name, each in properties.items())
    ]
    return tuple(
        Field(
            name=name,
            kind=_kind(node, depth + 1),
            is_required=not is_optional,
            takes_null=node.get("x-nullable") is True,
            says=_says(node),
            has_default="default" in node,
            default=node.get("default"),
        )
        for is_optional, _, name, node in sorted(found, key=lambda one: one[:3])
    )


def _kind(node: Mapping[str, object], depth: int) -> Kind:
    if depth > DEEPEST:
        return Anything()
    values = _list(node.get("enum")) or ([node["const"]] if "const" in node else [])
    if values:
        plain = tuple(each for each in values if isinstance(each, str | int | float | bool))
        return Choice(values=plain) if len(plain) == len(values) else Anything()
    kind = node.get("type")
    if kind == "array":
        return Many(of=_kind(_object(node.get("items")), depth + 1))
    if "x-artifact" in node:
        takes = node["x-artifact"]
        return Slot(takes=tuple(map(str, takes if isinstance(takes, list) else [takes])))
    members = _list(node.get("anyOf")) or _list(node.get("oneOf"))
    if members:
        return OneOf(kinds=tuple(_kind(_object(each), depth + 1) for each in members))
    if kind == "object" and _object(node.get("properties")):
        return Group(fields=read_fields(node, depth))
    if kind == "object":
        return Free(of=_kind(_object(node.get("additionalProperties")), depth + 1))
    return _PLAIN.get(kind, Anything()) if isinstance(kind, str) else Anything()


def _says(node: Mapping[str, object]) -> str:
    said = [_sentence(str(node.get("description") or ""))]
    takes = node.get("x-artifact")
    if takes is not None:
        kinds = " or ".join(map(str, takes)) if isinstance(takes, list) else str(takes)
        said.append(f"Takes {kinds}.")
    said += _bounds(node)
    return " ".join(filter(None, said))


def _bounds(node: Mapping[str, object]) -> list[str]:
    said = [
        _between(node.get("minimum"), node.get("maximum"), ""),
        _between(node.get("minLength"), node.get("maxLength"), " characters"),
        _between(node.get("minItems"), node.get("maxItems"), " of them"),
    ]
    if (low := node.get("exclusiveMinimum")) is not None:
        said.append(f"More than {low}.")
    if (high := node.get("exclusiveMaximum")) is not None:
        said.append(f"Less than {high}.")
    return said


def _between(low: object, high: object, unit: str) -> str:
    if low is not None and high is not None:
        return f"{low} to {high}{unit}." if low != high else f"Exactly {low}{unit}."
    if low is not None:
        return f"At least {low}{unit}."
    return "" if high is None else f"At most {high}{unit}."


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if not text or text[-1] in ".!?…" else f"{text}."


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else []


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else 0.0
