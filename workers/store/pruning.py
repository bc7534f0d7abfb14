"""Deleting what is old: documents with all that was found in them; never what a person corrected."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session, aliased

from schemas.dedupe_tables import Story
from schemas.desk_tables import Correction, Delivery, Event
from schemas.hooks import DeliveryState
from schemas.stages import ENDED_STATES
from schemas.tables import Document, Failure
from workers.store import changes
from workers.store.hooks import looked_at_by_all

# Documents of one transaction: others wait for it no longer than for a stage.
_PORTION = 200


def prune(session: Session, before: datetime) -> int:
    """Deletes a portion of the documents received before then; gives how many, 0 once none is left.

    The session must be the only one that decides. What is spared: documents with corrections of their own or of their
    story, those that others are copies of (they go after their copies), and those that have not ended.
    """
    copies = aliased(Document)
    corrected = exists().where(Correction.document_id == Document.id)
    story_corrected = exists().where(Correction.record == "story", Correction.record_id == Document.found_story_id)
    wanted = (
        select(Document.number, Document.id, Document.story_id)
        .where(
            Document.received < before,
            Document.state.in_(ENDED_STATES),
            ~corrected,
            ~story_corrected,
            ~exists().where(copies.copy_of == Document.number),
        )
        .order_by(Document.received)
        .limit(_PORTION)
    )
    found = session.execute(wanted).all()
    if not found:
        return 0
    ids = [row.id for row in found]
    session.execute(delete(Failure).where(Failure.document_id.in_(ids)))
    session.execute(delete(Document).where(Document.number.in_([row.number for row in found])))
    known = select(Story.id).where(Story.id.in_({row.story_id for row in found if row.story_id}))
    changes.record(session, stories=set(session.scalars(known)))
    return len(found)


def prune_events(session: Session, before: datetime) -> int:
    """Deletes the events from before then that no hook still waits for or has yet to look at; gives how many."""
    waiting = exists().where(Delivery.event_number == Event.number, Delivery.state == DeliveryState.WAITING)
    old = delete(Event).where(Event.happened < before, ~waiting)
    looked_at = looked_at_by_all(session)
    if looked_at is not None:
        old = old.where(Event.number <= looked_at)
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]
