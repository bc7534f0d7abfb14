"""The tables of dedupe: stories, and the index and profiles that it looks documents up in."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from schemas.tables import Table

# Which stories have changed since their counts were last settled.
UNSETTLED: Final = text("change IS NOT NULL AND (settled IS NULL OR settled < change)")


class Story(Table):
    """Documents on one event. A story merged into another stays, so that its id can still be followed; one that was
    parted from another says from which.

    `change` is the number of the last change in it; `settled` that up to which its counts and the facts below, which
    lists of stories show, have been brought.
    """

    __tablename__ = "stories"
    __table_args__ = (
        Index("ix_stories_change", "change"),
        Index("ix_stories_disputed_change", "disputed", "change"),
        # The few that are due: no list of all stories is read to find them.
        Index("ix_stories_unsettled", "change", sqlite_where=UNSETTLED, postgresql_where=UNSETTLED),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    opened: Mapped[datetime]
    merged_into: Mapped[str | None] = mapped_column(String(32), index=True)
    merged: Mapped[datetime | None]
    merge_score: Mapped[float | None]
    parted_from: Mapped[str | None] = mapped_column(String(32), index=True)
    parted: Mapped[datetime | None]
    parting_score: Mapped[float | None]
    # The story that this one is part of by a correction; what dedupe finds for it goes there.
    corrected_into: Mapped[str | None] = mapped_column(String(32), index=True)

    change: Mapped[int | None] = mapped_column(BigInteger)
    settled: Mapped[int | None] = mapped_column(BigInteger)
    title: Mapped[str | None]
    first_published: Mapped[datetime | None]
    last_published: Mapped[datetime | None]
    documents: Mapped[int] = mapped_column(default=0, server_default="0")
    copies: Mapped[int] = mapped_column(default=0, server_default="0")
    sources: Mapped[list[Any] | None]
    disputed: Mapped[int] = mapped_column(default=0, server_default="0")


class FurtherStory(Table):
    """A story that a round-up reports beside its own (pipeline.dedupe.FurtherStory): `compared` is the report that it
    carries, `score` how much of it.
    """

    __tablename__ = "further_stories"

    number: Mapped[int] = mapped_column(ForeignKey("documents.number", ondelete="CASCADE"), primary_key=True)
    story_id: Mapped[str] = mapped_column(String(32), primary_key=True, index=True)
    score: Mapped[float]
    compared: Mapped[int] = mapped_column(ForeignKey("documents.number", ondelete="CASCADE"))


class FingerprintKey(Table):
    """The index in which dedupe looks up documents: a key of a document's text or of its terms."""

    __tablename__ = "fingerprint_keys"
    # Without a rowid the rows are the index: half the size on SQLite (https://sqlite.org/withoutrowid.html).
    # Numbers grow with the table, so a BRIN index finds them and takes next to no room (PostgreSQL manual, "BRIN").
    __table_args__ = (
        Index("ix_fingerprint_keys_number", "number", postgresql_using="brin"),
        {"sqlite_with_rowid": False},
    )

    key: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(
        Integer, ForeignKey("documents.number", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )


class Profile(Table):
    """A document's terms and weights, packed, as stories are compared by (pipeline.dedupe)."""

    __tablename__ = "profiles"

    number: Mapped[int] = mapped_column(ForeignKey("documents.number", ondelete="CASCADE"), primary_key=True)
    packed: Mapped[bytes] = mapped_column(LargeBinary)
