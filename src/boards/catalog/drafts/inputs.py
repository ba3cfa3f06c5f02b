"""Turns the schema of a model's inputs into the words of a declaration."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, TypeAlias

from pydantic import Field, JsonValue, PydanticSchemaGenerationError, TypeAdapter
from pydantic_core import SchemaError

from boards.catalog.drafts.documents import Node
from boards.catalog.drafts.guesses import Guess, guess_slot
from boards.catalog.drafts.names import field_name, tokens, type_name
from boards.domain.artifacts import ArtifactType

__all__ = ["Inputs", "Words", "clean", "ordered", "read_inputs"]

Words: TypeAlias = dict[str, JsonValue]
"""The words of one input, as they stand in a declaration."""
Slots: TypeAlias = Mapping[str, ArtifactType | None]
"""What a person says of inputs instead of the guess; None is a plain text."""

MAX_FIELDS = 200
"""How many fields one object may have; the richest models of today have 40."""
MAX_ALL_FIELDS = 1000
MAX_CHOICES = 1000
MAX_NESTED = 8
"""How deep types may lie in one another."""
LONGEST_NAME = 100
LONGEST_TEXT = 500
LONGEST_PATTERN = 200


@dataclass(kw_only=True)
class Inputs:
    """What a schema came to. `places` says where in the document each field stands.

    `left_out` are optional fields that no declaration can say, each with the reason.
    """

    fields: dict[str, Words] = field(default_factory=dict)
    types: dict[str, dict[str, Words]] = field(default_factory=dict)
    guesses: dict[str, Guess] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    places: dict[str, Node] = field(default_factory=dict)
    unused: set[str] = field(default_factory=set)


class _NotSaid(Exception):
    """The vocabulary has no words for this schema."""


def read_inputs(schema: Node, slots: Slots) -> Inputs:
    """Read the schema of an object with all that it refers to.

    InvalidInput, naming the place, for what is no schema, goes beyond the limits of this module or
    is needed and cannot be said.
    """
    reader = _Reader(slots)
    found = reader.found
    found.fields = reader.read_object(schema.resolved(), owner="", nested=0)
    if not found.fields:
        schema.fail("there is no input")
    return found


def ordered(schema: Node) -> list[tuple[str, Node]]:
    """The properties of an object in the order in which its provider shows them."""
    properties = schema.need("properties")
    if len(properties.fields()) > MAX_FIELDS:
        properties.fail(f"there are {len(properties.fields()):,} fields; {MAX_FIELDS} are read")
    longest = max(properties.fields(), key=len, default="")
    if len(longest) > LONGEST_NAME:
        properties.fail(f"a name has {len(longest):,} letters; {LONGEST_NAME} are read")
    said = schema.texts("x-fal-order-properties")
    found = list(properties.items())
    if said:
        places = {name: place for place, name in reversed(list(enumerate(said)))}
        return sorted(found, key=lambda each: places.get(each[0], len(places)))

    def place(each: tuple[str, Node]) -> float:
        number = each[1].number("x-order") if isinstance(each[1].value, dict) else None
        return len(found) if number is None else number

    return sorted(found, key=place)


def clean(text: str | None) -> str:
    """One line of printable text, of a length that a form can show."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text or "").split())
    return words if len(words) <= LONGEST_TEXT else f"{words[: LONGEST_TEXT - 1]}…"


