"""Artifacts: their types, the file formats they come in, what is known of a file and its key.

A *format* is the short word that artifacts carry (`png`, `mp4`, `plain`). Each format has one MIME
type, one file extension and one artifact type; other spellings of it are accepted when read and
never written.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from boards.errors import InvalidInput

__all__ = [
    "FORMATS",
    "PRODUCED",
    "ArtifactType",
    "FileFormat",
    "MediaFacts",
    "StoredBytes",
    "StoredFile",
    "StoredObject",
    "check_key",
    "extension_for_format",
    "file_format",
    "format_for_mime",
    "is_shown",
    "key_for",
    "mime_for_format",
    "type_of_format",
]


class ArtifactType(StrEnum):
    """What an artifact is. `MODEL` can be read from older data and is never produced."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    TEXT = "text"
    LORA = "lora"
    MODEL = "model"


PRODUCED: tuple[ArtifactType, ...] = (
    ArtifactType.IMAGE,
    ArtifactType.VIDEO,
    ArtifactType.AUDIO,
    ArtifactType.TEXT,
    ArtifactType.LORA,
)


@dataclass(frozen=True, kw_only=True)
class FileFormat:
    """One file format: `name`, `mime` and `extension` are written, the aliases only read."""

    name: str
    mime: str
    extension: str
    artifact_type: ArtifactType
    other_names: tuple[str, ...] = ()
    other_mimes: tuple[str, ...] = ()


def _format(
    name: str,
    mime: str,
    artifact_type: ArtifactType,
    *,
    extension: str | None = None,
    names: tuple[str, ...] = (),
    mimes: tuple[str, ...] = (),
) -> FileFormat:
    return FileFormat(
        name=name,
        mime=mime,
        extension=extension or name,
        artifact_type=artifact_type,
        other_names=names,
        other_mimes=mimes,
    )


_IMAGE, _VIDEO, _AUDIO = ArtifactType.IMAGE, ArtifactType.VIDEO, ArtifactType.AUDIO
_TEXT, _LORA = ArtifactType.TEXT, ArtifactType.LORA

# SVG is missing on purpose: it is a program for the browser, not a picture.
FORMATS: tuple[FileFormat, ...] = (
    _format("png", "image/png", _IMAGE, mimes=("image/x-png", "image/apng"), names=("apng",)),
    _format("jpg", "image/jpeg", _IMAGE, names=("jpeg", "jpe"), mimes=("image/jpg",)),
    _format("webp", "image/webp", _IMAGE),
    _format("gif", "image/gif", _IMAGE),
    _format("avif", "image/avif", _IMAGE),
    _format("bmp", "image/bmp", _IMAGE, mimes=("image/x-ms-bmp", "image/x-bmp")),
    _format("heic", "image/heic", _IMAGE, names=("heif",), mimes=("image/heif",)),
    _format("mp4", "video/mp4", _VIDEO, names=("m4v",), mimes=("video/x-m4v",)),
    _format("webm", "video/webm", _VIDEO),
    _format("mov", "video/quicktime", _VIDEO, names=("qt", "quicktime")),
    _format("mkv", "video/x-matroska", _VIDEO, names=("matroska",), mimes=("video/matroska",)),
    _format("avi", "video/x-msvideo", _VIDEO, mimes=("video/avi", "video/vnd.avi")),
    _format("mp3", "audio/mpeg", _AUDIO, names=("mpeg",), mimes=("audio/mp3",)),
    _format(
        "wav",
        "audio/wav",
        _AUDIO,
        names=("wave",),
        mimes=("audio/x-wav", "audio/wave", "audio/vnd.wave"),
    ),
    _format("ogg", "audio/ogg", _AUDIO, names=("oga",), mimes=("application/ogg",)),
    _format("flac", "audio/flac", _AUDIO, mimes=("audio/x-flac",)),
    _format("m4a", "audio/mp4", _AUDIO, mimes=("audio/x-m4a", "audio/m4a")),
    _format("aac", "audio/aac", _AUDIO, mimes=("audio/x-aac", "audio/aacp")),
    _format("opus", "audio/opus", _AUDIO),
    _format("plain", "text/plain", _TEXT, extension="txt", names=("txt", "text")),
    _format(
        "markdown",
        "text/markdown",
        _TEXT,
        extension="md",
        names=("md",),
        mimes=("text/x-markdown",),
    ),
    _format("html", "text/html", _TEXT, names=("htm",), mimes=("application/xhtml+xml",)),
    _format("json", "application/json", _TEXT, mimes=("text/json",)),
    _format("csv", "text/csv", _TEXT, mimes=("application/csv",)),
    _format(
        "safetensors",
        "application/vnd.safetensors",
        _LORA,
        mimes=("application/x-safetensors",),
    ),
)

