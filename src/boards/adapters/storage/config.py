"""Reads storage.yaml: where files are kept, and what may come in.

storage:
  default_provider: local                # where files are kept
  providers:
    local: {type: local, path: ${FILES}} # a folder; without `path`, `files` in the data directory
    memory: {type: memory}               # in this process, and lost with it
  max_file_size: 104857600               # bytes of an upload
  allowed_content_types: [image/*, video/mp4]

`${NAME}` in a text is filled in from the environment. A key or a value that does nothing is a
fault: every one of them is listed, with file and line.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import JsonValue

from boards.domain.artifacts import FORMATS, format_for_mime, mime_for_format
from boards.errors import ConfigError
from boards.generators.marked_yaml import Marked, read_marked
from boards.generators.nearest import suggestion

__all__ = ["StorageConfig", "StorageKind", "StorageProvider", "read_storage_config"]

_KEYS = ("default_provider", "providers", "max_file_size", "allowed_content_types")
_PROVIDER_KEYS = ("type", "path")
_PLANNED = ("azure", "gcs", "s3", "supabase")
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FAMILIES = tuple(sorted({f"{each.mime.partition('/')[0]}/*" for each in FORMATS}))


class StorageKind(StrEnum):
    """What keeps the bytes."""

    LOCAL = "local"
    MEMORY = "memory"


@dataclass(frozen=True, kw_only=True)
class StorageProvider:
    """One place for files. `path` is a local one's folder; None for the one in the data
    directory."""

    name: str = "local"
    kind: StorageKind = StorageKind.LOCAL
    path: Path | None = None


@dataclass(frozen=True, kw_only=True)
class StorageConfig:
    """What the file says; without one, files are kept in the data directory.

    The limits are for uploads: what was paid for is always kept.
    `allowed_content_types` are MIME types as we write them, or families such as `image/*`; none
    allows every type that can be uploaded.
    """

    provider: StorageProvider = StorageProvider()
    max_file_size: int | None = None
    allowed_content_types: tuple[str, ...] = ()


def read_storage_config(file: Path, environ: Mapping[str, str]) -> StorageConfig:
    """Read and check the file. Raises one ConfigError that lists every fault.

    `environ` is what `${NAME}` stands for. A relative path is relative to the file's folder.
    """
    root = read_marked(file)
    reader = _Reader(file.parent, environ)
    config = None
    if root is None:
        reader.faults.append(f"{file}: is empty; write `storage:`, or leave the setting out.")
    else:
        config = reader.read(root)
    if config is None or reader.faults:
        raise ConfigError("The storage is not set up right:", faults=tuple(reader.faults))
    return config


class _Reader:
    """Reads values and collects the faults."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._environ = environ
        self.faults: list[str] = []

    def read(self, root: Marked) -> StorageConfig | None:
        storage = self._mapping(root, ("storage",), "the file").get("storage")
        if storage is None:
            if not self.faults:
                self._fault(root, "there is no `storage:`; write it, or leave the setting out.")
            return None
        values = self._mapping(storage, _KEYS, "`storage`")
        providers = self._providers(values.get("providers"))
        provider = self._default(storage, values, providers)
        max_file_size = self._bytes(values, "max_file_size")
        types = self._content_types(values.get("allowed_content_types"))
        if provider is None:
            return None
        return StorageConfig(
            provider=provider, max_file_size=max_file_size, allowed_content_types=types
        )

    def _providers(self, marked: Marked | None) -> Mapping[str, StorageProvider | None]:
        """The providers by name; None for one with a fault."""
        if marked is None:
            return {"local": StorageProvider()}
        return {
            name: self._provider(name, value)
            for name, value in self._mapping(marked, None, "`providers`").items()
        }

    def _provider(self, name: str, marked: Marked) -> StorageProvider | None:
        before = len(self.faults)
        values = self._mapping(marked, _PROVIDER_KEYS, f"the provider {name!r}")
        if "type" not in values:
            if len(self.faults) == before:
                self._fault(marked, f"the provider {name!r} needs a `type`, local or memory.")
            return None
        kind = self._text(values, "type")
        if kind is not None and kind not in list(StorageKind):
            what = "is not available yet" if kind in _PLANNED else "is no type of storage"
            self._fault(values["type"], f"{kind!r} {what}; write local or memory.")
        path = self._path(values)
        if path is not None and kind == StorageKind.MEMORY:
            self._fault(values["path"], "`path` goes with `type: local`; memory has none.")
        if kind is None or len(self.faults) > before:
            return None
        return StorageProvider(name=name, kind=StorageKind(kind), path=path)

    def _default(
        self,
        storage: Marked,
        values: Mapping[str, Marked],
        providers: Mapping[str, StorageProvider | None],
    ) -> StorageProvider | None:
        name = self._text(values, "default_provider") if "default_provider" in values else "local"
        if name is None or (self.faults and not providers):
            return None
        if name not in providers:
            at = values.get("default_provider", storage)
            known = suggestion(name, providers)
            self._fault(at, f"`default_provider` is {name!r}, which `providers` lacks.{known}")
            return None
        return providers[name]

    def _path(self, values: Mapping[str, Marked]) -> Path | None:
        if "path" not in values:
            return None
        text = self._text(values, "path")
        if text is None:
            return None
        if text.startswith("~"):
            self._fault(values["path"], "`~` is not expanded in a path; write ${HOME}.")
            return None
        return self._folder / text

    def _bytes(self, values: Mapping[str, Marked], key: str) -> int | None:
        if key not in values:
            return None
        value = self._plain(values[key])
        if isinstance(value, str):
            text = self._text(values, key)
            if text is None:
                return None
            value = int(text) if text.isascii() and text.isdecimal() else text
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        self._fault(values[key], f"`{key}` must be a whole number of bytes, 1 or more.")
        return None

    def _content_types(self, marked: Marked | None) -> tuple[str, ...]:
        if marked is None:
            return ()
        if not marked.is_list:
            self._fault(marked, "`allowed_content_types` must be a list, such as [image/*].")
            return ()
        entries = list(marked.entries())
        if not entries:
            self._fault(
                marked, "`allowed_content_types` allows nothing; leave it out to allow all."
            )
        return tuple(found for each in entries if (found := self._content_type(each)))

    def _content_type(self, marked: Marked) -> str | None:
        text = self._text({"": marked}, "")
        if text is None or text in _FAMILIES:
            return text
        name = format_for_mime(text)
        if name is not None:
            return mime_for_format(name)
        known = (*_FAMILIES, *(each.mime for each in FORMATS))
        self._fault(marked, f"no file comes as {text!r}.{suggestion(text, known)}")
        return None

    def _mapping(self, marked: Marked, known: Sequence[str] | None, what: str) -> dict[str, Marked]:
        """The values by key; every key but the `known` ones is a fault, unless that is None."""
        if not marked.is_mapping:
            keys = f" {', '.join(known)}" if known else " names"
            self._fault(marked, f"{what} must hold{keys}, each followed by a colon.")
            return {}
        found: dict[str, Marked] = {}
        for key, value in marked.items():
            name = str(key.node.value)
            if known is not None and name not in known:
                self._fault(key, f"unknown key {name!r}.{suggestion(name, known)}")
            elif name in found:
                self._fault(key, f"{name!r} stands twice; remove one.")
            else:
                found[name] = value
        return found

    def _text(self, values: Mapping[str, Marked], key: str) -> str | None:
        """A text with its variables filled in; None, and a fault, when it is none."""
        marked = values[key]
        value = self._plain(marked)
        if not isinstance(value, str) or not value.strip():
            self._fault(marked, f"{f'`{key}`' if key else 'this'} must be a text, not {value!r}.")
            return None
        missing = [name for name in _VARIABLE.findall(value) if not self._environ.get(name)]
        for name in missing:
            if _NAME.fullmatch(name):
                said = f"{name!r} is not set in the environment; set it, or write the value here."
            else:
                said = f"{name!r} cannot be a variable's name; write ${{NAME}}."
            self._fault(marked, said)
        if missing:
            return None
        return _VARIABLE.sub(lambda found: self._environ[found[1]], value).strip()

    def _plain(self, marked: Marked) -> JsonValue:
        try:
            return marked.plain
        except ValueError as error:
            self._fault(marked, str(error))
            return None

    def _fault(self, at: Marked, message: str) -> None:
        self.faults.append(f"{at.where}: {message}")
