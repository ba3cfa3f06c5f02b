"""Reads what a provider made out of its answer, by the declaration's `result`."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from pydantic import BaseModel, JsonValue

from boards.domain.artifacts import ArtifactType, file_format, format_for_mime
from boards.errors import Rejected
from boards.generators.declared.declaration import Declaration
from boards.generators.declared.transport import Made, Outcome

__all__ = ["EMPTY_RESULT", "read_made", "read_notes"]

EMPTY_RESULT = "empty_result"
"""The code of a job that the provider calls finished and that has no output."""

_FIELD = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_DEFAULT_FORMATS = {
    ArtifactType.IMAGE: "png",
    ArtifactType.VIDEO: "mp4",
    ArtifactType.AUDIO: "mp3",
    ArtifactType.TEXT: "plain",
    ArtifactType.LORA: "safetensors",
}


def read_made(declaration: Declaration, outcome: Outcome, inputs: BaseModel) -> list[Made]:
    """List what was made, outputs first. Rejected, with `billed` unknown, when it is nothing.

    An empty result is no reason to ask again: the provider says that it is done, and may have
    billed.
    """
    result = declaration.result
    default = _default_format(declaration, inputs)
    found = [
        each if each.format else replace(each, format=default)
        for each in outcome.made
        if each.role is None
    ]
    extras = [each for each in outcome.made if each.role is not None]
    for value in _first(outcome.document, result.files):
        made = _made(value, default)
        if made is not None:
            found.append(made)
    if declaration.makes is ArtifactType.TEXT:
        texts = _first(outcome.document, result.text)
        found += [Made(source=each, format=default) for each in texts if isinstance(each, str)]
        found = [each for each in found if each.source]
    if not found:
        raise Rejected(
            f"{declaration.provider} says that the job of {declaration.name!r} is done, but its "
            "answer holds no result. Nobody knows whether it was billed; look into the account.",
            provider_code=EMPTY_RESULT,
        )
    for role, path in result.extra.items():
        for value in _walk(outcome.document, path):
            made = _made(value, None, role)
            if made is not None:
                extras.append(made)
    return [*found, *extras]


def read_notes(declaration: Declaration, outcome: Outcome) -> dict[str, JsonValue]:
    """The facts of a result that are kept with it."""
    notes = dict(outcome.notes)
    document = outcome.document if isinstance(outcome.document, dict) else {}
    for name in declaration.result.notes:
        value = document.get(name)
        if value is not None and value not in ("", []):
            notes[name] = value
    return notes


def _default_format(declaration: Declaration, inputs: BaseModel) -> str:
    said = declaration.result.format
    if said is None:
        return _DEFAULT_FORMATS[declaration.makes]
    filled = _FIELD.sub(lambda found: str(getattr(inputs, found.group(1), "")), said)
    return filled or _DEFAULT_FORMATS[declaration.makes]


def _first(document: JsonValue, paths: Iterable[str]) -> list[JsonValue]:
    for path in paths:
        found: list[JsonValue] = [each for each in _walk(document, path) if each not in (None, "")]
        if found:
            return found
    return []


def _walk(value: JsonValue, path: str) -> Iterator[JsonValue]:
    """Follow a dotted path; a list on the way, or at its end, gives each of its items."""
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, path)
    elif not path:
        yield value
    elif isinstance(value, dict):
        first, _, rest = path.partition(".")
        if first in value:
            yield from _walk(value[first], rest)


def _made(value: JsonValue, default: str | None, role: str | None = None) -> Made | None:
    """Read one file: a URL, or an object with one (or with base64) and facts beside it."""
    if isinstance(value, str):
        return Made(source=value, format=_format(value, None, default), role=role)
    if not isinstance(value, dict):
        return None
    mime = value.get("content_type")
    encoded = value.get("b64_json")
    url = value.get("url") or value.get("uri")
    if isinstance(encoded, str) and encoded:
        known = file_format(default or "")
        url = f"data:{known.mime if known else 'application/octet-stream'};base64,{encoded}"
    if not isinstance(url, str) or not url:
        return None
    return Made(
        source=url,
        format=_format(url, mime if isinstance(mime, str) else None, default),
        role=role,
        width=_whole(value.get("width")),
        height=_whole(value.get("height")),
        duration=_number(value.get("duration")),
        fps=_number(value.get("fps")),
    )


def _format(url: str, mime: str | None, default: str | None) -> str | None:
    """What the provider says, else what the address says, else what was asked for."""
    if mime is not None and (known := format_for_mime(mime)) is not None:
        return known
    if url[:5].lower() == "data:":
        return format_for_mime(url[5:].partition(",")[0].partition(";")[0]) or default
    ending = urlsplit(url).path.rpartition(".")[2].lower()
    known_ending = file_format(ending)
    return known_ending.name if known_ending else default


def _whole(value: JsonValue) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _number(value: JsonValue) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and value > 0 else None  # type: ignore[arg-type, operator]
