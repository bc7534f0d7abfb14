"""Numbers of changes, which only rise, and the events that stand under them.

A transaction takes its numbers at its end and holds the counter's row until its commit, so that of two numbers the
lower is never visible later: whoever has read up to a number has missed nothing below it. Sequences do not promise
that, for a transaction can take a number and commit after those that took later ones.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, bindparam, case, insert, select, update
from sqlalchemy.orm import Session

from schemas.dedupe_tables import Story
from schemas.desk_tables import ChangeCounter, Event
from schemas.tables import Document, Table

_COUNTER = "changes"

# Built once and run below the ORM, as those of the stages are (workers.store.stages).
_documents, _stories, _counter, _events = (
    Table.metadata.tables[name] for name in ("documents", "stories", "change_counter", "events")
)
_following = _counter.c.last + bindparam("count", type_=BigInteger)
_now = bindparam("now", type_=BigInteger)
_COUNT = (
    update(_counter)
    .where(_counter.c.name == _COUNTER)
    .values(last=case((_following > _now, _following), else_=_now))
    .returning(_counter.c.last)
)
_ADD_EVENTS = insert(_events)
_NUMBER_DOCUMENT = (
    update(_documents).where(_documents.c.number == bindparam("of")).values(change=bindparam("changed_to"))
)
_NUMBER_STORY = update(_stories).where(_stories.c.id == bindparam("of")).values(change=bindparam("changed_to"))


class EventKind(StrEnum):
    """What events and hooks tell of."""

    DOCUMENT_STORED = "document.stored"
    DOCUMENT_REVISED = "document.revised"
    DOCUMENT_FAILED = "document.failed"
    FIGURE_CHANGED = "figure.changed"
    DISPUTE_OPENED = "dispute.opened"
    DISPUTE_CLOSED = "dispute.closed"
    STORY_MERGED = "story.merged"
    RECORD_CORRECTED = "record.corrected"


@dataclass(frozen=True)
class NewEvent:
    """An event that has no number yet."""

    kind: EventKind
    story_id: str | None = None
    document_id: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


def take_numbers(session: Session, count: int) -> range:
    """So many numbers, higher than all that were taken before.

    They follow the clock in milliseconds where it is ahead: the last commits before a power cut may be lost with their
    numbers (`workers.store.database`), and those must not be given again to other changes.
    """
    now = int(1000 * datetime.now(UTC).timestamp())
    last: int = session.connection().execute(_COUNT, {"count": count, "now": now}).scalar_one()
    return range(last - count + 1, last + 1)


def record(
    session: Session,
    documents: Collection[int] = (),
    stories: Collection[str] = (),
    events: Sequence[NewEvent] = (),
) -> None:
    """Gives the documents (by number) and stories that this transaction changed their numbers, and keeps its events.

    To be called last in the transaction, whose rows these are already: the counter is the last lock that anybody takes.
    """
    count = len(documents) + len(stories) + len(events)
    if not count:
        return
    numbers = iter(take_numbers(session, count))
    connection = session.connection()
    if documents:
        connection.execute(
            _NUMBER_DOCUMENT, [{"of": number, "changed_to": next(numbers)} for number in sorted(documents)]
        )
    if stories:
        connection.execute(_NUMBER_STORY, [{"of": story, "changed_to": next(numbers)} for story in sorted(stories)])
    if events:
        now = datetime.now(UTC)
        rows = [
            {
                "number": next(numbers),
                "kind": event.kind,
                "happened": now,
                "story_id": event.story_id,
                "document_id": event.document_id,
                "data": event.data,
            }
            for event in events
        ]
        connection.execute(_ADD_EVENTS, rows)


def last_number(session: Session) -> int:
    """The last number that a change was given."""
    return session.scalar(select(ChangeCounter.last).where(ChangeCounter.name == _COUNTER)) or 0


def document_changed(session: Session, document_id: str, event: EventKind | None = None, **data: Any) -> None:
    """Numbers a change of one document and of the story it is in, with an event where one is told of it."""
    found = select(Document.number, Document.story_id, Document.source, Document.title)
    number, story_id, source, title = session.execute(found.where(Document.id == document_id)).one()
    told = {"source": source, "title": title} | data
    record(
        session,
        documents=[number],
        stories=[story_id] if story_id else [],
        events=[NewEvent(event, story_id, document_id, told)] if event else [],
    )


def events_after(session: Session, number: int, limit: int) -> list[Event]:
    """The events with higher numbers, in order."""
    wanted = select(Event).where(Event.number > number).order_by(Event.number).limit(limit)
    return list(session.scalars(wanted))


def last_event(session: Session) -> int:
    """The number of the last event; 0 before the first."""
    return session.scalar(select(Event.number).order_by(Event.number.desc()).limit(1)) or 0


def story_followed(session: Session, story_id: str) -> str:
    """The story that a story is part of now, through the mergers since; itself where it stands."""
    seen = {story_id}
    while following := session.scalar(select(Story.merged_into).where(Story.id == story_id)):
        if following in seen:
            break
        seen.add(following)
        story_id = following
    return story_id
