"""Reads what providers answer, and writes what they are sent: nonsense becomes Broken."""

import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from pydantic import JsonValue

from boards.errors import Broken
from boards.generators.declared.transport import InputFile

__all__ = [
    "Fault",
    "Reply",
    "as_number",
    "as_object",
    "as_text",
    "first_fault",
    "multipart",
    "segment",
]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A whole answer. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    provider: str
    content: JsonValue = field(default=None, repr=False)

    def object(self) -> dict[str, JsonValue]:
        """The JSON object that the answer is. Broken when it is something else."""
        return as_object(self.content, f"the answer of {self.provider}")


def segment(text: str) -> str:
    """Quote an id for a path. Broken for what would lead somewhere else."""
    if not text or text in {".", ".."} or len(text) > 500:
        raise Broken(f"The provider's id {text!r:.80} cannot be used in an address.")
    return quote(text, safe="")


def as_object(value: JsonValue, what: str) -> dict[str, JsonValue]:
    """Take an object for granted. Broken when it is none."""
    if not isinstance(value, dict):
        raise Broken(f"{what[:1].upper()}{what[1:]} is not the JSON object that it should be.")
    return value


def as_text(value: JsonValue, what: str) -> str:
    """Take a text for granted. Broken when it is none, or empty."""
    if not isinstance(value, str) or not value:
        raise Broken(f"{what[:1].upper()}{what[1:]} is not the text that it should be.")
    return value


def as_number(value: JsonValue) -> float | None:
    """Give a finite number, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with one field of a request. `code` is the provider's."""

    code: str | None
    text: str


def first_fault(detail: JsonValue) -> Fault | None:
    """Read the first of a list of faults in the shape of FastAPI: loc, msg, type.

    None when it is no such list.
    """
    if not (isinstance(detail, list) and detail and isinstance(detail[0], dict)):
        return None
    first = detail[0]
    place = first.get("loc")
    where = ".".join(str(part) for part in place[1:]) if isinstance(place, list) else ""
    said = str(first.get("msg") or "")
    code = first.get("type")
    return Fault(
        code=code if isinstance(code, str) and code else None,
        text=f"{where}: {said}" if where else said,
    )


def multipart(fields: Mapping[str, JsonValue], files: tuple[InputFile, ...]) -> tuple[str, bytes]:
    """Make a multipart body; gives its content type and the bytes. A list repeats its field.

    Reads the files, so call it in a thread.
    """
    boundary = f"boards-{secrets.token_hex(16)}"
    lines: list[bytes] = []
    for name, value in fields.items():
        for each in value if isinstance(value, list) else [value]:
            text = str(each).lower() if isinstance(each, bool) else str(each)
            lines += [_part(boundary, f'name="{_quoted(name)}"'), b"\r\n", text.encode(), b"\r\n"]
    for file in files:
        head = f'name="{_quoted(file.field)}"; filename="{_quoted(file.name)}"'
        lines += [
            _part(boundary, head),
            f"Content-Type: {file.mime}\r\n\r\n".encode(),
            file.path.read_bytes(),
            b"\r\n",
        ]
    lines.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(lines)


def _part(boundary: str, head: str) -> bytes:
    return f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n".encode()


def _quoted(text: str) -> str:
    return "".join(c for c in text if c.isprintable()).replace("\\", "_").replace('"', "_")
