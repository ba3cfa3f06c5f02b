"""What every table has: column types, names of constraints, and ties that stay in the tenant."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKeyConstraint, MetaData
from sqlalchemy.orm import DeclarativeBase

from boards.adapters.db.columns import Id, Instant, Usd

__all__ = ["Base", "only_where", "within_tenant"]


class Base(DeclarativeBase):
    """The tables; constraints are named by one scheme, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map: ClassVar = {UUID: Id, datetime: Instant, Decimal: Usd}


def within_tenant(column: str, table: str) -> ForeignKeyConstraint:
    """Refer to a row of the same tenant; the database refuses another tenant's."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"])


def only_where(condition: ColumnElement[bool]) -> dict[str, Any]:
    """Make an index partial, on both databases."""
    return {"sqlite_where": condition, "postgresql_where": condition}
