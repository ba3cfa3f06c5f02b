"""Composes Boards once: settings in, services out. Nothing else wires parts together."""

from boards.bootstrap.app import (
    App,
    Role,
    asgi,
    has_workers,
    open_app,
    open_catalog,
    upgrade_database,
)
from boards.bootstrap.people import SetUp, open_setup

__all__ = [
    "App",
    "Role",
    "SetUp",
    "asgi",
    "has_workers",
    "open_app",
    "open_catalog",
    "open_setup",
    "upgrade_database",
]
