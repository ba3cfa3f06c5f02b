"""Turns the schema of a model's inputs into the words of a declaration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from boards.catalog.drafts.documents import Node
from boards.catalog.drafts.guesses import Guess, guess_slot
from boards.catalog.drafts.names import field_name, tokens, type_name
from boards.catalog.drafts.schemas import (
    MAX_NESTED,
    NotSaid,
    Words,
    alternatives,
    choice_words,
    fitting,
    is_text,
    is_usable,
    merged_schema,
    number_words,
    type_of,
    without_nulls,
)
from boards.domain.artifacts import ArtifactType

__all__ = ["Inputs", "Words", "clean", "ordered", "read_inputs"]

Slots: TypeAlias = Mapping[str, ArtifactType | None]
"""What a person says of inputs instead of the guess; None is a plain text."""

MAX_FIELDS = 200
"""How many fields one object may have; the richest models of today have 40."""
MAX_ALL_FIELDS = 1000
LONGEST_NAME = 100
LONGEST_TEXT = 500


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
                    raise NotSaid("its name cannot be sent")
                name = field_name(original, fields)
                words = self._read_field(name, node, required=required, owner=owner, nested=nested)
            except NotSaid as why:
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
        schema = merged_schema(node)
        null, kinds = alternatives(schema)
        words = self._read_kinds(kinds, name=name, owner=owner, nested=nested)
        self._settle_guess(f"{owner}.{name}" if owner else name, words)
        default = without_nulls(schema.fields().get("default"))
        if "slot" in words:
            default = None  # the provider's own file stands when none is given
            null = null or "default" in schema.fields()
        if default is not None:
            words["default"] = fitting(words, default)
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
            except NotSaid as reason:
                why = str(reason)
        if not found:
            raise NotSaid(why)
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
            return choice_words(node)
        kind = type_of(node)
        if kind == "string":
            return self._read_text(node, name=name, owner=owner, many=False)
        if kind in ("integer", "number"):
            return number_words(node, kind)
        if kind == "boolean":
            return {"type": "boolean"}
        if kind == "array":
            return self._read_list(node, name=name, owner=owner, nested=nested)
        if kind == "object":
            if "properties" not in node.fields():
                return {"type": "json"}
            return {"type": self._read_type(node, name=name, nested=nested)}
        raise NotSaid(f"its type is {kind!r}" if kind else "its type is not said")

    def _read_list(self, node: Node, *, name: str, owner: str, nested: int) -> Words:
        items = node.get("items")
        if items is None:
            raise NotSaid("its items are not said")
        least, most = node.count("minItems"), node.count("maxItems")
        if least is not None and most is not None and least > most:
            node.fail(f"minItems {least} is more than maxItems {most}")
        schema = merged_schema(items)
        _, kinds = alternatives(schema)
        if any(kind.fields().get("type") == "array" for kind in kinds):
            raise NotSaid("it is a list of lists")
        if len(kinds) == 1 and is_text(kinds[0]):
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
        if pattern and is_usable(pattern):
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
            raise NotSaid("nothing of it can be given")
        self.found.types[own] = fields
        return own


_ALONE = frozenset({"type", "min_length", "max_length", "pattern"})
"""The words of a kind that can be an alternative, in which its name alone is said."""
