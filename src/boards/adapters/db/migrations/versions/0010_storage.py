"""Storage: blobs with their users, tombstones, quotas.

Revision 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

from boards.adapters.db.migrations.kinds import ID, INSTANT
from boards.adapters.db.migrations.walls import protect, unprotect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_LIVING = sa.text("tombstoned_at IS NULL")
_TOMBSTONED = sa.text("tombstoned_at IS NOT NULL")
_TABLES = ("blobs", "blob_uses", "storage_quotas")


def upgrade() -> None:
    op.create_table(
        "blobs",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("tombstoned_at", INSTANT, nullable=True),
        sa.Column("doomed_at", INSTANT, nullable=True),
        sa.Column("same_as", sa.String(), nullable=True),
        sa.CheckConstraint("size >= 0", name="size"),
        sa.CheckConstraint("doomed_at IS NULL OR tombstoned_at IS NOT NULL", name="doomed"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_blobs_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "key", name="pk_blobs"),
    )
    op.create_index(
        "ix_blobs_content",
        "blobs",
        ["tenant_id", "sha256", "size"],
        sqlite_where=_LIVING,
        postgresql_where=_LIVING,
    )
    op.create_index(
        "ix_blobs_tombstoned",
        "blobs",
        ["tombstoned_at"],
        sqlite_where=_TOMBSTONED,
        postgresql_where=_TOMBSTONED,
    )
    op.create_table(
        "blob_uses",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "key"],
            ["blobs.tenant_id", "blobs.key"],
            name="fk_blob_uses_tenant_id_key",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "key", "owner_id", "role", name="pk_blob_uses"),
    )
    op.create_index("ix_blob_uses_owner", "blob_uses", ["tenant_id", "owner_id"])
    op.create_table(
        "storage_quotas",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("max_bytes", sa.BigInteger(), nullable=False),
        sa.Column("set_at", INSTANT, nullable=False),
        sa.CheckConstraint("max_bytes >= 0", name="max_bytes"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_storage_quotas_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_storage_quotas"),
    )
    _take_in()
    protect(_TABLES)


def downgrade() -> None:
    unprotect(_TABLES)
    op.drop_table("storage_quotas")
    op.drop_table("blob_uses")
    op.drop_table("blobs")


def _take_in() -> None:
    """Give the files of the generations that are there their rows."""
    first = (
        "SELECT tenant_id, file_key, MAX(file_sha256), MAX(file_size), MIN(created_at)"
        " FROM generations WHERE file_key IS NOT NULL GROUP BY tenant_id, file_key"
    )
    op.execute(f"INSERT INTO blobs (tenant_id, key, sha256, size, created_at) {first}")
    op.execute(
        "INSERT INTO blob_uses (tenant_id, key, owner_id, role)"
        " SELECT tenant_id, file_key, id, 'file' FROM generations WHERE file_key IS NOT NULL"
    )
    each, key, sha256, size, role = _extras(op.get_bind().dialect.name)
    # Nothing in these texts comes from anywhere but this file.
    op.execute(
        "INSERT INTO blobs (tenant_id, key, sha256, size, created_at)"  # noqa: S608
        f" SELECT g.tenant_id, {key}, MAX({sha256}), MAX({size}), MIN(g.created_at)"
        f" FROM generations g, {each}"
        " WHERE NOT EXISTS (SELECT 1 FROM blobs b"
        f" WHERE b.tenant_id = g.tenant_id AND b.key = {key})"
        f" GROUP BY g.tenant_id, {key}"
    )
    op.execute(
        "INSERT INTO blob_uses (tenant_id, key, owner_id, role)"  # noqa: S608
        f" SELECT g.tenant_id, {key}, g.id, {role} FROM generations g, {each}"
    )


def _extras(dialect: str) -> tuple[str, str, str, str, str]:
    """How each database reads the list of a row's extra files: its items, and their parts."""
    if dialect == "postgresql":
        listed = "CASE WHEN jsonb_typeof(g.extra_files) = 'array' THEN g.extra_files END"
        return (
            f"jsonb_array_elements({listed}) WITH ORDINALITY AS e(value, place)",
            "e.value->>'key'",
            "e.value->>'sha256'",
            "CAST(e.value->>'size' AS BIGINT)",
            "'extra:' || (e.place - 1)",
        )
    parts = (f"json_extract(e.value, '$.{name}')" for name in ("key", "sha256", "size"))
    return "json_each(g.extra_files) e", *parts, "'extra:' || e.key"  # type: ignore[return-value]
