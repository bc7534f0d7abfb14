"""The tables, for PostgreSQL and SQLite alike (SQLAlchemy 2).

What a stage finds in a document is keyed by the document and an ordinal, so that a stage done twice writes the same
rows.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    String,
    column,
    false,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schemas.columns import BigKey
from schemas.columns import Table as Table
from schemas.columns import UTCDateTime as UTCDateTime
from schemas.records import PLACE_LABELS


class Document(Table):
    """One document: the facts of it, what dedupe decided, and where it stands. Its bodies are in tables of their own,
    for this row is rewritten at every step.
    """

    __tablename__ = "documents"
    __table_args__ = (
        Index("ix_documents_state_sent", "state", "sent"),
        Index("ix_documents_received", "received"),
        Index("ix_documents_copy_of_received", "copy_of", "received"),
        Index("ix_documents_story_id_received", "story_id", "received"),
        Index("ix_documents_found_story_id_received", "found_story_id", "received"),
        Index("ix_documents_change", "change"),
        Index("ix_documents_published", "published"),
        {"sqlite_autoincrement": True},
    )

    # The key inside the tables; `id` is the one that the world sees.
    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)

    # As stated by the sender, completed by `clean` from the page.
    external_id: Mapped[str | None]
    url: Mapped[str | None]
    source: Mapped[str | None]
    title: Mapped[str | None]
    author: Mapped[str | None]
    language: Mapped[str | None]
    published: Mapped[datetime | None]
    # Minutes east of UTC as stated; null where the time came without an offset and was taken as UTC.
    published_offset: Mapped[int | None]
    received: Mapped[datetime]

    # As deduped; `*_evidence` says why.
    copy_of: Mapped[int | None] = mapped_column(ForeignKey("documents.number"))
    copy_score: Mapped[float | None]
    copy_evidence: Mapped[dict[str, Any] | None]
    story_id: Mapped[str | None] = mapped_column(String(32))
    story_evidence: Mapped[dict[str, Any] | None]
    # The story that dedupe found for it. `story_id` is the same unless a correction says otherwise: of the story, or of
    # this document, which is then `placed`.
    found_story_id: Mapped[str | None] = mapped_column(String(32))
    placed: Mapped[bool] = mapped_column(default=False, server_default=false())

    # Where it stands: its state since `changed`; when its message was last put on Redis; how many attempts of the
    # present stage have begun and not ended, and when the last one began.
    state: Mapped[str] = mapped_column(String(16))
    changed: Mapped[datetime]
    sent: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    attempted: Mapped[datetime | None]
    error: Mapped[str | None]

    # Counted up when its publisher edits it. A stage that began on an earlier revision writes nothing.
    revision: Mapped[int] = mapped_column(default=1, server_default="1")

    # The number of the last change that others can see: that it was stored, failed, edited, corrected, or is a copy or
    # in a story of other documents now. Null while it is on its way for the first time.
    change: Mapped[int | None] = mapped_column(BigInteger)

    raw: Mapped[RawBody] = relationship(lazy="raise")


class RawBody(Table):
    """The content of a document as it was accepted."""

    __tablename__ = "arrived_bodies"

    number: Mapped[int] = mapped_column(ForeignKey("documents.number", ondelete="CASCADE"), primary_key=True)
    content: Mapped[str]
    content_type: Mapped[str] = mapped_column(String(32))
    extra: Mapped[dict[str, Any]]


class CleanedBody(Table):
    """The cleaned text, what cleaning cut, and in words what is missing of it and what extraction passed over."""

    __tablename__ = "cleaned_bodies"

    number: Mapped[int] = mapped_column(ForeignKey("documents.number", ondelete="CASCADE"), primary_key=True)
    # The document's title once more: the search index is kept by this table alone.
    title: Mapped[str | None]
    text: Mapped[str]
    removed: Mapped[list[Any]]
    notes: Mapped[list[Any] | None]


class _Found:
    """What every record found in a document has: its document, its ordinal there, and its place in the text."""

    document_id: Mapped[str] = mapped_column(
        ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, sort_order=-4
    )
    ordinal: Mapped[int] = mapped_column(primary_key=True, sort_order=-3)
    start: Mapped[int] = mapped_column(sort_order=-2)
    end: Mapped[int] = mapped_column(sort_order=-1)


# Searches ask for the names of places alone, and so they alone are indexed.
_OF_A_PLACE = text(f"label IN {PLACE_LABELS}")


class Entity(_Found, Table):
    """A mention (schemas.records.Entity)."""

    __tablename__ = "entities"
    __table_args__ = (
        Index(
            "ix_entities_place_name", func.lower(column("name")), sqlite_where=_OF_A_PLACE, postgresql_where=_OF_A_PLACE
        ),
        Index(
            "ix_entities_place_text", func.lower(column("text")), sqlite_where=_OF_A_PLACE, postgresql_where=_OF_A_PLACE
        ),
    )

    text: Mapped[str]
    label: Mapped[str] = mapped_column(String(16))
    name: Mapped[str]


class Quote(_Found, Table):
    """Somebody's words (schemas.records.Quote)."""

    __tablename__ = "quotes"
    __table_args__ = (Index("ix_quotes_speaker", func.lower(column("speaker_name"))),)

    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str]
    cue: Mapped[str | None]
    speaker: Mapped[str | None]
    speaker_start: Mapped[int | None]
    speaker_end: Mapped[int | None]
    speaker_name: Mapped[str | None]
    relay: Mapped[str | None]


