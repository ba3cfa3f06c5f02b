"""Finds the class or entry point that names a generator, and makes an instance of it.

Everything here raises ConfigError, with a message that fits behind the place in the file.
"""

import copy
import importlib
import inspect
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points

from boards.errors import ConfigError
from boards.generators.base import BaseGenerator
from boards.generators.nearest import suggestion

__all__ = [
    "GROUP",
    "find_class",
    "find_entry_point",
    "import_module",
    "load_entry_point",
    "make",
    "package_of",
    "renamed",
]

GROUP = "boards.generators"
"""The group of entry points in which packages name their generators."""


def import_module(module: str) -> object:
    """Import a module; whatever its own code raises becomes a ConfigError."""
    try:
        return importlib.import_module(module)
    except Exception as error:
        is_missing = isinstance(error, ModuleNotFoundError)
        hint = "; install the package that has it, or correct the name." if is_missing else "."
        raise ConfigError(
            f"{module!r} cannot be imported: {type(error).__name__}: {error}{hint}"
        ) from error


def find_class(target: str) -> type:
    """Find the class of `package.module:Class` or `package.module.Class`."""
    module, _, path = target.partition(":") if ":" in target else target.rpartition(".")
    if not module or not path:
        raise ConfigError(f"{target!r} names no class; write `package.module:Class`.")
    found = import_module(module)
    for part in path.split("."):
        if not hasattr(found, part):
            held = getattr(found, "__dict__", {})
            names = [name for name, each in held.items() if isinstance(each, type)]
            raise ConfigError(f"{module!r} has no class {path!r}.{suggestion(part, names)}")
        found = getattr(found, part)
    if not isinstance(found, type):
        raise ConfigError(f"{target!r} is no class but {found!r:.80}.")
    return found


def find_entry_point(name: str) -> EntryPoint:
    """Find the one installed entry point of this name in the group."""
    points = entry_points(group=GROUP)
    named = [point for point in points if point.name == name]
    if not named:
        raise ConfigError(
            f"no installed package has the entry point {name!r} in the group {GROUP!r}."
            f"{suggestion(name, sorted({point.name for point in points}))}"
        )
    if len(named) > 1:
        packages = " and ".join(sorted(map(package_of, named)))
        raise ConfigError(
            f"{packages} both have the entry point {name!r}; "
            "list the one you mean with `class: package.module:Class`."
        )
    return named[0]


def load_entry_point(point: EntryPoint) -> object:
    """Import what the entry point names: a generator class, or an instance."""
    try:
        return point.load()
    except Exception as error:
        raise ConfigError(
            f"the entry point {point.name!r} of {package_of(point)} cannot be loaded: "
            f"{type(error).__name__}: {error}."
        ) from error


def make(found: object, options: Mapping[str, object]) -> BaseGenerator:
    """Make an instance of a class with the options; an instance is taken as it is."""
    if isinstance(found, BaseGenerator):
        if options:
            raise ConfigError(f"{found!r} is an instance already; `options` need a class.")
        return found
    if not (isinstance(found, type) and issubclass(found, BaseGenerator)):
        raise ConfigError(f"{found!r:.80} is no generator; derive it from BaseGenerator.")
    if missing := sorted(getattr(found, "__abstractmethods__", ())):
        raise ConfigError(f"{found.__qualname__} lacks the methods {', '.join(missing)}.")
    _check_options(found, options)
    try:
        return found(**options)
    except Exception as error:
        raise ConfigError(
            f"{found.__qualname__} cannot be made: {type(error).__name__}: {error}."
        ) from error


def _check_options(kind: type[BaseGenerator], options: Mapping[str, object]) -> None:
    parameters = inspect.signature(kind).parameters.values()
    if not any(p.kind is p.VAR_KEYWORD for p in parameters):
        named = [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
        for option in options:
            if option not in named:
                takes = suggestion(option, named) if named else " It takes none."
                raise ConfigError(f"{kind.__qualname__} takes no option {option!r}.{takes}")
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    for parameter in parameters:
        is_needed = parameter.default is parameter.empty and parameter.kind not in variable
        if is_needed and parameter.name not in options:
            raise ConfigError(f"{kind.__qualname__} needs the option {parameter.name!r}.")


def renamed(generator: BaseGenerator, name: str, *, is_shared: bool) -> BaseGenerator:
    """Give this one instance another name; the class, and an instance of others', keep theirs."""
    own = copy.copy(generator) if is_shared else generator
    try:
        own.name = name
    except AttributeError as error:
        raise ConfigError(f"the name of {generator!r} cannot be set: {error}.") from error
    return own


def package_of(point: EntryPoint) -> str:
    """Name the installed package and its version, for messages."""
    return f"{point.dist.name} {point.dist.version}" if point.dist else "an unknown package"
