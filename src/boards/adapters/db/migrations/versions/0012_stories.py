"""Stories: workspaces, their files, their jobs and takes.

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

from boards.adapters.db.migrations import walls
from boards.adapters.db.migrations.kinds import ID, INSTANT

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TABLES = ("workspaces", "workspace_files", "story_jobs", "story_takes")
_LIVE = sa.text("deleted_at IS NULL")
_OPEN = sa.text("ended_at IS NULL")


def _of_workspace(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "workspace_id"],
        ["workspaces.tenant_id", "workspaces.id"],
        name=f"fk_{table}_tenant_id_workspace_id",
    )


def upgrade() -> None:
    op.create_table(
        "workspaces",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("board_id", ID, nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("revision", sa.String(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "form IN ('folder', 'storage', 'memory')", name=op.f("ck_workspaces_form")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_workspaces_tenant_id"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "board_id"],
            ["boards.tenant_id", "boards.id"],
            name="fk_workspaces_tenant_id_board_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by"],
            ["users.tenant_id", "users.id"],
            name="fk_workspaces_tenant_id_created_by",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_workspaces"),
        sa.UniqueConstraint("tenant_id", "id", name="uq_workspaces_tenant_id_id"),
    )
    op.create_index("ix_workspaces_board", "workspaces", ["board_id", "updated_at"])
    op.create_index(
        "uq_workspaces_slug",
        "workspaces",
        ["tenant_id", "slug"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    op.create_table(
        "workspace_files",
        sa.Column("workspace_id", ID, nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        _of_workspace("workspace_files"),
        sa.PrimaryKeyConstraint("workspace_id", "path", name="pk_workspace_files"),
    )
    op.create_table(
        "story_jobs",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("workspace_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('takes', 'batch', 'cover', 'portrait')", name=op.f("ck_story_jobs_kind")
        ),
        _of_workspace("story_jobs"),
        sa.PrimaryKeyConstraint("id", name="pk_story_jobs"),
        sa.UniqueConstraint("tenant_id", "id", name="uq_story_jobs_tenant_id_id"),
    )
    op.create_index("ix_story_jobs_created", "story_jobs", ["created_at"])
    op.create_table(
        "story_takes",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("workspace_id", ID, nullable=False),
        sa.Column("job_id", ID, nullable=False),
        sa.Column("slot_kind", sa.String(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("recipe", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("prompt", sa.String(), nullable=False),
        sa.Column("aspect", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("generator", sa.String(), nullable=False),
        sa.Column("generation_id", ID, nullable=True),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("file", sa.String(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "slot_kind IN ('card', 'cover', 'portrait')", name=op.f("ck_story_takes_slot_kind")
        ),
        sa.CheckConstraint("kind IN ('image', 'video')", name=op.f("ck_story_takes_kind")),
        _of_workspace("story_takes"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "job_id"],
            ["story_jobs.tenant_id", "story_jobs.id"],
            name="fk_story_takes_tenant_id_job_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_story_takes"),
    )
    op.create_index("ix_story_takes_job", "story_takes", ["job_id", "id"])
    op.create_index("ix_story_takes_generation", "story_takes", ["generation_id"])
    op.create_index(
        "ix_story_takes_slot", "story_takes", ["workspace_id", "slot_kind", "card_id", "number"]
    )
    op.create_index(
        "ix_story_takes_open",
        "story_takes",
        ["created_at"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    walls.protect(_TABLES)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
