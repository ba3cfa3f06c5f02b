"""Reads the JSON documents in which providers describe their models. They are other people's text.

A document is bounded in bytes, is walked only where something is looked for, and is never a reason
to open another address: a `$ref` leads into the same document or is refused.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from pydantic import JsonValue

from boards.errors import InvalidInput, Problem

__all__ = ["MAX_BYTES", "Node", "read_document"]

MAX_BYTES = 4 * 2**20
"""The largest document; those of today's models have 10 to 200 kB."""
MAX_REFS = 16
"""How many references may follow one another until something is said."""
_SHOWN = 60
_DIGITS = 40


@dataclass(frozen=True, kw_only=True)
class Node:
    """One value of a document and the way to it. `document` is what messages call the whole."""

    document: str
    root: JsonValue = field(repr=False)
    value: JsonValue = field(repr=False)
    path: tuple[str, ...] = ()

    def fail(self, fault: str) -> NoReturn:
        """Refuse the document because of this place."""
        at = ".".join(part if len(part) <= _SHOWN else f"{part[:_SHOWN]}…" for part in self.path)
        at = "".join(c if c.isprintable() else "?" for c in at) or "the whole"
        raise InvalidInput(
            f"The document of {self.document} cannot be used: {at}: {fault}",
            problems=(Problem(at=at, message=fault),),
        )

    def get(self, key: str) -> "Node | None":
        """The value under a key; None when there is none. Refuses what has no keys."""
        fields = self.fields()
        return self._child(key, fields[key]) if key in fields else None

    def need(self, *keys: str) -> "Node":
        """The value under a key of a key …; refuses a document without it."""
        node = self
        for key in keys:
            inner = node.get(key)
            if inner is None:
                node.fail(f"there is no {key!r}")
            node = inner
        return node

    def items(self) -> Iterator[tuple[str, "Node"]]:
        """The values of an object, in the document's order."""
        for key, value in self.fields().items():
            yield key, self._child(key, value)

    def entries(self) -> list["Node"]:
        """The items of a list; refuses anything else."""
        if not isinstance(self.value, list):
            self.fail(f"this should be a list, not {_shown(self.value)}")
        return [self._child(str(n), each) for n, each in enumerate(self.value)]

    def fields(self) -> dict[str, JsonValue]:
        """The object that this is; refuses anything else."""
        if not isinstance(self.value, dict):
            self.fail(f"this should be an object, not {_shown(self.value)}")
        return self.value

    def text(self, key: str) -> str | None:
        """The text under a key; None when there is none or it is null."""
        inner = self.get(key)
        if inner is None or inner.value is None:
            return None
        if not isinstance(inner.value, str):
            inner.fail(f"this should be a text, not {_shown(inner.value)}")
        return inner.value

    def texts(self, key: str) -> list[str]:
        """The list of texts under a key; empty when there is none."""
        inner = self.get(key)
        found: list[str] = []
        for each in inner.entries() if inner is not None else []:
            if not isinstance(each.value, str):
                each.fail(f"this should be a text, not {_shown(each.value)}")
            found.append(each.value)
        return found

    def number(self, key: str) -> int | float | None:
        """The number under a key; None when there is none or it is null."""
        inner = self.get(key)
        if inner is None or inner.value is None:
            return None
        if isinstance(inner.value, bool) or not isinstance(inner.value, (int, float)):
            inner.fail(f"this should be a number, not {_shown(inner.value)}")
        return inner.value

    def count(self, key: str) -> int | None:
        """The whole number, 0 or more, under a key; None when there is none."""
        number = self.number(key)
        if number is None:
            return None
        if number != int(number) or number < 0:
            self.need(key).fail(f"this should be a whole number, 0 or more, not {number!r}")
        return int(number)

    def flag(self, key: str) -> bool:
        """The flag under a key; false when there is none."""
        inner = self.get(key)
        if inner is None or inner.value is None:
            return False
        if not isinstance(inner.value, bool):
            inner.fail(f"this should be true or false, not {_shown(inner.value)}")
        return inner.value

    def as_whole(self) -> "Node":
        """A document within the document: references lead from here."""
        return Node(document=self.document, root=self.value, value=self.value)

    def resolved(self) -> "Node":
        """Follow `$ref`; what stands beside it is said on top of what it leads to."""
        node, beside = self, dict[str, JsonValue]()
        seen: list[str] = []
        while "$ref" in node.fields():
            reference = node.text("$ref") or ""
            beside = {**{k: v for k, v in node.fields().items() if k != "$ref"}, **beside}
            if reference in seen:
                node.fail(f"the reference {_shown(reference)} leads back to itself")
            if len(seen) == MAX_REFS:
                node.fail(f"more than {MAX_REFS} references follow one another")
            seen.append(reference)
            node = node._pointed_at(reference)
        return node if not beside else node.having(**{**node.fields(), **beside})

    def _pointed_at(self, reference: str) -> "Node":
        if not reference.startswith("#/"):
            self.fail(
                f"the reference {_shown(reference)} leads out of the document, and no other "
                "address is ever opened because of one"
            )
        node = Node(document=self.document, root=self.root, value=self.root)
        for part in reference[2:].split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            inner = node.get(key) if isinstance(node.value, dict) else None
            if inner is None:
                self.fail(f"the reference {_shown(reference)} leads nowhere")
            node = inner
        return node

    def _child(self, key: str, value: JsonValue) -> "Node":
        return Node(document=self.document, root=self.root, value=value, path=(*self.path, key))

    def having(self, **words: JsonValue) -> "Node":
        """The same place, as if these words stood there."""
        value = {**self.fields(), **words}
        return Node(document=self.document, root=self.root, value=value, path=self.path)


def read_document(name: str, data: bytes) -> Node:
    """Parse a document; `name` is what messages call it. InvalidInput for what is none."""
    whole = Node(document=name, root=None, value=None)
    if len(data) > MAX_BYTES:
        whole.fail(f"it has {len(data):,} bytes; at most {MAX_BYTES:,} are read")
    try:
        value: JsonValue = json.loads(
            data, parse_constant=_no_number, parse_float=_broken, parse_int=_whole
        )
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        whole.fail(f"it is no JSON: {why[:200]}")
    if not isinstance(value, dict):
        whole.fail(f"it should be a JSON object, not {_shown(value)}")
    return Node(document=name, root=value, value=value)


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _broken(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _no_number(digits)


def _whole(digits: str) -> int:
    return int(digits) if len(digits) <= _DIGITS else _no_number(f"{digits[:_DIGITS]}…")


def _shown(value: JsonValue) -> str:
    text = repr(value) if isinstance(value, (str, int, float, bool, type(None))) else ""
    if not text:
        text = "a list" if isinstance(value, list) else "an object"
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