_BY_NAME = {name: f for f in FORMATS for name in (f.name, f.extension, *f.other_names)}
_BY_MIME = {mime: f for f in FORMATS for mime in (f.mime, *f.other_mimes)}


def file_format(name: str) -> FileFormat | None:
    """Look up a format by name, extension (with or without dot) or alias, in either case."""
    return _BY_NAME.get(name.strip().removeprefix(".").lower())


def format_for_mime(mime: str) -> str | None:
    """Name the format of a MIME type; parameters such as `; charset=utf-8` are ignored."""
    found = _BY_MIME.get(mime.partition(";")[0].strip().lower())
    return found.name if found else None


def mime_for_format(name: str) -> str:
    """Give a format's MIME type; an unknown format is `application/octet-stream`."""
    found = file_format(name)
    return found.mime if found else "application/octet-stream"


def is_shown(mime: str) -> bool:
    """Tell whether a browser may show a file of this type by itself: pictures, film, sound and
    plain text. SVG and HTML are programs, and not among them."""
    known = _BY_MIME.get(mime)
    return mime == "audio/webm" or (
        known is not None
        and (
            known.artifact_type in (ArtifactType.IMAGE, ArtifactType.VIDEO, ArtifactType.AUDIO)
            or known.name == "plain"
        )
    )


def extension_for_format(name: str) -> str:
    """Give a format's file extension without the dot; an unknown format is `bin`."""
    found = file_format(name)
    return found.extension if found else "bin"


def type_of_format(name: str) -> ArtifactType | None:
    """Tell which type of artifact comes in this format, or None for an unknown format."""
    found = file_format(name)
    return found.artifact_type if found else None


@dataclass(frozen=True, kw_only=True)
class MediaFacts:
    """What the bytes of a file say about it; None where it does not apply or is not known.

    Width and height are pixels as shown (after rotation), duration is seconds, `sample_rate` Hz.
    `codec` names how the picture is packed, or the sound where there is no picture; `frames` is
    told of animated pictures only, `orientation` is how many degrees clockwise the stored picture
    is turned to be shown. `is_signed`: the bytes carry a C2PA manifest, so nobody may change them.
    """

    format: str
    mime: str
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    fps: float | None = None
    sample_rate: int | None = None
    channels: int | None = None
    has_alpha: bool | None = None
    codec: str | None = None
    frames: int | None = None
    orientation: int | None = None
    is_signed: bool | None = None

    @property
    def artifact_type(self) -> ArtifactType | None:
        """The type of artifact this file is; a webm with sound only has the MIME `audio/webm`."""
        if self.mime.startswith("audio/"):
            return ArtifactType.AUDIO
        return type_of_format(self.format)


@dataclass(frozen=True, kw_only=True)
class StoredBytes:
    """Bytes that are safely in storage: `size` in bytes, `sha256` as 64 hex digits."""

    key: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file in our storage whose content has been looked at."""

    key: str
    size: int
    sha256: str
    facts: MediaFacts


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    """What storage says of a key without reading it: `size` in bytes, `modified` aware."""

    key: str
    size: int
    modified: datetime


_KEY_SEGMENT = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_-])?")
_EXTENSION = re.compile(r"[a-z0-9]{1,16}")
_MAX_KEY_CHARACTERS = 512
_MAX_SEGMENT_CHARACTERS = 128


def check_key(key: str) -> str:
    """Give back a storage key that is safe on every kind of storage; else raise InvalidInput.

    A key is ASCII segments between single slashes; none is empty, begins or ends with a dot, so
    `..`, absolute paths, backslashes, NUL, drive letters and URL escapes cannot occur.
    """
    segments = key.split("/")
    if len(key) > _MAX_KEY_CHARACTERS or not all(
        len(segment) <= _MAX_SEGMENT_CHARACTERS and _KEY_SEGMENT.fullmatch(segment)
        for segment in segments
    ):
        raise InvalidInput(f"{key[:80]!r} is no storage key; keys are made by the server only.")
    return key


def key_for(
    tenant_id: UUID,
    artifact_type: ArtifactType | None,
    extension: str,
    *,
    file_id: UUID,
    now: datetime,
) -> str:
    """Spell the storage key of a new file: `{tenant}/{yyyy}/{mm}/{type}/{file id}.{extension}`.

    Nothing a user wrote goes into it. Without a type (thumbnails, extra files) the type is `file`.
    """
    extension = extension.lower()
    if not _EXTENSION.fullmatch(extension):
        raise InvalidInput(f"{extension[:40]!r} is no file extension; give one such as 'png'.")
    month = now.astimezone(UTC).strftime("%Y/%m")
    return check_key(f"{tenant_id}/{month}/{artifact_type or 'file'}/{file_id}.{extension}")
