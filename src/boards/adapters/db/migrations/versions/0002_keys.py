"""Provider keys and pauses.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

from boards.adapters.db.migrations.kinds import ID, INSTANT

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_CURRENT = sa.column("replaced_at").is_(None)
_ADMITTED = sa.column("admitted_at").is_not(None)


def upgrade() -> None:
    op.create_table(
        "provider_keys",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("secret_id", sa.String(), nullable=False),
        sa.Column("ending", sa.String(), nullable=False),
        sa.Column("set_by", ID, nullable=True),
        sa.Column("set_at", INSTANT, nullable=False),
        sa.Column("replaced_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_provider_keys_tenant_id"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "set_by"],
            ["users.tenant_id", "users.id"],
            name="fk_provider_keys_tenant_id_set_by",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_provider_keys"),
        sa.UniqueConstraint("tenant_id", "id", name="uq_provider_keys_tenant_id_id"),
    )
    op.create_index(
        "uq_provider_keys_current",
        "provider_keys",
        ["tenant_id", "provider"],
        unique=True,
        sqlite_where=_CURRENT,
        postgresql_where=_CURRENT,
    )
    op.create_table(
        "provider_states",
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=True),
        sa.Column("paused_at", INSTANT, nullable=True),
        sa.Column("paused_by", ID, nullable=True),
        sa.Column("recent", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("provider", name="pk_provider_states"),
    )
    op.add_column("generations", sa.Column("key_id", ID, nullable=True))
    _index_admitted("provider", "tenant_id", "admitted_at", "needs_attention")


def downgrade() -> None:
    _index_admitted("provider", "tenant_id", "admitted_at")
    op.drop_column("generations", "key_id")
    op.drop_table("provider_states")
    op.drop_table("provider_keys")


def _index_admitted(*columns: str) -> None:
    op.drop_index("ix_generations_admitted", "generations")
    op.create_index(
        "ix_generations_admitted",
        "generations",
        list(columns),
        sqlite_where=_ADMITTED,
        postgresql_where=_ADMITTED,
    )
