"""Reads an upload form as it arrives: text fields first, then one file, which is never gathered.

The file comes last, so that everything said about it is known when its first byte is stored. No
part of the file is held beyond the piece that just came from the network.
"""

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from boards.errors import InvalidInput, Problem, TooLarge, Unsupported
from boards.generators.nearest import suggestion

__all__ = ["UploadForm", "read_files", "read_form"]

FIELD_BYTES = 4096
AROUND_BYTES = 64 * 1024
"""How much the form may add to the file: boundaries, headers and text fields."""
BOUNDARY_BYTES = 70
"""RFC 2046, section 5.1.1."""


@dataclass(frozen=True, kw_only=True)
class UploadForm:
    """A form up to its file. `content` gives the file's bytes, once; `filename` is as sent.

    Iterating `content` raises TooLarge beyond the limit and InvalidInput when the form is broken
    off or goes on after the file: whoever stores the bytes must then throw them away.
    """

    fields: Mapping[str, str]
    filename: str | None
    content: AsyncIterator[bytes]


async def read_form(
    request: Request, *, file_field: str, text_fields: Collection[str], max_bytes: int
) -> UploadForm:
    """Read the text fields and get to the file.

    InvalidInput for a malformed form, an unknown or repeated field, or no file; TooLarge when the
    request says beforehand that it is.
    """
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > max_bytes + AROUND_BYTES:
        raise _too_large(max_bytes)
    pieces = _pieces(_bounded(request.stream(), max_bytes), _boundary(request))
    known = (*text_fields, file_field)
    fields: dict[str, str] = {}
    async for part in _parts(pieces):
        if part.name not in known:
            raise _refuse(
                part.name, f"There is no field {part.name!r}.{suggestion(part.name, known)}"
            )
        if part.name == file_field:
            return UploadForm(
                fields=fields,
                filename=part.filename,
                content=_file(pieces, max_bytes),
            )
        if part.name in fields:
            raise _refuse(part.name, f"The field {part.name!r} comes twice.")
        fields[part.name] = await _text(part.name, pieces)
    raise _refuse(file_field, f"There is no file; send it in the field {file_field!r}.")


async def read_files(
    request: Request, *, file_field: str, max_bytes: int, most: int
) -> AsyncGenerator[UploadForm, None]:
    """Give the files of a form that has nothing else, one after the other, each up to `max_bytes`.

    Whoever takes one reads its content before the next. InvalidInput for a malformed form, another
    field, or more than `most` files.
    """
    pieces = _pieces(_bounded(request.stream(), max_bytes * most), _boundary(request))
    count = 0
    async for part in _parts(pieces):
        if part.name != file_field:
            raise _refuse(
                part.name,
                f"There is no field {part.name!r}.{suggestion(part.name, (file_field,))}",
            )
        count += 1
        if count > most:
            raise _refuse(file_field, f"Send at most {most} files at once.")
        yield UploadForm(fields={}, filename=part.filename, content=_one_of_many(pieces, max_bytes))


class _Mark(Enum):
    """What a form consists of, apart from data."""

    PART_END = auto()
    FORM_END = auto()


@dataclass(frozen=True, kw_only=True)
class _Part:
    """The headers of one part."""

    name: str
    filename: str | None


_Piece = bytes | _Part | _Mark


@dataclass(kw_only=True)
class _Collector:
    """Turns the parser's callbacks into pieces."""

    pieces: deque[_Piece] = field(default_factory=deque)
    headers: dict[bytes, bytes] = field(default_factory=dict)
    name: bytes = b""
    value: bytes = b""

    def on_part_begin(self) -> None:
        self.headers = {}

    def on_header_begin(self) -> None:
        self.name = self.value = b""

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self.name += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self.value += data[start:end]

    def on_header_end(self) -> None:
        self.headers[self.name.lower()] = self.value

    def on_headers_finished(self) -> None:
        _, options = parse_options_header(self.headers.get(b"content-disposition"))
        filename = options.get(b"filename")
        self.pieces.append(
            _Part(
                name=options.get(b"name", b"").decode("utf-8", "replace"),
                filename=None if filename is None else filename.decode("utf-8", "replace"),
            )
        )

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self.pieces.append(data[start:end])

    def on_part_end(self) -> None:
        self.pieces.append(_Mark.PART_END)

    def on_end(self) -> None:
        self.pieces.append(_Mark.FORM_END)


