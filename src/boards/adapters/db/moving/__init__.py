"""Copies all tables from one database to another, of either kind."""

from boards.adapters.db.moving.copying import Copied, copy_tables, open_side
from boards.adapters.db.moving.moves import move
from boards.adapters.db.moving.snapshots import snapshot

__all__ = ["Copied", "copy_tables", "move", "open_side", "snapshot"]
