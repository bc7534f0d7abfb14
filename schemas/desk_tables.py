"""The tables behind the desk: numbers of changes, events, counts, corrections, hooks and their deliveries.

Beside them stands `search`, which no model describes: an FTS5 table on SQLite, a table of tsvectors on PostgreSQL, kept
by triggers on `cleaned_bodies` (schemas/migrations).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from schemas.tables import Table

_BigKey = BigInteger().with_variant(Integer(), "sqlite")


class ChangeCounter(Table):
    """One row: the last number given to a change. Whoever takes numbers holds the row until the commit, so that numbers
    become visible in their order.
    """

    __tablename__ = "change_counter"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)


class Event(Table):
    """What happened, as events and hooks tell it; its number is one of the numbers of changes."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_story_id", "story_id", "number"),)

    number: Mapped[int] = mapped_column(_BigKey, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(32))
    happened: Mapped[datetime]
    story_id: Mapped[str | None] = mapped_column(String(32))
    document_id: Mapped[str | None] = mapped_column(String(32))
    data: Mapped[dict[str, Any]]


class StoryCount(Table):
    """One count of a story: what its claims say of one measure of one group, as last settled."""

    __tablename__ = "counts"
    __table_args__ = (Index("ix_counts_story_id", "story_id"), Index("ix_counts_change", "change"))

    id: Mapped[str] = mapped_column(String(48), primary_key=True)
    story_id: Mapped[str] = mapped_column(String(32))
    change: Mapped[int] = mapped_column(BigInteger)
    measure: Mapped[str] = mapped_column(String(16), index=True)
    group: Mapped[str | None]
    low: Mapped[int | None] = mapped_column(BigInteger)
    high: Mapped[int | None] = mapped_column(BigInteger)
    best: Mapped[dict[str, Any]]
    # As in the contract: of each figure its bounds, who claims it, where, and what updated it.
    figures: Mapped[list[Any]]
    context: Mapped[list[Any]]
    claimants: Mapped[list[Any]]  # named ones, in the order of their figures
    independent_sources: Mapped[int]
    corroborated: Mapped[bool]
    disputed: Mapped[bool]
    updated: Mapped[bool]
    as_of: Mapped[datetime | None]
    review_status: Mapped[str] = mapped_column(String(16))


class Correction(Table):
    """What an analyst decided on a record; never changed and never deleted, but undone by another."""

    __tablename__ = "corrections"
    __table_args__ = (
        Index("ix_corrections_document_id", "document_id"),
        Index("ix_corrections_record_id", "record_id"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(_BigKey, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    change: Mapped[int] = mapped_column(BigInteger, index=True)
    record: Mapped[str] = mapped_column(String(16))
    record_id: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(16))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    reason: Mapped[str]
    author: Mapped[str]
    created: Mapped[datetime]
    # The document of a claim or quote, and where in its text the record stands (W3C TextQuoteSelector: `exact`,
    # `prefix`, `suffix`; and `start`), by which it is found again in another text.
    document_id: Mapped[str | None] = mapped_column(String(32))
    anchor: Mapped[dict[str, Any] | None]
    # The correction that this one undoes, and the one by which this was undone.
    undoes: Mapped[str | None] = mapped_column(String(32))
    undone_by: Mapped[str | None] = mapped_column(String(32))


class CorrectedRecord(Table):
    """A claim or quote as it stands after the corrections, for searches and the queries of hooks.

    Of a document in which a claim or quote was ever corrected all that stand have a row, of any other none; written in
    the transactions that change them.
    """

    __tablename__ = "corrected_records"

    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # Who claims the figure or is quoted, in small letters.
    name: Mapped[str | None] = mapped_column(index=True)
    # Of claims.
    measure: Mapped[str | None] = mapped_column(String(16), index=True)
    value: Mapped[int | None] = mapped_column(BigInteger)
    low: Mapped[int | None] = mapped_column(BigInteger)
    high: Mapped[int | None] = mapped_column(BigInteger)


class Hook(Table):
    """An address that is told of events (Standard Webhooks), and how far it has come."""

    __tablename__ = "hooks"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    url: Mapped[str]
    secret: Mapped[str]
    description: Mapped[str | None]
    created: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    # The kinds of events that it wants, and a search that the document or a document of the story must answer to.
    events: Mapped[list[Any]]
    query: Mapped[str | None]
    # Events up to this number were looked at for it.
    position: Mapped[int] = mapped_column(BigInteger)


class Delivery(Table):
    """An event on its way to a hook. Those of one story go one after another, in the order of their numbers."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_state_due", "state", "due"),
        Index("ix_deliveries_hook_id_about", "hook_id", "about", "state", "event_number"),
    )

    hook_id: Mapped[str] = mapped_column(ForeignKey("hooks.id", ondelete="CASCADE"), primary_key=True)
    event_number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    # What is kept in order: the story, or the document where there is none.
    about: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16))
    due: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    first_tried: Mapped[datetime | None]
    settled: Mapped[datetime | None]
    status: Mapped[int | None]
    error: Mapped[str | None]
