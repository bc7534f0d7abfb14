"""The entries of feeds: which document each became, and which pages are still to be fetched for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from schemas.documents import RawDocument
from schemas.feeds import SeenEntry
from schemas.messages import StageMessage
from schemas.tables import Entry, EntryKey, Feed
from workers.store.intake import accept, insert_ignoring_known
from workers.store.revisions import revise

# An entry that its feed does not show any more is forgotten after this long. One that comes back later still is no new
# document where it says the same, for a document is known by its content.
_KEPT = timedelta(days=90)

# When an entry was last seen is written no more often than this: a feed shows most of them at every poll.
_SEEN_AGAIN = timedelta(days=1)


@dataclass
class TakenEntries:
    """What became of the entries of a poll: messages of new and edited documents, and how many entries were either."""

    messages: list[StageMessage] = field(default_factory=list)
    new: int = 0
    revised: int = 0


def any_edited(session: Session, feed_number: int, entries: Sequence[SeenEntry]) -> bool:
    """Whether one of the entries was seen before in this feed, and says something else now."""
    known = _known(session, entries)
    found = ((_recognised(each, known), each) for each in entries)
    return any(entry and entry.feed_number == feed_number and entry.digest != each.digest for entry, each in found)


def take(
    session: Session,
    feed: Feed,
    entries: Sequence[SeenEntry],
    wants_page: Callable[[SeenEntry], bool],
    revisions_kept: int,
) -> TakenEntries:
    """Writes the entries of a poll: accepts the documents of new ones, and revises those of edited ones.

    The session must be the only one that decides where there are edits (`any_edited`).
    """
    now, taken = datetime.now(UTC), TakenEntries()
    _hold_on(session, feed, now)
    known = _known(session, entries)
    new: list[tuple[Entry, SeenEntry]] = []
    keys: dict[str, Entry] = {}
    for each in entries:
        entry = _recognised(each, known)
        if entry is None:
            entry = Entry(feed_number=feed.number, seen=now, digest=each.digest, owns=False, page_attempts=0)
            new.append((entry, each))
        elif entry.feed_number != feed.number:
            continue  # another feed of its source has it
        else:
            if now - entry.seen > _SEEN_AGAIN:
                entry.seen = now
            if entry.digest != each.digest:
                taken.revised += 1
                taken.messages += _edit(session, entry, each, wants_page, revisions_kept)
        keys |= dict.fromkeys((key for key in each.keys if key not in known), entry)
    session.add_all(entry for entry, _ in new)
    with_text = []
    for entry, each in new:
        if wants_page(each):
            _want_page(entry, each, now)
        else:
            with_text.append((entry, stand_in(dict(each.fields))))
    taken.new = len(new)
    taken.messages += _accept(session, with_text)
    session.flush()
    if keys:
        rows = [{"key": key, "entry_number": keys[key].number} for key in sorted(keys)]
        session.execute(insert_ignoring_known(session, EntryKey), rows)
    return taken


def _hold_on(session: Session, feed: Feed, now: datetime) -> None:
    """Forgets the entries that the feed has not shown for long; those it showed at last it has shown until now, for all
    that anybody knows (it may not have changed for a year).
    """
    if feed.taken is None:
        return
    of_feed = (Entry.feed_number == feed.number,)
    if now - feed.taken > _SEEN_AGAIN:
        shown_last = update(Entry).where(*of_feed, Entry.seen >= feed.taken - _SEEN_AGAIN)
        session.execute(shown_last.values(seen=now))
    session.execute(delete(Entry).where(*of_feed, Entry.seen < now - _KEPT, Entry.page_due.is_(None)))


def _edit(
    session: Session, entry: Entry, seen: SeenEntry, wants_page: Callable[[SeenEntry], bool], revisions_kept: int
) -> list[StageMessage]:
    entry.digest = seen.digest
    if wants_page(seen):
        _want_page(entry, seen, datetime.now(UTC))
        return []
    message = put(session, entry, stand_in(dict(seen.fields)), revisions_kept)
    return [message] if message else []


def put(session: Session, entry: Entry, document: RawDocument, revisions_kept: int) -> StageMessage | None:
    """Makes `document` that of the entry: its first, or a new revision of it.

    The session must be the only one that decides.
    """
    entry.page = entry.stand_in = entry.page_due = None
    if entry.document_id is not None and entry.owns:
        return revise(session, entry.document_id, document, revisions_kept)
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
    held = update(Entry).where(Entry.number == entry_number, Entry.page.is_not(None), Entry.page_due <= now)
    if not session.execute(held.values(page_due=now + hold, page_attempts=Entry.page_attempts + 1)).rowcount:  # type: ignore[attr-defined]
        return None
    return session.get(Entry, entry_number)


def still_waiting(session: Session, entry: Entry) -> Entry | None:
    """The present row of an entry that was claimed, while it waits for the same page still; else None."""
    present = session.get(Entry, entry.number)
    return present if present is not None and present.page == entry.page else None


def put_off_page(session: Session, entry_number: int, until: datetime, *, counted: bool) -> None:
    """The page is tried again then; an attempt that was not `counted` was no fault of the page."""
    values: dict[str, Any] = {"page_due": until, "page_sent": None} | (
        {} if counted else {"page_attempts": Entry.page_attempts - 1}
    )
    waiting = update(Entry).where(Entry.number == entry_number, Entry.page.is_not(None))
    session.execute(waiting.values(**values))


def _known(session: Session, entries: Sequence[SeenEntry]) -> dict[str, Entry]:
    keys = [key for each in entries for key in each.keys]
    found = select(EntryKey.key, Entry).join(Entry, Entry.number == EntryKey.entry_number)
    return dict(session.execute(found.where(EntryKey.key.in_(keys))).all())


def _recognised(seen: SeenEntry, known: Mapping[str, Entry]) -> Entry | None:
    return next((known[key] for key in seen.keys if key in known), None)


def _want_page(entry: Entry, seen: SeenEntry, now: datetime) -> None:
    entry.page, entry.stand_in, entry.page_due, entry.page_attempts = seen.url, dict(seen.fields), now, 0


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