async def _pieces(body: AsyncIterator[bytes], boundary: bytes) -> AsyncGenerator[_Piece, None]:
    """Give the form piece by piece; InvalidInput unless it ends as it should."""
    collector = _Collector()
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": collector.on_part_begin,
                "on_part_data": collector.on_part_data,
                "on_part_end": collector.on_part_end,
                "on_header_begin": collector.on_header_begin,
                "on_header_field": collector.on_header_field,
                "on_header_value": collector.on_header_value,
                "on_header_end": collector.on_header_end,
                "on_headers_finished": collector.on_headers_finished,
                "on_end": collector.on_end,
            },
        )
        async for chunk in body:
            parser.write(chunk)
            while collector.pieces:
                piece = collector.pieces.popleft()
                yield piece
                if piece is _Mark.FORM_END:
                    return
    except FormParserError as error:
        raise InvalidInput(f"The form is malformed: {error}.") from None
    raise InvalidInput("The form breaks off before its end; send it again.")


async def _bounded(body: AsyncIterator[bytes], max_bytes: int) -> AsyncGenerator[bytes, None]:
    """Bound the whole form, which may go on before its first and after its last part."""
    size = 0
    async for chunk in body:
        size += len(chunk)
        if size > max_bytes + AROUND_BYTES:
            raise _too_large(max_bytes)
        yield chunk


async def _parts(pieces: AsyncIterator[_Piece]) -> AsyncIterator[_Part]:
    """Give the headers of each part; whoever takes one reads its data before the next."""
    async for piece in pieces:
        if isinstance(piece, _Part):
            yield piece


async def _text(name: str, pieces: AsyncIterator[_Piece]) -> str:
    data = b""
    async for piece in pieces:
        if piece is _Mark.PART_END:
            break
        if isinstance(piece, bytes):
            data += piece
        if len(data) > FIELD_BYTES:
            raise _refuse(name, f"The field {name!r} is longer than {FIELD_BYTES} bytes.")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise _refuse(name, f"The field {name!r} is not UTF-8.") from None


async def _file(pieces: AsyncIterator[_Piece], max_bytes: int) -> AsyncGenerator[bytes, None]:
    size = 0
    async for piece in pieces:
        if isinstance(piece, bytes):
            size += len(piece)
            if size > max_bytes:
                raise _too_large(max_bytes)
            yield piece
        elif isinstance(piece, _Part):
            raise _refuse(
                piece.name,
                f"The field {piece.name!r} comes after the file; send the file last, and only one.",
            )


async def _one_of_many(
    pieces: AsyncIterator[_Piece], max_bytes: int
) -> AsyncGenerator[bytes, None]:
    size = 0
    async for piece in pieces:
        if piece is _Mark.PART_END:
            return
        if isinstance(piece, bytes):
            size += len(piece)
            if size > max_bytes:
                raise _too_large(max_bytes)
            yield piece


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data":
        raise Unsupported(f"The body is {kind.decode('latin-1')!r}; send 'multipart/form-data'.")
    if not 0 < len(boundary) <= BOUNDARY_BYTES:
        raise InvalidInput("The Content-Type names no valid boundary; let your client make it.")
    return boundary


def _refuse(at: str, message: str) -> InvalidInput:
    return InvalidInput(message, problems=(Problem(at=at, message=message),))


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge(f"The file is larger than {max_bytes:,} bytes, the limit for uploads.")
