"""The servers that are fetched from: one request at a time to each, a pause after it, and what its robots.txt says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from schemas.tables import Host
from workers.store.intake import insert_ignoring_known

# A robots.txt holds for a day (RFC 9309, 2.4).
_KEPT = timedelta(days=2)


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


def give_back(session: Session, origin: str, pause: float) -> None:
    """Ends a reservation; the server may be asked again after the pause (seconds)."""
    free = datetime.now(UTC) + timedelta(seconds=pause)
    session.execute(update(Host).where(Host.origin == origin).values(free=free))


def robots(session: Session, origin: str) -> str | None:
    """The robots.txt of a server where one is kept that still holds."""
    host = session.get(Host, origin)
    if host is None or host.robots_until is None or host.robots_until < datetime.now(UTC):
        return None
    return host.robots


def keep_robots(session: Session, origin: str, text: str, holds: timedelta) -> None:
    """Keeps a robots.txt for so long; what is kept of servers that nobody asks any more goes then."""
    forget(session)
    kept = update(Host).where(Host.origin == origin)
    session.execute(kept.values(robots=text, robots_until=datetime.now(UTC) + holds))
