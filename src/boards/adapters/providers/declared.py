"""Brings declarations and transports together: every model of the catalogue as a generator."""

from collections.abc import Callable
from importlib import import_module
from typing import cast

from boards.adapters.providers import PROVIDERS
from boards.adapters.providers.wire import Connection
from boards.catalog import load_declarations
from boards.errors import ConfigError
from boards.generators.declared import DeclaredGenerator, Transport

__all__ = ["declared_generators", "make_transport"]


def declared_generators(connect: Callable[[str], Connection]) -> list[DeclaredGenerator]:
    """Make a generator of each model in the catalogue.

    `connect` gives the connection of a provider; it is asked once for each that has models.
    ConfigError when the catalogue has faults.
    """
    transports: dict[str, Transport] = {}
    elsewhere: set[str] = set()
    found: list[DeclaredGenerator] = []
    for declaration in load_declarations():
        provider = declaration.provider
        if provider not in transports:
            connection = connect(provider)
            transports[provider] = make_transport(provider, connection)
            if connection.base_url != PROVIDERS[provider].base_url:
                elsewhere.add(provider)
        found.append(
            DeclaredGenerator(declaration, transports[provider], elsewhere=provider in elsewhere)
        )
    return found


def make_transport(provider: str, connection: Connection) -> Transport:
    """Make the transport of a provider. ConfigError when there is none of this name."""
    row = PROVIDERS.get(provider)
    if row is None:
        known = ", ".join(PROVIDERS)
        raise ConfigError(f"There is no provider {provider!r}; there are {known}.")
    module, _, name = row.transport.partition(":")
    made = getattr(import_module(module), name)(connection)
    return cast(Transport, made)
