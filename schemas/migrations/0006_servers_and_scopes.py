"""Feeds and pages by server, what names a feed for good, and why a robots.txt cannot be had

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-26 15:20:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from schemas.urls import Url

revision = "0006"
down_revision = "0005"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("feeds", sa.Column("origin", sa.Text(), server_default="", nullable=False))
    op.add_column("feeds", sa.Column("scope", sa.Text(), server_default="", nullable=False))
    op.add_column("entries", sa.Column("page_origin", sa.Text(), nullable=True))
    op.add_column("hosts", sa.Column("sent", _TIME, nullable=True))
    op.add_column("hosts", sa.Column("robots_error", sa.Text(), nullable=True))
    op.drop_column("feeds", "sent")
    op.drop_column("entries", "page_sent")
    _fill_in()
    op.create_index("ix_feeds_origin", "feeds", ["origin"], unique=False)
    op.create_index("ix_entries_page_origin_page_due", "entries", ["page_origin", "page_due"], unique=False)


def _fill_in() -> None:
    feeds = sa.table("feeds", sa.column("number"), sa.column("url"), sa.column("origin"), sa.column("scope"))
    entries = sa.table("entries", sa.column("number"), sa.column("page"), sa.column("page_origin"))
    tables = op.get_bind()
    for number, url in tables.execute(sa.select(feeds.c.number, feeds.c.url)).all():
        # The keys of the entries that are known were made with the address.
        values = {"origin": _origin(url), "scope": url}
        tables.execute(sa.update(feeds).where(feeds.c.number == number).values(**values))
    waiting = sa.select(entries.c.number, entries.c.page).where(entries.c.page.is_not(None))
    for number, page in tables.execute(waiting).all():
        tables.execute(sa.update(entries).where(entries.c.number == number).values(page_origin=_origin(page)))


def _origin(url: str) -> str:
    try:
        return Url.parse(url).origin
    except ValueError:  # no address of the web, which nothing can be fetched from
        return ""


def downgrade() -> None:
    op.drop_index("ix_entries_page_origin_page_due", table_name="entries")
    op.drop_index("ix_feeds_origin", table_name="feeds")
    op.add_column("entries", sa.Column("page_sent", _TIME, nullable=True))
    op.add_column("feeds", sa.Column("sent", _TIME, nullable=True))
    op.drop_column("hosts", "robots_error")
    op.drop_column("hosts", "sent")
    op.drop_column("entries", "page_origin")
    op.drop_column("feeds", "scope")
    op.drop_column("feeds", "origin")
