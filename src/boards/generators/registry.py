"""The registry: every generator that can be run, by its name."""

from collections.abc import Iterable

from boards.domain.artifacts import PRODUCED
from boards.generators.base import BaseGenerator

__all__ = ["GeneratorRegistry", "registry"]


class GeneratorRegistry:
    """Holds generator instances by name, in the order in which they were registered.

    An alias is a further name under which a generator is found, such as the one it had before; it
    is neither listed nor counted.
    """

    def __init__(self) -> None:
        self._generators: dict[str, BaseGenerator] = {}
        self._aliases: dict[str, str] = {}

    def register(self, generator: BaseGenerator, aliases: Iterable[str] = ()) -> None:
        """Register a generator instance.

        ValueError when it lacks a name, a description or one of the five artifact types, or when
        its name or an alias is taken; then nothing is registered.
        """
        _check(generator)
        others = tuple(dict.fromkeys(aliases))
        if isinstance(aliases, str) or not all(_is_filled(alias) for alias in others):
            raise ValueError(f"The aliases of {generator!r} must be a list of names.")
        for name in (generator.name, *others):
            if name in self:
                raise ValueError(
                    f"The name {name!r} is taken: {self._describe(name)}, so "
                    f"{_described(generator)} cannot have it. Give one of them another `name`."
                )
        if generator.name in others:
            raise ValueError(f"{generator.name!r} is the name and an alias of {generator!r}.")
        self._generators[generator.name] = generator
        self._aliases.update(dict.fromkeys(others, generator.name))

    def get(self, name: str) -> BaseGenerator | None:
        """Get generator by name or alias, returns None if not found."""
        return self._generators.get(self._aliases.get(name, name))

    def list_all(self) -> list[BaseGenerator]:
        """Return all registered generators."""
        return list(self._generators.values())

    def list_by_artifact_type(self, artifact_type: str) -> list[BaseGenerator]:
        """Return generators that produce the specified artifact type."""
        return [g for g in self._generators.values() if g.artifact_type == artifact_type]

    def list_names(self) -> list[str]:
        """Return list of all registered generator names."""
        return list(self._generators)

    def aliases_of(self, name: str) -> list[str]:
        """Return the aliases of the generator with this name."""
        return [alias for alias, target in self._aliases.items() if target == name]

    def unregister(self, name: str) -> bool:
        """Remove generator by name, and its aliases. Returns True if found and removed."""
        if self._generators.pop(name, None) is None:
            return False
        for alias in self.aliases_of(name):
            del self._aliases[alias]
        return True

    def clear(self) -> None:
        """Remove all registered generators."""
        self._generators.clear()
        self._aliases.clear()

    def __contains__(self, name: object) -> bool:
        """Check if generator with name or alias is registered."""
        return name in self._generators or name in self._aliases

    def __len__(self) -> int:
        """Return number of registered generators."""
        return len(self._generators)

    def __repr__(self) -> str:
        return f"<GeneratorRegistry of {len(self)}>"

    def _describe(self, name: str) -> str:
        holder = self._generators[self._aliases.get(name, name)]
        what = "an alias" if name in self._aliases else "the name"
        return f"it is {what} of {_described(holder)}"


def _is_filled(text: object) -> bool:
    return isinstance(text, str) and bool(text.strip()) and text == text.strip()


def _described(generator: BaseGenerator) -> str:
    kind = type(generator)
    return f"{generator!r} of {kind.__module__}.{kind.__qualname__}"


def _check(generator: object) -> None:
    if isinstance(generator, type):
        raise ValueError(f"Register an instance: `registry.register({generator.__name__}())`.")
    if not isinstance(generator, BaseGenerator):
        raise ValueError(f"{generator!r} is no generator; derive its class from BaseGenerator.")
    if not _is_filled(getattr(generator, "name", None)):
        raise ValueError(
            f"{type(generator).__qualname__} has no name; "
            'set `name = "my-generator"` on the class, without spaces around it.'
        )
    description = getattr(generator, "description", None)
    if not isinstance(description, str) or not description.strip():
        raise ValueError(
            f"Generator {generator.name!r} has no description; "
            'set `description = "..."` on the class: it is what people choose by.'
        )
    artifact_type = getattr(generator, "artifact_type", None)
    if artifact_type not in PRODUCED:
        raise ValueError(
            f"{type(generator).__qualname__} has the artifact_type {artifact_type!r}; "
            f"set one of {', '.join(PRODUCED)}."
        )


registry = GeneratorRegistry()
"""The generators of this process."""
