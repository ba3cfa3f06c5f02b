"""Makes the request body: the same names and values, but for what the declaration says.

What is null is left out. Artifacts are replaced by what the transport sends for them.
"""

from collections.abc import Awaitable, Callable, Sequence

from pydantic import BaseModel, JsonValue, TypeAdapter

from boards.generators.artifacts import DigitalArtifact, FileArtifact, TextArtifact
from boards.generators.declared.declaration import Convert, Declaration, Input
from boards.generators.declared.schema import DeclaredInputs

__all__ = ["Pack", "Place", "build_body"]

Place = Callable[[str, FileArtifact], Awaitable[JsonValue]]
"""Brings an artifact on its way under the name it is sent by, and gives what stands for it in the
body; None leaves it out, because it goes beside the body."""

Pack = Callable[[str, Sequence[FileArtifact]], Awaitable[JsonValue]]
"""The same for several artifacts that go as one archive."""

_plain: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)


async def build_body(
    declaration: Declaration, inputs: DeclaredInputs, place: Place, pack: Pack | None = None
) -> dict[str, JsonValue]:
    """Make the body that the model takes from the typed inputs; archives only with `pack`."""
    body: dict[str, JsonValue] = {}
    for name, value in declaration.constants.items():
        _put(body, name, value)
    left_out = _other_alternatives(declaration, inputs)
    for name, field in declaration.inputs.items():
        if name in left_out:
            continue
        sent_as = field.send_as or name
        given = getattr(inputs, name)
        if field.convert is Convert.ZIP:
            files = [each for each in given or () if isinstance(each, FileArtifact)]
            value = await pack(sent_as, files) if files and pack else None
        else:
            value = await _sent(declaration, field, given, sent_as, place)
        if value is not None and not (field.omit_empty and value in ("", [])):
            _put(body, sent_as, value)
    return body


def _other_alternatives(declaration: Declaration, inputs: DeclaredInputs) -> set[str]:
    """The inputs that belong to an alternative which was not chosen."""
    chosen = next(
        (group for group in declaration.one_of if getattr(inputs, group[0]) not in (None, "", [])),
        (),
    )
    return {name for group in declaration.one_of for name in group if name not in chosen}


async def _sent(
    declaration: Declaration, field: Input, value: object, sent_as: str, place: Place
) -> JsonValue:
    """What stands for a value in the body, converted as its field says."""
    sent = await _value(declaration, field, value, sent_as, place)
    if field.convert is Convert.TEXT and sent is not None:
        return str(sent)
    if field.convert is Convert.FIRST and isinstance(sent, list):
        return sent[0] if sent else None
    return sent


async def _value(
    declaration: Declaration, field: Input, value: object, sent_as: str, place: Place
) -> JsonValue:
    if isinstance(value, TextArtifact):
        return value.content
    if isinstance(value, FileArtifact):
        return await place(sent_as, value)
    if isinstance(value, DigitalArtifact) or value is None:
        return None
    if isinstance(value, list):
        items = [await _value(declaration, field, each, sent_as, place) for each in value]
        sent: list[JsonValue] = [each for each in items if each is not None]
        # A list of artifacts that all go beside the body leaves nothing in it.
        return sent if sent or not items else None
    if isinstance(value, BaseModel):
        word = declaration.types.get(type(value).__name__)
        nested: dict[str, JsonValue] = {}
        for name, each in (word.fields if word else {}).items():
            inner = await _sent(
                declaration, each, getattr(value, name), each.send_as or name, place
            )
            if inner is not None and not (each.omit_empty and inner in ("", [])):
                _put(nested, each.send_as or name, inner)
        return nested
    return _plain.validate_python(value)


def _put(body: dict[str, JsonValue], name: str, value: JsonValue) -> None:
    """Put a value under a name, dotted for a nested one."""
    first, _, rest = name.partition(".")
    if not rest:
        body[first] = value
        return
    inner = body.setdefault(first, {})
    if isinstance(inner, dict):
        _put(inner, rest, value)
