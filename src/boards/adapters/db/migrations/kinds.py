"""The column types that migrations name, as the databases have them.

A migration must mean the same for ever, so these do not follow `columns`: a new meaning gets a new
name.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

__all__ = ["ID", "INSTANT", "JSON", "SERIAL", "USD"]

ID: TypeEngine[Any] = sa.LargeBinary().with_variant(sa.UUID(), "postgresql")
INSTANT: TypeEngine[Any] = sa.BigInteger().with_variant(
    postgresql.TIMESTAMP(timezone=True), "postgresql"
)
JSON: TypeEngine[Any] = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SERIAL: TypeEngine[Any] = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
USD: TypeEngine[Any] = sa.BigInteger()
