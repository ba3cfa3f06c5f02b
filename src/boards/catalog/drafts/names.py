"""Names out of a provider's document, made fit for inputs, types and models."""

import keyword
import re
import unicodedata
from collections.abc import Collection

from boards.generators.declared import DeclaredInputs

__all__ = ["field_name", "model_name", "title_of", "tokens", "type_name"]

LONGEST = 64
_FIELD = re.compile(r"[a-z][a-z0-9_]*")
_RESERVED = frozenset(dir(DeclaredInputs)) | {"model_config"}
"""What an input of the same name would hide."""
_PROTECTED = ("model_dump", "model_validate")
"""How the name of a field may not begin, by Pydantic's word."""


def field_name(original: str, taken: Collection[str]) -> str:
    """Give the name of an input: the original, or as much of it as can be written in Python.

    Whatever differs from the original is sent under the original.
    """
    name = original
    if not _FIELD.fullmatch(name) or len(name) > LONGEST:
        apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", original)
        name = re.sub(r"[^a-z0-9]+", "_", _plain(apart).lower()).strip("_")[:LONGEST] or "input"
        name = name if name[0].isalpha() else f"n_{name}"
    if name.startswith(_PROTECTED):
        name = f"input_{name}"
    if keyword.iskeyword(name) or name in _RESERVED:
        name = f"{name}_"
    return _free(name, taken)


def type_name(original: str, taken: Collection[str]) -> str:
    """Give the name of a type: a capital letter first, letters and digits only."""
    parts = re.split(r"[^A-Za-z0-9]+", _plain(original))
    name = "".join(part[:1].upper() + part[1:] for part in parts)[:LONGEST] or "Type"
    name = name if name[0].isalpha() else f"Type{name}"
    return _free(f"{name}Type" if name.endswith("Artifact") else name, taken)


def model_name(provider: str, model: str) -> str:
    """Give the name of a generator: `fal-flux-dev` for `fal-ai/flux/dev` of fal."""
    path = model.removeprefix(f"{provider}-ai/").partition(":")[0]
    return re.sub(r"[^a-z0-9.]+", "-", f"{provider}-{path}".lower()).strip("-.")


def title_of(path: str) -> str:
    """Make a title of a path: `Flux Dev` of `fal-ai/flux/dev`."""
    words = re.split(r"[-_/]+", path.removeprefix("fal-ai/").partition(":")[0])
    return " ".join(word[:1].upper() + word[1:] for word in words if word) or path


def tokens(name: str) -> list[str]:
    """Split a name into its words: `startImage_url` is start, image, url."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return [part for part in re.split(r"[^a-z]+", apart.lower()) if part]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _free(name: str, taken: Collection[str]) -> str:
    """Give a name that is not taken; a number makes the difference."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}{number}" if name[0].isupper() else f"{name}_{number}"
    return free
