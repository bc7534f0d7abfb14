"""What the stages gave, written beside their document; called inside the guarded transaction that moves its state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import Delete, Insert, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from schemas import records
from schemas.documents import RawDocument
from schemas.records import Cleaned, Extraction
from schemas.tables import Claim, Document, Entity, Place, Quote, Table
from workers.store.corrections.standing import keep_standing
from workers.store.staged import StagedDocument

RecordTable = type[Entity] | type[Quote] | type[Claim] | type[Place]

# Built once and run below the ORM, as those of the stages are (workers.store.stages).
_documents, _bodies = (Table.metadata.tables[name] for name in ("documents", "cleaned_bodies"))
_FACTS = ("title", "author", "source", "url", "language", "published", "published_offset")
_STATE = (
    update(_documents).where(_documents.c.number == bindparam("of")).values({name: bindparam(name) for name in _FACTS})
)
_DROP_BODY = delete(_bodies).where(_bodies.c.number == bindparam("of"))
_ADD_BODY = insert(_bodies)
_NOTED = select(_bodies.c.notes).where(_bodies.c.number == bindparam("of"))
_NOTE = update(_bodies).where(_bodies.c.number == bindparam("of")).values(notes=bindparam("noted"))
_found = {table: Table.metadata.tables[table.__tablename__] for table in (Entity, Quote, Claim, Place)}
_REPLACING: dict[RecordTable, tuple[Delete, Insert]] = {
    table: (delete(rows).where(rows.c.document_id == bindparam("of")), insert(rows)) for table, rows in _found.items()
}


def published_as_stated(document: Document | StagedDocument) -> datetime | None:
    """The time of publication with the offset it was stated in; UTC where none was stated; None where unknown."""
    if document.published is None or document.published_offset is None:
        return document.published
    return document.published.astimezone(timezone(timedelta(minutes=document.published_offset)))


def offset_minutes(time: datetime) -> int | None:
    """The minutes that a time's offset is ahead of UTC, seconds left off; None where it has none."""
    offset = time.utcoffset()
    return int(offset.total_seconds() / 60) if offset is not None else None


def raw_document(document: StagedDocument) -> RawDocument:
    """The raw document, as `clean` takes it."""
    return RawDocument.model_construct(
        content=document.content,
        content_type="text/html" if document.content_type == "text/html" else "text/plain",
        external_id=document.external_id,
        url=document.url,
        source=document.source,
        title=document.title,
        author=document.author,
        language=document.language,
        published=published_as_stated(document),
        published_naive=document.published is not None and document.published_offset is None,
        extra=dict(document.extra),
    )


def write_cleaned(session: Session, document: StagedDocument, cleaned: Cleaned) -> None:
    """Writes the article's text, what was cut from it, and the facts it states."""
    stated = cleaned.published if not cleaned.published_naive else None
    run, number = session.connection().execute, document.number
    facts = {name: getattr(cleaned, name) for name in ("title", "author", "source", "url", "language", "published")}
    run(_STATE, {"of": number, **facts, "published_offset": offset_minutes(stated) if stated else None})
    run(_DROP_BODY, {"of": number})
    removed = [asdict(piece) for piece in cleaned.removed]
    body = {"title": cleaned.title, "text": cleaned.text, "removed": removed, "notes": cleaned.notes or None}
    run(_ADD_BODY, {"number": number, **body})
    keep_standing(session, document.id)


def write_extraction(session: Session, document: StagedDocument, extraction: Extraction) -> None:
    """Writes the entities, places, quotes and claims of a document, in the order of the text, in place of any there.

    Its notes follow those of cleaning; one that is there already stands once.
    """
    run, number = session.connection().execute, document.number
    noted = run(_NOTED, {"of": number}).scalar()
    notes = list(dict.fromkeys((*(noted or ()), *extraction.notes)))
    if notes != noted:
        run(_NOTE, {"of": number, "noted": notes})
    _replace(session, Entity, document.id, map(asdict, extraction.entities))
    _replace(session, Place, document.id, map(asdict, extraction.places))
    _replace(session, Quote, document.id, map(asdict, extraction.quotes))
    _replace(session, Claim, document.id, (_claim_row(document.id, claim) for claim in extraction.claims))
    keep_standing(session, document.id)


def claim_id(document_id: str, ordinal: int) -> str:
    """The id of a claim in exports and disputes."""
    return f"{document_id}:{ordinal}"


def _claim_row(document_id: str, claim: records.Claim) -> dict[str, Any]:
    """A claim with the ids of those that it contradicts."""
    places = claim.contradicts
    ids = None if places is None else [claim_id(document_id, place) for place in places]
    return asdict(claim) | {"contradicts": ids}


def _replace(session: Session, table: RecordTable, document_id: str, records: Iterable[dict[str, Any]]) -> None:
    connection = session.connection()
    drop, add = _REPLACING[table]
    connection.execute(drop, {"of": document_id})
    rows = [{"document_id": document_id, "ordinal": ordinal} | record for ordinal, record in enumerate(records)]
    if rows:
        connection.execute(add, rows)
