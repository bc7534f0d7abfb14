"""The records of one document, or of the documents of some stories, as corrected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from schemas import records
from schemas.tables import Claim, Document, Entity, Quote
from workers.store.corrections.overlay import Overlay
from workers.store.results import claim_id

Row = dict[str, Any]

_CLAIM_COLUMNS = tuple(column.key for column in Claim.__table__.columns)
_CLAIM_FIELDS = tuple(each.name for each in fields(records.Claim) if each.name != "contradicts")
_QUOTE_COLUMNS = tuple(column.key for column in Quote.__table__.columns)
_ENTITY_COLUMNS = tuple(column.key for column in Entity.__table__.columns)


@dataclass
class Records:
    """What was found in a document, each kind in the order of the text; claims and quotes as corrected and marked."""

    claims: list[Row] = field(default_factory=list)
    quotes: list[Row] = field(default_factory=list)
    entities: list[Row] = field(default_factory=list)


def document_records(session: Session, document_id: str) -> Records:
    """The records of one document."""
    overlay = Overlay(session, [document_id])
    claims = session.scalars(select(Claim).where(Claim.document_id == document_id).order_by(Claim.ordinal))
    quotes = session.scalars(select(Quote).where(Quote.document_id == document_id).order_by(Quote.ordinal))
    entities = session.scalars(select(Entity).where(Entity.document_id == document_id).order_by(Entity.ordinal))
    return Records(
        overlay.claims(document_id, map(claim_row, claims)),
        overlay.quotes(document_id, map(quote_row, quotes)),
        [{name: getattr(entity, name) for name in _ENTITY_COLUMNS} for entity in entities],
    )


def claims_by_document(session: Session, chosen: Select[str]) -> dict[str, list[Row]]:
    """The claims of the documents whose ids `chosen` selects, as corrected, rejected ones included and marked."""
    found: dict[str, list[Row]] = defaultdict(list)
    # As plain rows: objects of the mapper take three times as long, and a page of stories has a thousand claims.
    wanted = select(Claim.__table__).where(Claim.document_id.in_(chosen)).order_by(Claim.document_id, Claim.ordinal)
    for claim in session.execute(wanted).mappings():
        found[claim["document_id"]].append(_named(dict(claim)))
    ids = set(session.scalars(chosen))
    overlay = Overlay(session, ids)
    return {document: overlay.claims(document, found.get(document, ())) for document in {*found, *overlay.documents}}


def claim_row(claim: Claim) -> Row:
    """A claim as the machine found it, its id included, in values that JSON has: its date in ISO 8601."""
    return _named({name: getattr(claim, name) for name in _CLAIM_COLUMNS})


def _named(row: Row) -> Row:
    """The row of a claim with its id."""
    row["id"] = claim_id(row["document_id"], row["ordinal"])
    row["event_date"] = row["event_date"].isoformat() if row["event_date"] else None
    return row


def claim_record(row: Row) -> records.Claim:
    """The claim that such a row, as found or as corrected, tells of."""
    told = {name: row[name] for name in _CLAIM_FIELDS if name in row}
    day = row.get("event_date")
    return records.Claim(**told | {"event_date": date.fromisoformat(day) if day else None})


def quote_row(quote: Quote) -> Row:
    """A quote as the machine found it; its id is the document's with its ordinal there."""
    return {name: getattr(quote, name) for name in _QUOTE_COLUMNS} | {"id": f"{quote.document_id}:{quote.ordinal}"}


def among(ids: Sequence[str]) -> Select[str]:
    """The ids of the documents of these stories."""
    return select(Document.id).where(Document.story_id.in_(ids))
