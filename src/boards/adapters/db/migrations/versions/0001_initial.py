"""Initial tables.

Revision 0001, after nothing.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from boards.adapters.db.migrations.kinds import ID, INSTANT, JSON, SERIAL, USD

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_LIVING_DEFAULT = sa.and_(sa.column("is_default").is_(True), sa.column("deleted_at").is_(None))
_ATTENTION = sa.column("needs_attention").is_(True)


def _is_null(column: str) -> sa.ColumnElement[bool]:
    return sa.column(column).is_(None)


def _is_set(column: str) -> sa.ColumnElement[bool]:
    return sa.column(column).is_not(None)


def _where(condition: Any) -> dict[str, Any]:
    """The condition of a partial index, for both databases."""
    return {"sqlite_where": condition, "postgresql_where": condition}


def upgrade() -> None:
    op.create_table(
        "identities",
        sa.Column("id", ID, nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("platform_admin", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
        sa.UniqueConstraint("provider", "subject", name="uq_identities_provider_subject"),
    )
    op.create_table(
        "tenants",
        sa.Column("id", ID, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tenants"),
        sa.UniqueConstraint("slug", name="uq_tenants_slug"),
    )
    op.create_table(
        "tags",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_tags_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tags"),
        sa.UniqueConstraint("tenant_id", "id", name="uq_tags_tenant_id_id"),
        sa.UniqueConstraint("tenant_id", "slug", name="uq_tags_tenant_id_slug"),
    )
    op.create_table(
        "users",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("identity_id", ID, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("display_name", sa.String(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("role IN ('member', 'admin')", name=op.f("ck_users_role")),
        sa.ForeignKeyConstraint(["identity_id"], ["identities.id"], name="fk_users_identity_id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_users_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("tenant_id", "id", name="uq_users_tenant_id_id"),
        sa.UniqueConstraint("tenant_id", "identity_id", name="uq_users_tenant_id_identity_id"),
    )
    op.create_index("ix_users_identity", "users", ["identity_id"])

    op.create_table(
        "boards",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "owner_id"],
            ["users.tenant_id", "users.id"],
            name="fk_boards_tenant_id_owner_id",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_boards_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_boards"),
        sa.UniqueConstraint("tenant_id", "id", name="uq_boards_tenant_id_id"),
    )
    op.create_index("ix_boards_owner", "boards", ["owner_id", "updated_at", "id"])
    op.create_index("ix_boards_tenant", "boards", ["tenant_id", "updated_at", "id"])
    op.create_index(
        "uq_boards_default", "boards", ["owner_id"], unique=True, **_where(_LIVING_DEFAULT)
    )

    op.create_table(
        "board_members",
        sa.Column("board_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "role IN ('viewer', 'editor', 'admin')", name=op.f("ck_board_members_role")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "board_id"],
            ["boards.tenant_id", "boards.id"],
            name="fk_board_members_tenant_id_board_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name="fk_board_members_tenant_id_user_id",
        ),
        sa.PrimaryKeyConstraint("board_id", "user_id", name="pk_board_members"),
    )
    op.create_index("ix_board_members_user", "board_members", ["user_id"])

    op.create_table(
        "jobs",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("board_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("generator_name", sa.String(), nullable=False),
        sa.Column("takes", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("takes > 0", name=op.f("ck_jobs_takes")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "board_id"],
            ["boards.tenant_id", "boards.id"],
            name="fk_jobs_tenant_id_board_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name="fk_jobs_tenant_id_user_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.UniqueConstraint("tenant_id", "id", name="uq_jobs_tenant_id_id"),
    )
    op.create_index("ix_jobs_board", "jobs", ["board_id", "created_at", "id"])
    op.create_index("ix_jobs_tenant", "jobs", ["tenant_id", "created_at", "id"])

    op.create_table(
        "generations",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("board_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("job_id", ID, nullable=True),
        sa.Column("batch_id", ID, nullable=True),
        sa.Column("batch_index", sa.Integer(), nullable=False),
        sa.Column("batch_size", sa.Integer(), nullable=False),
        sa.Column("generator_name", sa.String(), nullable=False),
        sa.Column("generator_version", sa.String(), nullable=True),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("artifact_type", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("repeatable", sa.Boolean(), nullable=False),
        sa.Column("input_params", JSON, nullable=False),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("available_at", INSTANT, nullable=True),
        sa.Column("admitted_at", INSTANT, nullable=True),
        sa.Column("run_token", ID, nullable=True),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("submit_started_at", INSTANT, nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("other_ids", JSON, nullable=True),
        sa.Column("manifest", JSON, nullable=True),
        sa.Column("cancel_requested_at", INSTANT, nullable=True),
        sa.Column("late_result_at", INSTANT, nullable=True),
        sa.Column("deadline_at", INSTANT, nullable=True),
        sa.Column("needs_attention", sa.Boolean(), nullable=False),
        sa.Column("file_key", sa.String(), nullable=True),
        sa.Column("file_size", sa.BigInteger(), nullable=True),
        sa.Column("file_sha256", sa.String(), nullable=True),
        sa.Column("file_format", sa.String(), nullable=True),
        sa.Column("file_mime", sa.String(), nullable=True),
        sa.Column("file_width", sa.Integer(), nullable=True),
        sa.Column("file_height", sa.Integer(), nullable=True),
        sa.Column("file_duration", sa.Double(), nullable=True),
        sa.Column("file_fps", sa.Double(), nullable=True),
        sa.Column("file_sample_rate", sa.Integer(), nullable=True),
        sa.Column("file_channels", sa.Integer(), nullable=True),
        sa.Column("file_has_alpha", sa.Boolean(), nullable=True),
        sa.Column("content", sa.String(), nullable=True),
        sa.Column("thumbnail_key", sa.String(), nullable=True),
        sa.Column("extra_files", JSON, nullable=True),
        sa.Column("output_metadata", JSON, nullable=True),
        sa.Column("failure_code", sa.String(), nullable=True),
        sa.Column("failure_message", sa.String(), nullable=True),
        sa.Column("failure_retryable", sa.Boolean(), nullable=True),
        sa.Column("failure_provider_code", sa.String(), nullable=True),
        sa.Column("failure_error_id", sa.String(), nullable=True),
        sa.Column("estimate_amount", USD, nullable=True),
        sa.Column("estimate_confidence", sa.String(), nullable=False),
        sa.Column("estimate_basis", JSON, nullable=True),
        sa.Column("estimate_cached_units", sa.Integer(), nullable=False),
        sa.Column("cost_amount", USD, nullable=True),
        sa.Column("cost_confidence", sa.String(), nullable=True),
        sa.Column("cost_basis", JSON, nullable=True),
        sa.Column("cost_cached_units", sa.Integer(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("completed_at", INSTANT, nullable=True),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "CASE WHEN phase = 'pending' THEN (available_at IS NULL) <> (admitted_at IS NULL)"
            " AND lease_until IS NULL AND run_token IS NULL"
            " WHEN phase IN ('submitting', 'submitted', 'fetching', 'storing')"
            " THEN available_at IS NULL"
            " AND admitted_at IS NOT NULL AND lease_until IS NOT NULL"
            " ELSE available_at IS NULL AND admitted_at IS NULL"
            " AND lease_until IS NULL AND run_token IS NULL END",
            name=op.f("ck_generations_steering"),
        ),
        sa.CheckConstraint(
            "artifact_type IN ('image', 'video', 'audio', 'text', 'lora', 'model')",
            name=op.f("ck_generations_artifact_type"),
        ),
        sa.CheckConstraint(
            "cost_confidence IN ('exact', 'listed', 'estimated', 'unknown')",
            name=op.f("ck_generations_cost_confidence"),
        ),
        sa.CheckConstraint(
            "estimate_confidence IN ('exact', 'listed', 'estimated', 'unknown')",
            name=op.f("ck_generations_estimate_confidence"),
        ),
        sa.CheckConstraint(
            "phase <> 'pending' OR submit_started_at IS NULL", name=op.f("ck_generations_intent")
        ),
        sa.CheckConstraint(
            "phase IN ('pending', 'submitting', 'submitted', 'fetching', 'storing',"
            " 'submit_unknown', 'completed', 'failed', 'cancelled')",
            name=op.f("ck_generations_phase"),
        ),
        sa.CheckConstraint(
            "batch_index >= 0 AND batch_index < batch_size", name=op.f("ck_generations_batch")
        ),
        sa.CheckConstraint("cost_amount >= 0", name=op.f("ck_generations_cost_amount")),
        sa.CheckConstraint(
            "deleted_at IS NULL OR completed_at IS NOT NULL", name=op.f("ck_generations_deleted")
        ),
        sa.CheckConstraint("estimate_amount >= 0", name=op.f("ck_generations_estimate_amount")),
        sa.CheckConstraint(
            "file_key IS NULL OR file_sha256 IS NOT NULL", name=op.f("ck_generations_file")
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 1", name=op.f("ck_generations_progress")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "board_id"],
            ["boards.tenant_id", "boards.id"],
            name="fk_generations_tenant_id_board_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "job_id"],
            ["jobs.tenant_id", "jobs.id"],
            name="fk_generations_tenant_id_job_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name="fk_generations_tenant_id_user_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_generations"),
        sa.UniqueConstraint("tenant_id", "id", name="uq_generations_tenant_id_id"),
    )
    op.create_index(
        "ix_generations_admitted",
        "generations",
        ["provider", "tenant_id", "admitted_at"],
        **_where(_is_set("admitted_at")),
    )
    op.create_index(
        "ix_generations_attention",
        "generations",
        ["tenant_id", "created_at", "id"],
        **_where(_ATTENTION),
    )
    op.create_index(
        "ix_generations_board",
        "generations",
        ["board_id", "created_at", "id"],
        **_where(_is_null("deleted_at")),
    )
    op.create_index(
        "ix_generations_external",
        "generations",
        ["provider", "external_id"],
        **_where(_is_set("external_id")),
    )
    op.create_index("ix_generations_job", "generations", ["job_id"])
    op.create_index(
        "ix_generations_lease", "generations", ["lease_until"], **_where(_is_set("lease_until"))
    )
    op.create_index(
        "ix_generations_tenant",
        "generations",
        ["tenant_id", "created_at", "id"],
        **_where(_is_null("deleted_at")),
    )
    op.create_index(
        "ix_generations_user",
        "generations",
        ["user_id", "created_at", "id"],
        **_where(_is_null("deleted_at")),
    )
    op.create_index(
        "ix_generations_waiting",
        "generations",
        ["provider", "tenant_id", sa.text("priority DESC"), "created_at", "id", "available_at"],
        **_where(_is_set("available_at")),
    )

    op.create_table(
        "events",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("board_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("job_id", ID, nullable=True),
        sa.Column("generation_id", ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_events_sequence")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "generation_id"],
            ["generations.tenant_id", "generations.id"],
            name="fk_events_tenant_id_generation_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sa.UniqueConstraint("generation_id", "sequence", name="uq_events_generation_id_sequence"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_board", "events", ["board_id", "id"])
    op.create_index("ix_events_job", "events", ["job_id", "id"])

    op.create_table(
        "generation_inputs",
        sa.Column("output_id", ID, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("input_id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("artifact_type", sa.String(), nullable=False),
        sa.CheckConstraint(
            "artifact_type IN ('image', 'video', 'audio', 'text', 'lora', 'model')",
            name=op.f("ck_generation_inputs_artifact_type"),
        ),
        sa.CheckConstraint("position >= 0", name=op.f("ck_generation_inputs_position")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "input_id"],
            ["generations.tenant_id", "generations.id"],
            name="fk_generation_inputs_tenant_id_input_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "output_id"],
            ["generations.tenant_id", "generations.id"],
            name="fk_generation_inputs_tenant_id_output_id",
        ),
        sa.PrimaryKeyConstraint("output_id", "role", "position", name="pk_generation_inputs"),
    )
    op.create_index("ix_generation_inputs_input", "generation_inputs", ["input_id"])

    op.create_table(
        "generation_tags",
        sa.Column("generation_id", ID, nullable=False),
        sa.Column("tag_id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "generation_id"],
            ["generations.tenant_id", "generations.id"],
            name="fk_generation_tags_tenant_id_generation_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "tag_id"],
            ["tags.tenant_id", "tags.id"],
            name="fk_generation_tags_tenant_id_tag_id",
        ),
        sa.PrimaryKeyConstraint("generation_id", "tag_id", name="pk_generation_tags"),
    )
    op.create_index("ix_generation_tags_tag", "generation_tags", ["tag_id"])

    op.create_table(
        "ledger_entries",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("board_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("job_id", ID, nullable=True),
        sa.Column("generation_id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount", USD, nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("amount >= 0 OR kind = 'adjust'", name=op.f("ck_ledger_entries_amount")),
        sa.CheckConstraint(
            "kind IN ('hold', 'settle', 'release', 'adjust')", name=op.f("ck_ledger_entries_kind")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "generation_id"],
            ["generations.tenant_id", "generations.id"],
            name="fk_ledger_entries_tenant_id_generation_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_entries"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ledger_entries_tenant", "ledger_entries", ["tenant_id", "created_at"])
    op.create_index(
        "uq_ledger_entries_cause",
        "ledger_entries",
        ["generation_id", "cause"],
        unique=True,
        **_where(sa.text("kind = 'adjust'")),
    )
    op.create_index(
        "uq_ledger_entries_kind",
        "ledger_entries",
        ["generation_id", "kind"],
        unique=True,
        **_where(sa.text("kind != 'adjust'")),
    )

    op.create_table(
        "uploads",
        sa.Column("generation_id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_uploads_size")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "generation_id"],
            ["generations.tenant_id", "generations.id"],
            name="fk_uploads_tenant_id_generation_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name="fk_uploads_tenant_id_user_id",
        ),
        sa.PrimaryKeyConstraint("generation_id", name="pk_uploads"),
    )
    op.create_index("ix_uploads_user", "uploads", ["user_id", "created_at"])
    op.create_table(
        "turns",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("taken_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_turns"),
    )


def downgrade() -> None:
    op.drop_table("turns")
    op.drop_table("uploads")
    op.drop_table("ledger_entries")
    op.drop_table("generation_tags")
    op.drop_table("generation_inputs")
    op.drop_table("events")
    op.drop_table("generations")
    op.drop_table("jobs")
    op.drop_table("board_members")
    op.drop_table("boards")
    op.drop_table("users")
    op.drop_table("tags")
    op.drop_table("tenants")
    op.drop_table("identities")
