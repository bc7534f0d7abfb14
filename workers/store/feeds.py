"""The feeds that are polled: added, listed, claimed by one poller at a time, and settled after each poll."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from schemas.feeds import FeedState, Pages
from schemas.tables import Document, Entry, Feed, Fetch
from schemas.urls import Url

# Fetches kept of each feed; what is older has been counted in `feeds list` long since.
_FETCHES_KEPT = timedelta(days=30)

# Digits of a number that any database can hold.
_DIGITS = 18

# Days over which a feed's articles are counted.
_COUNTED_DAYS = 7


@dataclass(frozen=True)
class FeedSummary:
    """A feed as `feeds list` shows it: its row, articles a day over the last week, pages still waiting."""

    feed: Feed
    articles_a_day: float
    pages_waiting: int


def add(
    session: Session, url: Url, title: str | None = None, pages: Pages = Pages.AUTO, interval: float = 3600
) -> Feed:
    """The feed of a URL, added and due at once if it is new; one that was paused, gone or dead is resumed."""
    feed = session.scalars(select(Feed).where(Feed.url == url.text)).one_or_none()
    now = datetime.now(UTC)
    if feed is None:
        feed = Feed(
            url=url.text,
            origin=url.origin,
            scope=secrets.token_hex(16),
            title=title,
            state=FeedState.ACTIVE,
            pages=pages,
            added=now,
            interval=interval,
            due=now,
        )
        session.add(feed)
        session.flush()
    elif feed.state != FeedState.ACTIVE:
        set_state(session, [feed.number], FeedState.ACTIVE)
    return feed


def find(session: Session, names: Sequence[str]) -> list[Feed]:
    """The feeds of these numbers or addresses; all of them for none."""
    wanted = select(Feed).order_by(Feed.number)
    if names:
        numbers = [int(name) for name in names if name.isdecimal() and len(name) <= _DIGITS]
        wanted = wanted.where(or_(Feed.url.in_(names), Feed.number.in_(numbers)))
    return list(session.scalars(wanted))


def set_state(session: Session, numbers: Sequence[int], state: FeedState) -> None:
    """Sets the state of feeds; one that becomes active is due at once and begins without errors."""
    values: dict[str, Any] = {"state": state}
    if state is FeedState.ACTIVE:
        now = datetime.now(UTC)
        values |= {
            "due": now,
            "errors": 0,
            "error": None,
            "succeeded": func.coalesce(Feed.succeeded, now),
        }
    session.execute(update(Feed).where(Feed.number.in_(numbers)).values(**values))


def remove(session: Session, numbers: Sequence[int]) -> None:
    """Forgets feeds, their entries and fetches; the documents stay."""
    session.execute(delete(Feed).where(Feed.number.in_(numbers)))


def summaries(session: Session) -> list[FeedSummary]:
    """Every feed with its figures."""
    since = datetime.now(UTC) - timedelta(days=_COUNTED_DAYS)
    counted = (
        select(Entry.feed_number, func.count())
        .join(Document, Document.id == Entry.document_id)
        .where(Document.received >= since)
        .group_by(Entry.feed_number)
    )
    waiting = select(Entry.feed_number, func.count()).where(Entry.page_due.is_not(None)).group_by(Entry.feed_number)
    articles, pages = dict(session.execute(counted).all()), dict(session.execute(waiting).all())
    return [
        FeedSummary(feed, articles.get(feed.number, 0) / _COUNTED_DAYS, pages.get(feed.number, 0))
        for feed in find(session, [])
    ]


def is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What holds of a feed that is due and that nobody polls."""
    unclaimed = or_(Feed.claimed_until.is_(None), Feed.claimed_until < now)
    return Feed.state == FeedState.ACTIVE, Feed.due <= now, unclaimed


def claim(session: Session, number: int, hold: timedelta) -> Feed | None:
    """The feed, claimed for so long by whoever asks; None where it is not due (any more) or somebody polls it."""
    now = datetime.now(UTC)
    free = update(Feed).where(Feed.number == number, *is_due(now))
    claimed = free.values(claim=secrets.token_hex(16), claimed_until=now + hold)
    if not session.execute(claimed).rowcount:  # type: ignore[attr-defined]
        return None
    return session.get(Feed, number)


def release(session: Session, feed: Feed, due: datetime) -> None:
    """Gives a claim back without a poll: it is due again then."""
    session.execute(_claimed(feed).values(claim=None, claimed_until=None, due=due))


def is_held(session: Session, feed: Feed) -> bool:
    """Whether the claim still stands: the feed was not removed, and nobody else has it. It stands then until the end of
    the transaction.
    """
    held = select(Feed.number).where(Feed.number == feed.number, Feed.claim == feed.claim)
    return session.scalar(held.with_for_update()) is not None


def settle(session: Session, feed: Feed, outcome: dict[str, Any], fetch: dict[str, Any]) -> bool:
    """Writes what a poll found out about its feed, and the poll; False where the claim ran out and another has it.

    Args:
        feed: as it was claimed.
        outcome: columns of the feed, `due` among them.
        fetch: columns of the poll's own row.
    """
    if not session.execute(  # type: ignore[attr-defined]
        _claimed(feed).values(claim=None, claimed_until=None, **outcome)
    ).rowcount:
        return False
    session.execute(insert(Fetch).values(feed_number=feed.number, **fetch))
    old = delete(Fetch).where(Fetch.feed_number == feed.number, Fetch.started < datetime.now(UTC) - _FETCHES_KEPT)
    session.execute(old)
    return True


def is_known(session: Session, url: Url) -> bool:
    """Whether there is a feed of this address."""
    return session.scalar(select(Feed.number).where(Feed.url == url.text)) is not None


def _claimed(feed: Feed) -> Any:
    return update(Feed).where(Feed.number == feed.number, Feed.claim == feed.claim)
