"""The records of one document, or of the documents of some stories, as corrected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from schemas import records
from schemas.tables import Claim, Document, Entity, Quote
from workers.store.corrections.overlay import PARAMETERS, Overlay
from workers.store.results import claim_id

Row = dict[str, Any]

_CLAIM_COLUMNS = tuple(column.key for column in Claim.__table__.columns)
# What counts and disputes need of a claim; where and when is not compared.
_COMPARED_NAMES = (
    "document_id", "ordinal", "start", "end", "figure", "value", "low", "high", "qualifier", "measure", "group",
    "claimant_name", "claimant_type", "relay", "status", "scope", "contradicts", "sentence_start", "sentence_end",
)  # fmt: skip
_COMPARED = tuple(Claim.__table__.c[name] for name in _COMPARED_NAMES)
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
    return records_of(session, [document_id])[document_id]


def records_of(session: Session, document_ids: Collection[str]) -> dict[str, Records]:
    """The records of each of these documents."""
    overlay = Overlay(session, document_ids)
    claims, quotes, entities = (_in_order(session, table, document_ids) for table in (Claim, Quote, Entity))
    return {
        document_id: Records(
            overlay.claims(document_id, map(claim_row, claims[document_id])),
            overlay.quotes(document_id, map(quote_row, quotes[document_id])),
            [{name: getattr(entity, name) for name in _ENTITY_COLUMNS} for entity in entities[document_id]],
        )
        for document_id in document_ids
    }


def _in_order(
    session: Session, table: type[Claim] | type[Quote] | type[Entity], document_ids: Collection[str]
) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    wanted = select(table).where(table.document_id.in_(document_ids)).order_by(table.document_id, table.ordinal)
    rows: Iterable[Any] = session.scalars(wanted)
    for row in rows:
        found[row.document_id].append(row)
    return found


def claims_by_document(session: Session, document_ids: Collection[str]) -> dict[str, list[Row]]:
    """What is compared of the claims of these documents, as corrected, rejected ones included and marked."""
    found: dict[str, list[Row]] = defaultdict(list)
    # By the ids themselves and as plain rows of few columns: a page of stories has a thousand claims, for which
    # PostgreSQL would join whole tables, and objects of the mapper take three times as long.
    listed = sorted(set(document_ids))
    for start in range(0, len(listed), PARAMETERS):
        ids = listed[start : start + PARAMETERS]
        wanted = select(*_COMPARED).where(Claim.document_id.in_(ids)).order_by(Claim.document_id, Claim.ordinal)
        for values in session.execute(wanted):
            row = dict(zip(_COMPARED_NAMES, values, strict=True))
            row["id"] = claim_id(row["document_id"], row["ordinal"])
            found[row["document_id"]].append(row)
    overlay = Overlay(session, document_ids)
    return {document: overlay.claims(document, found.get(document, ())) for document in {*found, *overlay.documents}}


def claim_row(claim: Claim) -> Row:
    """A claim as the machine found it, its id included, in values that JSON has: its date in ISO 8601."""
    row = {name: getattr(claim, name) for name in _CLAIM_COLUMNS}
    row["id"] = claim_id(claim.document_id, claim.ordinal)
    row["event_date"] = claim.event_date.isoformat() if claim.event_date else None
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
