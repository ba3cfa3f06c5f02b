"""Reads generators.yaml: which generators to load, and every fault in saying so.

strict_mode: true        # the default: any fault stops the start
allow_unlisted: false    # the default: only what is listed is loaded
generators:
  - class: my_package.posters:Poster     # or my_package.posters.Poster
    name: poster-large                   # in place of the class's own name
    aliases: [poster]
    options: {size: 2048}                # arguments for the class
  - entrypoint: palette                  # of the group boards.generators
  - catalog: fal-flux-2-pro              # a declared model, or `fal`: all of that provider
  - fal: fal-ai/flux/dev                 # any model of fal, once added by `boards catalog add`
  - replicate: owner/name                # any model of Replicate, in the same way
  - import: my_package.generators        # a module that registers its generators itself
    enabled: false
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from pydantic import JsonValue

from boards.generators.marked_yaml import Marked, read_marked
from boards.generators.nearest import suggestion

__all__ = ["ANY_MODEL", "Entry", "Kind", "Listing", "read_listing"]


class Kind(StrEnum):
    """How an entry says where its generator comes from."""

    IMPORT = "import"
    CLASS = "class"
    ENTRYPOINT = "entrypoint"
    CATALOG = "catalog"
    FAL = "fal"
    REPLICATE = "replicate"


ANY_MODEL = frozenset({Kind.FAL, Kind.REPLICATE})
"""Kinds that are providers, of which any model may be named."""

_SETTINGS = ("strict_mode", "allow_unlisted", "generators")
_KEYS = (*Kind, "enabled", "name", "aliases", "options")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of the list. `where` says where it stands, for messages."""

    kind: Kind
    target: str
    where: str
    enabled: bool = True
    name: str | None = None
    aliases: tuple[str, ...] = ()
    options: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What a file says. `faults` were found in reading; entries with a fault are left out."""

    entries: tuple[Entry, ...]
    strict_mode: bool = True
    allow_unlisted: bool = False
    allow_unlisted_where: str = ""
    faults: tuple[str, ...] = ()


def read_listing(file: Path) -> Listing:
    """Read the file. ConfigError when there is none or it is no YAML; all else are `faults`."""
    root = read_marked(file)
    if root is None:
        return Listing(entries=(), faults=(f"{file}: is empty; list `generators:`.",))
    reader = _Reader()
    if not root.is_mapping:
        return Listing(
            entries=(), faults=(f"{root.where}: the file must hold `generators:` with a list.",)
        )
    settings = reader.read_mapping(root, _SETTINGS)
    strict_mode = reader.read_flag(settings, "strict_mode", default=True)
    allow_unlisted = reader.read_flag(settings, "allow_unlisted", default=False)
    listed = settings.get("generators")
    entries: list[Entry] = []
    if listed is not None and listed.is_list:
        entries = [entry for each in listed.entries() if (entry := reader.read_entry(each))]
    elif listed is not None:
        reader.fault(listed, "`generators` must be a list.")
    elif not allow_unlisted:
        reader.fault(root, "no `generators:` are listed and `allow_unlisted` is not true.")
    return Listing(
        entries=tuple(entries),
        strict_mode=strict_mode,
        allow_unlisted=allow_unlisted,
        allow_unlisted_where=settings["allow_unlisted"].where if allow_unlisted else "",
        faults=tuple(reader.faults),
    )


class _Reader:
    """Reads values and collects the faults."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def fault(self, at: Marked, message: str) -> None:
        self.faults.append(f"{at.where}: {message}")

    def read_mapping(self, marked: Marked, known: Sequence[str]) -> dict[str, Marked]:
        found: dict[str, Marked] = {}
        for key, value in marked.items():
            name = str(key.node.value)
            if name not in known:
                self.fault(key, f"unknown key {name!r}.{suggestion(name, known)}")
            elif name in found:
                self.fault(key, f"{name!r} stands twice; remove one.")
            else:
                found[name] = value
        return found

    def read_flag(self, values: Mapping[str, Marked], key: str, *, default: bool) -> bool:
        if key not in values:
            return default
        value = self._plain(values[key])
        if isinstance(value, bool):
            return value
        self.fault(values[key], f"`{key}` must be true or false, not {value!r}.")
        return default

    def read_entry(self, marked: Marked) -> Entry | None:
        """Read one entry, or None when it has a fault."""
        before = len(self.faults)
        if not marked.is_mapping:
            self.fault(marked, "an entry needs a key, such as `class: package.module:Class`.")
            return None
        values = self.read_mapping(marked, _KEYS)
        kinds = [kind for kind in Kind if kind in values]
        if len(kinds) != 1:
            many = f"has {' and '.join(kinds)}" if kinds else "has none"
            self.fault(marked, f"an entry needs one of {', '.join(Kind)}; this one {many}.")
            return None
        kind = kinds[0]
        entry = Entry(
            kind=kind,
            target=self._text(values, kind) or "",
            where=marked.where,
            enabled=self.read_flag(values, "enabled", default=True),
            name=self._text(values, "name"),
            aliases=self._aliases(values.get("aliases")),
            options=self._options(values.get("options")),
        )
        if kind is Kind.IMPORT:
            for key in ("name", "aliases", "options"):
                if key in values:
                    self.fault(
                        values[key],
                        f"`{key}` goes with class or entrypoint; an imported module registers "
                        "its generators itself.",
                    )
        if kind in (Kind.CATALOG, *ANY_MODEL) and "options" in values:
            self.fault(values["options"], "`options` goes with class or entrypoint.")
        return entry if len(self.faults) == before else None

    def _text(self, values: Mapping[str, Marked], key: str) -> str | None:
        if key not in values:
            return None
        value = self._plain(values[key])
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.fault(values[key], f"`{key}` must be a text, not {value!r}.")
        return None

    def _aliases(self, marked: Marked | None) -> tuple[str, ...]:
        if marked is None:
            return ()
        value = self._plain(marked)
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(str(each) for each in value)
        self.fault(marked, f"`aliases` must be a list of names, not {value!r}.")
        return ()

    def _options(self, marked: Marked | None) -> Mapping[str, JsonValue]:
        if marked is None:
            return {}
        value = self._plain(marked)
        if isinstance(value, dict):
            return value
        self.fault(marked, f"`options` must be a mapping of arguments, not {value!r}.")
        return {}

    def _plain(self, marked: Marked) -> JsonValue:
        try:
            return marked.plain
        except ValueError as error:
            self.fault(marked, str(error))
            return None
