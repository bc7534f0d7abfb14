"""Stories as the contract names them: their documents, and where their claims disagree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from pipeline.dedupe import StoryClaim, find_counts, publication
from schemas.dedupe_tables import UNSETTLED, FurtherStory, Story
from schemas.desk_tables import StoryCount
from schemas.tables import Document
from workers.store.read.records import claim_record, claims_by_document

# Stories whose documents and claims are read at once.
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Member:
    """A document of a story, with what the story needs of it.

    Attributes:
        copy_of: the id of the earliest document of its copies, or None.
        time: when it counts as published, or else was received.
    """

    id: str
    title: str | None
    source: str | None
    published: datetime | None
    copy_of: str | None
    time: datetime


def stories(session: Session, ids: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The stories of these ids, each with its documents in the order of their publication, and its disputes.

    A document without a date of publication is placed by when it was received; the story's first and last leave it out.
    """
    remaining = iter(ids)
    while part := list(islice(remaining, _AT_ONCE)):
        documents, histories, further = members(session, part), _histories(session, part), _further(session, part)
        compared = _compared(session, part)
        claims = story_claims(session, {story: documents[story] for story in part if story in compared})
        numbers = dict(session.execute(select(Story.id, Story.change).where(Story.id.in_(part))).all())
        for story in part:
            if documents[story]:
                yield (
                    _story(story, documents[story], claims.get(story, ()))
                    | histories[story]
                    | {"further_document_ids": further[story], "change": numbers.get(story)}
                )


def _story(story: str, documents: Sequence[Member], claims: Sequence[StoryClaim]) -> dict[str, Any]:
    counts = find_counts(claims)
    times = [document.published for document in documents if document.published]
    return {
        "id": story,
        "title": next((document.title for document in documents if document.title), None),
        "first_published": min(times, default=None),
        "last_published": max(times, default=None),
        "document_ids": [document.id for document in documents],
        "sources": list(dict.fromkeys(document.source for document in documents if document.source)),
        "disputes": [asdict(count) for count in counts if count.disputed],
        "updates": [asdict(count) for count in counts if count.updated and not count.disputed],
    }


def _compared(session: Session, ids: Sequence[str]) -> set[str]:
    """The stories whose claims are to be compared: of the others it is known that nothing in them is disputed and that
    nothing was updated, because they are settled and have no such count.
    """
    unsettled = select(Story.id).where(Story.id.in_(ids), or_(Story.change.is_(None), UNSETTLED))
    telling = select(StoryCount.story_id).where(
        StoryCount.story_id.in_(ids), or_(StoryCount.disputed, StoryCount.updated)
    )
    return {*session.scalars(unsettled), *session.scalars(telling)}


def members(session: Session, ids: Sequence[str]) -> dict[str, list[Member]]:
    """The documents of each of these stories, by their time."""
    original = aliased(Document)
    wanted = (
        select(
            Document.story_id,
            Document.id,
            Document.title,
            Document.source,
            Document.published,
            Document.published_offset,
            Document.received,
            original.id,
        )
        .outerjoin(original, original.number == Document.copy_of)
        .where(Document.story_id.in_(ids))
    )
    found: dict[str, list[Member]] = defaultdict(list)
    for story, document, title, source, published, offset, received, copy_of in session.execute(wanted):
        time = publication(published, naive=offset is None) or received
        found[story or ""].append(Member(document, title, source, published, copy_of, time))
    for documents in found.values():
        documents.sort(key=lambda document: (document.time, document.id))
    return found


def story_claims(session: Session, documents: Mapping[str, Sequence[Member]]) -> dict[str, list[StoryClaim]]:
    """The claims of stories, given with their documents, as `find_counts` takes them: as corrected, without those that
    were rejected.
    """
    claims = claims_by_document(session, [document.id for of_story in documents.values() for document in of_story])
    found: dict[str, list[StoryClaim]] = defaultdict(list)
    for story, of_story in documents.items():
        found[story] = [
            StoryClaim(
                claim=claim_record(row),
                id=row["id"],
                document_id=document.id,
                copy_of=document.copy_of,
                source=document.source,
                time=document.time,
                dated=document.published is not None,
                contradicts=_judged(row),
            )
            for document in of_story
            for row in claims.get(document.id, ())
            if row["review_status"] != "rejected"
        ]
    return found


def _judged(row: Mapping[str, Any]) -> frozenset[str] | None:
    """The ids of the claims that a claim contradicts; None where nobody has judged it as it now stands."""
    ids = row.get("contradicts")
    return None if ids is None or (not ids and row["review_status"] != "unreviewed") else frozenset(ids)


def _histories(session: Session, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What each story was merged with and parted from, with the likeness that decided it and when."""
    found: dict[str, dict[str, Any]] = {
        story: {"merged_ids": [], "merges": [], "parted_from": None, "parting_score": None, "partings": []}
        for story in ids
    }
    for story in _concerning(session, ids):
        if story.id in found:
            found[story.id] |= {"parted_from": story.parted_from, "parting_score": story.parting_score}
        if story.merged_into in found:
            found[story.merged_into]["merged_ids"].append(story.id)
            found[story.merged_into]["merges"].append(_change(story.id, story.merge_score, story.merged))
        if story.parted_from in found:
            found[story.parted_from]["partings"].append(_change(story.id, story.parting_score, story.parted))
    return found


def _concerning(session: Session, ids: Sequence[str]) -> list[Story]:
    """These stories, and those that were merged into one of them or parted from it."""
    # One question of each index: asked with OR for all three, and in the order of the ids, SQLite reads every story.
    found: dict[str, Story] = {}
    for column in (Story.id, Story.merged_into, Story.parted_from):
        found |= {story.id: story for story in session.scalars(select(Story).where(column.in_(ids)))}
    return [found[each] for each in sorted(found)]


def _change(story: str, score: float | None, at: datetime | None) -> dict[str, Any]:
    return {"id": story, "score": score, "at": at.isoformat() if at else None}


def _further(session: Session, ids: Sequence[str]) -> dict[str, list[str]]:
    """The round-ups that report each story beside their own."""
    wanted = (
        select(FurtherStory.story_id, Document.id)
        .join(Document, Document.number == FurtherStory.number)
        .where(FurtherStory.story_id.in_(ids), Document.story_id != FurtherStory.story_id)
        .order_by(Document.number)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for story, document_id in session.execute(wanted):
        found[story].append(document_id)
    return found
