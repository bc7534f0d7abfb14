"""Documents brought to a state by the store's own functions, with what a stage would have found in them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from pipeline.dedupe import Fingerprint, Limits
from schemas.dedupe_tables import Story
from schemas.documents import RawDocument
from schemas.errors import NoTextError
from schemas.records import Claim, Cleaned, Entity, Extraction, Quote
from schemas.stages import Stage
from schemas.tables import Document
from workers.store import changes, results, stages
from workers.store.database import Database
from workers.store.intake import accept, insert_ignoring_known
from workers.store.ledger import PendingDecision
from workers.store.staged import StagedDocument, load

RECEIVED = datetime(2026, 3, 1, 12, tzinfo=UTC)

POLICE = "Police say 12 people were killed. “Stay away,” they said."
REBELS = "Rebels say 30 people were killed, and not the 12 of the police."


def accepted(tables: Database, *documents: RawDocument | str) -> list[str]:
    """The ids of newly accepted documents, received one minute after the other from noon on 1 March 2026."""
    raw = [RawDocument(content=given) if isinstance(given, str) else given for given in documents]
    ids = []
    for document in raw:
        with tables.writing() as session:
            ids += accept(session, [document]).ids
    for place, document_id in enumerate(ids):
        change(tables, document_id, received=RECEIVED + timedelta(minutes=place))
    return ids


def cleaned(tables: Database, document_id: str, text: str, **facts: Any) -> None:
    """Takes an accepted document through `clean` with this outcome; facts not given stay as they were stated."""
    with tables.writing() as session:
        document = load(session, document_id, Stage.CLEAN)
        assert stages.move(session, document_id, Stage.CLEAN, document.revision)
        stated = {name: getattr(document, name) for name in ("title", "author", "source", "url", "language")}
        stated["published"] = results.published_as_stated(document)
        stated["published_naive"] = document.published is not None and document.published_offset is None
        results.write_cleaned(session, document, Cleaned(text, **(stated | facts)))


def extracted(tables: Database, document_id: str, found: Extraction) -> None:
    """Takes a cleaned document through `extract` with these records."""
    with tables.writing() as session:
        document = load(session, document_id, Stage.EXTRACT)
        assert stages.move(session, document_id, Stage.EXTRACT, document.revision)
        results.write_extraction(session, document, found)


def stored(tables: Database, document_id: str, text: str, found: Extraction | None = None, **decided: Any) -> None:
    """Takes an accepted document to its end; `decided` are the columns that dedupe sets."""
    cleaned(tables, document_id, text)
    extracted(tables, document_id, found or Extraction())
    with tables.writing() as session:
        revision = session.scalar(select(Document.revision).where(Document.id == document_id))
        assert stages.move(session, document_id, Stage.DEDUPE, revision or 1)
    if decided:
        change(tables, document_id, **decided)
    _number(tables, document_id, decided.get("story_id"))


def _number(tables: Database, document_id: str, story_id: str | None) -> None:
    """Numbers the change, and opens the story, as dedupe does."""
    with tables.writing() as session:
        if story_id is not None:
            opened = insert_ignoring_known(session, Story).values(
                id=story_id, opened=RECEIVED, documents=0, copies=0, disputed=0
            )
            session.execute(opened)
        changes.document_changed(session, document_id, changes.EventKind.DOCUMENT_STORED)


def change(tables: Database, document_id: str, **values: Any) -> None:
    """Sets columns of a document's row; the story as dedupe finds it."""
    if "story_id" in values:
        values = {"found_story_id": values["story_id"]} | values
    with tables.writing() as session:
        session.execute(update(Document).where(Document.id == document_id).values(**values))


def row(tables: Database, document_id: str) -> Document:
    """A document's row as it is now."""
    with tables.reading() as session:
        return session.scalars(select(Document).where(Document.id == document_id)).one()


def entity(text: str, of: str, label: str = "PERSON", name: str | None = None) -> Entity:
    """An entity where it first stands in a text."""
    start = of.index(text)
    return Entity(start, start + len(text), text, label, name or text)


def quote(text: str, of: str, **parts: Any) -> Quote:
    """A direct quote where it first stands in a text."""
    start = of.index(text)
    return Quote("direct", start, start + len(text), text, **parts)


def claim(figure: str, of: str, value: int, **parts: Any) -> Claim:
    """A claim that so many were killed in the event on a day, exact unless the parts say otherwise, where the figure
    first stands in a text."""
    start = of.index(figure)
    stated: dict[str, Any] = {
        "value": value,
        "low": value,
        "high": value,
        "qualifier": "exact",
        "measure": "killed",
        "sentence_start": 0,
        "sentence_end": len(of),
        "status": "stated",
        "scope": "event",
        "event_date": date(2026, 2, 28),
        "event_date_precision": "day",
    }
    return Claim(start, start + len(figure), figure, **(stated | parts))


def disagreement(tables: Database) -> list[str]:
    """Two reports that disagree, a copy of the first, and one that failed; the later one arrived first."""
    late, early, copy, failing = accepted(
        tables,
        RawDocument(content=REBELS, source="b.example", title="Rebels speak", published="2026-03-01T10:30:00Z"),
        RawDocument(content=POLICE, source="a.example", title="Police speak", published="2026-03-01T11:00:00+02:00"),
        RawDocument(content=POLICE, source="c.example", id="c-1", published="2026-03-01T10:00:00Z"),
        RawDocument(content=" . ", source="d.example", published="2026-03-03T00:00:00Z"),
    )
    police = Extraction(quotes=[quote("Stay away,", POLICE)], claims=[claim("12", POLICE, 12, claimant_name="Police")])
    both = [claim("30", REBELS, 30, claimant_name="Rebels"), claim("12", REBELS, 12, claimant_name="Police")]
    stored(tables, late, REBELS, Extraction(claims=both), story_id="s")
    stored(tables, early, POLICE, police, story_id="s")
    stored(tables, copy, POLICE, police, story_id="s", copy_of=row(tables, early).number)
    with tables.writing() as session:
        stages.fail(session, Stage.CLEAN, NoTextError("d", "nothing is left"), None, {}, failing)
    return [early, copy, late, failing]


def decided(tables: Database, document: StagedDocument, fingerprint: Fingerprint) -> None:
    """Dedupe's decision on a document, made and written as its stage does it."""
    pending = PendingDecision(document, fingerprint, Limits())
    with tables.writing(decide=pending.decide) as session:
        pending(session)
