"""Accepting documents: their rows, raw content included, are committed before anything is put on Redis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from schemas.documents import RawDocument
from schemas.messages import StageMessage
from schemas.stages import State
from schemas.tables import Document, RawBody, Table
from workers.store.results import offset_minutes


@dataclass(frozen=True)
class AcceptedBatch:
    """What became of a batch: the ids of all its documents in order, and the messages of those that are new."""

    ids: list[str]
    new: list[StageMessage]


def insert_ignoring_known(session: Session, table: type[Table]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that passes over rows whose key is there already, on either database."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return insert.on_conflict_do_nothing()


def accept(session: Session, documents: Sequence[RawDocument]) -> AcceptedBatch:
    """Writes the rows of a batch; a document that is known already is passed over. Durable once committed.

    Rows are inserted in the order of their ids, so that two producers with the same documents never deadlock.
    """
    now = datetime.now(UTC)
    by_id = {document.id: document for document in documents}
    ids = [document.id for document in documents]
    known = set(session.scalars(select(Document.id).where(Document.id.in_(by_id))))
    rows = [document_row(by_id[new], new, now) for new in sorted(by_id.keys() - known)]
    if not rows:
        return AcceptedBatch(ids, [])
    statement = insert_ignoring_known(session, Document).returning(Document.id, Document.number)
    numbers = {row.id: row.number for row in session.execute(statement, rows)}
    if numbers:
        session.execute(insert(RawBody), [_body(by_id[new], number) for new, number in numbers.items()])
    return AcceptedBatch(ids, [message_for(by_id[new], new) for new in dict.fromkeys(ids) if new in numbers])


def message_for(document: RawDocument, document_id: str) -> StageMessage:
    """The message that sends a newly accepted document on its way."""
    return StageMessage.about(document_id, document.source, document.title or document.external_id)


def document_row(document: RawDocument, document_id: str, now: datetime) -> dict[str, object]:
    """The columns of a newly accepted document."""
    stated = document.published if not document.published_naive else None
    return {
        "id": document_id,
        **document.model_dump(include={"external_id", "url", "source", "title", "author", "language"}),
        "published": document.published,
        "published_offset": offset_minutes(stated) if stated else None,
        "received": now,
        "state": State.RECEIVED,
        "changed": now,
        "sent": now,
        "attempts": 0,
    }


def _body(document: RawDocument, number: int) -> dict[str, object]:
    return {"number": number} | document.model_dump(include={"content", "content_type", "extra"})
