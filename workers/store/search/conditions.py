"""The conditions of a search: what is asked of a document beside its words.

Claims and speakers are asked for as corrections left them: of a document in which a claim or quote was ever corrected
by its `corrected_records`, of any other by what the machine found.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    case,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from schemas.desk_tables import CorrectedRecord, Correction
from schemas.tables import Claim, Document, Entity, Quote
from workers.store.search.query import Condition

# Claims of a measure up to which it is rare.
_RARE = 2_000


def asked_of(session: Session, condition: Condition) -> ColumnElement[bool]:
    """What a condition asks of a document."""
    match condition.field:
        case "source":
            return func.lower(Document.source) == condition.value.lower()
        case "language":
            return Document.language == condition.value.lower()
        case "after":
            return Document.published >= condition.time
        case "before":
            return Document.published < condition.time
        case "place":
            # No correction is made of the names in a text.
            named = func.lower(Entity.name) == condition.value.lower()
            spelled = func.lower(Entity.text) == condition.value.lower()
            places = Entity.label.in_(("GPE", "LOC", "FAC"))
            return exists().where(Entity.document_id == Document.id, places, or_(named, spelled))
        case "speaker":
            return _speaks(condition.value.lower())
        case _:
            return _claims(session, condition)


def _speaks(name: str) -> ColumnElement[bool]:
    quoted = exists().where(Quote.document_id == Document.id, func.lower(Quote.speaker_name) == name)
    claimed = exists().where(Claim.document_id == Document.id, func.lower(Claim.claimant_name) == name)
    corrected = select(CorrectedRecord.document_id).where(CorrectedRecord.name == name)
    return or_(and_(or_(quoted, claimed), _uncorrected(Document.id)), Document.id.in_(corrected))


def _claims(session: Session, condition: Condition) -> ColumnElement[bool]:
    corrected = select(CorrectedRecord.document_id).where(
        CorrectedRecord.measure == condition.value, _allows(CorrectedRecord, condition)
    )
    if is_rare(session, condition.value):
        found = select(Claim.document_id).where(
            Claim.measure == condition.value, _allows(Claim, condition), _uncorrected(Claim.document_id)
        )
        return Document.id.in_(union_all(found, corrected))
    # The claims of the document, by its key: an index of the measures would give those of all documents.
    measured = func.coalesce(Claim.measure, "") == condition.value
    claimed = exists().where(Claim.document_id == Document.id, measured, _allows(Claim, condition))
    return or_(and_(claimed, _uncorrected(Document.id)), Document.id.in_(corrected))


def is_rare(session: Session, measure: str) -> bool:
    """Whether few claims are of a measure: they are then found by it, and those of others by their documents, of which
    the latest soon give a page.
    """
    first = select(Claim.ordinal).where(Claim.measure == measure).limit(_RARE).subquery()
    return (session.scalar(select(func.count()).select_from(first)) or 0) < _RARE


def named_in_corrections(names: Collection[str]) -> Select[int]:
    """The numbers of the documents in whose corrected records one of these speaks or claims a figure."""
    corrected = select(CorrectedRecord.document_id).where(CorrectedRecord.name.in_([name.lower() for name in names]))
    return select(Document.number).where(Document.id.in_(corrected))


def _uncorrected(document_id: SQLColumnExpression[str]) -> ColumnElement[bool]:
    return not_(exists().where(Correction.document_id == document_id, Correction.record.in_(("claim", "quote"))))


def _allows(of: type[Claim] | type[CorrectedRecord], condition: Condition) -> ColumnElement[bool]:
    """Whether a claim's figure can be so: "at least 8" can be more than 10, and "exactly 8" cannot."""
    number = condition.number
    if number is None:
        return true()
    # A bound that one side leaves open lies anywhere; without any ("about 50") there is the value alone.
    most = literal(2**62)
    low = case((of.low.is_not(None), of.low), (of.high.is_not(None), 0), else_=of.value)
    high = case((of.high.is_not(None), of.high), (of.low.is_not(None), most), else_=of.value)
    match condition.comparison:
        case ">":
            return high > number
        case ">=":
            return high >= number
        case "<":
            return low < number
        case "<=":
            return low <= number
        case _:
            return and_(low <= number, high >= number)
