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

__all__ = ["App", "Role", "asgi", "has_workers", "open_app", "open_catalog", "upgrade_database"]
