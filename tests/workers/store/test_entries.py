"""Entries of feeds in the tables: taken once, edited into revisions, their pages fetched once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from schemas.dedupe_tables import FingerprintKey
from schemas.documents import RawDocument
from schemas.feeds import SeenEntry
from schemas.messages import StageMessage
from schemas.records import Extraction
from schemas.stages import Stage, State
from schemas.tables import CleanedBody, Document, Entry, Feed, Quote, Revision
from schemas.urls import Url
from tests.workers.stored import accepted, change, quote, row, stored
from workers.feeds.identity import seen
from workers.store import entries, hosts, stages
from workers.store.database import Database
from workers.store.feeds import add
from workers.store.read.rows import Filter, rows
from workers.store.staged import load

FEED = "https://gazette.example/feed"
FEED_SERVER = "https://gazette.example:443"


@pytest.fixture
def feed(tables: Database) -> int:
    with tables.writing() as session:
        feed = add(session, Url.parse(FEED))
        feed.due = datetime.now(UTC) + timedelta(hours=1)
        return feed.number


def one(**fields: Any) -> SeenEntry:
    stated = {"content": "Two people died.", "id": "g-1", "url": "https://gazette.example/b1", "title": "Bridge"}
    return seen([RawDocument(**(stated | fields))], FEED, FEED)[0][0]


def take(
    tables: Database, feed: int, each: SeenEntry, pages: bool = False, revisions_kept: int = 100
) -> list[StageMessage]:
    """What a poll does with one entry."""
    with tables.writing(deciding=True) as session:
        return entries.accept_entries(
            session, session.get_one(Feed, feed), [each], lambda _: pages, revisions_kept
        ).messages


def count(tables: Database, table: Any) -> int:
    with tables.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_an_entry_is_one_document_however_often_it_is_seen(tables: Database, feed: int) -> None:
    assert len(take(tables, feed, one())) == 1
    for same in (one(), one(id="other"), one(url="https://www.gazette.example/b1?utm_source=rss")):
        assert take(tables, feed, same) == []
    assert count(tables, Document) == count(tables, Entry) == 1


def test_an_edit_is_a_new_revision_and_the_old_text_is_kept(tables: Database, feed: int) -> None:
    (message,) = take(tables, feed, one())
    text = "Two people died. “We search,” said Moral."
    stored(tables, message.document_id, text, Extraction(quotes=[quote("We search,", text)]))
    received = row(tables, message.document_id).received
    (again,) = take(tables, feed, one(content="Three people died."))
    assert again.document_id == message.document_id
    document = row(tables, message.document_id)
    assert (document.state, document.revision, document.received) == (State.RECEIVED, 2, received)
    assert count(tables, Quote) == count(tables, CleanedBody) == count(tables, FingerprintKey) == 0
    with tables.reading() as session:
        old = session.scalars(select(Revision)).one()
        assert (old.revision, old.content, old.text) == (1, "Two people died.", text)
        assert load(session, message.document_id, Stage.CLEAN).content == "Three people died."
    assert take(tables, feed, one(content="Three people died.")) == []
    assert len(take(tables, feed, one())) == 1, "an edit taken back is an edit"
    assert row(tables, message.document_id).revision == 3


def test_of_many_revisions_the_first_and_the_latest_are_kept(tables: Database, feed: int) -> None:
    (message,) = take(tables, feed, one())
    for n in range(2, 8):
        take(tables, feed, one(content=f"{n} people died."), revisions_kept=3)
    with tables.reading() as session:
        kept = list(rows(session, "revisions", Filter()))
    assert [row["revision"] for row in kept] == [1, 5, 6]
    assert {row["document_id"] for row in kept} == {message.document_id}
    assert [row["content"] for row in kept] == ["Two people died.", "5 people died.", "6 people died."]


def test_a_stage_that_began_before_the_edit_writes_nothing(tables: Database, feed: int) -> None:
    (message,) = take(tables, feed, one())
    before = row(tables, message.document_id).revision
    take(tables, feed, one(content="Three people died."))
    with tables.writing() as session:
        assert not stages.move(session, message.document_id, Stage.CLEAN, before)
        assert not stages.fail(session, Stage.CLEAN, ValueError(), None, {}, message.document_id, before)
    assert row(tables, message.document_id).state == State.RECEIVED


def test_the_copies_of_an_edited_document_keep_an_original(tables: Database, feed: int) -> None:
    (message,) = take(tables, feed, one())
    head = row(tables, message.document_id).number
    second, third = accepted(tables, "second", "third")
    for copy in (second, third):
        change(tables, copy, copy_of=head, copy_score=1.0)
    take(tables, feed, one(content="Three people died."))
    assert row(tables, second).copy_of is None
    assert row(tables, third).copy_of == row(tables, second).number


def test_a_feed_cannot_rewrite_the_document_of_another(tables: Database, feed: int) -> None:
    (theirs,) = accepted(tables, RawDocument.model_validate(one().fields))
    assert take(tables, feed, one()) == []
    (message,) = take(tables, feed, one(content="Nobody died."))
    assert message.document_id != theirs
    assert row(tables, theirs).revision == 1


def test_an_entry_whose_page_is_wanted_waits_for_it_and_is_held_by_one(tables: Database, feed: int) -> None:
    assert take(tables, feed, one(), pages=True) == []
    with tables.writing() as session:
        due = hosts.next_due(session, FEED_SERVER)
        assert isinstance(due, Entry)
        number = due.number
        assert hosts.due(session, 10, datetime.now(UTC)) == [FEED_SERVER]
        assert hosts.due(session, 10, datetime.now(UTC) - timedelta(minutes=1)) == []
    assert due.page == "https://gazette.example/b1"
    with tables.writing() as session:
        assert entries.claim_page(session, number, timedelta(minutes=1)) is not None
        assert entries.claim_page(session, number, timedelta(minutes=1)) is None
        entries.put_off_page(session, number, datetime.now(UTC) - timedelta(seconds=1), counted=True)
    with tables.writing(deciding=True) as session:
        entry = entries.claim_page(session, number, timedelta(minutes=1))
        assert entry is not None
        assert entry.page_attempts == 2
        message = entries.put(session, entry, RawDocument(content="<p>The page.</p>", content_type="text/html"), 100)
    assert message is not None
    with tables.reading() as session:
        assert hosts.next_due(session, FEED_SERVER) is None
        assert session.get_one(Entry, number).document_id == message.document_id
