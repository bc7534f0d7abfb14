"""The servers that are fetched from: one request at a time to each, a pause after it, what is due there, and what its
robots.txt says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, delete, func, or_, select, union_all, update
from sqlalchemy.orm import Session

from schemas.tables import Entry, Feed, Host
from workers.store.feeds import is_due
from workers.store.intake import insert_ignoring_known

# A robots.txt holds for a day (RFC 9309, 2.4).
_KEPT = timedelta(days=2)


@dataclass(frozen=True)
class KeptRobots:
    """What is known of a server's robots.txt: its text, or why it cannot be had."""

    text: str | None
    error: str | None


def reserve(session: Session, origin: str, hold: timedelta) -> datetime | None:
    """Reserves a server for so long; gives when it may be tried again where somebody else has it, else None."""
    now = datetime.now(UTC)
    session.execute(insert_ignoring_known(session, Host).values(origin=origin, free=now))
    free = update(Host).where(Host.origin == origin, Host.free <= now).values(free=now + hold)
    if session.execute(free).rowcount:  # type: ignore[attr-defined]
        return None
    return session.get_one(Host, origin).free


def forget(session: Session) -> None:
    """Forgets the servers that were not asked for anything of late; what their robots.txt said holds no longer then."""
    session.execute(delete(Host).where(Host.free < datetime.now(UTC) - _KEPT))


def give_back(session: Session, origin: str, pause: float, **marked: datetime | None) -> None:
    """Ends a reservation; the server may be asked again after the pause (seconds). What is `marked` as `sent` is as
    for `mark_sent`.
    """
    free = datetime.now(UTC) + timedelta(seconds=pause)
    session.execute(update(Host).where(Host.origin == origin).values(free=free, **marked))


def mark_sent(session: Session, origin: str, sent: datetime | None) -> None:
    """When a message was sent for what is due on a server; None once all of it was visited."""
    session.execute(update(Host).where(Host.origin == origin).values(sent=sent))


def due(session: Session, limit: int, sent_before: datetime) -> list[str]:
    """The free servers on which feeds or pages are due, the longest due first, and for which no message was sent since
    then; marks them as sent now.
    """
    now = datetime.now(UTC)
    feeds = select(Feed.origin, func.min(Feed.due).label("due")).where(*is_due(now)).group_by(Feed.origin)
    pages = select(Entry.page_origin, func.min(Entry.page_due)).where(Entry.page_due <= now).group_by(Entry.page_origin)
    both = union_all(feeds, pages).subquery()
    unsent = and_(Host.free <= now, or_(Host.sent.is_(None), Host.sent < sent_before))
    wanted = (
        select(both.c.origin)
        .outerjoin(Host, Host.origin == both.c.origin)
        .where(or_(Host.origin.is_(None), unsent))
        .group_by(both.c.origin)
        .order_by(func.min(both.c.due))
        .limit(max(limit, 0))
    )
    found = list(session.scalars(wanted))
    if found:
        session.execute(insert_ignoring_known(session, Host), [{"origin": each, "free": now} for each in sorted(found)])
        session.execute(update(Host).where(Host.origin.in_(found)).values(sent=now))
    return found


def next_due(session: Session, origin: str) -> Feed | Entry | None:
    """What is to be fetched next from a server: the feed that is due longest, else the entry whose page is."""
    now = datetime.now(UTC)
    feed = session.scalars(select(Feed).where(Feed.origin == origin, *is_due(now)).order_by(Feed.due).limit(1)).first()
    if feed is not None:
        return feed
    waiting = select(Entry).where(Entry.page_origin == origin, Entry.page_due <= now).order_by(Entry.page_due).limit(1)
    return session.scalars(waiting).first()


def robots(session: Session, origin: str) -> KeptRobots | None:
    """What is known of the robots.txt of a server, where that still holds."""
    host = session.get(Host, origin)
    if host is None or host.robots_until is None or host.robots_until < datetime.now(UTC):
        return None
    return KeptRobots(host.robots, host.robots_error)


def keep_robots(session: Session, origin: str, kept: KeptRobots, holds: timedelta) -> None:
    """Keeps what is known of a robots.txt for so long; what is kept of servers that nobody asks any more goes then."""
    forget(session)
    values = {"robots": kept.text, "robots_error": kept.error, "robots_until": datetime.now(UTC) + holds}
    session.execute(update(Host).where(Host.origin == origin).values(**values))
