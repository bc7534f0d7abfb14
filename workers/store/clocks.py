"""Times that were written while a clock was ahead: what lies further in the future than it can has come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, update
from sqlalchemy.orm import Session

from schemas.tables import Entry, Feed, Host

# The clocks of machines differ by less: what lies further in the future was written before a clock was set back.
CLOCKS_DIFFER = timedelta(minutes=1)


def pull_back(session: Session, farthest: timedelta, hold: timedelta) -> None:
    """Makes due, and free, the feeds, pages and servers that a wrong clock has put off.

    Args:
        farthest: how far ahead a poll, a page or a server's pause can rightly lie.
        hold: how long a claim is good for.
    """
    now = datetime.now(UTC)
    waiting = Entry.page_due.is_not(None)
    for wrong, column in (
        (Feed.due > now + farthest, Feed.due),
        (Feed.sent > now + CLOCKS_DIFFER, Feed.sent),
        (Feed.claimed_until > now + hold + CLOCKS_DIFFER, Feed.claimed_until),
        (Entry.page_due > now + farthest, Entry.page_due),
        (and_(waiting, Entry.page_sent > now + CLOCKS_DIFFER), Entry.page_sent),
        (Host.free > now + farthest, Host.free),
    ):
        session.execute(update(column.class_).where(wrong).values({column: now}))
