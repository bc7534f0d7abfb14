"""A feed that a test polls whenever it says so, and what the feed says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from schemas.feeds import Pages
from schemas.tables import Entry, Feed
from schemas.urls import Url
from tests.workers.fetching.misbehaving import Server, later
from workers import settings as settings_module
from workers.feeds.pages import fetch_page
from workers.feeds.poll import poll
from workers.store import feeds
from workers.store.database import Database

TEXT = "Two people died when the bridge fell. " * 20


def rss(*items: str, head: str = "") -> bytes:
    return f'<rss version="2.0"><channel><title>The Gazette</title>{head}{"".join(items)}</channel></rss>'.encode()


def item(n: int, text: str = TEXT, link: str = "") -> str:
    link = link or f"https://gazette.example/{n}"
    facts = f"<guid>g{n}</guid><link>{link}</link><title>T{n}</title><pubDate>{later(-3600 * n)}</pubDate>"
    return f"<item>{facts}<description>{n} {text}</description></item>"


class Polling:
    """A feed at `/feed` of the server, polled whenever a test says so."""

    def __init__(self, tables: Database, server: Server) -> None:
        settings_module.settings.cache_clear()
        self.tables, self.server = tables, server
        self.number = self.add(server.url("/feed"))

    def add(self, url: str, pages: Pages = Pages.AUTO) -> int:
        with self.tables.writing() as session:
            return feeds.add(session, Url.parse(url), pages=pages).number

    def poll(self, number: int | None = None) -> str:
        """One poll, due now."""
        number = number or self.number
        self.change(due=datetime.now(UTC) - timedelta(seconds=1))
        return poll(number)

    def fetch_page(self) -> str:
        """The fetch of the page of its one entry."""
        with self.tables.reading() as session:
            number = session.scalars(select(Entry.number)).one()
        return fetch_page(number)

    def change(self, **values: Any) -> None:
        with self.tables.writing() as session:
            session.execute(update(Feed).where(Feed.number == self.number).values(**values))

    @property
    def feed(self) -> Feed:
        with self.tables.reading() as session:
            return session.get_one(Feed, self.number)

    def count(self, table: Any) -> int:
        with self.tables.reading() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def wait(self) -> float:
        """Seconds until the next poll."""
        return (self.feed.due - datetime.now(UTC)).total_seconds()
