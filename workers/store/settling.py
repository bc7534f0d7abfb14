"""Settling a story: its counts and the facts that lists show, brought up to its last change, and what that is told of.

Documents arrive one by one and are dedupe's business alone; what they change of a story is worked out a moment later,
once for all that arrived meanwhile. A story whose `settled` is behind its `change` is not settled yet, so nothing is
lost with whoever was at it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from pipeline.dedupe import StoryClaim
from schemas.dedupe_tables import UNSETTLED, Story
from schemas.desk_tables import StoryCount
from workers.store.changes import EventKind, NewEvent, record, take_numbers
from workers.store.corrections.overlay import Overlay
from workers.store.counting import KeptCount, kept_counts
from workers.store.database import Database
from workers.store.read.stories import Member, members, story_claims

# What a list shows of a story with hundreds of outlets.
_SOURCES = 50


@dataclass(frozen=True)
class _Read:
    """A story as it was read, with the number of its last change then."""

    change: int
    members: Sequence[Member]
    claims: Sequence[StoryClaim]
    reviewed: frozenset[str]
    before: Sequence[StoryCount]


def settle_due(database: Database, most: int = 200) -> int:
    """Settles the stories that are not, at most so many, those first that changed first; gives how many there were."""
    with database.reading() as session:
        due = list(session.scalars(select(Story.id).where(UNSETTLED).order_by(Story.change).limit(most)))
    for story_id in due:
        with database.reading() as session:
            read = _read(session, story_id)
        if read is not None:
            with database.writing() as session:
                _write(session, story_id, read)
    return len(due)


def settle_all(database: Database) -> None:
    """Settles until no story is behind."""
    while settle_due(database):
        pass


def _read(session: Session, story_id: str) -> _Read | None:
    change = session.scalar(select(Story.change).where(Story.id == story_id))
    if change is None:
        return None
    documents = members(session, [story_id])
    overlay = Overlay(session, [document.id for document in documents[story_id]])
    corrected = {claim for document in overlay.documents for claim in overlay.reviewed(document)}
    claims = story_claims(session, documents)[story_id]
    before = session.scalars(select(StoryCount).where(StoryCount.story_id == story_id))
    return _Read(change, documents[story_id], claims, frozenset(corrected), list(before))


def _write(session: Session, story_id: str, read: _Read) -> None:
    """Writes what was worked out, unless the story has changed meanwhile: then it is still due; or another process has
    settled it: then it is done.
    """
    facts = _facts(read.members)
    known: dict[str, dict[str, list[str]]] = {}
    for count in read.before:
        known.setdefault(count.measure, {})[count.id] = [figure["claim_id"] for figure in count.figures]
    counts = kept_counts(story_id, read.claims, read.reviewed, known)
    guarded = update(Story).where(Story.id == story_id, Story.change == read.change, UNSETTLED)
    disputed = sum(count.disputed for count in counts)
    if not session.execute(  # type: ignore[attr-defined]
        guarded.values(settled=read.change, disputed=disputed, **facts)
    ).rowcount:
        return
    before = {count.id: count for count in read.before}
    changed = [count for count in counts if _differs(count, before.get(count.id))]
    gone = [count for count in read.before if count.figures and count.id not in {c.id for c in counts}]
    if not changed and not gone:
        return
    numbers = iter(take_numbers(session, len(changed) + len(gone)))
    session.execute(delete(StoryCount).where(StoryCount.id.in_([count.id for count in changed if count.id in before])))
    rows = [_row(story_id, count, next(numbers)) for count in changed]
    if rows:
        session.execute(insert(StoryCount), rows)
    for lost in gone:  # it stays, empty, so that whoever follows the changes of counts learns of it
        emptied: dict[str, Any] = {"figures": [], "context": [], "claimants": [], "low": None, "high": None}
        emptied |= {"independent_sources": 0, "disputed": False, "change": next(numbers)}
        session.execute(update(StoryCount).where(StoryCount.id == lost.id).values(**emptied))
    events = [event for count in changed for event in _events(story_id, facts, count, before.get(count.id))]
    events += [
        NewEvent(EventKind.DISPUTE_CLOSED, story_id, data=_told(facts, lost, None)) for lost in gone if lost.disputed
    ]
    record(session, events=events)


def _facts(members: Sequence[Member]) -> dict[str, Any]:
    times = [document.published for document in members if document.published]
    sources = Counter(document.source for document in members if document.source)
    return {
        "title": next((document.title for document in members if document.title), None),
        "first_published": min(times, default=None),
        "last_published": max(times, default=None),
        "documents": len(members),
        "copies": sum(document.copy_of is not None for document in members),
        "sources": list(sources)[:_SOURCES],
    }


def _differs(count: KeptCount, before: StoryCount | None) -> bool:
    return before is None or any(value != getattr(before, name) for name, value in vars(count).items())


def _row(story_id: str, count: KeptCount, change: int) -> dict[str, Any]:
    return vars(count) | {"story_id": story_id, "change": change}


def _events(story_id: str, facts: dict[str, Any], count: KeptCount, before: StoryCount | None) -> list[NewEvent]:
    told, events = _told(facts, count, before), []
    if count.disputed and not (before and before.disputed):
        events.append(NewEvent(EventKind.DISPUTE_OPENED, story_id, data=told))
    if before and before.disputed and not count.disputed:
        events.append(NewEvent(EventKind.DISPUTE_CLOSED, story_id, data=told))
    if before and before.figures and (count.low, count.high) != (before.low, before.high):
        events.append(NewEvent(EventKind.FIGURE_CHANGED, story_id, data=told))
    return events


def _told(facts: dict[str, Any], count: KeptCount | StoryCount, before: StoryCount | None) -> dict[str, Any]:
    return {
        "story_title": facts["title"],
        "count_id": count.id,
        "measure": count.measure,
        "group": count.group,
        "low": count.low,
        "high": count.high,
        "before": {"low": before.low, "high": before.high} if before else None,
        "figures": [
            {name: figure[name] for name in ("low", "high", "value", "claimant_name", "source", "relay", "claim_id")}
            for figure in count.figures
            if figure["updated_by"] is None
        ],
    }
