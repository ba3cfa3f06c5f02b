"""Run by Alembic for every command; `migrate` hands the open connection in."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from boards.adapters.db.columns import Id, Instant, Json, Serial, Usd
from boards.adapters.db.tables import Base

_KINDS = "from boards.adapters.db.migrations.kinds import {}"


def _kind(value: object) -> str | None:
    if isinstance(value, (Id, Instant, Usd)):
        return type(value).__name__.upper()
    if value is Json:
        return "JSON"
    return "SERIAL" if value is Serial else None


def _rendered(kind: str, value: object, autogen: AutogenContext) -> str | Literal[False]:
    name = _kind(value) if kind == "type" else None
    if name is None:
        return False
    autogen.imports.add(_KINDS.format(name))
    return name


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite cannot alter a column: Alembic copies the table into a new one.
    render_as_batch=True,
    compare_type=True,
    render_item=_rendered,
)

with context.begin_transaction():
    context.run_migrations()
