"""Row-level security.

Revision 0007, after 0006.
"""

from boards.adapters.db.migrations.walls import protect, unprotect

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = (
    *("users", "api_tokens", "audit_entries"),
    *("boards", "board_members", "tags", "generation_tags"),
    *("jobs", "generations", "generation_inputs", "uploads", "events", "idempotency_keys"),
    *("ledger_entries", "open_holds", "budgets"),
    *("provider_keys", "webhook_endpoints", "webhook_deliveries"),
)


def upgrade() -> None:
    protect(_TABLES)


def downgrade() -> None:
    unprotect(_TABLES)
