"""The second wall: PostgreSQL itself shows and takes only rows of the transaction's tenant.

The first is the door, which puts the tenant into each statement. Should one ever get around it, it
finds nothing. Each transaction says whose it is by the setting `boards.tenant_id`: a tenant's id,
or `*` for the server's own work; where nothing is said, nothing is there.
"""

from collections.abc import Iterable

from alembic import op

__all__ = ["protect", "unprotect"]

POLICY = "of_the_tenant"
# In subqueries, so that each is worked out once for a statement and not for each row.
_SAID = "(SELECT current_setting('boards.tenant_id', true))"
_TENANT = "(SELECT nullif(nullif(current_setting('boards.tenant_id', true), ''), '*')::uuid)"


def protect(tables: Iterable[str]) -> None:
    """Put the wall around tables that have a `tenant_id`. SQLite has no such thing."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in tables:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        # For the owner of the tables as well, as which the server mostly comes.
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        condition = f"{_SAID} = '*' OR tenant_id = {_TENANT}"
        op.execute(
            f"CREATE POLICY {POLICY} ON {table} USING ({condition}) WITH CHECK ({condition})"
        )


def unprotect(tables: Iterable[str]) -> None:
    """Take the wall away."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in tables:
        op.execute(f"DROP POLICY {POLICY} ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
