"""Agents: their sessions.

Revision 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

from boards.adapters.db.migrations.kinds import ID, INSTANT
from boards.adapters.db.migrations.walls import protect, unprotect

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agent_sessions",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("token_id", ID, nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name="fk_agent_sessions_tenant_id_user_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_agent_sessions"),
    )
    op.create_index(
        "ix_agent_sessions_user", "agent_sessions", ["tenant_id", "user_id", "created_at"]
    )
    protect(["agent_sessions"])


def downgrade() -> None:
    unprotect(["agent_sessions"])
    op.drop_table("agent_sessions")
