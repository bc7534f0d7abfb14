"""How many documents are in each state, and what failed: what `status` and the progress displays show."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schemas.stages import WAITING_STATES, Stage, State
from schemas.tables import Document, Failure

# SQLite allows 32,766 parameters in a statement, PostgreSQL 65,535.
_PARAMETERS = 10_000


def by_state(session: Session) -> dict[State, int]:
    """All documents by state, every state named."""
    counted = session.execute(select(Document.state, func.count()).group_by(Document.state)).all()
    return dict.fromkeys(State, 0) | {State(state): count for state, count in counted}


def by_state_of(session: Session, ids: Collection[str]) -> dict[State, int]:
    """The given documents by state, every state named."""
    wanted, counts = list(ids), dict.fromkeys(State, 0)
    for start in range(0, len(wanted), _PARAMETERS):
        part = wanted[start : start + _PARAMETERS]
        counted = select(Document.state, func.count()).where(Document.id.in_(part)).group_by(Document.state)
        for state, count in session.execute(counted):
            counts[State(state)] += count
    return counts


def waiting(session: Session) -> dict[Stage, int]:
    """Documents that wait for each stage or are at work in it."""
    counted = select(Document.state, func.count()).where(Document.state.in_(WAITING_STATES)).group_by(Document.state)
    states = dict(session.execute(counted).all())
    return {stage: int(states.get(stage.before, 0)) for stage in Stage}


def oldest_waiting(session: Session) -> datetime | None:
    """When the document that has waited longest came to its present state."""
    return session.scalar(select(func.min(Document.changed)).where(Document.state.in_(WAITING_STATES)))


def failures_by_type(session: Session) -> list[tuple[str, str, int]]:
    """Unresolved failures as (stage, error type, count), most first."""
    counted = (
        select(Failure.stage, Failure.error_type, func.count())
        .where(Failure.resolved.is_(None))
        .group_by(Failure.stage, Failure.error_type)
        .order_by(func.count().desc(), Failure.stage, Failure.error_type)
    )
    return [(stage, kind, count) for stage, kind, count in session.execute(counted)]
