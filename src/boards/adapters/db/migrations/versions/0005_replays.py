"""Idempotency keys, and by what a result is found again.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

from boards.adapters.db.migrations.kinds import ID, INSTANT

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KEPT = sa.text("cache_key IS NOT NULL AND deleted_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("job_id", ID, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name="fk_idempotency_keys_tenant_id_user_id",
        ),
        sa.PrimaryKeyConstraint("user_id", "key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_created", "idempotency_keys", ["created_at"])
    op.add_column("generations", sa.Column("cache_key", sa.String(), nullable=True))
    op.add_column("generations", sa.Column("cached_from", ID, nullable=True))
    op.create_index(
        "ix_generations_cache",
        "generations",
        ["tenant_id", "cache_key", "completed_at"],
        sqlite_where=_KEPT,
        postgresql_where=_KEPT,
    )


def downgrade() -> None:
    op.drop_index("ix_generations_cache", "generations")
    op.drop_column("generations", "cached_from")
    op.drop_column("generations", "cache_key")
    op.drop_table("idempotency_keys")
