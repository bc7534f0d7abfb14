"""Settling a story: its counts and the facts that lists show, brought up to its last change, and what that is told of.

Documents arrive one by one and are dedupe's business alone; what they change of a story is worked out a moment later,
once for all that arrived meanwhile. A story whose `settled` is behind its `change` is not settled yet, so nothing is
lost with whoever was at it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from pipeline.dedupe import StoryClaim
from schemas.dedupe_tables import UNSETTLED, Story
from schemas.tables import Table
from workers.store.changes import EventKind, NewEvent, record, take_numbers
from workers.store.corrections.overlay import Overlay
from workers.store.counting import KeptCount, kept_counts
from workers.store.database import Database
from workers.store.read.stories import Member, members, story_claims

# What a list shows of a story with hundreds of outlets.
_SOURCES = 50

# Stories that are read at once, and written in one transaction: many share the cost of a statement, and the few dozen
# rows of their counts hold up no other writer.
_AT_ONCE = 20

# Built once and run below the ORM, as those of the stages are (workers.store.stages).
_stories, _counts = (Table.metadata.tables[name] for name in ("stories", "counts"))
_of_stories: BindParameter[Any] = bindparam("stories", expanding=True)
_CHANGES = select(_stories.c.id, _stories.c.change).where(_stories.c.id.in_(_of_stories))
_COUNTS = select(_counts).where(_counts.c.story_id.in_(_of_stories))
# Who else writes to a story holds it, and changes it: it is passed over, and no writer waits for one that waits for it.
_STILL_DUE = _CHANGES.where(UNSETTLED).with_for_update(skip_locked=True)
_FACTS = ("settled", "disputed", "title", "first_published", "last_published", "documents", "copies", "sources")
_SETTLE = update(_stories).where(_stories.c.id == bindparam("of")).values({name: bindparam(name) for name in _FACTS})
_DROP_COUNTS = delete(_counts).where(_counts.c.id.in_(bindparam("ids", expanding=True)))
_ADD_COUNTS = insert(_counts)


@dataclass(frozen=True)
class _Read:
    """A story as it was read, with the number of its last change then and its counts `before`, and what follows."""

    id: str
    change: int
    members: Sequence[Member]
    claims: Sequence[StoryClaim]
    reviewed: frozenset[str]
    before: Sequence[Any]

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What lists show of it."""
        return _facts(self.members)

    @cached_property
    def counts(self) -> Sequence[KeptCount]:
        """Its counts as they are now."""
        known: dict[str, dict[str, list[str]]] = {}
        for count in self.before:
            known.setdefault(count.measure, {})[count.id] = [figure["claim_id"] for figure in count.figures]
        return kept_counts(self.id, self.claims, self.reviewed, known)

    @cached_property
    def changed(self) -> Sequence[tuple[KeptCount, Any]]:
        """The counts that are new or differ, each with what it was before, or None."""
        before = {count.id: count for count in self.before}
        pairs = [(count, before.get(count.id)) for count in self.counts]
        return [(count, was) for count, was in pairs if _differs(count, was)]

    @cached_property
    def gone(self) -> Sequence[Any]:
        """The counts that are no more."""
        return [count for count in self.before if count.figures and count.id not in {c.id for c in self.counts}]


def settle_due(database: Database, most: int = 200) -> int:
    """Settles the stories that are not, at most so many, those first that changed first; gives how many there were."""
    with database.reading() as session:
        due = list(session.scalars(select(Story.id).where(UNSETTLED).order_by(Story.change).limit(most)))
    for start in range(0, len(due), _AT_ONCE):
        with database.reading() as session:
            found = _read(session, due[start : start + _AT_ONCE])
        # Worked out before the transaction, which others wait for.
        numbers = sum(len(story.changed) + len(story.gone) for story in found)
        with database.writing() as session:
            _write(session, found, numbers)
    return len(due)


def settle_all(database: Database) -> None:
    """Settles until no story is behind."""
    while settle_due(database):
        pass


def _read(session: Session, ids: Sequence[str]) -> list[_Read]:
    run = session.connection().execute
    changes = {story: change for story, change in run(_CHANGES, {"stories": ids}) if change is not None}
    documents = members(session, ids)
    overlay = Overlay(session, [document.id for story in ids for document in documents[story]])
    claims = story_claims(session, {story: documents[story] for story in ids})
    before: dict[str, list[Any]] = {}
    for count in run(_COUNTS, {"stories": ids}):
        before.setdefault(count.story_id, []).append(count)
    found = []
    for story in ids:
        if (change := changes.get(story)) is not None:
            corrected = {claim for document in documents[story] for claim in overlay.reviewed(document.id)}
            counts = before.get(story, [])
            found.append(_Read(story, change, documents[story], claims[story], frozenset(corrected), counts))
    return found


def _write(session: Session, found: Sequence[_Read], count: int) -> None:
    """Writes what was worked out, but for the stories that have changed meanwhile: they are still due; or that another
    process has settled: they are done.

    Args:
        count: how many counts changed or are gone.
    """
    # First the counter, as whoever numbers a change of a story does: the other way round each could wait for the other.
    numbers = iter(take_numbers(session, count) if count else ())
    run = session.connection().execute
    due = dict(map(tuple, run(_STILL_DUE, {"stories": [story.id for story in found]})))
    settled = [story for story in found if due.get(story.id) == story.change]
    if not settled:
        return
    run(_SETTLE, [
        {"of": story.id, "settled": story.change, "disputed": sum(c.disputed for c in story.counts)} | story.facts
        for story in settled
    ])  # fmt: skip
    renewed = [was.id for story in settled for _, was in story.changed if was is not None]
    if renewed:
        run(_DROP_COUNTS, {"ids": renewed})
    rows = [_row(story.id, count, next(numbers)) for story in settled for count, _ in story.changed]
    if rows:
        run(_ADD_COUNTS, rows)
    for lost in (count for story in settled for count in story.gone):
        # It stays, empty, so that whoever follows the changes of counts learns of it.
        emptied: dict[str, Any] = {"figures": [], "context": [], "claimants": [], "low": None, "high": None}
        emptied |= {"independent_sources": 0, "disputed": False, "change": next(numbers)}
        run(update(_counts).where(_counts.c.id == lost.id).values(**emptied))
    record(session, events=[event for story in settled for event in _events_of(story)])


def _events_of(story: _Read) -> list[NewEvent]:
    events = [event for count, was in story.changed for event in _events(story.id, story.facts, count, was)]
    lost = [_told(story.facts, count, None) for count in story.gone if count.disputed]
    return [*events, *(NewEvent(EventKind.DISPUTE_CLOSED, story.id, data=told) for told in lost)]


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


def _differs(count: KeptCount, before: Any) -> bool:
    return before is None or any(value != getattr(before, name) for name, value in vars(count).items())


def _row(story_id: str, count: KeptCount, change: int) -> dict[str, Any]:
    return vars(count) | {"story_id": story_id, "change": change}


def _events(story_id: str, facts: dict[str, Any], count: KeptCount, before: Any) -> list[NewEvent]:
    told, events = _told(facts, count, before), []
    if count.disputed and not (before and before.disputed):
        events.append(NewEvent(EventKind.DISPUTE_OPENED, story_id, data=told))
    if before and before.disputed and not count.disputed:
        events.append(NewEvent(EventKind.DISPUTE_CLOSED, story_id, data=told))
    if before and before.figures and (count.low, count.high) != (before.low, before.high):
        events.append(NewEvent(EventKind.FIGURE_CHANGED, story_id, data=told))
    return events


def _told(facts: dict[str, Any], count: Any, before: Any) -> dict[str, Any]:
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