class Claim(_Found, Table):
    """A figure and who claims it (schemas.records.Claim)."""

    __tablename__ = "claims"
    __table_args__ = (Index("ix_claims_claimant", func.lower(column("claimant_name"))),)

    figure: Mapped[str]
    value: Mapped[int | None] = mapped_column(BigInteger)
    low: Mapped[int | None] = mapped_column(BigInteger)
    high: Mapped[int | None] = mapped_column(BigInteger)
    qualifier: Mapped[str] = mapped_column(String(16))
    measure: Mapped[str] = mapped_column(String(16), index=True)
    group: Mapped[str | None]
    group_start: Mapped[int | None]
    group_end: Mapped[int | None]
    claimant: Mapped[str | None]
    claimant_start: Mapped[int | None]
    claimant_end: Mapped[int | None]
    claimant_name: Mapped[str | None]
    relay: Mapped[str | None]
    sentence_start: Mapped[int]
    sentence_end: Mapped[int]
    status: Mapped[str | None] = mapped_column(String(16))
    scope: Mapped[str | None] = mapped_column(String(16))
    claimant_type: Mapped[str | None] = mapped_column(String(16))
    place: Mapped[str | None]
    place_start: Mapped[int | None]
    place_end: Mapped[int | None]
    geonameid: Mapped[int | None]
    country: Mapped[str | None] = mapped_column(String(3))
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    place_precision: Mapped[str | None] = mapped_column(String(16))
    event_date: Mapped[date | None]
    event_date_precision: Mapped[str | None] = mapped_column(String(16))
    contradicts: Mapped[list[Any] | None]


class Place(_Found, Table):
    """A mention of a place that the gazetteer knows (schemas.records.Place)."""

    __tablename__ = "places"

    text: Mapped[str]
    name: Mapped[str]
    geonameid: Mapped[int | None]
    country: Mapped[str] = mapped_column(String(3))
    region: Mapped[str | None]
    lat: Mapped[float]
    lon: Mapped[float]
    precision: Mapped[str] = mapped_column(String(16))
    demonym: Mapped[bool]


_UNRESOLVED = text("resolved IS NULL")