class _Reader:
    """Reads one schema; `found` grows meanwhile."""

    def __init__(self, slots: Slots) -> None:
        self.found = Inputs(unused=set(slots))
        self._slots = slots
        self._types: dict[tuple[str, ...], str] = {}
        self._under_way: list[tuple[str, ...]] = []
        self._count = 0

    def read_object(self, schema: Node, *, owner: str, nested: int) -> dict[str, Words]:
        needed = set(schema.texts("required"))
        fields: dict[str, Words] = {}
        for original, node in ordered(schema):
            self._count += 1
            if self._count > MAX_ALL_FIELDS:
                node.fail(f"there are more than {MAX_ALL_FIELDS} fields in all")
            required = original in needed
            try:
                if "." in original or not original:
                    raise _NotSaid("its name cannot be sent")
                name = field_name(original, fields)
                words = self._read_field(name, node, required=required, owner=owner, nested=nested)
            except _NotSaid as why:
                if required:
                    node.fail(f"{why}, and it must be given")
                label = clean(f"{owner}.{original}" if owner else original)
                self.found.left_out.append(f"{label}: {why}")
                continue
            if name != original:
                words["send_as"] = original
            fields[name] = words
            self.found.places[f"{owner}.{name}" if owner else name] = node
        return fields

    def _read_field(
        self, name: str, node: Node, *, required: bool, owner: str, nested: int
    ) -> Words:
        schema = _merged(node)
        null, kinds = _alternatives(schema)
        words = self._read_kinds(kinds, name=name, owner=owner, nested=nested)
        self._settle_guess(f"{owner}.{name}" if owner else name, words)
        default = _without_nulls(schema.fields().get("default"))
        if "slot" in words:
            default = None  # the provider's own file stands when none is given
            null = null or "default" in schema.fields()
        if default is not None:
            words["default"] = _fitting(words, default)
            if null:
                words["optional"] = True
        elif not required or null:
            words["optional"] = True
        if (title := clean(schema.text("title"))) and tokens(title) != tokens(name):
            words["title"] = title
        if description := clean(schema.text("description")):
            words["description"] = description
        return words

    def _settle_guess(self, place: str, words: Words) -> None:
        """Keep of what was guessed of alternatives what came of them."""
        guess = self.found.guesses.get(place)
        if guess is not None and guess.kind is not None and "slot" not in words:
            del self.found.guesses[place]
        elif guess is not None:
            self.found.guesses[place] = replace(guess, many=bool(words.get("many")))

    def _read_kinds(self, kinds: Sequence[Node], *, name: str, owner: str, nested: int) -> Words:
        """Read alternatives: the first of them, and of the others one that a type can say."""
        found: list[Words] = []
        why = "it is nothing that can be given"
        for kind in kinds:
            try:
                found.append(self._read_kind(kind, name=name, owner=owner, nested=nested))
            except _NotSaid as reason:
                why = str(reason)
        if not found:
            raise _NotSaid(why)
        if len(found) == 1:
            return found[0]
        types = [each.get("type") for each in found]
        if set(types) == {"integer", "number"}:
            return found[types.index("number")]
        lists = [each for each in found if each.get("many")]
        if lists:  # a list takes what is given alone as a list of one
            return lists[0]
        first = next((each for each in found if "choices" in each), found[0])
        if "slot" in first:
            return first
        others = [each["type"] for each in found if each is not first and set(each) <= _ALONE]
        return {**first, "or_type": others[0]} if others else first

    def _read_kind(self, node: Node, *, name: str, owner: str, nested: int) -> Words:
        """Read a schema without alternatives."""
        if "enum" in node.fields() or "const" in node.fields():
            return _choices(node)
        kind = _type_of(node)
        if kind == "string":
            return self._read_text(node, name=name, owner=owner, many=False)
        if kind in ("integer", "number"):
            return _number(node, kind)
        if kind == "boolean":
            return {"type": "boolean"}
        if kind == "array":
            return self._read_list(node, name=name, owner=owner, nested=nested)
        if kind == "object":
            if "properties" not in node.fields():
                return {"type": "json"}
            return {"type": self._read_type(node, name=name, nested=nested)}
        raise _NotSaid(f"its type is {kind!r}" if kind else "its type is not said")

    def _read_list(self, node: Node, *, name: str, owner: str, nested: int) -> Words:
        items = node.get("items")
        if items is None:
            raise _NotSaid("its items are not said")
        least, most = node.count("minItems"), node.count("maxItems")
        if least is not None and most is not None and least > most:
            node.fail(f"minItems {least} is more than maxItems {most}")
        schema = _merged(items)
        _, kinds = _alternatives(schema)
        if any(kind.fields().get("type") == "array" for kind in kinds):
            raise _NotSaid("it is a list of lists")
        if len(kinds) == 1 and _is_text(kinds[0]):
            words = self._read_text(kinds[0], name=name, owner=owner, many=True)
        else:
            words = self._read_kinds(kinds, name=name, owner=owner, nested=nested)
        words["many"] = True
        if least:
            words["min_items"] = least
        if most:
            words["max_items"] = most
        return words

    def _read_text(self, node: Node, *, name: str, owner: str, many: bool) -> Words:
        guess = guess_slot(name, node, owner=owner, many=many)
        place = f"{owner}.{name}" if owner else name
        if place in self._slots:
            self.found.unused.discard(place)
            packed = guess is not None and guess.packed and self._slots[place] is not None
            guess = Guess(
                input=place,
                kind=self._slots[place],
                many=many or packed,
                why="as you say",
                packed=packed,
            )
        if guess is not None:
            self.found.guesses[place] = guess
        if guess is not None and guess.kind is not None:
            words: Words = {"slot": guess.kind.value}
            if guess.packed:
                words |= {"many": True, "convert": "zip"}
            if guess.kind is ArtifactType.LORA:
                words["or_type"] = "text"  # also the name of one that the provider has
            return words
        words = {"type": "text"}
        least, most = node.count("minLength"), node.count("maxLength")
        if least is not None and most is not None and least > most:
            node.fail(f"minLength {least} is more than maxLength {most}")
        if least:
            words["min_length"] = least
        if most:
            words["max_length"] = most
        pattern = node.text("pattern")
        if pattern and _is_usable(pattern):
            words["pattern"] = pattern
        return words

    def _read_type(self, node: Node, *, name: str, nested: int) -> str:
        """Read an object as a type of the file; the same place gives the same type."""
        if node.path in self._under_way:
            node.fail("this is made of itself, and a form has an end")
        if node.path in self._types:
            return self._types[node.path]
        if nested >= MAX_NESTED:
            node.fail(f"types lie in one another more than {MAX_NESTED} deep")
        self._under_way.append(node.path)
        called = node.path[-1] if "schemas" in node.path[-2:-1] else node.text("title") or name
        own = type_name(called, self._types.values())
        self._types[node.path] = own
        fields = self.read_object(node, owner=own, nested=nested + 1)
        self._under_way.pop()
        if not fields:
            del self._types[node.path]
            raise _NotSaid("nothing of it can be given")
        self.found.types[own] = fields
        return own


