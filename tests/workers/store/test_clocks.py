"""Polls that a wrong clock has put off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from schemas.tables import Entry, Feed, Host
from schemas.urls import Url
from workers.store import clocks, feeds
from workers.store.database import Database

_YEAR, _FARTHEST, _HOLD = timedelta(days=365), timedelta(days=15), timedelta(minutes=3)


@pytest.fixture
def waiting(tables: Database) -> Database:
    """A feed, an entry whose page waits, and a server."""
    with tables.writing() as session:
        feed = feeds.add(session, Url.parse("https://gazette.example/feed"))
        now = datetime.now(UTC)
        session.add(
            Entry(feed_number=feed.number, seen=now, digest="d", owns=False, page="https://a.example/1", page_due=now)
        )
        session.add(Host(origin="https://a.example:443", free=now))
    return tables


def _moments(tables: Database) -> list[datetime | None]:
    columns = (Feed.due, Feed.claimed_until, Entry.page_due, Host.free, Host.sent)
    with tables.reading() as session:
        return [session.scalar(select(column)) for column in columns]


def _put_off(tables: Database, by: timedelta) -> None:
    then = datetime.now(UTC) + by
    with tables.writing() as session:
        session.execute(update(Feed).values(due=then, claimed_until=then))
        session.execute(update(Entry).values(page_due=then))
        session.execute(update(Host).values(free=then, sent=then))


def test_what_a_clock_a_year_ahead_put_off_is_due_when_it_is_right_again(waiting: Database) -> None:
    _put_off(waiting, _YEAR)
    with waiting.writing() as session:
        clocks.pull_back(session, _FARTHEST, _HOLD)
    assert all(moment is not None and moment <= datetime.now(UTC) for moment in _moments(waiting))


def test_what_can_rightly_lie_ahead_is_left_alone(waiting: Database) -> None:
    _put_off(waiting, timedelta(seconds=50))
    before = _moments(waiting)
    with waiting.writing() as session:
        clocks.pull_back(session, _FARTHEST, _HOLD)
    assert _moments(waiting) == before
