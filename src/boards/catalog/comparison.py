"""Compares a declaration with what its provider's document says today."""

from collections.abc import Iterator
from dataclasses import dataclass

from boards.generators.declared import Declaration
from boards.generators.declared.declaration import Input

__all__ = ["Change", "Comparison", "compare"]

_BOUNDS = ("min", "max", "min_length", "max_length", "min_items", "max_items", "pattern")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One word of an input that differs; `now` is what the provider says."""

    input: str
    word: str
    was: str
    now: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """How a declaration differs from today's document. Inputs are called as they are sent, dotted
    for nested ones; `endpoint` is the new one where that has changed."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[Change, ...]
    endpoint: str | None = None

    @property
    def is_same(self) -> bool:
        return not (self.added or self.removed or self.changed or self.endpoint)


def compare(declared: Declaration, current: Declaration) -> Comparison:
    """Compare what is sent; how it is called, described and priced here is no difference."""
    ours, theirs = dict(_sent(declared)), dict(_sent(current))
    always = {f"{name}." for name in declared.constants}
    new = [
        name
        for name in theirs
        if name not in ours
        and not f"{name}.".startswith(tuple(always))
        and not _is_held(name, ours)
    ]
    gone = [name for name in ours if name not in theirs and not _is_held(name, theirs)]
    changed = [
        change
        for name, field in ours.items()
        if name in theirs
        for change in _changes(name, field, theirs[name])
    ]
    moved = current.endpoint if current.endpoint != declared.endpoint else None
    return Comparison(added=tuple(new), removed=tuple(gone), changed=tuple(changed), endpoint=moved)


def _sent(declaration: Declaration) -> Iterator[tuple[str, Input]]:
    """Every input and field of a type, under the name that it is sent by."""

    def walk(
        fields: dict[str, Input], before: str, within: tuple[str, ...]
    ) -> Iterator[tuple[str, Input]]:
        for name, field in fields.items():
            sent = f"{before}{field.send_as or name}"
            yield sent, field
            for kind in (field.type, field.or_type):
                if kind in declaration.types and kind not in within:
                    inner = declaration.types[kind].fields
                    yield from walk(inner, f"{sent}.", (*within, kind))

    yield from walk(declaration.inputs, "", ())


def _is_held(name: str, others: dict[str, Input]) -> bool:
    """Whether one side has a whole object as free JSON, or sends its parts by themselves."""
    above = name.rpartition(".")[0]
    if any(each.startswith(f"{name}.") for each in others):
        return True
    return above in others and others[above].type == "json"


def _changes(name: str, ours: Input, theirs: Input) -> Iterator[Change]:
    words = {
        "kind": (_kind(ours), _kind(theirs)),
        "must be given": (_yes(ours.required), _yes(theirs.required)),
        "a list": (_yes(ours.many), _yes(theirs.many)),
    }
    if ours.choices is not None and theirs.choices is not None:
        mine, current = {*map(str, ours.choices)}, {*map(str, theirs.choices)}
        if mine != current:
            without, more = sorted(mine - current), sorted(current - mine)
            words["choices"] = (", ".join(without) or "-", ", ".join(more) or "-")
    if ours.slot is None and theirs.slot is None and ours.has_default and theirs.has_default:
        # A number that is sent as a text is the same default.
        words["default"] = (_plain(ours.default), _plain(theirs.default))
    if ours.slot is None and theirs.slot is None:
        for word in _BOUNDS:
            mine, current = getattr(ours, word), getattr(theirs, word)
            words[word] = (_plain(mine), _plain(current))
    for word, (was, now) in words.items():
        if was != now:
            yield Change(input=name, word=word, was=was, now=now)


def _kind(field: Input) -> str:
    """What is sent, which is the address for an artifact."""
    if field.slot is not None:
        return "text"
    if field.choices is not None:
        return "choice"
    plain = ("text", "integer", "number", "boolean")
    return field.type if field.type in plain else "object"


def _plain(value: object) -> str:
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return "-" if value is None else str(value)


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