_ALONE = frozenset({"type", "min_length", "max_length", "pattern"})
"""The words of a kind that can be an alternative, in which its name alone is said."""
_NAMED_TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")


def _merged(node: Node) -> Node:
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


def _alternatives(node: Node) -> tuple[bool, list[Node]]:
    """Whether null is allowed, and the schemas of which one must hold."""
    for word in ("anyOf", "oneOf"):
        listed = node.get(word)
        if listed is not None:
            entries = listed.entries()
            if len(entries) > MAX_NESTED:
                listed.fail(f"there are {len(entries):,} alternatives; {MAX_NESTED} are read")
            return _without_null(node, [_merged(each) for each in entries])
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


def _type_of(node: Node) -> str:
    kind = node.text("type")
    if kind is None:
        return "object" if "properties" in node.fields() else ""
    if kind not in _NAMED_TYPES:
        node.need("type").fail(f"there is no type {kind[:40]!r}")
    return kind


def _is_text(node: Node) -> bool:
    return node.fields().get("type") == "string" and not {"enum", "const"} & node.fields().keys()


def _choices(node: Node) -> Words:
    if "const" in node.fields():
        listed: list[JsonValue] = [node.fields()["const"]]
    else:
        listed = [each.value for each in node.need("enum").entries()]
    if len(listed) > MAX_CHOICES:
        node.fail(f"there are {len(listed):,} choices; {MAX_CHOICES} are read")
    values = list(dict.fromkeys(each for each in listed if isinstance(each, (str, int, float))))
    if not values:
        raise _NotSaid("its choices are neither texts nor numbers")
    if all(isinstance(each, bool) for each in values):
        return {"type": "boolean"}
    if all(isinstance(each, str) for each in values):
        return {"choices": [*values]}
    if all(isinstance(each, int) and not isinstance(each, bool) for each in values):
        return {"choices": [*values]}
    if all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in values):
        numbers = [each for each in values if isinstance(each, (int, float))]
        return {"type": "number", "min": min(numbers), "max": max(numbers)}
    raise _NotSaid("its choices are texts and numbers mixed")


def _number(node: Node, kind: str) -> Words:
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


def _fitting(words: Words, default: JsonValue) -> JsonValue:
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


def _without_nulls(value: JsonValue) -> JsonValue:
    """A default as TOML can say it, which has no null."""
    if isinstance(value, dict):
        return {key: _without_nulls(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_without_nulls(each) for each in value if each is not None]
    return value


def _is_usable(pattern: str) -> bool:
    """Whether Pydantic can check a pattern; the provider does so in any case."""
    if len(pattern) > LONGEST_PATTERN or not pattern.isprintable():
        return False
    try:
        TypeAdapter(Annotated[str, Field(pattern=pattern)])
    except (SchemaError, PydanticSchemaGenerationError):
        return False
    return True
