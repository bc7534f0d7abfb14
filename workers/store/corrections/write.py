"""Writing a correction: what it is about looked up, what was there before kept beside it, and stories filed anew."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from schemas.corrections import NewCorrection
from schemas.dedupe_tables import Story
from schemas.desk_tables import Correction
from schemas.errors import CorrectionError
from schemas.tables import CleanedBody, Document
from workers.store.changes import EventKind, NewEvent, record, story_followed, take_numbers
from workers.store.corrections.anchors import anchor
from workers.store.corrections.standing import keep_standing
from workers.store.filing import refile
from workers.store.read.records import document_records


def correct(session: Session, new: NewCorrection) -> Correction:
    """Writes a correction and all that follows from it; gives its row.

    The session must be the only one that decides (`Database.writing(deciding=True)`): it moves documents.

    Raises:
        CorrectionError: there is no such record, or nothing of it to be corrected.
    """
    if new.action == "undo":
        return _undo(session, new)
    if new.record == "document":
        return _move_document(session, new)
    if new.record == "story":
        return _move_story(session, new)
    return _correct_record(session, new)


def _correct_record(session: Session, new: NewCorrection) -> Correction:
    document_id = new.record_id.partition(":")[0]
    text = _text(session, document_id)
    if text is None:
        raise CorrectionError(
            f"{new.record} {new.record_id}", "is in no document with a text", "see `wireroom search` for its document"
        )
    after = new.stored_after or {}
    if new.action == "add":
        if after["end"] > len(text):
            raise CorrectionError(
                f"document {document_id}", f"has a text of {len(text)} characters, and `end` is {after['end']}", None
            )
        before, place = None, anchor(text, after["start"], after["end"])
    else:
        before = _row(session, new.record, document_id, new.record_id)
        # The marks of earlier corrections are theirs; what an added record is, `before` tells whole.
        place = anchor(text, before["start"], before["end"])
    if new.record == "claim":
        place["measure"] = (before or after).get("measure")
    written = _insert(session, new, document_id=document_id, before=before, anchor=place)
    keep_standing(session, document_id)
    _tell_document(session, document_id, written)
    return written


def _row(session: Session, kind: str, document_id: str, record_id: str) -> dict[str, Any]:
    found = document_records(session, document_id)
    rows: Sequence[dict[str, Any]] = found.claims if kind == "claim" else found.quotes
    for row in rows:
        if row["id"] == record_id:
            return {k: v for k, v in row.items() if k not in ("review_status", "correction_id", "id", "story_id")}
    raise CorrectionError(f"{kind} {record_id}", "does not exist (any more)", f"see document {document_id}")


def _move_document(session: Session, new: NewCorrection) -> Correction:
    document = session.scalars(select(Document).where(Document.id == new.record_id)).one_or_none()
    if document is None or document.story_id is None:
        raise CorrectionError(f"document {new.record_id}", "does not exist, or is in no story yet", None)
    target = (new.after or {})["story_id"]
    if target is None:
        target = hashlib.blake2b(f"{document.id} {secrets.token_hex(8)}".encode(), digest_size=16).hexdigest()
        session.add(Story(id=target, opened=datetime.now(UTC), documents=0, copies=0, disputed=0))
        session.flush()
    else:
        target = _existing_story(session, target)
    before = {"story_id": document.story_id}
    written = _insert(session, new, document_id=document.id, before=before, after={"story_id": target})
    place(session, document)
    _tell_stories(session, {document.number}, {before["story_id"], target}, written)
    return written


def _move_story(session: Session, new: NewCorrection) -> Correction:
    story_id, target = new.record_id, _existing_story(session, (new.after or {})["story_id"])
    if session.get(Story, story_id) is None:
        raise CorrectionError(f"story {story_id}", "does not exist", "see `wireroom export stories`")
    if target == story_id or _corrected_chain(session, target, story_id):
        raise CorrectionError(f"story {story_id}", "cannot be part of itself", "choose another story")
    written = _insert(session, new, before={"story_id": story_id}, after={"story_id": target})
    numbers, concerned = file_story(session, story_id)
    _tell_stories(session, numbers, {story_id, target, *concerned}, written)
    return written


def _undo(session: Session, new: NewCorrection) -> Correction:
    undone = session.scalars(select(Correction).where(Correction.id == new.undoes)).one_or_none()
    if undone is None or undone.record != new.record or undone.record_id != new.record_id:
        raise CorrectionError(f"correction {new.undoes}", f"is not a correction of {new.record} {new.record_id}", None)
    if undone.undone_by is not None:
        raise CorrectionError(f"correction {new.undoes}", "is already undone", "undo the correction that undid it")
    written = _insert(session, new, document_id=undone.document_id, before=undone.after, after=undone.before)
    _set_undone(session, undone, written.id)
    if undone.record in ("claim", "quote"):
        keep_standing(session, undone.document_id or "")
        _tell_document(session, undone.document_id or "", written)
        return written
    if undone.record == "document":
        document = session.scalars(select(Document).where(Document.id == undone.record_id)).one()
        concerned = {document.story_id} if document.story_id else set()
        numbers, concerned = {document.number}, concerned | place(session, document)
    else:
        numbers, concerned = file_story(session, undone.record_id)
    _tell_stories(session, numbers, concerned, written)
    return written


def _set_undone(session: Session, undone: Correction, by: str | None) -> None:
    """Marks a correction as out of force; one that undid another puts that back in force."""
    session.execute(update(Correction).where(Correction.id == undone.id).values(undone_by=by))
    if undone.undoes is not None:
        again = session.scalars(select(Correction).where(Correction.id == undone.undoes)).one()
        _set_undone(session, again, None if by is not None else undone.id)


def place(session: Session, document: Document) -> set[str]:
    """Puts a document in the story that the last correction in force says, or that was found for it; gives the stories
    that this concerns.
    """
    latest = _latest_move(session, "document", document.id)
    target = story_followed(session, latest["story_id"]) if latest else None
    values = {"placed": target is not None} | ({"story_id": target} if target else {})
    session.execute(update(Document).where(Document.number == document.number).values(**values))
    concerned = {story for story in (document.story_id, target) if story}
    return concerned | refile(session, [document.number])


def file_story(session: Session, story_id: str) -> tuple[set[int], set[str]]:
    """Makes a story part of another as the last correction in force says, or one of its own; gives the documents and
    stories that this concerns.
    """
    latest = _latest_move(session, "story", story_id)
    target = story_followed(session, latest["story_id"]) if latest else None
    session.execute(update(Story).where(Story.id == story_id).values(corrected_into=target))
    if target is not None:
        session.execute(update(Story).where(Story.corrected_into == story_id).values(corrected_into=target))
    # Stories that were made part of this one go where it goes; and come back with it.
    chained = [story_id, *session.scalars(select(Story.id).where(Story.corrected_into == (target or story_id)))]
    numbers = set(session.scalars(select(Document.number).where(Document.found_story_id.in_(chained))))
    return numbers, refile(session, numbers) | {story_id, *([target] if target else [])}


def _latest_move(session: Session, kind: str, record_id: str) -> dict[str, Any] | None:
    wanted = (
        select(Correction.after)
        .where(
            Correction.record == kind,
            Correction.record_id == record_id,
            Correction.action == "move",
            Correction.undone_by.is_(None),
        )
        .order_by(Correction.number.desc())
        .limit(1)
    )
    return session.scalar(wanted)


def _existing_story(session: Session, story_id: str) -> str:
    if session.get(Story, story_id) is None:
        raise CorrectionError(f"story {story_id}", "does not exist", "see `wireroom export stories`")
    followed = story_followed(session, story_id)
    return session.scalar(select(Story.corrected_into).where(Story.id == followed)) or followed


def _corrected_chain(session: Session, story_id: str, looked_for: str) -> bool:
    return session.scalar(select(Story.corrected_into).where(Story.id == story_id)) == looked_for


def _text(session: Session, document_id: str) -> str | None:
    wanted = select(CleanedBody.text).join(Document, Document.number == CleanedBody.number)
    return session.scalar(wanted.where(Document.id == document_id))


def _insert(session: Session, new: NewCorrection, **values: Any) -> Correction:
    row: dict[str, Any] = {
        "id": secrets.token_hex(16),
        "change": take_numbers(session, 1)[0],
        "record": new.record,
        "record_id": new.record_id,
        "action": new.action,
        "after": new.stored_after,
        "before": None,
        "reason": new.reason,
        "author": new.author,
        "created": datetime.now(UTC),
        "document_id": None,
        "anchor": None,
        "undoes": new.undoes,
    }
    session.execute(insert(Correction).values(**(row | values)))
    return session.scalars(select(Correction).where(Correction.id == row["id"])).one()


def _event(written: Correction, story_id: str | None) -> NewEvent:
    told = {name: getattr(written, name) for name in ("record", "record_id", "action", "author", "reason")}
    return NewEvent(EventKind.RECORD_CORRECTED, story_id, written.document_id, told | {"correction_id": written.id})


def _tell_document(session: Session, document_id: str, written: Correction) -> None:
    number, story = session.execute(select(Document.number, Document.story_id).where(Document.id == document_id)).one()
    record(session, [number], [story] if story else [], [_event(written, story)])


def _tell_stories(session: Session, numbers: set[int], stories: set[str], written: Correction) -> None:
    into = (written.after or {}).get("story_id")
    record(session, numbers, stories, [_event(written, into or min(stories, default=None))])
