"""Boards: covers, the trash, links that share, favourites, notes.

Revision 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

from boards.adapters.db.migrations.kinds import ID, INSTANT, JSON
from boards.adapters.db.migrations.walls import protect, unprotect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_NEW = ("board_invitations", "board_links", "favourites", "notes", "undos")
_OPEN = sa.text("ended_at IS NULL")
_IN_TRASH = sa.text("deleted_at IS NOT NULL AND purged_at IS NULL")


def _tie(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{to}.tenant_id", f"{to}.id"],
        name=f"fk_{table}_tenant_id_{column}",
    )


def upgrade() -> None:
    op.add_column("boards", sa.Column("purged_at", INSTANT, nullable=True))
    op.add_column("boards", sa.Column("cover_id", ID, nullable=True))
    op.add_column(
        "boards",
        sa.Column("share_recipes", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("boards", sa.Column("settings", JSON, nullable=True))
    op.add_column("boards", sa.Column("details", JSON, nullable=True))
    op.add_column("board_members", sa.Column("invited_by", ID, nullable=True))
    op.add_column("generations", sa.Column("purged_at", INSTANT, nullable=True))
    op.add_column("generations", sa.Column("title", sa.String(), nullable=True))
    op.create_index(
        "ix_generations_trash",
        "generations",
        ["deleted_at"],
        sqlite_where=_IN_TRASH,
        postgresql_where=_IN_TRASH,
    )
    op.add_column("tags", sa.Column("updated_at", INSTANT, nullable=True))
    op.add_column("tags", sa.Column("description", sa.String(), nullable=True))
    op.add_column("tags", sa.Column("details", JSON, nullable=True))
    _sharing()
    op.create_table(
        "favourites",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("generation_id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        _tie("favourites", "generation_id", "generations"),
        _tie("favourites", "user_id", "users"),
        sa.PrimaryKeyConstraint("user_id", "generation_id", name="pk_favourites"),
    )
    op.create_index("ix_favourites_generation", "favourites", ["generation_id"])
    op.create_index("ix_favourites_user", "favourites", ["user_id", "created_at", "generation_id"])
    op.create_table(
        "notes",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("generation_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        _tie("notes", "generation_id", "generations"),
        _tie("notes", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
    )
    op.create_index("ix_notes_generation", "notes", ["generation_id", "created_at", "id"])
    op.create_table(
        "undos",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("items", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        _tie("undos", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name="pk_undos"),
    )
    op.create_index("ix_undos_expires", "undos", ["expires_at"])
    protect(_NEW)


def _sharing() -> None:
    op.create_table(
        "board_invitations",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("board_id", ID, nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("invited_by", ID, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("accepted_by", ID, nullable=True),
        sa.CheckConstraint(
            "role IN ('viewer', 'editor', 'admin')", name=op.f("ck_board_invitations_role")
        ),
        _tie("board_invitations", "board_id", "boards"),
        sa.PrimaryKeyConstraint("id", name="pk_board_invitations"),
        sa.UniqueConstraint("fingerprint", name="uq_board_invitations_fingerprint"),
    )
    op.create_index(
        "uq_board_invitations_open",
        "board_invitations",
        ["board_id", "email"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_board_invitations_email", "board_invitations", ["tenant_id", "email"])
    op.create_table(
        "board_links",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("board_id", ID, nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        _tie("board_links", "board_id", "boards"),
        sa.PrimaryKeyConstraint("id", name="pk_board_links"),
        sa.UniqueConstraint("fingerprint", name="uq_board_links_fingerprint"),
    )
    op.create_index("ix_board_links_board", "board_links", ["board_id", "created_at"])


def downgrade() -> None:
    unprotect(_NEW)
    for table in _NEW:
        op.drop_table(table)
    for column in ("details", "description", "updated_at"):
        op.drop_column("tags", column)
    op.drop_index("ix_generations_trash", "generations")
    op.drop_column("generations", "title")
    op.drop_column("generations", "purged_at")
    op.drop_column("board_members", "invited_by")
    for column in ("details", "settings", "share_recipes", "cover_id", "purged_at"):
        op.drop_column("boards", column)
