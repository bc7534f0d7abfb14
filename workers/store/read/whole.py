"""Documents and stories, each with all that is known of it, as the API gives one and pages show it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from schemas.dedupe_tables import Story
from schemas.desk_tables import Correction, StoryCount
from schemas.tables import CleanedBody, Document, Failure, Place, RawBody, Revision
from workers.store.changes import story_followed
from workers.store.corrections.overlay import Overlay
from workers.store.read.columns import COLUMNS
from workers.store.read.records import among, records_of
from workers.store.read.rows import document_row
from workers.store.read.stories import stories

Row = dict[str, Any]

# Copies and corrections that are listed with one record.
_LISTED = 200

# Documents that are read at once.
_AT_ONCE = 500

# What is said of a document in the list of its story.
_LISTED_FACTS = ("id", "external_id", "source", "title", "url", "published", "received", "placed")


def one_document(session: Session, document_id: str) -> Row | None:
    """A document as exported, with its records, copies, revisions, corrections and its failure; None where there is
    none with this id.
    """
    return next(whole_documents(session, [document_id]), None)


def whole_documents(session: Session, ids: Iterable[str]) -> Iterator[Row]:
    """Documents as `one_document` gives each, in the order of these ids; one that is not there is left out."""
    remaining = iter(ids)
    while part := list(islice(remaining, _AT_ONCE)):
        yield from _whole_documents(session, part)


def _whole_documents(session: Session, ids: Sequence[str]) -> list[Row]:
    original = aliased(Document)
    wanted = (
        select(Document, CleanedBody, RawBody.content_type, original.id)
        .outerjoin(CleanedBody, CleanedBody.number == Document.number)
        .join(RawBody, RawBody.number == Document.number)
        .outerjoin(original, original.number == Document.copy_of)
        .where(Document.id.in_(ids))
    )
    found = {row[0].id: row for row in session.execute(wanted)}
    records, copies = records_of(session, found), _copies(session, [row[0] for row in found.values()])
    revisions, failures = _revisions(session, found), _failures(session, found)
    corrections = _corrections(session, Correction.document_id, found)
    return [
        document_row(document, body, copy_of)
        | {
            "content_type": content_type,
            "claims": [
                {name: claim.get(name) for name in COLUMNS["claims"]} | {"story_id": document.story_id}
                for claim in records[document.id].claims
            ],
            "quotes": [{name: row.get(name) for name in COLUMNS["quotes"]} for row in records[document.id].quotes],
            "entities": [
                {name: row.get(name) for name in COLUMNS["entities"]} for row in records[document.id].entities
            ],
            "copies": copies[document.id],
            "revisions": revisions.get(document.id, []),
            "corrections": corrections.get(document.id, []),
            "failure": failures.get(document.id),
        }
        for document, body, content_type, copy_of in (found[each] for each in ids if each in found)
    ]


def _copies(session: Session, documents: Collection[Document]) -> dict[str, list[Row]]:
    """For each document those of the same text: the earliest first, if it is another, then the others as received."""
    heads = {document.copy_of or document.number for document in documents}
    listed = (Document.number, Document.id, Document.source, Document.title, Document.published, Document.copy_score)
    place = func.row_number().over(partition_by=Document.copy_of, order_by=Document.received)
    copies = select(*listed, Document.copy_of, place.label("place")).where(Document.copy_of.in_(heads)).subquery()
    # Not with the head in one question: asked for both with OR, SQLite reads every document.
    of_head: dict[int, list[Row]] = defaultdict(list)
    for row in session.execute(select(copies).where(copies.c.place <= _LISTED).order_by(copies.c.place)):
        of_head[row.copy_of].append(_copy(row))
    first = {row.number: _copy(row) for row in session.execute(select(*listed).where(Document.number.in_(heads)))}
    same = {head: [first[head], *of_head[head]] for head in heads if head in first}
    return {
        document.id: [row for row in same.get(document.copy_of or document.number, ()) if row["id"] != document.id]
        for document in documents
    }


def _copy(row: Any) -> Row:
    return {name: getattr(row, name) for name in ("id", "source", "title", "published", "copy_score")}


def _revisions(session: Session, ids: Collection[str]) -> dict[str, list[Row]]:
    wanted = (
        select(Document.id, Revision.revision, Revision.superseded, Revision.title, Revision.text)
        .join(Document, Document.number == Revision.number)
        .where(Document.id.in_(ids))
        .order_by(Revision.revision)
    )
    found: dict[str, list[Row]] = defaultdict(list)
    for document_id, revision, superseded, title, text in session.execute(wanted):
        found[document_id].append({"revision": revision, "superseded": superseded, "title": title, "text": text})
    return found


def _failures(session: Session, ids: Collection[str]) -> dict[str, Row]:
    wanted = select(Failure).where(Failure.document_id.in_(ids), Failure.resolved.is_(None))
    return {
        failure.document_id or "": {name: getattr(failure, name) for name in COLUMNS["failures"]}
        for failure in session.scalars(wanted)
    }


def _corrections(session: Session, about: Any, ids: Collection[str]) -> dict[str, list[Row]]:
    """The corrections of which the column `about` is one of these ids, latest first."""
    found: dict[str, list[Row]] = defaultdict(list)
    for correction in session.scalars(select(Correction).where(about.in_(ids)).order_by(Correction.number.desc())):
        of_one = found[getattr(correction, about.key)]
        if len(of_one) < _LISTED:
            of_one.append(correction_row(correction))
    return found


def correction_row(correction: Correction) -> Row:
    """A correction as exported."""
    return {name: getattr(correction, name) for name in COLUMNS["corrections"]}


def one_story(session: Session, story_id: str) -> Row | None:
    """A story as exported with its counts, documents and corrections; that which a merged one is part of; None where
    there is none.
    """
    return next(iter(whole_stories(session, [standing_story(session, story_id)])), None)


def standing_story(session: Session, story_id: str) -> str:
    """The story that a story is part of, by mergers and by corrections; itself where it stands, or is not there."""
    story_id = story_followed(session, story_id)
    corrected_into = session.scalar(select(Story.corrected_into).where(Story.id == story_id))
    if corrected_into and not session.scalar(select(Document.number).where(Document.story_id == story_id).limit(1)):
        return corrected_into
    return story_id


def whole_stories(session: Session, ids: Sequence[str]) -> list[Row]:
    """Stories as `one_story` gives each, in the order of these ids; one that is not there, or is part of another, is
    left out.
    """
    rows = {row.id: row for row in session.scalars(select(Story).where(Story.id.in_(ids)))}
    counts: dict[str, list[StoryCount]] = defaultdict(list)
    for count in session.scalars(
        select(StoryCount)
        .where(StoryCount.story_id.in_(ids), StoryCount.independent_sources > 0)
        .order_by(StoryCount.disputed.desc(), StoryCount.measure, StoryCount.group)
    ):
        counts[count.story_id].append(count)
    documents, places, reviewed = _documents(session, ids), _places(session, ids), _reviewed(session, ids)
    corrections = _corrections(session, Correction.record_id, ids)
    names = (*COLUMNS["counts"], "context")
    return [
        found
        | {
            "settled": row.settled == row.change,
            "counts": [
                {name: getattr(each, name, None) for name in names}
                | {"story_title": row.title}
                | {part: _marked(getattr(each, part), reviewed) for part in ("figures", "context")}
                for each in counts[row.id]
            ],
            "documents": documents[row.id],
            "places": places[row.id],
            "corrections": corrections.get(row.id, []),
        }
        for found in stories(session, ids)
        for row in (rows[found["id"]],)
    ]


def _reviewed(session: Session, story_ids: Sequence[str]) -> set[str]:
    """The ids of the claims of these stories that a person corrected or added."""
    overlay = Overlay(session, set(session.scalars(among(story_ids))))
    return {claim for document_id in overlay.documents for claim in overlay.reviewed(document_id)}


def _marked(figures: Iterable[Row], reviewed: set[str]) -> list[Row]:
    """The figures of a count, each with whether a person corrected or added it."""
    return [figure | {"reviewed": figure["claim_id"] in reviewed} for figure in figures]


def _places(session: Session, story_ids: Sequence[str]) -> dict[str, list[Row]]:
    """The places that the gazetteer knows of those that each story's documents name, those that most do first."""
    documents = func.count(Place.document_id.distinct())
    where = (Place.name, Place.region, Place.country, Place.geonameid, Place.lat, Place.lon, Place.precision)
    wanted = (
        select(Document.story_id, func.min(Place.text).label("text"), *where, documents.label("documents"))
        .join(Document, Document.id == Place.document_id)
        .where(Document.story_id.in_(story_ids), Place.demonym.is_(False))
        .group_by(Document.story_id, *where)
        .order_by(documents.desc(), Place.name, Place.country)
    )
    found: dict[str, list[Row]] = defaultdict(list)
    for row in session.execute(wanted):
        values = row._asdict()
        of_story = found[values.pop("story_id")]
        if len(of_story) < _LISTED:
            of_story.append(values)
    return found


def _documents(session: Session, story_ids: Sequence[str]) -> dict[str, list[Row]]:
    original = aliased(Document)
    facts = (*(getattr(Document, name) for name in _LISTED_FACTS), Document.revision)
    wanted = (
        select(Document.story_id, *facts, original.id.label("copy_of"))
        .outerjoin(original, original.number == Document.copy_of)
        .where(Document.story_id.in_(story_ids))
    )
    found: dict[str, list[Row]] = defaultdict(list)
    for row in session.execute(wanted):
        values = row._asdict()
        found[values.pop("story_id")].append(values)
    for rows in found.values():
        rows.sort(key=lambda row: (row["published"] or row["received"], row["id"]))
    return found
