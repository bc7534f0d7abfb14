"""A document's way through the stages: an attempt begun, a stage ended by one guarded transaction, a failure kept.

The guard is the state in the UPDATE's WHERE clause: of two workers that did the same stage, one moves the row and
writes its results, the other finds nothing to move and writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Any

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from schemas.documents import storable, storable_value
from schemas.messages import StageMessage
from schemas.stages import Stage, State
from schemas.tables import Document, Failure, Table, UTCDateTime
from workers.store import changes
from workers.store.changes import EventKind
from workers.store.clocks import CLOCKS_DIFFER

# Built once and run below the ORM: a document takes them at every stage, and building one costs several times what
# running it does.
_documents, _failures = (Table.metadata.tables[name] for name in ("documents", "failures"))
_at = _documents.c
_waiting = update(_documents).where(_at.id == bindparam("of"), _at.state == bindparam("waiting"))
_BEGIN = _waiting.where(_at.attempts < bindparam("most")).values(
    attempts=_at.attempts + 1, attempted=bindparam("now", type_=UTCDateTime)
)
_MOVE = _waiting.where(_at.revision == bindparam("read")).values(
    state=bindparam("after"),
    changed=bindparam("now", type_=UTCDateTime),
    sent=bindparam("now", type_=UTCDateTime),
    attempts=bindparam("begun"),
    attempted=bindparam("since", type_=UTCDateTime),
    error=None,
)
_RESOLVE = (
    update(_failures)
    .where(_failures.c.document_id == bindparam("of"), _failures.c.resolved.is_(None))
    .values(resolved=bindparam("now", type_=UTCDateTime))
)

# Before any message could have been sent.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Begun(Enum):
    """What was found when an attempt was to begin."""

    GO = auto()
    DONE_BEFORE = auto()  # the document is past this stage, or stored or failed
    UNKNOWN = auto()  # there is no such document
    EXHAUSTED = auto()  # as many attempts as allowed began and none ended
    BUSY = auto()  # as many attempts as allowed began, and the last may still be at work


def begin(session: Session, document_id: str, stage: Stage, max_attempts: int, longest: timedelta) -> Begun:
    """Counts an attempt of `stage` on a document before it starts, so that one that kills its process is counted too.

    Args:
        max_attempts: attempts that may begin without one ending.
        longest: how long an attempt can last at most; an older one is dead.
    """
    now = datetime.now(UTC)
    counted = {"of": document_id, "waiting": stage.before, "most": max_attempts, "now": now}
    if session.connection().execute(_BEGIN, counted).rowcount:
        return Begun.GO
    found = session.execute(select(Document.state, Document.attempted).where(Document.id == document_id)).one_or_none()
    if found is None:
        return Begun.UNKNOWN
    state, attempted = found
    if state != stage.before:
        return Begun.DONE_BEFORE
    may_be_at_work = attempted is not None and -CLOCKS_DIFFER <= now - attempted < longest
    return Begun.BUSY if may_be_at_work else Begun.EXHAUSTED


def waits_for(session: Session, document_id: str) -> Stage | None:
    """The stage that a document waits for or is at; None where it has ended, or there is none."""
    state = session.scalar(select(Document.state).where(Document.id == document_id))
    return next((stage for stage in Stage if stage.before == state), None)


def exhausted(session: Session, document_id: str, stage: Stage, max_attempts: int) -> bool:
    """Whether a document that waits for `stage` has had all its attempts."""
    attempts = select(Document.attempts).where(Document.id == document_id, Document.state == stage.before)
    return (session.scalar(attempts) or 0) >= max_attempts


def forgive(session: Session, document_id: str, stage: Stage) -> None:
    """Uncounts an attempt that ended for a reason outside the document (broker or database unreachable)."""
    waiting = update(Document).where(Document.id == document_id, Document.state == stage.before, Document.attempts > 0)
    session.execute(waiting.values(attempts=Document.attempts - 1))


def move(session: Session, document_id: str, stage: Stage, revision: int = 1, *, begun: bool = False) -> bool:
    """Moves the document to the state after `stage`; False where another attempt has done so already, or where the
    document is no longer of the `revision` that the attempt began with.

    Args:
        begun: an attempt of the following stage begins with this, and is counted.
    """
    now, run = datetime.now(UTC), session.connection().execute
    guard = {"of": document_id, "waiting": stage.before, "read": revision}
    values = {"after": stage.after, "now": now, "begun": int(begun), "since": now if begun else None}
    if not run(_MOVE, guard | values).rowcount:
        return False
    if stage.following is None:
        run(_RESOLVE, {"of": document_id, "now": now})
    return True


def fail(
    session: Session,
    stage: Stage,
    error: BaseException,
    traceback: str | None,
    payload: dict[str, Any],
    document_id: str,
    revision: int | None = None,
) -> bool:
    """Ends a document as `failed` and keeps what, where and why; False where it is past the stage already, or no longer
    of the `revision` that failed.
    """
    now, words = datetime.now(UTC), storable(str(error))  # which may quote anything
    waiting = [Document.id == document_id, Document.state == stage.before]
    if revision is not None:
        waiting.append(Document.revision == revision)
    attempts = session.scalar(select(Document.attempts).where(*waiting)) or 1
    failed = update(Document).where(*waiting).values(state=State.FAILED, changed=now, error=words, attempted=None)
    if not session.execute(failed).rowcount:  # type: ignore[attr-defined]
        return False
    failure = session.scalars(
        select(Failure).where(Failure.document_id == document_id, Failure.resolved.is_(None)).limit(1)
    ).one_or_none()
    if failure is None:
        failure = Failure(document_id=document_id, attempts=0, first_failed=now)
        session.add(failure)
    failure.stage, failure.error_type, failure.error = stage, type(error).__name__, words
    failure.traceback = storable(traceback) if traceback else None
    failure.last_failed, failure.payload = now, storable_value(payload)
    failure.attempts += attempts
    failure.change = changes.take_numbers(session, 1)[0]
    told = {"stage": str(stage), "error_type": type(error).__name__, "error": words}
    changes.document_changed(session, document_id, EventKind.DOCUMENT_FAILED, **told)
    return True


def fail_message(session: Session, queue: str, error: BaseException, payload: dict[str, Any]) -> None:
    """Keeps a message that could not be read, or names an unknown document: a failure without a document."""
    now = datetime.now(UTC)
    session.add(
        Failure(
            stage=queue,
            error_type=type(error).__name__,
            error=storable(str(error)),
            attempts=1,
            first_failed=now,
            last_failed=now,
            payload=storable_value(payload),
            change=changes.take_numbers(session, 1)[0],
        )
    )


def failed(session: Session, stage: Stage | None, ids: Collection[str]) -> list[str]:
    """The ids of documents that have failed, in the order of their arrival.

    Args:
        stage: only those that failed in it; None for every stage.
        ids: only those whose id begins with one of these; empty for all.
    """
    wanted = _reopenable(Document.id)
    if stage is not None:
        wanted = wanted.where(Failure.stage == stage)
    beginnings = tuple(ids)
    return [found for found in session.scalars(wanted) if not beginnings or found.startswith(beginnings)]


def reopen(session: Session, ids: Sequence[str]) -> list[tuple[Stage, StageMessage]]:
    """Puts failed documents back before the stage they failed in, and gives the messages that send them again."""
    now = datetime.now(UTC)
    wanted = _reopenable(
        Document.id, Document.source, func.coalesce(Document.title, Document.external_id), Failure.stage
    ).where(Document.id.in_(ids))
    again: list[tuple[Stage, StageMessage]] = []
    for document_id, source, title, failed_in in session.execute(wanted).all():
        back = update(Document).where(Document.id == document_id, Document.state == State.FAILED)
        session.execute(
            back.values(state=Stage(failed_in).before, changed=now, sent=now, attempts=0, attempted=None, error=None)
        )
        again.append((Stage(failed_in), StageMessage.about(document_id, source, title)))
    for _, message in again:
        changes.document_changed(session, message.document_id)
    return again


def _reopenable(*columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .join(Failure, Failure.document_id == Document.id)
        .where(Document.state == State.FAILED, Failure.resolved.is_(None))
        .order_by(Document.number)
    )


def mark_unsent(session: Session, ids: Collection[str]) -> None:
    """Marks documents whose message could not be put on Redis, so that the next sweep sends them."""
    for document_id in sorted(ids):
        session.execute(update(Document).where(Document.id == document_id).values(sent=_NEVER))


def stale(session: Session, stage: Stage, before: datetime, limit: int) -> list[StageMessage]:
    """Documents waiting for `stage` that are stuck: their message was last sent, and their last attempt, if any,
    begun before then. Oldest first; marks them as sent now.

    A time in the future tells nothing (a clock was set back), so its document counts as stuck.
    """
    now = datetime.now(UTC)
    future = now + CLOCKS_DIFFER
    wanted = (
        select(Document.id, Document.source, func.coalesce(Document.title, Document.external_id))
        .where(Document.state == stage.before, (Document.sent < before) | (Document.sent > future))
        .where(Document.attempted.is_(None) | (Document.attempted < before) | (Document.attempted > future))
        .order_by(Document.sent)
        .limit(limit)
    )
    if session.get_bind().dialect.name == "postgresql":
        wanted = wanted.with_for_update(skip_locked=True)
    found = session.execute(wanted).all()
    if found:
        session.execute(update(Document).where(Document.id.in_([row[0] for row in found])).values(sent=now))
    return [StageMessage.about(*row) for row in found]
