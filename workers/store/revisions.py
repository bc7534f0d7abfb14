"""An edited document: its new revision in its place, the old one kept, everything found in the old one taken back."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session, joinedload

from schemas.dedupe_tables import FingerprintKey, Profile
from schemas.documents import RawDocument
from schemas.messages import StageMessage
from schemas.stages import State
from schemas.tables import Claim, CleanedBody, Document, Entity, Quote, RawBody, Revision
from workers.store import changes
from workers.store.changes import EventKind, NewEvent
from workers.store.corrections.standing import keep_standing
from workers.store.intake import document_row, message_for


def revise(session: Session, document_id: str, raw: RawDocument, kept: int) -> StageMessage | None:
    """Makes `raw` the document's present revision, before its first stage; gives the message that sends it there, or
    None where the document says so already or is not there.

    The session must be the only one that decides (`Database.writing(deciding=True)`), for copies of the old text may
    lose the document they are copies of.

    Args:
        kept: earlier revisions that are kept: the first, and the latest of the others.
    """
    found = select(Document).where(Document.id == document_id).options(joinedload(Document.raw))
    document = session.scalars(found.with_for_update(of=Document)).one_or_none()
    if document is None or (document.raw.content, document.title) == (raw.content, raw.title or document.title):
        return None
    now = datetime.now(UTC)
    body = document.raw
    session.execute(
        insert(Revision).values(
            number=document.number,
            revision=document.revision,
            superseded=now,
            title=document.title,
            published=document.published,
            content=body.content,
            content_type=body.content_type,
            extra=body.extra,
            text=session.scalar(select(CleanedBody.text).where(CleanedBody.number == document.number)),
        )
    )
    too_many = (Revision.revision > 1, Revision.revision <= document.revision - kept + 1)
    session.execute(delete(Revision).where(Revision.number == document.number, *too_many))
    for table in (Entity, Quote, Claim):
        session.execute(delete(table).where(table.document_id == document_id))
    session.execute(delete(CleanedBody).where(CleanedBody.number == document.number))
    keep_standing(session, document_id)
    story_before = document.story_id
    copies = _withdraw(session, document)
    content = {"content": raw.content, "content_type": raw.content_type, "extra": raw.extra}
    session.execute(update(RawBody).where(RawBody.number == document.number).values(**content))
    # When it was first received and first published is kept: an edit does not make it later than its copies.
    row = document_row(raw, document_id, now)
    fixed = {"id", "received"} | ({"published", "published_offset"} if document.published else set())
    values = {name: value for name, value in row.items() if name not in fixed}
    values |= {"revision": document.revision + 1, "state": State.RECEIVED, "attempted": None, "error": None}
    session.execute(update(Document).where(Document.number == document.number).values(**values))
    told = {"source": raw.source, "title": raw.title, "revision": document.revision + 1}
    changes.record(
        session,
        documents={document.number, *copies},
        stories=[story_before] if story_before else [],
        events=[NewEvent(EventKind.DOCUMENT_REVISED, story_before, document_id, told)],
    )
    return message_for(raw, document_id)


def _withdraw(session: Session, document: Document) -> set[int]:
    """Takes a document out of dedupe's ledger as if it had not been accepted; its earliest copy takes its place.

    Gives the numbers of those copies. Where a correction placed the document, it stays in that story.
    """
    number = document.number
    session.execute(delete(FingerprintKey).where(FingerprintKey.number == number))
    session.execute(delete(Profile).where(Profile.number == number))
    alone = {"copy_of": None, "copy_score": None, "copy_evidence": None}
    withdrawn = {"found_story_id": None, "story_evidence": None} | ({} if document.placed else {"story_id": None})
    session.execute(update(Document).where(Document.number == number).values(**alone, **withdrawn))
    earliest = (func.coalesce(Document.published, Document.received), Document.id)
    copies = list(session.scalars(select(Document.number).where(Document.copy_of == number).order_by(*earliest)))
    if copies:
        session.execute(update(Document).where(Document.number == copies[0]).values(**alone))
        session.execute(update(Document).where(Document.copy_of == number).values(copy_of=copies[0]))
    return set(copies)
