"""The lists that pages show: stories by their last change with their counts, failures, corrections."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from pipeline.measures import importance
from schemas.dedupe_tables import Story
from schemas.desk_tables import Correction, StoryCount
from schemas.tables import Document, Failure

# Counts of a story that a list shows.
_COUNTS = 4


@dataclass
class Card:
    """A story as a list shows it, with the counts worth showing: disputed ones first, then as measures are ordered."""

    story: Story
    counts: list[StoryCount] = field(default_factory=list)
    more_counts: int = 0


def wall(session: Session, limit: int, before: int | None = None, *, disputed: bool = False) -> list[Card]:
    """Stories, last changed first.

    Args:
        before: only those with a lower number of change, which the last of the page before has.
        disputed: only those in which a count is disputed.
    """
    wanted = select(Story).where(Story.documents > 0, Story.change.is_not(None))
    if before is not None:
        wanted = wanted.where(Story.change < before)
    if disputed:
        wanted = wanted.where(Story.disputed > 0)
    cards = {story.id: Card(story) for story in session.scalars(wanted.order_by(Story.change.desc()).limit(limit))}
    found: dict[str, list[StoryCount]] = defaultdict(list)
    for count in session.scalars(
        select(StoryCount).where(StoryCount.story_id.in_(cards), StoryCount.independent_sources > 0)
    ):
        found[count.story_id].append(count)
    for story_id, counts in found.items():
        counts.sort(
            key=lambda count: (
                not count.disputed,
                importance(count.measure),
                -count.independent_sources,
                count.group or "",
            )
        )
        cards[story_id].counts, cards[story_id].more_counts = counts[:_COUNTS], len(counts[_COUNTS:])
    return list(cards.values())


def stories_changed_since(session: Session, change: int, most: int = 100) -> tuple[int, int]:
    """How many stories changed after a number, and in how many of them a count is disputed; both up to `most`."""
    changed = select(Story.disputed).where(Story.change > change, Story.documents > 0).limit(most)
    found = list(session.scalars(changed))
    return len(found), sum(disputed > 0 for disputed in found)


def failures(session: Session, limit: int, before: int | None = None) -> list[tuple[Failure, Document | None]]:
    """Unresolved failures with their documents, latest first."""
    wanted = (
        select(Failure, Document)
        .outerjoin(Document, Document.id == Failure.document_id)
        .where(Failure.resolved.is_(None))
        .order_by(Failure.number.desc())
        .limit(limit)
    )
    if before is not None:
        wanted = wanted.where(Failure.number < before)
    return [(failure, document) for failure, document in session.execute(wanted)]


def corrections(session: Session, limit: int, before: int | None = None) -> list[tuple[Correction, str | None]]:
    """Corrections, latest first, each with the title of its document or story."""
    wanted = (
        select(Correction, func.coalesce(Document.title, Document.external_id, Story.title))
        .outerjoin(Document, Document.id == Correction.document_id)
        .outerjoin(Story, Story.id == Correction.record_id)
        .order_by(Correction.number.desc())
        .limit(limit)
    )
    if before is not None:
        wanted = wanted.where(Correction.number < before)
    return [(correction, title) for correction, title in session.execute(wanted)]


def find_ids(session: Session, beginning: str, most: int = 10) -> list[tuple[str, str]]:
    """Documents and stories whose id begins so, as (kind, id)."""
    if not beginning or set(beginning) - set("0123456789abcdef"):
        return []
    found: list[tuple[str, str]] = []
    for kind, column in (("document", Document.id), ("story", Story.id)):
        # Ids are hexadecimal, so "g" stands behind every one that begins so.
        within = or_(column == beginning, (column > beginning) & (column < beginning + "g"))
        found += [(kind, each) for each in session.scalars(select(column).where(within).limit(most))]
    return found