class Failure(Table):
    """A document that ended as `failed`, or a message that could not be read: what, where, why, how often.

    `resolved` is set when the document went through after all; unresolved rows are what `status` and `export` show.
    """

    __tablename__ = "failures"
    __table_args__ = (
        Index("ix_failures_unresolved", "number", sqlite_where=_UNRESOLVED, postgresql_where=_UNRESOLVED),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    document_id: Mapped[str | None] = mapped_column(String(32), index=True)
    stage: Mapped[str] = mapped_column(String(16))
    error_type: Mapped[str]
    error: Mapped[str]
    traceback: Mapped[str | None]
    attempts: Mapped[int]
    first_failed: Mapped[datetime]
    last_failed: Mapped[datetime]
    resolved: Mapped[datetime | None]
    change: Mapped[int | None] = mapped_column(BigInteger, index=True)  # the number under which it was last told of
    payload: Mapped[dict[str, Any]]


class Revision(Table):
    """A document as it was before its publisher edited it: its content as accepted, and the text cleaned from that."""

    __tablename__ = "revisions"

    number: Mapped[int] = mapped_column(ForeignKey("documents.number", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    superseded: Mapped[datetime]
    title: Mapped[str | None]
    published: Mapped[datetime | None]
    content: Mapped[str]
    content_type: Mapped[str] = mapped_column(String(32))
    extra: Mapped[dict[str, Any]]
    text: Mapped[str | None]


class Feed(Table):
    """A feed that is polled: what its server said of it, when it is due, and who polls it now."""

    __tablename__ = "feeds"
    __table_args__ = (Index("ix_feeds_state_due", "state", "due"), {"sqlite_autoincrement": True})

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    # With the credentials that it may need; `workers.fetching.urls.shown` is what may be shown.
    url: Mapped[str] = mapped_column(unique=True)
    # The server it is on; and what the keys of its entries hold inside of, a name for good: moved, it has the same
    # entries.
    origin: Mapped[str] = mapped_column(server_default="", index=True)
    scope: Mapped[str] = mapped_column(server_default="")
    title: Mapped[str | None]
    state: Mapped[str] = mapped_column(String(16))
    pages: Mapped[str] = mapped_column(String(8))
    added: Mapped[datetime]

    # As the server stated them, and the digest of the body they came with; `read` is when a whole body last came, and
    # `taken` when entries were last taken out of one.
    etag: Mapped[str | None]
    modified: Mapped[str | None]
    digest: Mapped[str | None] = mapped_column(String(32))
    schedule: Mapped[dict[str, Any] | None]
    read: Mapped[datetime | None]
    taken: Mapped[datetime | None]

    # Seconds between polls as its changes suggest; when the next is due.
    interval: Mapped[float]
    due: Mapped[datetime]
    # Who polls it: a random name, good until then. A poller that was killed leaves a claim that runs out.
    claim: Mapped[str | None] = mapped_column(String(32))
    claimed_until: Mapped[datetime | None]

    polled: Mapped[datetime | None]
    succeeded: Mapped[datetime | None]
    errors: Mapped[int] = mapped_column(default=0)  # since the last success
    error: Mapped[str | None]


class Fetch(Table):
    """One poll of a feed and what came of it; those of the last weeks are kept."""

    __tablename__ = "fetches"
    __table_args__ = (Index("ix_fetches_feed_number_started", "feed_number", "started"), {"sqlite_autoincrement": True})

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    feed_number: Mapped[int] = mapped_column(ForeignKey("feeds.number", ondelete="CASCADE"))
    due: Mapped[datetime]
    started: Mapped[datetime]
    seconds: Mapped[float]
    status: Mapped[int | None]
    bytes: Mapped[int]
    entries: Mapped[int]
    new: Mapped[int]
    revised: Mapped[int]
    error: Mapped[str | None]


class Entry(Table):
    """An entry of a feed, seen once or a thousand times: the document it became, or the page still to be fetched."""

    __tablename__ = "entries"
    __table_args__ = (
        Index("ix_entries_page_due", "page_due"),
        Index("ix_entries_page_origin_page_due", "page_origin", "page_due"),
        Index("ix_entries_feed_number_seen", "feed_number", "seen"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    feed_number: Mapped[int] = mapped_column(ForeignKey("feeds.number", ondelete="CASCADE"))
    seen: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(32))  # of title and text as the feed last gave them
    document_id: Mapped[str | None] = mapped_column(ForeignKey("documents.id", ondelete="SET NULL"))
    # Whether the document came by this entry: no other may revise it.
    owns: Mapped[bool] = mapped_column(default=False)

    # The page to be fetched, its server, and the raw document to use if it cannot be; null once that is settled.
    page: Mapped[str | None]
    page_origin: Mapped[str | None]
    stand_in: Mapped[dict[str, Any] | None]
    page_due: Mapped[datetime | None]
    page_attempts: Mapped[int] = mapped_column("page_tries", default=0)


class EntryKey(Table):
    """What an entry is recognised by: digests of its id, its link and its text (workers.feeds.identity)."""

    __tablename__ = "entry_keys"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    entry_number: Mapped[int] = mapped_column(ForeignKey("entries.number", ondelete="CASCADE"), index=True)


class Host(Table):
    """A server that is fetched from: when it may be asked again, when a message was last sent for what is due there,
    and its robots.txt, or why that cannot be had.
    """

    __tablename__ = "hosts"

    origin: Mapped[str] = mapped_column(primary_key=True)
    free: Mapped[datetime] = mapped_column(index=True)
    sent: Mapped[datetime | None]
    robots: Mapped[str | None]
    robots_error: Mapped[str | None]
    robots_until: Mapped[datetime | None]
