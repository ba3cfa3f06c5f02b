"""Fills the registry at start: from generators.yaml, or without a file with the built-ins.

Rules:
- Entries are loaded in the order of the file, which is the order in which they are listed.
- `class` makes an instance with the entry's `options`; `entrypoint` does the same with what an
  installed package names in the group `boards.generators`; `import` takes every generator that
  the module registers in `boards.generators.registry.registry`; `catalog` takes a declared model
  by its name, or all of a provider; `fal` and `replicate` take any model of theirs that was added.
- Only listed generators are loaded. What the module of a `class` or `entrypoint` registers by the
  way is left out and reported. With `allow_unlisted: true` it is loaded, and so are the built-ins,
  the catalogue and every installed entry point, but for those that the file lists (also as
  disabled).
- `strict_mode: true`: any fault stops the start with one ConfigError that lists all of them, each
  with file and line, and nothing stays registered. `false`: faulty entries are left out, and the
  faults are warnings.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from boards.errors import ConfigError
from boards.generators.base import BaseGenerator
from boards.generators.instances import (
    GROUP,
    find_class,
    find_entry_point,
    import_module,
    load_entry_point,
    make,
    package_of,
    renamed,
)
from boards.generators.listing import ANY_MODEL, Entry, Kind, Listing, read_listing
from boards.generators.nearest import suggestion
from boards.generators.registry import GeneratorRegistry
from boards.generators.registry import registry as shared

if TYPE_CHECKING:
    from boards.generators.declared import DeclaredGenerator

__all__ = ["LoadReport", "Loaded", "OwnGenerators", "load"]


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """One generator that was loaded; `source` says where it came from."""

    name: str
    source: str


@dataclass(frozen=True, kw_only=True)
class OwnGenerators:
    """The models that were added to the catalogue here; `faults` name files and lines."""

    generators: Sequence["DeclaredGenerator"] = ()
    faults: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class LoadReport:
    """What a load did. `disabled` and `warnings` name file and line."""

    loaded: tuple[Loaded, ...]
    disabled: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def load(
    registry: GeneratorRegistry,
    path: Path | None,
    built_in: Sequence[str],
    declared: Callable[[], Sequence["DeclaredGenerator"]] = tuple,
    own: Callable[[], OwnGenerators] = OwnGenerators,
) -> LoadReport:
    """Load what the file lists; without a file (None), the built-ins and the catalogue.

    `built_in` names classes, `package.module:Class`; `declared` makes the generators of the
    catalogue and `own` those that were added here; each is called when one is wanted. ConfigError
    as described above.
    """
    listing = Listing(entries=(), allow_unlisted=True) if path is None else read_listing(path)
    loading = _Loading(registry, listing, declared, own)
    loading.load_listed()
    if listing.allow_unlisted:
        for target in built_in:
            loading.load_built_in(target)
        loading.load_declared()
        loading.load_own()
    if listing.allow_unlisted and path is not None:
        loading.load_installed()
    loading.load_left_over()
    if loading.faults and listing.strict_mode:
        loading.undo()
        raise ConfigError("The generators could not be loaded:", faults=tuple(loading.faults))
    return LoadReport(
        loaded=tuple(loading.loaded),
        disabled=tuple(f"{e.where}: {e.kind} {e.target}" for e in listing.entries if not e.enabled),
        warnings=(*loading.faults, *loading.notices),
    )


@dataclass(frozen=True, kw_only=True)
class _Registration:
    generator: BaseGenerator
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _LeftOver:
    """What the module of a listed or installed generator registered by the way."""

    registration: _Registration
    where: str
    target: str


# A module is executed once per process: a later load must still know what it registered.
_registered_by: dict[str, list[_Registration]] = {}
_registered_by_the_way: list[_Registration] = []


class _Loading:
    """One load under way."""

    def __init__(
        self,
        registry: GeneratorRegistry,
        listing: Listing,
        declared: Callable[[], Sequence["DeclaredGenerator"]],
        own: Callable[[], OwnGenerators],
    ) -> None:
        self._registry = registry
        self._listing = listing
        self._make_declared = declared
        self._make_own = own
        self.faults = list(listing.faults)
        self.notices: list[str] = []
        self.loaded: list[Loaded] = []
        self._added: list[str] = []
        self._by_the_way: list[_LeftOver] = []
        self._classes: set[type] = set()

    def load_listed(self) -> None:
        """Load the entries; `import` first, so that what those register is theirs."""
        enabled = [entry for entry in self._listing.entries if entry.enabled]
        found: dict[int, list[_Registration]] = {}
        for n in sorted(range(len(enabled)), key=lambda n: enabled[n].kind is not Kind.IMPORT):
            with self._reporting(enabled[n].where):
                found[n] = self._find(enabled[n])
        for n, entry in enumerate(enabled):
            for registration in found.get(n, []):
                with self._reporting(entry.where):
                    self._add(registration, f"{entry.kind} {entry.target} ({entry.where})")

    def load_built_in(self, target: str) -> None:
        """Load a built-in unless the file lists it."""
        if self._is_listed(Kind.CLASS, target):
            return
        with self._reporting(f"built-in {target}"):
            kind = find_class(target)
            if kind not in self._classes:
                self._add(_Registration(generator=make(kind, {})), "built in")

    def load_declared(self) -> None:
        """Load the models of the catalogue that the file does not list."""
        for generator in self._declared:
            if self._is_listed(Kind.CATALOG, generator.name) or self._is_listed(
                Kind.CATALOG, generator.provider
            ):
                continue
            with self._reporting(f"catalogue {generator.name}"):
                self._add(
                    _Registration(generator=generator, aliases=generator.aliases), "catalogue"
                )

    def load_own(self) -> None:
        """Load the models that were added here and that the file does not list."""
        for generator in self._own:
            is_listed = self._is_listed(Kind.CATALOG, generator.name) or any(
                _is_model(generator, entry) for entry in self._listing.entries
            )
            if is_listed:
                continue
            with self._reporting(f"added {generator.name}"):
                self._add(
                    _Registration(generator=generator, aliases=generator.aliases), "added here"
                )

    @cached_property
    def _declared(self) -> Sequence["DeclaredGenerator"]:
        return self._make_declared()

    @cached_property
    def _own(self) -> Sequence["DeclaredGenerator"]:
        own = self._make_own()
        self.faults += own.faults
        return own.generators

    def load_installed(self) -> None:
        """Load every installed entry point that the file does not list."""
        for point in entry_points(group=GROUP):
            if self._is_listed(Kind.ENTRYPOINT, point.name) or self._is_listed(
                Kind.CLASS, point.value
            ):
                continue
            source = f"entry point {point.name} of {package_of(point)}"
            with self._reporting(f"{self._listing.allow_unlisted_where}: {source}"):
                with self._keeping_aside(self._listing.allow_unlisted_where, point.value):
                    found = load_entry_point(point)
                kind = found if isinstance(found, type) else type(found)
                if kind not in self._classes:
                    self._add(_Registration(generator=make(found, {})), source)

    def load_left_over(self) -> None:
        """Load or report what modules registered by the way."""
        for each in self._by_the_way:
            name = each.registration.generator.name
            if name in self._registry:
                continue  # a module that registers the very class that is listed
            if self._listing.allow_unlisted:
                with self._reporting(each.where):
                    self._add(each.registration, f"registered by the module of {each.target}")
            else:
                self.notices.append(
                    f"{each.where}: the module of {each.target!r} also registers {name!r}, "
                    "which is not listed; it is left out. List it, or set `allow_unlisted: true`."
                )

    def undo(self) -> None:
        """Take back what this load has registered."""
        for name in self._added:
            self._registry.unregister(name)

    def _find(self, entry: Entry) -> list[_Registration]:
        if entry.kind is Kind.IMPORT:
            return _import_all(entry.target)
        if entry.kind is Kind.CATALOG:
            return self._find_declared(entry)
        if entry.kind in ANY_MODEL:
            return self._find_model(entry)
        with self._keeping_aside(entry.where, entry.target):
            if entry.kind is Kind.CLASS:
                found: object = find_class(entry.target)
            else:
                found = load_entry_point(find_entry_point(entry.target))
        self._classes.add(found if isinstance(found, type) else type(found))
        generator = make(found, entry.options)
        if entry.name is not None:
            generator = renamed(generator, entry.name, is_shared=generator is found)
        return [_Registration(generator=generator, aliases=entry.aliases)]

    def _find_declared(self, entry: Entry) -> list[_Registration]:
        found = [each for each in self._declared if entry.target in (each.name, each.provider)]
        if not found:
            found = [each for each in self._own if entry.target == each.name]
        if not found:
            known = [name for each in self._declared for name in (each.name, each.provider)]
            raise ConfigError(
                f"there is no declared model {entry.target!r}."
                f"{suggestion(entry.target, list(dict.fromkeys(known)))}"
            )
        if entry.name is None:
            more = entry.aliases if len(found) == 1 else ()
            return [_Registration(generator=each, aliases=(*each.aliases, *more)) for each in found]
        if len(found) > 1:
            raise ConfigError(f"{entry.target!r} is {len(found)} models; `name` goes with one.")
        generator = renamed(found[0], entry.name, is_shared=True)
        return [_Registration(generator=generator, aliases=entry.aliases)]

    def _find_model(self, entry: Entry) -> list[_Registration]:
        """Find the model of a provider that an entry names: one that was added, or a shipped one.

        Nothing is fetched here, because a start must not need the network.
        """
        added = [each for each in self._own if _is_model(each, entry)]
        found = added or [each for each in self._declared if _is_model(each, entry)]
        if not found:
            raise ConfigError(
                f"the model {entry.target!r} of {entry.kind} has not been added; run "
                f"`boards catalog add {entry.kind}:{entry.target}` once, with the network."
            )
        # Of several by the same name there, an entry without a name means one that no other does.
        named = {each.name for each in self._listing.entries if each.kind in ANY_MODEL}
        others = [each for each in found if each.name not in named] or found
        model = next((each for each in found if each.name == entry.name), others[0])
        if entry.name in (None, model.name):
            return [_Registration(generator=model, aliases=(*model.aliases, *entry.aliases))]
        generator = renamed(model, str(entry.name), is_shared=True)
        return [_Registration(generator=generator, aliases=entry.aliases)]

    def _add(self, registration: _Registration, source: str) -> None:
        name = registration.generator.name
        if self._registry.get(name) is not registration.generator:
            try:
                self._registry.register(registration.generator, aliases=registration.aliases)
            except ValueError as error:
                raise ConfigError(str(error)) from error
            self._added.append(name)
        self.loaded.append(Loaded(name=name, source=source))

    def _is_listed(self, kind: Kind, target: str) -> bool:
        return any(
            entry.kind is kind and _dotted(entry.target) == _dotted(target)
            for entry in self._listing.entries
        )

    @contextmanager
    def _keeping_aside(self, where: str, target: str) -> Iterator[None]:
        with _catching() as caught:
            yield
        _registered_by_the_way.extend(caught)
        self._by_the_way += [
            _LeftOver(registration=each, where=where, target=target) for each in caught
        ]

    @contextmanager
    def _reporting(self, where: str) -> Iterator[None]:
        try:
            yield
        except ConfigError as error:
            self.faults.append(f"{where}: {error.message}")


@contextmanager
def _catching() -> Iterator[list[_Registration]]:
    """Take out of the shared registry what is registered meanwhile, for the loader to decide."""
    before = set(shared.list_names())
    caught: list[_Registration] = []
    try:
        yield caught
    finally:
        for generator in shared.list_all():
            if generator.name not in before:
                caught.append(_registration(generator))
                shared.unregister(generator.name)


def _registration(generator: BaseGenerator) -> _Registration:
    return _Registration(generator=generator, aliases=tuple(shared.aliases_of(generator.name)))


def _import_all(module: str) -> list[_Registration]:
    if module in sys.modules:
        return _registered_by.get(module) or _registered_in(module)
    with _catching() as caught:
        import_module(module)
    if not caught:
        raise ConfigError(
            f"importing {module!r} registers no generator; "
            "call `registry.register(MyGenerator())` in it, or list the class with `class`."
        )
    _registered_by[module] = caught
    return caught


def _registered_in(module: str) -> list[_Registration]:
    """Find what a module has registered that was imported by somebody else before."""
    others = [each for caught in _registered_by.values() for each in caught]
    known = [*others, *_registered_by_the_way, *map(_registration, shared.list_all())]
    return [
        each for each in known if f"{type(each.generator).__module__}.".startswith(f"{module}.")
    ]


def _is_model(generator: "DeclaredGenerator", entry: Entry) -> bool:
    """Whether an entry names this model of its provider; a version is no part of the name."""
    endpoint = generator.declaration.endpoint.partition(":")[0]
    return entry.kind in ANY_MODEL and (generator.provider, endpoint) == (entry.kind, entry.target)


def _dotted(target: str) -> str:
    return target.replace(":", ".")
