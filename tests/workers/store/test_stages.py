"""A document's way through the tables: accepted once, moved once by each stage, ended once. On both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from schemas.documents import RawDocument
from schemas.errors import NoTextError
from schemas.records import Cleaned, Extraction, Quote, Removed
from schemas.stages import Stage, State
from schemas.tables import CleanedBody, Failure
from schemas.tables import Quote as QuoteRow
from tests.workers.stored import change
from workers.store import census, results, stages
from workers.store.database import Database
from workers.store.intake import accept
from workers.store.staged import load

_LONGEST = timedelta(minutes=5)


def _accept(tables: Database, *contents: str) -> list[str]:
    with tables.writing(durable=True) as session:
        documents = [RawDocument(content=content, source="a.example") for content in contents]
        return accept(session, documents).ids


def test_a_document_is_accepted_once_however_often_it_comes(tables: Database) -> None:
    with tables.writing(durable=True) as session:
        first = accept(session, [RawDocument(content="one"), RawDocument(content="two"), RawDocument(content="one")])
    assert len(first.ids) == 3
    assert [message.document_id for message in first.new] == first.ids[:2]
    with tables.writing(durable=True) as session:
        again = accept(session, [RawDocument(content="two"), RawDocument(content="three")])
    assert [message.document_id for message in again.new] == again.ids[1:]
    with tables.reading() as session:
        assert census.by_state(session)[State.RECEIVED] == 3


def test_two_producers_at_once_accept_each_document_once(tables: Database) -> None:
    documents = [RawDocument(content=f"article {n}") for n in range(300)]
    start, new = Barrier(2), []

    def produce(order: int) -> None:
        start.wait()
        with tables.writing(durable=True) as session:
            new.extend(accept(session, documents[::order]).new)

    threads = [Thread(target=produce, args=(order,)) for order in (1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({message.document_id for message in new}) == len(new) == 300


def test_of_two_tries_of_one_stage_one_moves_the_document(tables: Database) -> None:
    (document_id,) = _accept(tables, "one")
    with tables.writing() as session:
        assert stages.move(session, document_id, Stage.CLEAN)
    with tables.writing() as session:
        assert not stages.move(session, document_id, Stage.CLEAN)
        assert not stages.move(session, document_id, Stage.DEDUPE), "no stage is passed over"
        assert stages.move(session, document_id, Stage.EXTRACT)


def test_a_transaction_that_fails_leaves_neither_results_nor_the_new_state(tables: Database) -> None:
    (document_id,) = _accept(tables, "one")
    with tables.reading() as session:
        document = load(session, document_id, Stage.CLEAN)

    def fail_half_way() -> None:
        with tables.writing() as session:
            stages.move(session, document_id, Stage.CLEAN)
            results.write_cleaned(session, document, Cleaned("one"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with tables.reading() as session:
        assert census.by_state(session)[State.RECEIVED] == 1
        assert session.scalar(select(func.count()).select_from(CleanedBody)) == 0


def test_results_are_written_as_found_and_written_twice_are_the_same(tables: Database) -> None:
    (document_id,) = _accept(tables, "one")
    published = datetime(2026, 3, 1, 9, tzinfo=UTC)
    cleaned = Cleaned("Text", [Removed("promo", "Also on")], title="T", source="a.example", published=published)
    quote = Quote("direct", 0, 4, "Text", speaker="he", speaker_name="Ann Lee")
    for _ in range(2):
        with tables.writing() as session:
            document = load(session, document_id, Stage.CLEAN)
            results.write_cleaned(session, document, cleaned)
            results.write_extraction(session, document, Extraction(quotes=[quote, quote], notes=["a note"]))
    with tables.reading() as session:
        document = load(session, document_id, Stage.EXTRACT)
        assert (document.title, document.published, document.published_offset) == ("T", published, 0)
        body = session.scalars(select(CleanedBody)).one()
        assert body.removed == [{"kind": "promo", "text": "Also on"}]
        assert body.notes == ["a note"]
        assert [row.ordinal for row in session.scalars(select(QuoteRow).order_by(QuoteRow.ordinal))] == [0, 1]


def test_tries_are_counted_before_they_start_and_forgiven_when_a_service_was_away(tables: Database) -> None:
    (document_id,) = _accept(tables, "one")

    def begin() -> stages.Begun:
        with tables.writing() as session:
            return stages.begin(session, document_id, Stage.CLEAN, 2, _LONGEST)

    assert begin() is stages.Begun.GO
    with tables.writing() as session:
        stages.forgive(session, document_id, Stage.CLEAN)
    assert [begin(), begin(), begin()] == [stages.Begun.GO, stages.Begun.GO, stages.Begun.BUSY]
    with tables.writing() as session:
        assert stages.begin(session, document_id, Stage.CLEAN, 2, timedelta(0)) is stages.Begun.EXHAUSTED
        assert stages.begin(session, document_id, Stage.DEDUPE, 2, _LONGEST) is stages.Begun.DONE_BEFORE
        assert stages.begin(session, "0" * 32, Stage.CLEAN, 2, _LONGEST) is stages.Begun.UNKNOWN


def test_a_failure_is_kept_whole_counted_once_and_resolved_when_it_goes_through(tables: Database) -> None:
    (document_id,) = _accept(tables, "one")
    error, payload = NoTextError("document x", "nothing is left"), {"document_id": document_id}
    with tables.writing() as session:
        assert stages.fail(session, Stage.CLEAN, error, "Traceback …", payload, document_id)
    with tables.writing() as session:
        assert not stages.fail(session, Stage.CLEAN, error, "Traceback …", payload, document_id), "it has ended"
        assert not stages.move(session, document_id, Stage.CLEAN)
    with tables.reading() as session:
        assert census.by_state(session)[State.FAILED] == 1
        assert census.failures_by_type(session) == [("clean", "NoTextError", 1)]
    with tables.writing() as session:
        ((stage, message),) = stages.reopen(session, stages.failed(session, None, [document_id[:6]]))
    assert (stage, message.document_id) == (Stage.CLEAN, document_id)
    with tables.writing() as session:
        assert all(stages.move(session, document_id, stage) for stage in Stage)
    with tables.reading() as session:
        assert census.failures_by_type(session) == []
        kept = session.scalars(select(Failure)).one()
        assert (kept.error, kept.traceback, kept.payload) == (str(error), "Traceback …", payload)


def test_retry_takes_only_what_was_asked_for(tables: Database) -> None:
    ids = _accept(tables, "one", "two")
    with tables.writing() as session:
        for document_id in ids:
            stages.fail(session, Stage.CLEAN, NoTextError("d", "c"), None, {}, document_id)
    with tables.writing() as session:
        assert stages.failed(session, Stage.DEDUPE, []) == []
        assert stages.failed(session, Stage.CLEAN, [ids[1]]) == [ids[1]]
        assert len(stages.reopen(session, [ids[1]])) == 1
        assert len(stages.failed(session, None, [])) == 1


def test_what_does_not_move_is_found_once_by_two_sweepers(tables: Database) -> None:
    ids = _accept(tables, "one", "two")
    with tables.writing() as session:
        stages.move(session, ids[0], Stage.CLEAN)
    later = datetime.now(UTC) + timedelta(seconds=1)
    with tables.writing() as session:
        found = stages.stale(session, Stage.CLEAN, later, 10)
    assert [message.document_id for message in found] == [ids[1]]
    with tables.writing() as session:
        assert stages.stale(session, Stage.CLEAN, datetime.now(UTC) - timedelta(seconds=1), 10) == []


def test_what_may_still_be_at_work_and_what_was_never_sent_is_told_apart(tables: Database) -> None:
    at_work, unsent = _accept(tables, "one", "two")
    with tables.writing() as session:
        stages.begin(session, at_work, Stage.CLEAN, 3, _LONGEST)
        stages.mark_unsent(session, [at_work, unsent])
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    with tables.writing() as session:
        assert [m.document_id for m in stages.stale(session, Stage.CLEAN, long_ago, 10)] == [unsent]


def test_what_was_sent_or_tried_before_the_clock_was_set_back_is_found(tables: Database) -> None:
    sent, tried, just_sent = _accept(tables, "one", "two", "three")
    an_hour = timedelta(hours=1)
    change(tables, sent, sent=datetime.now(UTC) + an_hour)
    change(tables, tried, sent=datetime.now(UTC) - an_hour, attempts=3, attempted=datetime.now(UTC) + an_hour)
    change(tables, just_sent, sent=datetime.now(UTC) + timedelta(seconds=1))  # by a machine whose clock is a bit ahead
    with tables.writing() as session:
        assert stages.begin(session, tried, Stage.CLEAN, 3, _LONGEST) is stages.Begun.EXHAUSTED
        found = stages.stale(session, Stage.CLEAN, datetime.now(UTC) - timedelta(minutes=5), 10)
    assert {message.document_id for message in found} == {sent, tried}
