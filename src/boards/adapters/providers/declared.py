"""Brings declarations and transports together: every model of the catalogue as a generator."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import cast

from boards.adapters.providers import PROVIDERS
from boards.adapters.providers.wire import Connection
from boards.catalog import load_declarations
from boards.catalog.own import read_own
from boards.errors import ConfigError
from boards.generators.declared import Declaration, DeclaredGenerator, Transport
from boards.generators.loader import OwnGenerators

__all__ = ["Transports", "declared_generators", "make_transport", "own_generators"]


class Transports:
    """The transports of one composition: one for each provider, whichever models need it.

    `connect` gives the connection of a provider; it is asked once for each that has models.
    """

    def __init__(self, connect: Callable[[str], Connection]) -> None:
        self._connect = connect
        self._made: dict[str, Transport] = {}
        self._elsewhere: set[str] = set()

    def generator(self, declaration: Declaration) -> DeclaredGenerator:
        """Make the generator of a model. ConfigError when there is no such provider."""
        provider = declaration.provider
        if provider not in self._made:
            if provider not in PROVIDERS:
                raise _unknown(provider)
            connection = self._connect(provider)
            self._made[provider] = make_transport(provider, connection)
            if connection.base_url != PROVIDERS[provider].base_url:
                self._elsewhere.add(provider)
        return DeclaredGenerator(
            declaration, self._made[provider], elsewhere=provider in self._elsewhere
        )


def declared_generators(transports: Transports) -> list[DeclaredGenerator]:
    """Make a generator of each model that comes with Boards. ConfigError when the catalogue has
    faults."""
    return [transports.generator(declaration) for declaration in load_declarations()]


def own_generators(folder: Path, transports: Transports) -> OwnGenerators:
    """Make a generator of each model that was added in this folder."""
    own = read_own(folder)
    faults = list(own.faults)
    found: list[DeclaredGenerator] = []
    for model in own.models:
        try:
            found.append(transports.generator(model.declaration))
        except ConfigError as error:
            faults.append(f"{model.path}: {error.message}")
    return OwnGenerators(generators=tuple(found), faults=tuple(faults))


def make_transport(provider: str, connection: Connection) -> Transport:
    """Make the transport of a provider. ConfigError when there is none of this name."""
    row = PROVIDERS.get(provider)
    if row is None:
        raise _unknown(provider)
    module, _, name = row.transport.partition(":")
    made = getattr(import_module(module), name)(connection)
    return cast(Transport, made)


def _unknown(provider: str) -> ConfigError:
    known = ", ".join(PROVIDERS)
    return ConfigError(f"There is no provider {provider!r}; there are {known}.")
