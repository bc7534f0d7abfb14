"""Feeds, their entries and fetches, and the revisions of documents

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-22 20:10:12.408113
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)
_JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.add_column("documents", sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
    op.create_table(
        "revisions",
        sa.Column("number", _BIG, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("superseded", _TIME, nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("published", _TIME, nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_type", sa.String(length=32), nullable=False),
        sa.Column("extra", _JSON, nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["number"], ["documents.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", "revision"),
    )
    op.create_table(
        "feeds",
        sa.Column("number", _BIG, autoincrement=True, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("pages", sa.String(length=8), nullable=False),
        sa.Column("added", _TIME, nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("modified", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=32), nullable=True),
        sa.Column("schedule", _JSON, nullable=True),
        sa.Column("read", _TIME, nullable=True),
        sa.Column("taken", _TIME, nullable=True),
        sa.Column("interval", sa.Double(), nullable=False),
        sa.Column("due", _TIME, nullable=False),
        sa.Column("sent", _TIME, nullable=True),
        sa.Column("claim", sa.String(length=32), nullable=True),
        sa.Column("claimed_until", _TIME, nullable=True),
        sa.Column("polled", _TIME, nullable=True),
        sa.Column("succeeded", _TIME, nullable=True),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("url"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feeds_state_due", "feeds", ["state", "due"], unique=False)
    op.create_table(
        "fetches",
        sa.Column("number", _BIG, autoincrement=True, nullable=False),
        sa.Column("feed_number", _BIG, nullable=False),
        sa.Column("due", _TIME, nullable=False),
        sa.Column("started", _TIME, nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("revised", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["feed_number"], ["feeds.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_fetches_feed_number_started", "fetches", ["feed_number", "started"], unique=False)
    op.create_table(
        "entries",
        sa.Column("number", _BIG, autoincrement=True, nullable=False),
        sa.Column("feed_number", _BIG, nullable=False),
        sa.Column("seen", _TIME, nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("document_id", sa.String(length=32), nullable=True),
        sa.Column("owns", sa.Boolean(), nullable=False),
        sa.Column("page", sa.Text(), nullable=True),
        sa.Column("stand_in", _JSON, nullable=True),
        sa.Column("page_due", _TIME, nullable=True),
        sa.Column("page_sent", _TIME, nullable=True),
        sa.Column("page_tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["feed_number"], ["feeds.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_entries_feed_number_seen", "entries", ["feed_number", "seen"], unique=False)
    op.create_index("ix_entries_page_due", "entries", ["page_due"], unique=False)
    op.create_table(
        "entry_keys",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("entry_number", _BIG, nullable=False),
        sa.ForeignKeyConstraint(["entry_number"], ["entries.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_entry_keys_entry_number", "entry_keys", ["entry_number"], unique=False)
    op.create_table(
        "hosts",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("free", _TIME, nullable=False),
        sa.Column("robots", sa.Text(), nullable=True),
        sa.Column("robots_until", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("origin"),
    )
    op.create_index("ix_hosts_free", "hosts", ["free"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_hosts_free", table_name="hosts")
    op.drop_table("hosts")
    op.drop_index("ix_entry_keys_entry_number", table_name="entry_keys")
    op.drop_table("entry_keys")
    op.drop_index("ix_entries_page_due", table_name="entries")
    op.drop_index("ix_entries_feed_number_seen", table_name="entries")
    op.drop_table("entries")
    op.drop_index("ix_fetches_feed_number_started", table_name="fetches")
    op.drop_table("fetches")
    op.drop_index("ix_feeds_state_due", table_name="feeds")
    op.drop_table("feeds")
    op.drop_table("revisions")
    op.drop_column("documents", "revision")
