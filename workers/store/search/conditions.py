"""The conditions of a search: what is asked of a document beside its words.

Claims and speakers are asked for as corrections left them: of a document in which a claim or quote was ever corrected
by its `corrected_records`, of any other by what the machine found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
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
from sqlalchemy.orm import Session, aliased

from schemas.desk_tables import CorrectedRecord, Correction
from schemas.records import PLACE_LABELS
from schemas.tables import Claim, Document, Entity, Quote
from workers.store.search.query import Condition

# Rows of a name or a measure up to which it is rare.
_RARE = 2_000

# In the statement itself: whether the index of these labels alone can be used is asked of it before values are known.
_labels: BindParameter[Any] = bindparam("labels", PLACE_LABELS, expanding=True, literal_execute=True)


def asked_of(session: Session, condition: Condition, number: ColumnElement[int]) -> ColumnElement[bool]:
    """What a condition asks of a document, whose number `number` is."""
    match condition.field:
        case "source":
            return func.lower(Document.source) == condition.value.lower()
        case "language":
            return Document.language == condition.value.lower()
        case "after" | "before":
            return _published(session, condition, number)
        case "place":
            return names_place(session, condition.value)
        case "speaker":
            return _speaks(session, condition.value)
        case _:
            return _claims(session, condition)


def _published(session: Session, condition: Condition, number: ColumnElement[int]) -> ColumnElement[bool]:
    """When a document was published. Few of that time are found by it; of many the latest soon give a page."""

    def then(of: type[Document]) -> ColumnElement[bool]:
        return of.published >= condition.time if condition.field == "after" else of.published < condition.time

    dated = aliased(Document)
    found = select(dated.number).where(then(dated))
    return number.in_(found) if _few(session, found) else then(Document)


def names_place(session: Session, name: str) -> ColumnElement[bool]:
    """Whether a document names a place. No correction is made of the names in a text."""
    of_a_place = Entity.label.in_(_labels)
    columns = (Entity.name, Entity.text)
    return _has_name(session, name, [(column, Entity.document_id, of_a_place) for column in columns], [])


def _speaks(session: Session, name: str) -> ColumnElement[bool]:
    columns = ((Quote.speaker_name, Quote.document_id), (Claim.claimant_name, Claim.document_id))
    corrected = select(CorrectedRecord.document_id).where(CorrectedRecord.name == name.lower())
    return _has_name(session, name, [(column, of, _uncorrected(of)) for column, of in columns], [corrected])


def _has_name(
    session: Session,
    name: str,
    columns: Sequence[tuple[SQLColumnExpression[Any], SQLColumnExpression[str], ColumnElement[bool]]],
    also: Sequence[Select[str]],
) -> ColumnElement[bool]:
    """Whether a document has a name in one of these columns, or is among those of `also`.

    Few rows of that name are asked for their documents; where there are many each document is asked for its rows, for
    the latest soon give a page.

    Args:
        columns: each with that of its row's document, and what else must be so of the row.
    """
    wanted = func.lower(name)  # by the database, as the column's
    by_name = [select(of).where(func.lower(column) == wanted, so) for column, of, so in columns]
    if all(_few(session, rows) for rows in by_name):
        return Document.id.in_(union_all(*by_name, *also))
    # By the document's key: the index of names would give the rows of all documents.
    so_named = ((of == Document.id, func.coalesce(func.lower(column), "") == wanted, so) for column, of, so in columns)
    return or_(*(exists().where(*conditions) for conditions in so_named), *(Document.id.in_(each) for each in also))


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
    return _few(session, select(Claim.document_id).where(Claim.measure == measure))


def _few(session: Session, rows: Select[Any]) -> bool:
    return (session.scalar(select(func.count()).select_from(rows.limit(_RARE).subquery())) or 0) < _RARE


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
