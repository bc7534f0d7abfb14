"""Stories as the contract names them: their documents, and where their claims disagree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from pipeline.dedupe import StoryClaim, find_counts, publication
from schemas.dedupe_tables import FurtherStory, Story
from schemas.tables import Document
from workers.store.read.records import among, claim_record, claims_by_document

# Stories whose documents and claims are read at once.
_AT_ONCE = 200


def stories(session: Session, ids: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The stories of these ids, each with its documents in the order of their publication, and its disputes.

    A document without a date of publication is placed by when it was received; the story's first and last leave it out.
    """
    remaining = iter(ids)
    while part := list(islice(remaining, _AT_ONCE)):
        members, claims, histories = _members(session, part), story_claims(session, part), _histories(session, part)
        further = _further(session, part)
        numbers = dict(session.execute(select(Story.id, Story.change).where(Story.id.in_(part))).all())
        for story in part:
            if members[story]:
                yield (
                    _story(story, members[story], claims[story])
                    | histories[story]
                    | {"further_document_ids": further[story], "change": numbers.get(story)}
                )


def _story(story: str, members: Sequence[Document], claims: Sequence[StoryClaim]) -> dict[str, Any]:
    counts = find_counts(claims)
    times = [document.published for document in members if document.published]
    return {
        "id": story,
        "title": next((document.title for document in members if document.title), None),
        "first_published": min(times, default=None),
        "last_published": max(times, default=None),
        "document_ids": [document.id for document in members],
        "sources": list(dict.fromkeys(document.source for document in members if document.source)),
        "disputes": [asdict(count) for count in counts if count.disputed],
        "updates": [asdict(count) for count in counts if count.updated and not count.disputed],
    }


def _members(session: Session, ids: Sequence[str]) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = defaultdict(list)
    for document in session.scalars(select(Document).where(Document.story_id.in_(ids))):
        found[document.story_id or ""].append(document)
    for members in found.values():
        members.sort(key=lambda document: (time_of(document), document.id))
    return found


def time_of(document: Document) -> datetime:
    """When a document counts as published, or else received."""
    return publication(document.published, naive=document.published_offset is None) or document.received


def story_claims(session: Session, ids: Sequence[str]) -> dict[str, list[StoryClaim]]:
    """The claims of each story as `compare` takes them, as corrected, without those that were rejected."""
    original = aliased(Document)
    wanted = (
        select(Document, original.id)
        .outerjoin(original, original.number == Document.copy_of)
        .where(Document.story_id.in_(ids))
    )
    documents = {document.id: (document, copy_of) for document, copy_of in session.execute(wanted)}
    claims = claims_by_document(session, among(ids))
    found: dict[str, list[StoryClaim]] = defaultdict(list)
    for document, copy_of in documents.values():
        for row in claims.get(document.id, ()):
            if row["review_status"] != "rejected":
                found[document.story_id or ""].append(
                    StoryClaim(
                        claim=claim_record(row),
                        id=row["id"],
                        document_id=document.id,
                        copy_of=copy_of,
                        source=document.source,
                        time=time_of(document),
                        dated=document.published is not None,
                        contradicts=_judged(row),
                    )
                )
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
    concerned = Story.id.in_(ids) | Story.merged_into.in_(ids) | Story.parted_from.in_(ids)
    for story in session.scalars(select(Story).where(concerned).order_by(Story.id)):
        if story.id in found:
            found[story.id] |= {"parted_from": story.parted_from, "parting_score": story.parting_score}
        if story.merged_into in found:
            found[story.merged_into]["merged_ids"].append(story.id)
            found[story.merged_into]["merges"].append(_change(story.id, story.merge_score, story.merged))
        if story.parted_from in found:
            found[story.parted_from]["partings"].append(_change(story.id, story.parting_score, story.parted))
    return found


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
