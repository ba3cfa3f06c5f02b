"""Media: facts, previews, recipes, resumable uploads.

Revision 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

from boards.adapters.db.migrations.kinds import ID, INSTANT, JSON
from boards.adapters.db.migrations.walls import protect, unprotect

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_DUE = sa.text("due_at IS NOT NULL")
_NEW_COLUMNS = (
    *("file_codec", "file_frames", "file_orientation", "file_is_signed"),
    "blurhash",
)


def upgrade() -> None:
    _previews()
    _uploads()


def downgrade() -> None:
    _no_uploads()
    _no_previews()


def _previews() -> None:
    op.add_column("generations", sa.Column("file_codec", sa.String(), nullable=True))
    op.add_column("generations", sa.Column("file_frames", sa.Integer(), nullable=True))
    op.add_column("generations", sa.Column("file_orientation", sa.Integer(), nullable=True))
    op.add_column("generations", sa.Column("file_is_signed", sa.Boolean(), nullable=True))
    op.add_column("generations", sa.Column("blurhash", sa.String(), nullable=True))
    op.create_table(
        "previews",
        sa.Column("generation_id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("small_key", sa.String(), nullable=True),
        sa.Column("medium_key", sa.String(), nullable=True),
        sa.Column("large_key", sa.String(), nullable=True),
        sa.Column("waveform_key", sa.String(), nullable=True),
        sa.Column("recipe_key", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("made_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "(due_at IS NULL) = (made_at IS NOT NULL)", name=op.f("ck_previews_made")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "generation_id"],
            ["generations.tenant_id", "generations.id"],
            name="fk_previews_tenant_id_generation_id",
        ),
        sa.PrimaryKeyConstraint("generation_id", name="pk_previews"),
    )
    op.create_index(
        "ix_previews_due", "previews", ["due_at"], sqlite_where=_DUE, postgresql_where=_DUE
    )
    # What is there already gets its previews as well, in the background.
    op.execute(
        "INSERT INTO previews (generation_id, tenant_id, due_at, starts)"
        " SELECT id, tenant_id, completed_at, 0 FROM generations"
        " WHERE file_key IS NOT NULL AND completed_at IS NOT NULL AND deleted_at IS NULL"
    )
    protect(["previews"])


def _no_previews() -> None:
    unprotect(["previews"])
    op.drop_table("previews")
    for name in _NEW_COLUMNS:
        op.drop_column("generations", name)


def _uploads() -> None:
    op.create_table(
        "resumable_uploads",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("board_id", ID, nullable=True),
        sa.Column("parent_id", ID, nullable=True),
        sa.Column("filename", sa.String(), nullable=True),
        sa.Column("artifact_type", sa.String(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("parts", JSON, nullable=False),
        sa.Column("generation_id", ID, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "artifact_type IN ('image', 'video', 'audio', 'text', 'lora', 'model')",
            name=op.f("ck_resumable_uploads_artifact_type"),
        ),
        sa.CheckConstraint(
            "received BETWEEN 0 AND size", name=op.f("ck_resumable_uploads_received")
        ),
        sa.CheckConstraint(
            "generation_id IS NULL OR received = size", name=op.f("ck_resumable_uploads_ended")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name="fk_resumable_uploads_tenant_id_user_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_resumable_uploads"),
        sa.UniqueConstraint("tenant_id", "id", name="uq_resumable_uploads_tenant_id_id"),
    )
    op.create_index("ix_resumable_uploads_expires", "resumable_uploads", ["expires_at"])
    op.create_index("ix_resumable_uploads_user", "resumable_uploads", ["user_id", "generation_id"])
    protect(["resumable_uploads"])


def _no_uploads() -> None:
    unprotect(["resumable_uploads"])
    op.drop_table("resumable_uploads")
