"""Search over prompts, names, tags and notes; generations that wait for their inputs.

Revision 0009, after 0008.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from boards.adapters.db.migrations.kinds import ID, SERIAL
from boards.adapters.db.migrations.walls import protect, unprotect
from boards.domain.search import findable_of

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TABLES = ("search_entries", "input_waits")
_AT_ONCE = 500

# The text stays where it is: the index keeps words and places only. A tag or a name that fits says
# more than a word among many of a prompt.
_SQLITE = """
CREATE VIRTUAL TABLE search_words USING fts5(prompt, name, tags, notes,
  content='search_entries', content_rowid='number', prefix='2 3', tokenize='unicode61');

INSERT INTO search_words (search_words, rank) VALUES ('rank', 'bm25(2.0, 3.0, 4.0, 1.0)');

CREATE TRIGGER search_words_added AFTER INSERT ON search_entries BEGIN
  INSERT INTO search_words (rowid, prompt, name, tags, notes)
  VALUES (new.number, new.prompt, new.name, new.tags, new.notes);
END;

CREATE TRIGGER search_words_removed AFTER DELETE ON search_entries BEGIN
  INSERT INTO search_words (search_words, rowid, prompt, name, tags, notes)
  VALUES ('delete', old.number, old.prompt, old.name, old.tags, old.notes);
END;

CREATE TRIGGER search_words_changed AFTER UPDATE ON search_entries BEGIN
  INSERT INTO search_words (search_words, rowid, prompt, name, tags, notes)
  VALUES ('delete', old.number, old.prompt, old.name, old.tags, old.notes);
  INSERT INTO search_words (rowid, prompt, name, tags, notes)
  VALUES (new.number, new.prompt, new.name, new.tags, new.notes);
END
"""

# Every entry has its tenant as a word, so that the index alone finds a tenant's own rows only. Row
# security would keep PostgreSQL from using the index at all: `@@` may tell of what it has seen.
_POSTGRES = """
CREATE TABLE search_words (
  number BIGINT NOT NULL,
  words TSVECTOR NOT NULL,
  CONSTRAINT pk_search_words PRIMARY KEY (number),
  CONSTRAINT fk_search_words_number FOREIGN KEY (number)
    REFERENCES search_entries (number) ON DELETE CASCADE
);

CREATE INDEX search_words_words ON search_words USING gin (words) WITH (fastupdate = off);

ALTER TABLE search_words ALTER COLUMN words SET STATISTICS 1000;

CREATE FUNCTION search_words_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO search_words (number, words) VALUES (
    new.number,
    setweight(to_tsvector('simple', new.tags), 'A')
    || setweight(to_tsvector('simple', new.name), 'B')
    || setweight(to_tsvector('simple', new.prompt), 'C')
    || setweight(to_tsvector('simple', new.notes), 'D')
    || array_to_tsvector(ARRAY['of' || replace(new.tenant_id::text, '-', '')])
  ) ON CONFLICT (number) DO UPDATE SET words = excluded.words;
  RETURN NULL;
END $$;

CREATE TRIGGER search_words_kept AFTER INSERT OR UPDATE ON search_entries
  FOR EACH ROW EXECUTE FUNCTION search_words_keep()
"""


def upgrade() -> None:
    op.create_table(
        "search_entries",
        sa.Column("number", SERIAL, nullable=False),
        sa.Column("generation_id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("prompt", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("tags", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "generation_id"],
            ["generations.tenant_id", "generations.id"],
            name="fk_search_entries_tenant_id_generation_id",
        ),
        sa.PrimaryKeyConstraint("number", name="pk_search_entries"),
        sa.UniqueConstraint("generation_id", name="uq_search_entries_generation_id"),
    )
    op.create_table(
        "input_waits",
        sa.Column("generation_id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "generation_id"],
            ["generations.tenant_id", "generations.id"],
            name="fk_input_waits_tenant_id_generation_id",
        ),
        sa.PrimaryKeyConstraint("generation_id", name="pk_input_waits"),
    )
    op.create_index("ix_input_waits_tenant", "input_waits", ["tenant_id"])
    is_postgres = op.get_bind().dialect.name == "postgresql"
    for statement in (_POSTGRES if is_postgres else _SQLITE).strip().split(";\n\n"):
        op.execute(statement)
    _index_boards("board_id", "tenant_id", "created_at", "id", "deleted_at")
    protect(_TABLES)
    _fill()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER search_words_kept ON search_entries")
        op.execute("DROP FUNCTION search_words_keep()")
    op.execute("DROP TABLE search_words")
    unprotect(_TABLES)
    op.drop_table("input_waits")
    op.drop_table("search_entries")
    _index_boards("board_id", "created_at", "id")


def _index_boards(*columns: str) -> None:
    """With the tenant, which every statement names, in the index, a gallery needs no table."""
    living = sa.text("deleted_at IS NULL")
    op.drop_index("ix_generations_board", "generations")
    op.create_index(
        "ix_generations_board",
        "generations",
        columns,
        sqlite_where=living,
        postgresql_where=living,
    )


def _fill() -> None:
    """Enter what is there already, in the order in which it was made."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT set_config('boards.tenant_id', '*', true)"))
    rows = connection.execute(
        sa.text(
            "SELECT g.id, g.tenant_id, g.generator_name, g.input_params, u.filename"
            " FROM generations g LEFT JOIN uploads u ON u.generation_id = g.id"
            " ORDER BY g.created_at, g.id"
        )
    )
    for part in _parts(rows):
        tagged: dict[Any, list[str]] = {}
        for one, name in connection.execute(
            sa.text(
                "SELECT t.generation_id, n.name FROM generation_tags t JOIN tags n"
                " ON n.id = t.tag_id WHERE t.generation_id IN :ids"
            ).bindparams(sa.bindparam("ids", expanding=True)),
            {"ids": [row.id for row in part]},
        ):
            tagged.setdefault(one, []).append(name)
        connection.execute(
            sa.text(
                "INSERT INTO search_entries (generation_id, tenant_id, prompt, name, tags, notes)"
                " VALUES (:generation_id, :tenant_id, :prompt, :name, :tags, :notes)"
            ),
            [_entry(row, tagged.get(row.id, ())) for row in part],
        )


def _entry(row: Any, tags: Sequence[str]) -> dict[str, Any]:
    inputs = row.input_params
    found = findable_of(
        json.loads(inputs) if isinstance(inputs, str) else inputs,
        names=[row.generator_name, row.filename or ""],
        tags=tags,
    )
    return {
        "generation_id": row.id,
        "tenant_id": row.tenant_id,
        "prompt": found.prompt,
        "name": found.name,
        "tags": found.tags,
        "notes": found.notes,
    }


def _parts(rows: Any) -> Iterator[Sequence[Any]]:
    while part := rows.fetchmany(_AT_ONCE):
        yield part
