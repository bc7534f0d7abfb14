"""The entries of feeds: which document each became, and which pages are still to be fetched for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
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

# Entries that are known by their undated titles alone, from which on chance is out of the question: one may be a
# column that has the same title every day.
_TITLES_ENOUGH = 2


@dataclass
class AcceptedEntries:
    """What became of the entries of a poll: messages of new and edited documents, and how many entries were either."""

    messages: list[StageMessage] = field(default_factory=list)
    new: int = 0
    revised: int = 0


def any_edited(session: Session, feed_number: int, entries: Sequence[SeenEntry]) -> bool:
    """Whether one of the entries was seen before in this feed, and says something else now."""
    found = zip(_recognised(session, entries)[0], entries, strict=True)
    return any(entry and entry.feed_number == feed_number and entry.digest != each.digest for entry, each in found)


def accept_entries(
    session: Session,
    feed: Feed,
    entries: Sequence[SeenEntry],
    wants_page: Callable[[SeenEntry], bool],
    revisions_kept: int,
) -> AcceptedEntries:
    """Writes the entries of a poll: accepts the documents of new ones, and revises those of edited ones.

    The session must be the only one that decides where there are edits (`any_edited`).
    """
    now, accepted = datetime.now(UTC), AcceptedEntries()
    _hold_on(session, feed, now)
    recognised, known = _recognised(session, entries)
    new: list[tuple[Entry, SeenEntry]] = []
    keys: dict[str, Entry] = {}
    for each, entry in zip(entries, recognised, strict=True):
        if entry is None:
            entry = Entry(feed_number=feed.number, seen=now, digest=each.digest, owns=False, page_attempts=0)
            new.append((entry, each))
        elif entry.feed_number != feed.number:
            continue  # another feed of its source has it
        else:
            if now - entry.seen > _SEEN_AGAIN:
                entry.seen = now
            if entry.digest != each.digest:
                accepted.revised += 1
                accepted.messages += _edit(session, entry, each, wants_page, revisions_kept)
        if entry.number is None or any(key in known for key in each.keys):  # else its keys change at every fetch
            keys |= dict.fromkeys((key for key in _all_keys(each) if key not in known), entry)
    with_text = []
    for entry, each in new:
        if wants_page(each):
            _want_page(entry, each, now)
        else:
            with_text.append((entry, stand_in(dict(each.fields))))
    accepted.new = len(new)
    accepted.messages += _accept(session, with_text)
    # Now that each knows its document: written before, all of them would be written again.
    session.add_all(entry for entry, _ in new)
    session.flush()
    if keys:
        rows = [{"key": key, "entry_number": keys[key].number} for key in sorted(keys)]
        session.execute(insert_ignoring_known(session, EntryKey), rows)
    return accepted


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
    entry.page = entry.page_origin = entry.stand_in = entry.page_due = None
    if entry.document_id is not None and entry.owns:
        return revise(session, entry.document_id, document, revisions_kept)
    # The document of another producer is not the entry's to revise; what it says now is a document of its own.
    return next(iter(_accept(session, [(entry, document)])), None)


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
    values: dict[str, Any] = {"page_due": until} | ({} if counted else {"page_attempts": Entry.page_attempts - 1})
    waiting = update(Entry).where(Entry.number == entry_number, Entry.page.is_not(None))
    session.execute(waiting.values(**values))


def _all_keys(each: SeenEntry) -> list[str]:
    return [*each.keys, each.last_resort] if each.last_resort else list(each.keys)


def _recognised(session: Session, entries: Sequence[SeenEntry]) -> tuple[list[Entry | None], Mapping[str, Entry]]:
    """The entry in the tables that each of a poll is, or None for a new one; and those known by each key.

    Entries of one poll are never the same, so that each in the tables is given once, to the one with the surest key.
    """
    keys = [key for each in entries for key in _all_keys(each)]
    asked = select(EntryKey.key, Entry).join(Entry, Entry.number == EntryKey.entry_number)
    known: dict[str, Entry] = dict(session.execute(asked.where(EntryKey.key.in_(keys))).all())
    found: list[Entry | None] = [None] * len(entries)
    given: set[int] = set()

    def give(place: int, key: str | None) -> None:
        entry = known.get(key) if key else None
        if found[place] is None and entry is not None and entry.number not in given:
            found[place] = entry
            given.add(entry.number)

    for rank in range(max((len(each.keys) for each in entries), default=0)):
        for place, each in enumerate(entries):
            give(place, each.keys[rank] if rank < len(each.keys) else None)
    # Titles alone are enough where nothing but titles is known: the links of this feed change at every fetch. Where the
    # texts do as well ("3 minutes ago"), most of the titles have to be known.
    titles = sum(each.last_resort in known for each in entries)
    unstable = not given and titles >= _TITLES_ENOUGH
    texts_too = unstable and titles > len(entries) / 2
    for place, each in enumerate(entries):
        if each.dated or texts_too or (unstable and not each.text):
            give(place, each.last_resort)
    return found, known


def _want_page(entry: Entry, seen: SeenEntry, now: datetime) -> None:
    entry.stand_in, entry.page_due, entry.page_attempts = dict(seen.fields), now, 0
    entry.page, entry.page_origin = (seen.page.text, seen.page.origin) if seen.page else (None, None)


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
