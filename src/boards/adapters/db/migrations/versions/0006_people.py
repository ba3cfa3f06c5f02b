"""How people come in, tenants that wait for approval, and the audit log.

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

from boards.adapters.db.migrations.kinds import ID, INSTANT, JSON, SERIAL

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TO_IDENTITY = "identities.id"
_IS_LOCAL = "provider = 'local'"


def upgrade() -> None:
    op.add_column("tenants", sa.Column("approved_at", INSTANT, nullable=True))
    op.add_column("tenants", sa.Column("deleted_at", INSTANT, nullable=True))
    # All that there are were let in before anybody had to be asked.
    op.execute("UPDATE tenants SET approved_at = created_at")
    op.add_column("identities", sa.Column("email", sa.String(), nullable=True))
    op.add_column(
        "identities",
        sa.Column("email_verified", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("identities", sa.Column("display_name", sa.String(), nullable=True))
    op.add_column("identities", sa.Column("avatar_url", sa.String(), nullable=True))
    op.create_index(
        "uq_identities_local_email",
        "identities",
        ["email"],
        unique=True,
        sqlite_where=sa.text(_IS_LOCAL),
        postgresql_where=sa.text(_IS_LOCAL),
    )
    op.add_column("users", sa.Column("avatar_url", sa.String(), nullable=True))
    op.add_column("users", sa.Column("disabled_at", INSTANT, nullable=True))
    op.create_table(
        "api_tokens",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("last_used_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name="fk_api_tokens_tenant_id_user_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("fingerprint", name="uq_api_tokens_fingerprint"),
        sa.UniqueConstraint("tenant_id", "id", name="uq_api_tokens_tenant_id_id"),
    )
    op.create_index("ix_api_tokens_user", "api_tokens", ["user_id", "created_at", "id"])
    op.create_index("ix_api_tokens_tenant", "api_tokens", ["tenant_id", "created_at", "id"])
    op.create_table(
        "passwords",
        sa.Column("identity_id", ID, nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["identity_id"], [_TO_IDENTITY], name="fk_passwords_identity_id"),
        sa.PrimaryKeyConstraint("identity_id", name="pk_passwords"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", ID, nullable=False),
        sa.Column("identity_id", ID, nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("agent", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["identity_id"], [_TO_IDENTITY], name="fk_sessions_identity_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("fingerprint", name="uq_sessions_fingerprint"),
    )
    op.create_index("ix_sessions_identity", "sessions", ["identity_id"])
    op.create_index("ix_sessions_expires", "sessions", ["expires_at"])
    op.create_table(
        "sign_in_links",
        sa.Column("id", ID, nullable=False),
        sa.Column("identity_id", ID, nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "purpose IN ('set_password', 'set_up')", name=op.f("ck_sign_in_links_purpose")
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"], [_TO_IDENTITY], name="fk_sign_in_links_identity_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_links"),
        sa.UniqueConstraint("fingerprint", name="uq_sign_in_links_fingerprint"),
    )
    op.create_index("ix_sign_in_links_expires", "sign_in_links", ["expires_at"])
    op.create_table(
        "audit_entries",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("token_id", ID, nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("target_kind", sa.String(), nullable=False),
        sa.Column("target_id", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.Column("details", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_audit_entries_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entries"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_entries_tenant", "audit_entries", ["tenant_id", "id"])
    op.create_index("ix_audit_entries_at", "audit_entries", ["created_at"])


def downgrade() -> None:
    for table in ("audit_entries", "sign_in_links", "sessions", "passwords", "api_tokens"):
        op.drop_table(table)
    op.drop_index("uq_identities_local_email", "identities")
    for column in ("avatar_url", "display_name", "email_verified", "email"):
        op.drop_column("identities", column)
    op.drop_column("users", "disabled_at")
    op.drop_column("users", "avatar_url")
    op.drop_column("tenants", "deleted_at")
    op.drop_column("tenants", "approved_at")
