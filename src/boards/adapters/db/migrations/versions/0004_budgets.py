"""Budgets.

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

from boards.adapters.db.migrations.kinds import ID, INSTANT, USD

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SPENT = sa.text("kind IN ('settle', 'adjust') AND amount != 0")


def upgrade() -> None:
    op.create_table(
        "budgets",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("strictness", sa.String(), nullable=False),
        sa.Column("amount", USD, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("counted", USD, nullable=True),
        sa.Column("counted_from", INSTANT, nullable=True),
        sa.Column("counted_until", INSTANT, nullable=True),
        sa.CheckConstraint(
            "scope IN ('tenant', 'user', 'board', 'token', 'session')",
            name=op.f("ck_budgets_scope"),
        ),
        sa.CheckConstraint("period IN ('day', 'month', 'total')", name=op.f("ck_budgets_period")),
        sa.CheckConstraint("strictness IN ('hard', 'soft')", name=op.f("ck_budgets_strictness")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_budgets_amount")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_budgets_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_budgets"),
        sa.UniqueConstraint(
            "tenant_id",
            "scope",
            "subject_id",
            "period",
            "strictness",
            name="uq_budgets_tenant_id_scope_subject_id_period_strictness",
        ),
    )
    op.create_table(
        "open_holds",
        sa.Column("generation_id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("board_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("token_id", ID, nullable=True),
        sa.Column("session_id", ID, nullable=True),
        sa.Column("amount", USD, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "generation_id"],
            ["generations.tenant_id", "generations.id"],
            name="fk_open_holds_tenant_id_generation_id",
        ),
        sa.PrimaryKeyConstraint("generation_id", name="pk_open_holds"),
    )
    op.create_index("ix_open_holds_tenant", "open_holds", ["tenant_id"])
    op.add_column("tenants", sa.Column("time_zone", sa.String(), nullable=True))
    op.add_column("generations", sa.Column("cost_source", sa.String(), nullable=True))
    for table in ("jobs", "ledger_entries"):
        op.add_column(table, sa.Column("token_id", ID, nullable=True))
        op.add_column(table, sa.Column("session_id", ID, nullable=True))
    op.add_column("ledger_entries", sa.Column("source", sa.String(), nullable=True))
    op.create_index(
        "ix_ledger_entries_spent",
        "ledger_entries",
        [
            "tenant_id",
            "created_at",
            "amount",
            "user_id",
            "board_id",
            "token_id",
            "session_id",
        ],
        sqlite_where=_SPENT,
        postgresql_where=_SPENT,
    )
    # What is held already: holds that nothing has ended, of runs that have a price or none known.
    op.execute(
        "INSERT INTO open_holds (generation_id, tenant_id, board_id, user_id, amount)"
        " SELECT h.generation_id, h.tenant_id, h.board_id, h.user_id, h.amount"
        " FROM ledger_entries h JOIN generations g ON g.id = h.generation_id"
        " WHERE h.kind = 'hold' AND (h.amount > 0 OR g.estimate_amount IS NULL) AND NOT EXISTS"
        " (SELECT 1 FROM ledger_entries e WHERE e.generation_id = h.generation_id"
        " AND e.kind IN ('settle', 'release'))"
    )


def downgrade() -> None:
    op.drop_index("ix_ledger_entries_spent", "ledger_entries")
    op.drop_column("ledger_entries", "source")
    for table in ("ledger_entries", "jobs"):
        op.drop_column(table, "session_id")
        op.drop_column(table, "token_id")
    op.drop_column("generations", "cost_source")
    op.drop_column("tenants", "time_zone")
    op.drop_table("open_holds")
    op.drop_table("budgets")
