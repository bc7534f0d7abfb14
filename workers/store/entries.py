"""The entries of feeds: which document each became, and which pages are still to be fetched for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from schemas.documents import RawDocument
from schemas.messages import StageMessage
from schemas.tables import Entry, EntryKey
from workers.feeds.identity import Seen
from workers.store.intake import accept, insert_ignoring_known
from workers.store.revisions import revise


@dataclass
class Taken:
    """What became of the entries of a poll: messages of the new documents, how many entries were new, and edits (entry
    number and what it says now), which are to be written one by one.
    """

    messages: list[StageMessage] = field(default_factory=list)
    new: int = 0
    edits: list[tuple[int, Seen]] = field(default_factory=list)


def take(session: Session, feed_number: int, entries: Sequence[Seen], wants_page: Callable[[Seen], bool]) -> Taken:
    """Writes the entries of a poll that are new, accepts their documents, and finds those that were edited."""
    now, taken = datetime.now(UTC), Taken()
    known = _known(session, entries)
    keys: dict[str, int] = {}
    texts: list[tuple[Entry, RawDocument]] = []
    for each in entries:
        entry = next((known[key] for key in each.keys if key in known), None)
        if entry is None:
            entry = Entry(feed_number=feed_number, seen=now, digest=each.digest, owns=False, page_tries=0)
            session.add(entry)
            taken.new += 1
            if wants_page(each):
                _want_page(entry, each, now)
            else:
                texts.append((entry, _document(each)))
            session.flush()
        elif entry.feed_number != feed_number:
            continue  # an outlet's other feed has it
        else:
            entry.seen = now
            if entry.digest != each.digest:
                taken.edits.append((entry.number, each))
        keys |= {key: entry.number for key in each.keys if key not in known}
    taken.messages = _accept(session, texts)
    if keys:
        rows = [{"key": key, "entry_number": keys[key]} for key in sorted(keys)]
        session.execute(insert_ignoring_known(session, EntryKey), rows)
    return taken


def edit(session: Session, entry_number: int, seen: Seen, wants_page: Callable[[Seen], bool]) -> StageMessage | None:
    """Writes what an edited entry says now; gives the message that sends its document through the stages again.

    The session must be the only one that decides.
    """
    entry = session.get(Entry, entry_number)
    if entry is None or entry.digest == seen.digest:
        return None
    entry.digest = seen.digest
    if wants_page(seen):
        _want_page(entry, seen, datetime.now(UTC))
        return None
    return put(session, entry, _document(seen))


def put(session: Session, entry: Entry, document: RawDocument) -> StageMessage | None:
    """Makes `document` that of the entry: its first, or a new revision of it.

    The session must be the only one that decides.
    """
    entry.page = entry.stand_in = entry.page_due = None
    if entry.document_id is not None and entry.owns:
        return revise(session, entry.document_id, document)
    # The document of another producer is not the entry's to revise; what it says now is a document of its own.
    return next(iter(_accept(session, [(entry, document)])), None)


def due_pages(session: Session, limit: int, sent_before: datetime) -> list[tuple[int, str]]:
    """Number and page of entries whose page is due and for which no message was sent since then, oldest first; marks
    them as sent now.
    """
    now = datetime.now(UTC)
    due = (
        select(Entry.number, Entry.page)
        .where(Entry.page_due <= now, or_(Entry.page_sent.is_(None), Entry.page_sent < sent_before))
        .order_by(Entry.page_due)
        .limit(max(limit, 0))
    )
    found = [(number, page) for number, page in session.execute(due) if page]
    if found:
        numbers = [number for number, _ in found]
        session.execute(update(Entry).where(Entry.number.in_(numbers)).values(page_sent=now))
    return found


def claim_page(session: Session, entry_number: int, hold: timedelta) -> Entry | None:
    """The entry whose page is due, held for so long against others; None where it is not due (any more)."""
    now = datetime.now(UTC)
    held = update(Entry).where(Entry.number == entry_number, Entry.page_due <= now)
    if not session.execute(held.values(page_due=now + hold, page_tries=Entry.page_tries + 1)).rowcount:  # type: ignore[attr-defined]
        return None
    return session.get(Entry, entry_number)


def put_off_page(session: Session, entry_number: int, until: datetime, *, counted: bool) -> None:
    """The page is tried again then; a try that was not `counted` was no fault of the page."""
    values: dict[str, Any] = {"page_due": until, "page_sent": None} | (
        {} if counted else {"page_tries": Entry.page_tries - 1}
    )
    waiting = update(Entry).where(Entry.number == entry_number, Entry.page.is_not(None))
    session.execute(waiting.values(**values))


def _known(session: Session, entries: Sequence[Seen]) -> dict[str, Entry]:
    keys = [key for each in entries for key in each.keys]
    found = select(EntryKey.key, Entry).join(Entry, Entry.number == EntryKey.entry_number)
    return dict(session.execute(found.where(EntryKey.key.in_(keys))).all())


def _want_page(entry: Entry, seen: Seen, now: datetime) -> None:
    entry.page, entry.stand_in, entry.page_due, entry.page_tries = seen.url, dict(seen.fields), now, 0


def _document(seen: Seen) -> RawDocument:
    return stand_in(dict(seen.fields))


def stand_in(fields: dict[str, object], why: str | None = None) -> RawDocument:
    """The raw document of an entry's own words: its text, else its title; `extra` says `why` its page is not used."""
    extra = fields.get("extra") or {}
    if why is not None and isinstance(extra, dict):
        fields = fields | {"extra": extra | {"page": why}}
    if not fields.get("content"):
        fields = fields | {"content": fields.get("title") or fields.get("url") or "-"}
    return RawDocument.model_validate(fields)


def _accept(session: Session, texts: Sequence[tuple[Entry, RawDocument]]) -> list[StageMessage]:
    accepted = accept(session, [document for _, document in texts])
    new = {message.document_id for message in accepted.new}
    for (entry, _), document_id in zip(texts, accepted.ids, strict=True):
        entry.document_id, entry.owns = document_id, document_id in new
    return accepted.new
