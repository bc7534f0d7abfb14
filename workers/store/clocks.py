"""Times that were written while a clock was ahead: what lies further in the future than it can has come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import update
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
    for wrong, column in (
        (Feed.due > now + farthest, Feed.due),
        (Feed.claimed_until > now + hold + CLOCKS_DIFFER, Feed.claimed_until),
        (Entry.page_due > now + farthest, Entry.page_due),
        (Host.free > now + farthest, Host.free),
        (Host.sent > now + CLOCKS_DIFFER, Host.sent),
    ):
        session.execute(update(column.class_).where(wrong).values({column: now}))
