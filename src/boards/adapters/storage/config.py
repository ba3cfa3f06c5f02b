"""Reads storage.yaml: where files are kept, and what may come in.

storage:
  default_provider: local                # where files are kept for which no rule fits
  providers:
    local: {type: local, path: ${FILES}} # a folder; without `path`, `files` in the data directory
    memory: {type: memory}               # in this process, and lost with it
    cloud: {type: s3, bucket: media, region: eu-central-1}
  routing_rules:                         # the first that fits; without a condition, any file
    - {condition: {artifact_type: video, size_gt: 100MB}, provider: cloud}
  max_file_size: 100MB                   # of an upload
  allowed_content_types: [image/*, video/mp4]
  quota: 50GB                            # what each tenant may keep
  keep_unused_hours: 24                  # how long bytes stay that nobody uses any more

`${NAME}` in a text is filled in from the environment. A key or a value that does nothing is a
fault: every one of them is listed, with file and line. The keys of each type stand in `providers`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from pydantic import JsonValue

from boards.adapters.storage.providers import KINDS, Needs, StorageKind, StorageProvider
from boards.adapters.storage.routing import Rule
from boards.domain.artifacts import (
    FORMATS,
    PRODUCED,
    ArtifactType,
    format_for_mime,
    mime_for_format,
)
from boards.domain.sizes import read_size
from boards.errors import ConfigError
from boards.generators.marked_yaml import Marked, read_marked
from boards.generators.nearest import suggestion

__all__ = ["StorageConfig", "StorageKind", "StorageProvider", "read_storage_config"]

_KEYS = (
    *("default_provider", "providers", "routing_rules", "max_file_size", "allowed_content_types"),
    *("quota", "keep_unused_hours"),
)
_RULE_KEYS = ("condition", "provider")
_CONDITIONS = ("artifact_type", "size_gt", "size_lte", "tenant", "board", "generator")
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PROVIDER_NAME = re.compile(r"[a-z0-9]([a-z0-9_-]{0,30}[a-z0-9])?")
_FAMILIES = tuple(sorted({f"{each.mime.partition('/')[0]}/*" for each in FORMATS}))
_TYPES = ", ".join(StorageKind)


@dataclass(frozen=True, kw_only=True)
class StorageConfig:
    """What the file says; without one, files are kept in the data directory.

    `provider` is the default one, `others` are for what the rules say and for what was stored
    there before. The limits are for uploads and new runs: what was paid for is always kept.
    `allowed_content_types` are MIME types as we write them, or families such as `image/*`; none
    allows every type that can be uploaded. `quota` is in bytes for each tenant.
    """

    provider: StorageProvider = field(default_factory=StorageProvider)
    others: tuple[StorageProvider, ...] = ()
    rules: tuple[Rule, ...] = ()
    max_file_size: int | None = None
    allowed_content_types: tuple[str, ...] = ()
    quota: int | None = None
    keep_unused: timedelta = field(default=timedelta(hours=24))

    @property
    def providers(self) -> tuple[StorageProvider, ...]:
        """Every provider, the default one first."""
        return (self.provider, *self.others)


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
        config = StorageConfig(
            provider=provider or StorageProvider(),
            others=tuple(one for one in providers.values() if one and one is not provider),
            rules=self._rules(values.get("routing_rules"), providers),
            max_file_size=self._bytes(values, "max_file_size"),
            allowed_content_types=self._content_types(values.get("allowed_content_types")),
            quota=self._bytes(values, "quota"),
            keep_unused=timedelta(hours=self._hours(values, "keep_unused_hours", 24)),
        )
        return None if provider is None else config

    def _providers(self, marked: Marked | None) -> Mapping[str, StorageProvider | None]:
        """The providers by name; None for one with a fault."""
        if marked is None:
            return {"local": StorageProvider()}
        found: dict[str, StorageProvider | None] = {}
        folders: dict[Path | None, str] = {}
        for name, value in self._mapping(marked, None, "`providers`").items():
            one = found[name] = self._provider(name, value)
            if one is not None and one.kind is StorageKind.LOCAL:
                other = folders.setdefault(one.path, name)
                if other != name:
                    said = f"the provider {name!r} has the folder of {other!r}; give it its own."
                    self._fault(value, said)
        return found

    def _provider(self, name: str, marked: Marked) -> StorageProvider | None:
        before = len(self.faults)
        if not _PROVIDER_NAME.fullmatch(name):
            said = f"{name!r} cannot be a provider's name: use a-z, 0-9, - and _, at most 32."
            self._fault(marked, said)
        values = self._mapping(marked, None, f"the provider {name!r}")
        if "type" not in values:
            if len(self.faults) == before:
                self._fault(marked, f"the provider {name!r} needs a `type`, one of {_TYPES}.")
            return None
        text = self._text(values, "type")
        if text is None:
            return None
        if text not in list(StorageKind):
            said = f"{text!r} is no type of storage.{suggestion(text, StorageKind)}"
            self._fault(values["type"], said)
            return None
        kind = StorageKind(text)
        options = self._options(name, kind, marked, values)
        path = self._path(values) if kind is StorageKind.LOCAL else None
        if len(self.faults) > before:
            return None
        return StorageProvider(name=name, kind=kind, path=path, options=options)

    def _options(
        self, name: str, kind: StorageKind, marked: Marked, values: Mapping[str, Marked]
    ) -> Mapping[str, str]:
        """The keys of a kind, checked; flags as `true` and `false`, files as absolute paths."""
        form = KINDS[kind]
        known = ("type", *form.keys)
        for key, value in values.items():
            if key not in known:
                said = f"`type: {kind}` has no key {key!r}.{suggestion(key, known)}"
                self._fault(value, said)
        for key in form.required:
            if key not in values:
                self._fault(marked, f"the provider {name!r} needs `{key}`.")
        for group in form.together:
            there = [key for key in group if key in values]
            if there and len(there) < len(group):
                lacking = ", ".join(f"`{key}`" for key in group if key not in values)
                self._fault(values[there[0]], f"`{there[0]}` goes with {lacking}; add it.")
        for group in form.apart:
            there = [key for key in group if key in values]
            if len(there) > 1:
                self._fault(values[there[1]], f"`{there[0]}` and `{there[1]}`: give one of them.")
        found: dict[str, str] = {}
        for key, needs in form.keys.items():
            if key in values and key != "path":
                told = self._option(values, key, needs)
                if told is not None:
                    found[key] = told
        return found

    def _option(self, values: Mapping[str, Marked], key: str, needs: Needs) -> str | None:
        if needs is Needs.FLAG:
            flag = self._plain(values[key])
            if isinstance(flag, bool):
                return str(flag).lower()
            self._fault(values[key], f"`{key}` must be true or false.")
            return None
        text = self._text(values, key)
        if text is None:
            return None
        if needs is Needs.URL and not text.startswith(("https://", "http://")):
            self._fault(values[key], f"`{key}` must be {needs}.")
        if needs is Needs.FILE:
            file = self._folder / text
            if not file.is_file():
                self._fault(values[key], f"`{key}`: there is no such file; correct the path.")
            return str(file)
        return text.rstrip("/") if needs is Needs.URL else text

    def _rules(
        self, marked: Marked | None, providers: Mapping[str, StorageProvider | None]
    ) -> tuple[Rule, ...]:
        if marked is None:
            return ()
        if not marked.is_list:
            self._fault(marked, "`routing_rules` must be a list of rules, each with `provider`.")
            return ()
        found: list[Rule] = []
        entries = list(marked.entries())
        if not entries:
            self._fault(marked, "`routing_rules` holds no rule; leave it out.")
        for place, entry in enumerate(entries, start=1):
            rule = self._rule(entry, providers)
            if rule is None:
                continue
            found.append(rule)
            if rule == Rule(provider=rule.provider) and place < len(entries):
                self._fault(entries[place], "the rule before this one fits every file; move it up.")
                break
        return tuple(found)

    def _rule(self, marked: Marked, providers: Mapping[str, StorageProvider | None]) -> Rule | None:
        before = len(self.faults)
        values = self._mapping(marked, _RULE_KEYS, "a rule")
        if "provider" not in values:
            if len(self.faults) == before:
                self._fault(marked, "a rule needs a `provider`.")
            return None
        provider = self._text(values, "provider")
        if provider is not None and provider not in providers:
            said = f"there is no provider {provider!r}.{suggestion(provider, providers)}"
            self._fault(values["provider"], said)
        condition = values.get("condition")
        parts = {} if condition is None else self._mapping(condition, _CONDITIONS, "`condition`")
        types = self._words(parts, "artifact_type")
        for word in types:
            if word not in PRODUCED:
                said = f"{word!r} is no type of artifact.{suggestion(word, PRODUCED)}"
                self._fault(parts["artifact_type"], said)
        tenants, boards = self._ids(parts, "tenant"), self._ids(parts, "board")
        rule = Rule(
            provider=provider or "",
            artifact_types=frozenset(ArtifactType(word) for word in types if word in PRODUCED),
            size_gt=self._bytes(parts, "size_gt"),
            size_lte=self._bytes(parts, "size_lte"),
            tenants=tenants,
            boards=boards,
            generators=tuple(self._words(parts, "generator")),
        )
        return rule if len(self.faults) == before else None

    def _words(self, values: Mapping[str, Marked], key: str) -> list[str]:
        """One text or a list of them."""
        if key not in values:
            return []
        marked = values[key]
        entries = list(marked.entries()) if marked.is_list else [marked]
        if not entries:
            self._fault(marked, f"`{key}` fits nothing; leave it out, or name something.")
        return [word for each in entries if (word := self._text({key: each}, key))]

    def _ids(self, values: Mapping[str, Marked], key: str) -> frozenset[UUID]:
        found = set()
        for word in self._words(values, key):
            try:
                found.add(UUID(word))
            except ValueError:
                self._fault(values[key], f"`{key}` is told by its id, a UUID, not by {word!r}.")
        return frozenset(found)

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
        """A number of bytes, or a text such as 100MB (a million each) or 100MiB."""
        if key not in values:
            return None
        value = self._plain(values[key])
        if isinstance(value, str):
            text = self._text(values, key)
            if text is None:
                return None
            value = read_size(text)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        said = f"`{key}` must be a number of bytes, 1 or more, or a size such as 100MB or 2GiB."
        self._fault(values[key], said)
        return None

    def _hours(self, values: Mapping[str, Marked], key: str, otherwise: int) -> int:
        if key not in values:
            return otherwise
        value = self._plain(values[key])
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 24 * 365:
            return value
        self._fault(values[key], f"`{key}` must be a whole number of hours, 1 to 8760.")
        return otherwise

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
