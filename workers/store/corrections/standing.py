"""The claims and quotes of corrected documents as they stand, kept for searches in the table `corrected_records`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from schemas.desk_tables import CorrectedRecord, Correction
from schemas.tables import Claim, Quote, Table
from workers.store.corrections.overlay import Overlay

_CORRECTED = Correction.record.in_(("claim", "quote"))
_corrections = Table.metadata.tables["corrections"].c
# Built once and run below the ORM, as those of the stages are (workers.store.stages): every document takes it twice.
_ANY = (
    select(_corrections.number)
    .where(_corrections.document_id == bindparam("of"), _corrections.record.in_(("claim", "quote")))
    .limit(1)
)
_FIGURE = ("measure", "value", "low", "high")


def keep_standing(session: Session, document_id: str) -> None:
    """Writes what stands of a document's claims and quotes, where any was ever corrected.

    To be called in every transaction that changes them, their text or their corrections.
    """
    if session.connection().execute(_ANY, {"of": document_id}).scalar() is None:
        return
    overlay = Overlay(session, [document_id])
    claims = overlay.claims(document_id, _found(session, Claim, document_id, *_FIGURE, "claimant_name"))
    quotes = overlay.quotes(document_id, _found(session, Quote, document_id, "speaker_name"))
    standing = [_row(claim, "claimant_name") for claim in claims if claim["review_status"] != "rejected"]
    standing += [_row(quote, "speaker_name") for quote in quotes if quote["review_status"] != "rejected"]
    session.execute(delete(CorrectedRecord).where(CorrectedRecord.document_id == document_id))
    if standing:
        rows = [row | {"document_id": document_id, "ordinal": ordinal} for ordinal, row in enumerate(standing)]
        session.execute(insert(CorrectedRecord), rows)


def keep_all_standing(session: Session) -> None:
    """The same for every document, for those that were corrected before the table was."""
    wanted = select(Correction.document_id).where(_CORRECTED, Correction.document_id.is_not(None)).distinct()
    for document_id in list(session.scalars(wanted)):
        keep_standing(session, document_id or "")


def _found(
    session: Session, record: type[Claim] | type[Quote], document_id: str, *columns: str
) -> list[dict[str, Any]]:
    wanted = select(record.ordinal, record.start, record.end, *(getattr(record, name) for name in columns))
    rows = session.execute(wanted.where(record.document_id == document_id).order_by(record.ordinal))
    return [dict(row) | {"id": f"{document_id}:{row['ordinal']}"} for row in rows.mappings()]


def _row(record: dict[str, Any], named: str) -> dict[str, Any]:
    name = record.get(named)
    return {"name": name.lower() if name else None} | {field: record.get(field) for field in _FIGURE}
