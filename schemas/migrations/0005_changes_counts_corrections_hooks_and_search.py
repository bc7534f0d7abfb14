"""Numbers of changes, events, counts, corrections, hooks, and the search index

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-26 15:10:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)
_JSON = sa.JSON(none_as_null=True)

# The titles and texts of all documents, one index with one name on both databases. A tsvector holds less than a
# megabyte (PostgreSQL manual, "Limitations"), so that of a longer text the first part is found.
_SQLITE_SEARCH = (
    "CREATE VIRTUAL TABLE search USING fts5(title, text, content='cleaned_bodies', content_rowid='number', "
    "tokenize='porter unicode61 remove_diacritics 2')",
    "CREATE TRIGGER search_added AFTER INSERT ON cleaned_bodies BEGIN "
    "INSERT INTO search(rowid, title, text) VALUES (new.number, new.title, new.text); END",
    "CREATE TRIGGER search_removed AFTER DELETE ON cleaned_bodies BEGIN "
    "INSERT INTO search(search, rowid, title, text) VALUES ('delete', old.number, old.title, old.text); END",
    "CREATE TRIGGER search_changed AFTER UPDATE OF title, text ON cleaned_bodies BEGIN "
    "INSERT INTO search(search, rowid, title, text) VALUES ('delete', old.number, old.title, old.text); "
    "INSERT INTO search(rowid, title, text) VALUES (new.number, new.title, new.text); END",
    "INSERT INTO search(search) VALUES ('rebuild')",
)
_WORDS = (
    "setweight(to_tsvector('english', left(coalesce({of}title, ''), 1000)), 'A') "
    "|| to_tsvector('english', left({of}text, 150000))"
)
_POSTGRESQL_SEARCH = (
    "CREATE TABLE search (number bigint PRIMARY KEY REFERENCES cleaned_bodies (number) ON DELETE CASCADE, "
    "words tsvector NOT NULL)",
    "CREATE FUNCTION search_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "  # noqa: S608
    "INSERT INTO search (number, words) VALUES (new.number, " + _WORDS.format(of="new.") + ") "
    "ON CONFLICT (number) DO UPDATE SET words = excluded.words; RETURN NULL; END $$",
    "CREATE TRIGGER search_kept AFTER INSERT OR UPDATE OF title, text ON cleaned_bodies "
    "FOR EACH ROW EXECUTE FUNCTION search_kept()",
    "INSERT INTO search (number, words) SELECT number, " + _WORDS.format(of="") + " FROM cleaned_bodies",  # noqa: S608
    "CREATE INDEX search_words ON search USING gin (words)",
)
_FILL = (
    "UPDATE cleaned_bodies SET title = (SELECT title FROM documents WHERE documents.number = cleaned_bodies.number)",
    "UPDATE documents SET found_story_id = story_id WHERE story_id IS NOT NULL",
    # What has ended counts as changed in the order of its arrival; stories with their latest document.
    "UPDATE documents SET change = number WHERE state IN ('stored', 'failed')",
    "UPDATE failures SET change = number",
    "UPDATE stories SET change = (SELECT max(change) FROM documents WHERE documents.story_id = stories.id)",
    "INSERT INTO change_counter (name, last) SELECT 'changes', coalesce(max(change), 0) FROM documents",
    "UPDATE change_counter SET last = last + (SELECT count(*) FROM failures)",
)


def upgrade() -> None:
    op.create_table(
        "change_counter",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "events",
        sa.Column("number", _BIG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("happened", _TIME, nullable=False),
        sa.Column("story_id", sa.String(length=32), nullable=True),
        sa.Column("document_id", sa.String(length=32), nullable=True),
        sa.Column("data", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_events_story_id", "events", ["story_id", "number"], unique=False)
    op.create_table(
        "counts",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("story_id", sa.String(length=32), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("measure", sa.String(length=16), nullable=False),
        sa.Column("group", sa.Text(), nullable=True),
        sa.Column("low", sa.BigInteger(), nullable=True),
        sa.Column("high", sa.BigInteger(), nullable=True),
        sa.Column("best", _JSON, nullable=False),
        sa.Column("figures", _JSON, nullable=False),
        sa.Column("context", _JSON, nullable=False),
        sa.Column("claimants", _JSON, nullable=False),
        sa.Column("independent_sources", sa.Integer(), nullable=False),
        sa.Column("corroborated", sa.Boolean(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("updated", sa.Boolean(), nullable=False),
        sa.Column("as_of", _TIME, nullable=True),
        sa.Column("review_status", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_counts_story_id", "counts", ["story_id"], unique=False)
    op.create_index("ix_counts_change", "counts", ["change"], unique=False)
    op.create_index("ix_counts_measure", "counts", ["measure"], unique=False)
    op.create_table(
        "corrections",
        sa.Column("number", _BIG, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.String(length=16), nullable=False),
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("before", _JSON, nullable=True),
        sa.Column("after", _JSON, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("document_id", sa.String(length=32), nullable=True),
        sa.Column("anchor", _JSON, nullable=True),
        sa.Column("undoes", sa.String(length=32), nullable=True),
        sa.Column("undone_by", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_corrections_change", "corrections", ["change"], unique=False)
    op.create_index("ix_corrections_document_id", "corrections", ["document_id"], unique=False)
    op.create_index("ix_corrections_record_id", "corrections", ["record_id"], unique=False)
    op.create_table(
        "hooks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("events", _JSON, nullable=False),
        sa.Column("query", sa.Text(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "deliveries",
        sa.Column("hook_id", sa.String(length=32), nullable=False),
        sa.Column("event_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("about", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due", _TIME, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_tried", _TIME, nullable=True),
        sa.Column("settled", _TIME, nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["hook_id"], ["hooks.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hook_id", "event_number"),
    )
    op.create_index("ix_deliveries_state_due", "deliveries", ["state", "due"], unique=False)
    op.create_index(
        "ix_deliveries_hook_id_about", "deliveries", ["hook_id", "about", "state", "event_number"], unique=False
    )
    op.add_column("documents", sa.Column("change", sa.BigInteger(), nullable=True))
    op.add_column("documents", sa.Column("found_story_id", sa.String(length=32), nullable=True))
    op.add_column("documents", sa.Column("placed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_documents_change", "documents", ["change"], unique=False)
    op.create_index("ix_documents_found_story_id_received", "documents", ["found_story_id", "received"], unique=False)
    op.add_column("failures", sa.Column("change", sa.BigInteger(), nullable=True))
    unresolved = sa.text("resolved IS NULL")
    op.create_index(
        "ix_failures_unresolved", "failures", ["number"], sqlite_where=unresolved, postgresql_where=unresolved
    )
    op.create_index("ix_failures_change", "failures", ["change"], unique=False)
    op.add_column("cleaned_bodies", sa.Column("title", sa.Text(), nullable=True))
    for column in (
        sa.Column("corrected_into", sa.String(length=32), nullable=True),
        sa.Column("change", sa.BigInteger(), nullable=True),
        sa.Column("settled", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("first_published", _TIME, nullable=True),
        sa.Column("last_published", _TIME, nullable=True),
        sa.Column("documents", sa.Integer(), server_default="0", nullable=False),
        sa.Column("copies", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sources", _JSON, nullable=True),
        sa.Column("disputed", sa.Integer(), server_default="0", nullable=False),
    ):
        op.add_column("stories", column)
    op.create_index("ix_stories_corrected_into", "stories", ["corrected_into"], unique=False)
    op.create_index("ix_stories_change", "stories", ["change"], unique=False)
    op.create_index("ix_stories_disputed_change", "stories", ["disputed", "change"], unique=False)
    unsettled = sa.text("change IS NOT NULL AND (settled IS NULL OR settled < change)")
    op.create_index(
        "ix_stories_unsettled", "stories", ["change"], unique=False, sqlite_where=unsettled, postgresql_where=unsettled
    )
    for statement in _FILL:
        op.execute(statement)
    for statement in _SQLITE_SEARCH if _on_sqlite() else _POSTGRESQL_SEARCH:
        op.execute(statement)


def downgrade() -> None:
    if _on_sqlite():
        for trigger in ("search_added", "search_removed", "search_changed"):
            op.execute(f"DROP TRIGGER {trigger}")
        op.execute("DROP TABLE search")
    else:
        op.execute("DROP TRIGGER search_kept ON cleaned_bodies")
        op.execute("DROP FUNCTION search_kept()")
        op.execute("DROP TABLE search")
    op.drop_index("ix_stories_unsettled", table_name="stories")
    op.drop_index("ix_stories_disputed_change", table_name="stories")
    op.drop_index("ix_stories_change", table_name="stories")
    op.drop_index("ix_stories_corrected_into", table_name="stories")
    for name in (
        "disputed", "sources", "copies", "documents", "last_published", "first_published", "title", "settled", "change",
        "corrected_into"
    ):  # fmt: skip
        op.drop_column("stories", name)
    op.drop_column("cleaned_bodies", "title")
    op.drop_index("ix_failures_change", table_name="failures")
    op.drop_index("ix_failures_unresolved", table_name="failures")
    op.drop_column("failures", "change")
    op.drop_index("ix_documents_found_story_id_received", table_name="documents")
    op.drop_index("ix_documents_change", table_name="documents")
    op.drop_column("documents", "placed")
    op.drop_column("documents", "found_story_id")
    op.drop_column("documents", "change")
    for table in ("deliveries", "hooks", "corrections", "counts", "events", "change_counter"):
        op.drop_table(table)


def _on_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"
