"""One document or one story with all that is known of it, as the API gives it and pages show it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from schemas.dedupe_tables import Story
from schemas.desk_tables import Correction, StoryCount
from schemas.tables import CleanedBody, Document, Failure, Place, RawBody, Revision
from workers.store.changes import story_followed
from workers.store.corrections.overlay import Overlay
from workers.store.read.columns import COLUMNS
from workers.store.read.records import among, document_records
from workers.store.read.rows import document_row
from workers.store.read.stories import stories

Row = dict[str, Any]

# Copies and corrections that are listed with one record.
_LISTED = 200

# What is said of a document in the list of its story.
_LISTED_FACTS = ("id", "external_id", "source", "title", "url", "published", "received", "placed")


def one_document(session: Session, document_id: str) -> Row | None:
    """A document as exported, with its records, copies, revisions, corrections and its failure; None where there is
    none with this id.
    """
    found = session.execute(
        select(Document, CleanedBody, RawBody.content_type)
        .outerjoin(CleanedBody, CleanedBody.number == Document.number)
        .join(RawBody, RawBody.number == Document.number)
        .where(Document.id == document_id)
    ).one_or_none()
    if found is None:
        return None
    document, body, content_type = found
    original = session.scalar(select(Document.id).where(Document.number == document.copy_of))
    records = document_records(session, document_id)
    for claim in records.claims:
        claim["story_id"] = document.story_id
    failure = session.scalars(
        select(Failure).where(Failure.document_id == document_id, Failure.resolved.is_(None)).limit(1)
    ).one_or_none()
    return document_row(document, body, original) | {
        "content_type": content_type,
        "claims": [{name: row.get(name) for name in COLUMNS["claims"]} for row in records.claims],
        "quotes": [{name: row.get(name) for name in COLUMNS["quotes"]} for row in records.quotes],
        "entities": [{name: row.get(name) for name in COLUMNS["entities"]} for row in records.entities],
        "copies": _copies(session, document),
        "revisions": _revisions(session, document),
        "corrections": corrections_about(session, document_id),
        "failure": {name: getattr(failure, name) for name in COLUMNS["failures"]} if failure else None,
    }


def _copies(session: Session, document: Document) -> list[Row]:
    head = document.copy_of or document.number
    listed = (Document.id, Document.source, Document.title, Document.published, Document.copy_score)
    copies = select(*listed).where(Document.copy_of == head, Document.number != document.number)
    found = list(session.execute(copies.order_by(Document.received).limit(_LISTED)))
    if document.copy_of:  # asked for both with OR, and in the order of arrival, SQLite reads every document
        found = [*session.execute(select(*listed).where(Document.number == head)), *found]
    return [row._asdict() for row in found]


def _revisions(session: Session, document: Document) -> list[Row]:
    wanted = (
        select(Revision.revision, Revision.superseded, Revision.title, Revision.text)
        .where(Revision.number == document.number)
        .order_by(Revision.revision)
    )
    return [row._asdict() for row in session.execute(wanted)]


def corrections_about(session: Session, document_id: str) -> list[Row]:
    """The corrections of a document and of what was found in it, latest first."""
    wanted = (
        select(Correction)
        .where(Correction.document_id == document_id)
        .order_by(Correction.number.desc())
        .limit(_LISTED)
    )
    return [correction_row(each) for each in session.scalars(wanted)]


def correction_row(correction: Correction) -> Row:
    """A correction as exported."""
    return {name: getattr(correction, name) for name in COLUMNS["corrections"]}


def one_story(session: Session, story_id: str) -> Row | None:
    """A story as exported with its counts, documents and corrections; that which a merged one is part of; None where
    there is none.
    """
    row = session.get(Story, story_followed(session, story_id))
    if row is None:
        return None
    if row.corrected_into and not session.scalar(select(Document.number).where(Document.story_id == row.id).limit(1)):
        row = session.get(Story, row.corrected_into) or row
    found = next(iter(stories(session, [row.id])), None)
    if found is None:
        return None
    counts = session.scalars(
        select(StoryCount)
        .where(StoryCount.story_id == row.id, StoryCount.independent_sources > 0)
        .order_by(StoryCount.disputed.desc(), StoryCount.measure, StoryCount.group)
    )
    names = (*COLUMNS["counts"], "context")
    reviewed = _reviewed(session, row.id)
    corrections = session.scalars(
        select(Correction).where(Correction.record_id == row.id).order_by(Correction.number.desc()).limit(_LISTED)
    )
    return found | {
        "settled": row.settled == row.change,
        "counts": [
            {name: getattr(each, name, None) for name in names}
            | {"story_title": row.title}
            | {part: _marked(getattr(each, part), reviewed) for part in ("figures", "context")}
            for each in counts
        ],
        "documents": _documents(session, row.id),
        "places": _places(session, row.id),
        "corrections": [correction_row(each) for each in corrections],
    }


def _reviewed(session: Session, story_id: str) -> set[str]:
    """The ids of the claims of a story that a person corrected or added."""
    overlay = Overlay(session, set(session.scalars(among([story_id]))))
    return {claim for document_id in overlay.documents for claim in overlay.reviewed(document_id)}


def _marked(figures: Iterable[Row], reviewed: set[str]) -> list[Row]:
    """The figures of a count, each with whether a person corrected or added it."""
    return [figure | {"reviewed": figure["claim_id"] in reviewed} for figure in figures]


def _places(session: Session, story_id: str) -> list[Row]:
    """The places that the gazetteer knows of those that a story's documents name, those that most do first."""
    documents = func.count(Place.document_id.distinct())
    where = (Place.name, Place.region, Place.country, Place.geonameid, Place.lat, Place.lon, Place.precision)
    wanted = (
        select(func.min(Place.text).label("text"), *where, documents.label("documents"))
        .join(Document, Document.id == Place.document_id)
        .where(Document.story_id == story_id, Place.demonym.is_(False))
        .group_by(*where)
        .order_by(documents.desc(), Place.name, Place.country)
        .limit(_LISTED)
    )
    return [row._asdict() for row in session.execute(wanted)]


def _documents(session: Session, story_id: str) -> list[Row]:
    original = aliased(Document)
    facts = (*(getattr(Document, name) for name in _LISTED_FACTS), Document.revision)
    wanted = (
        select(*facts, original.id.label("copy_of"))
        .outerjoin(original, original.number == Document.copy_of)
        .where(Document.story_id == story_id)
    )
    rows = [row._asdict() for row in session.execute(wanted)]
    return sorted(rows, key=lambda row: (row["published"] or row["received"], row["id"]))
