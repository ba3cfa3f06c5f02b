"""Copies all tables from one database to another, of either kind."""

from boards.adapters.db.moving.copying import Copied, Progress, copy_tables, open_side
from boards.adapters.db.moving.moves import move, require_empty
from boards.adapters.db.moving.snapshots import snapshot, used_files

__all__ = [
    "Copied",
    "Progress",
    "copy_tables",
    "move",
    "open_side",
    "require_empty",
    "snapshot",
    "used_files",
]
