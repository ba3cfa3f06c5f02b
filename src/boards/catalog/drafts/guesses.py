"""Guesses which inputs of a model take files, and of what kind. A person confirms them.

A schema says that something is a text; only names, formats, hints and examples say that the text is
the address of an image.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from boards.catalog.drafts.documents import Node
from boards.catalog.drafts.names import tokens
from boards.domain.artifacts import ArtifactType, file_format, type_of_format

__all__ = ["Guess", "format_of_address", "guess_kind", "guess_slot", "kind_of_address"]

_KINDS: dict[ArtifactType, frozenset[str]] = {
    ArtifactType.LORA: frozenset({"lora", "loras"}),
    ArtifactType.VIDEO: frozenset({"video", "videos", "clip", "clips", "footage", "movie"}),
    ArtifactType.AUDIO: frozenset(
        {"audio", "audios", "sound", "music", "song", "speech", "vocals", "voice", "track"}
    ),
    ArtifactType.IMAGE: frozenset(
        {
            *("image", "images", "img", "imgs", "photo", "photos", "picture", "pictures"),
            *("frame", "frames", "face", "selfie", "portrait", "garment", "logo", "sketch"),
            *("mask", "masks", "depth", "pose", "canny", "scribble"),
        }
    ),
}
"""Words in names, by what they stand for."""
_PLACES = frozenset({"url", "urls", "uri", "uris"})
_FORMATS = frozenset({"uri", "url", "uri-reference", "data-url"})
_HINTS = {
    "image": ArtifactType.IMAGE,
    "video": ArtifactType.VIDEO,
    "audio": ArtifactType.AUDIO,
}
_NO_FILES = frozenset(
    {
        *("archive", "callback", "checkpoint", "data", "dataset", "hf", "huggingface", "link"),
        *("page", "repo", "tar", "webhook", "website", "zip"),
    }
)
"""Words in names of addresses that no artifact stands behind."""
_ARCHIVES = frozenset({"archive", "data", "zip"})
"""Words of archives, when the name and the description both have one."""
_ENDING = re.compile(r"\.([a-z0-9]{2,12})(?:[?#].*)?$", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Guess:
    """What an input is taken for, and why. `kind` is None for an address that is left a text.

    `input` is dotted for a field of one of the types: `LoraWeight.path`. `packed` says that the
    files travel as one archive.
    """

    input: str
    kind: ArtifactType | None
    many: bool
    why: str
    packed: bool = False


def guess_slot(name: str, node: Node, *, owner: str = "", many: bool = False) -> Guess | None:
    """Guess what a text input is, by its own name and what holds it; None for a plain text."""
    place = f"{owner}.{name}" if owner else name
    words = tokens(name)
    hint = _hint(node)
    if hint is not None:
        why = f"the provider's own form asks for {_an(hint)}"
        return Guess(input=place, kind=hint, many=many, why=why)
    described = tokens(node.text("description") or "")
    is_address = (
        (node.text("format") or "") in _FORMATS
        or bool(_PLACES & set(words[-1:]))
        or (bool(_PLACES & set(described)) and guess_kind(words) is not None)
    )
    is_path = "path" in words and "lora" in "".join((*words, *tokens(owner)))
    if not (is_address or is_path):
        return None
    if _ARCHIVES & set(words) and _ARCHIVES & set(described) and not (owner or many):
        packed = guess_kind([word for word in (*described, *words) if word not in _ARCHIVES])
        if packed is not None:
            why = "an archive, by its description"
            return Guess(input=place, kind=packed, many=True, why=why, packed=True)
    if _NO_FILES & set(words):
        return Guess(input=place, kind=None, many=many, why="an address that is no single file")
    kind = ArtifactType.LORA if is_path else guess_kind(words)
    if kind is not None:
        return Guess(input=place, kind=kind, many=many, why="by its name")
    kind = next((each for each in map(kind_of_address, _examples(node)) if each), None)
    if kind is not None:
        return Guess(input=place, kind=kind, many=many, why="by its example")
    spoken = {each for each in ArtifactType if each in _KINDS and set(described) & _KINDS[each]}
    if len(spoken) == 1:
        return Guess(input=place, kind=spoken.pop(), many=many, why="by its description")
    return Guess(input=place, kind=None, many=many, why="an address of nobody knows what")


def guess_kind(words: Sequence[str]) -> ArtifactType | None:
    """Say what kind of artifact the words of a name stand for; None for none."""
    if words and words[-1] in _PLACES:
        words = words[:-1]
    # In "audio_driven_image" the last word is the thing; a mask is of the kind of what it masks.
    for word in reversed([each for each in words if each not in ("mask", "masks")]):
        for kind, names in _KINDS.items():
            if word in names:
                return kind
    return ArtifactType.IMAGE if {"mask", "masks"} & set(words) else None


def kind_of_address(value: JsonValue) -> ArtifactType | None:
    """Say what an address leads to, by its ending; None when that says nothing."""
    format = format_of_address(value)
    kind = type_of_format(format) if format else None
    # A ".txt" or ".json" is a file, but no text that somebody would read.
    return None if kind is ArtifactType.TEXT else kind


def format_of_address(value: JsonValue) -> str | None:
    """Give the format that an address ends with: of a text, of the `url` of an object, or of the
    first in a list of those."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("url")
    found = _ENDING.search(value) if isinstance(value, str) else None
    known = file_format(found.group(1)) if found else None
    return known.name if known else None


def _hint(node: Node) -> ArtifactType | None:
    said = node.fields().get("_fal_ui_field")
    form = node.fields().get("ui")
    if said is None and isinstance(form, dict):
        said = form.get("field")
    return _HINTS.get(said) if isinstance(said, str) else None


def _examples(node: Node) -> list[JsonValue]:
    examples = node.fields().get("examples")
    listed = examples if isinstance(examples, list) else []
    return [*listed[:5], node.fields().get("default")]


def _an(kind: ArtifactType) -> str:
    return f"an {kind.value}" if kind.value[0] in "aeiou" else f"a {kind.value}"
