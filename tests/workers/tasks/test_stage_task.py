"""What every stage's task does around its work: each document ends once, and its message follows the commit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from pipeline import extract as extracting
from schemas.documents import RawDocument
from schemas.errors import NoTextError, TooLargeError
from schemas.messages import StageMessage
from schemas.records import Cleaned, Entity, Extraction
from schemas.stages import Stage
from schemas.tables import Failure
from tests.workers.stored import accepted, change, cleaned, row, stored
from tests.workers.tasks.staged import Work, failures, gives, never, raises, run, text_of
from workers.logs import document_at_work
from workers.queue.sending import queue_lengths
from workers.settings import settings
from workers.store import results
from workers.store.database import Database
from workers.tasks import stage_task

# A document goes through.


def test_a_document_is_moved_on_and_its_message_is_on_the_next_queue(
    tables: Database, broker: str, cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, RawDocument(content="one", source="a.example"))
    cleaning_is(gives("One."))
    assert run(Stage.CLEAN, document_id).get() == "cleaned"
    assert (row(tables, document_id).state, text_of(tables, document_id)) == ("cleaned", "One.")
    assert queue_lengths() == {Stage.CLEAN: 0, Stage.EXTRACT: 1, Stage.DEDUPE: 0}


def test_the_message_is_sent_after_the_commit_and_not_before(
    tables: Database, cleaning_is: Callable[[Work], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    (document_id,) = accepted(tables, "one")
    cleaning_is(gives("One."))
    seen: list[tuple[str, str | None]] = []
    # Another connection sees what is committed and nothing else.
    monkeypatch.setattr(
        stage_task, "send", lambda _: seen.append((row(tables, document_id).state, text_of(tables, document_id)))
    )
    run(Stage.CLEAN, document_id).get()
    assert seen == [("cleaned", "One.")]


def test_the_last_stage_sends_nothing_on(tables: Database, broker: str) -> None:
    (document_id,) = accepted(tables, "A flood took two bridges in the valley of the Ill on Sunday.")
    cleaned(tables, document_id, "A flood took two bridges in the valley of the Ill on Sunday.")
    change(tables, document_id, state="extracted")
    assert run(Stage.DEDUPE, document_id).get() == "stored"
    assert row(tables, document_id).story_id is not None
    assert set(queue_lengths().values()) == {0}


@pytest.mark.usefixtures("sent")
def test_every_line_logged_meanwhile_can_tell_the_document(
    tables: Database, cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, "one")
    cleaning_is(lambda *_: Cleaned(f"at work on {document_at_work.get()}"))
    run(Stage.CLEAN, document_id).get()
    assert text_of(tables, document_id) == f"at work on {document_id}"
    assert document_at_work.get() == "-"


# Twice is once.


def test_a_document_done_twice_changes_nothing_and_sends_nothing(
    tables: Database, sent: list[tuple[Stage, StageMessage]], cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, "one")
    cleaning_is(gives("One."))
    run(Stage.CLEAN, document_id).get()
    before = row(tables, document_id)
    cleaning_is(gives("Another text."))
    assert run(Stage.CLEAN, document_id).get() == "done before"
    after = row(tables, document_id)
    assert (after.state, after.changed, after.attempts) == (before.state, before.changed, before.attempts)
    assert text_of(tables, document_id) == "One."
    assert len(sent) == 1


def test_of_two_tries_at_once_the_first_to_end_counts(
    tables: Database, sent: list[tuple[Stage, StageMessage]], cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, "one")

    def overtaken(*_: object) -> Cleaned:
        cleaning_is(gives("by the faster"))
        assert run(Stage.CLEAN, document_id).get() == "cleaned"
        return Cleaned("by the slower")

    cleaning_is(overtaken)
    assert run(Stage.CLEAN, document_id).get() == "done before"
    assert text_of(tables, document_id) == "by the faster"
    assert [stage for stage, _ in sent] == [Stage.EXTRACT]


def test_a_try_that_fails_after_another_ended_does_not_undo_it(
    tables: Database, sent: list[tuple[Stage, StageMessage]], cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, "one")

    def overtaken(*_: object) -> Cleaned:
        cleaning_is(gives("by the faster"))
        run(Stage.CLEAN, document_id).get()
        raise NoTextError("d", "nothing is left")

    cleaning_is(overtaken)
    run(Stage.CLEAN, document_id)
    assert row(tables, document_id).state == "cleaned"
    assert failures(tables) == []
    assert len(sent) == 1


# A document fails.


@pytest.mark.parametrize("error", [NoTextError("document d", "nothing is left"), ZeroDivisionError("division by zero")])
def test_an_error_ends_the_document_as_failed_and_keeps_all_of_it(
    tables: Database, broker: str, cleaning_is: Callable[[Work], None], error: Exception
) -> None:
    (document_id,) = accepted(tables, "one")
    cleaning_is(raises(error))
    ended = run(Stage.CLEAN, document_id)
    assert (ended.state, type(ended.result)) == ("FAILURE", type(error)), "Celery and Flower are told"
    (failure,) = failures(tables)
    assert (failure.document_id, failure.stage, failure.attempts) == (document_id, "clean", 1)
    assert (failure.error_type, failure.error) == (type(error).__name__, str(error))
    assert failure.traceback is not None
    assert failure.traceback.startswith("Traceback (most recent call last):")
    assert failure.traceback.rstrip().endswith(str(error))
    assert StageMessage.read(Stage.CLEAN, failure.payload).document_id == document_id
    assert (row(tables, document_id).state, row(tables, document_id).error) == ("failed", str(error))
    assert set(queue_lengths().values()) == {0}


@pytest.mark.usefixtures("sent")
def test_an_error_in_the_words_of_a_broken_document_is_kept_too(
    tables: Database, cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, "one")
    cleaning_is(raises(ValueError("not a number: '1\x002'")))  # which PostgreSQL cannot hold
    run(Stage.CLEAN, document_id)
    (failure,) = failures(tables)
    assert failure.error == "not a number: '1�2'"
    assert row(tables, document_id).state == "failed"


def test_what_the_database_refuses_to_hold_is_the_documents_failure(
    tables: Database, sent: list[tuple[Stage, StageMessage]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (document_id,) = accepted(tables, "one")
    cleaned(tables, document_id, "One.")
    nameless = Entity(0, 3, "One", "ORG", None)  # type: ignore[arg-type]
    monkeypatch.setattr(extracting, "extract", lambda *_, **__: Extraction(entities=[nameless]))
    assert isinstance(run(Stage.EXTRACT, document_id).result, IntegrityError)
    (failure,) = failures(tables)
    assert (failure.stage, failure.error_type) == ("extract", "IntegrityError")
    assert row(tables, document_id).state == "failed"
    assert sent == []


@pytest.mark.usefixtures("sent")
def test_a_failed_document_leaves_its_neighbours_alone(tables: Database, cleaning_is: Callable[[Work], None]) -> None:
    bad, good = accepted(tables, "bad", "good")

    def clean(document: RawDocument, *_: object) -> Cleaned:
        if document.content == "bad":
            raise NoTextError("d", "nothing is left")
        return Cleaned("Good.")

    cleaning_is(clean)
    assert [run(Stage.CLEAN, document_id).state for document_id in (bad, good)] == ["FAILURE", "SUCCESS"]
    assert [row(tables, document_id).state for document_id in (bad, good)] == ["failed", "cleaned"]


# Tries.


def test_a_document_that_took_its_processes_down_ends_as_failed(
    tables: Database, cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, "one")
    change(tables, document_id, attempts=settings().max_attempts, attempted=datetime.now(UTC) - timedelta(hours=1))
    cleaning_is(never)
    assert isinstance(run(Stage.CLEAN, document_id).result, TooLargeError)
    (failure,) = failures(tables)
    assert (failure.error_type, failure.attempts) == ("TooLargeError", settings().max_attempts)
    assert f"{settings().max_attempts} attempts of clean timed out or crashed their process" in failure.error
    assert row(tables, document_id).state == "failed"


def test_a_last_try_that_may_still_be_at_work_is_left_to_it(
    tables: Database, sent: list[tuple[Stage, StageMessage]], cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, "one")
    change(tables, document_id, attempts=settings().max_attempts, attempted=datetime.now(UTC))
    cleaning_is(never)
    assert run(Stage.CLEAN, document_id).get() == "busy"
    assert (row(tables, document_id).state, failures(tables), sent) == ("received", [], [])


def test_a_try_is_counted_before_the_work_begins(tables: Database, cleaning_is: Callable[[Work], None]) -> None:
    (document_id,) = accepted(tables, "one")
    seen = []

    def look(*_: object) -> Cleaned:
        seen.append(row(tables, document_id).attempts)
        raise NoTextError("d", "nothing is left")

    cleaning_is(look)
    run(Stage.CLEAN, document_id)
    assert seen == [1]


def test_a_work_that_takes_too_long_is_tried_as_often_as_allowed_and_fails(
    tables: Database, sent: list[tuple[Stage, StageMessage]], cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, "one")
    attempts = []

    def hang(*_: object) -> Cleaned:
        attempts.append(1)
        raise SoftTimeLimitExceeded

    cleaning_is(hang)
    assert isinstance(run(Stage.CLEAN, document_id).result, TooLargeError)
    assert len(attempts) == settings().max_attempts
    (failure,) = failures(tables)
    assert (failure.error_type, failure.attempts) == ("TooLargeError", settings().max_attempts)
    assert (row(tables, document_id).state, sent) == ("failed", [])


def test_a_stage_whose_transaction_fails_leaves_nothing_and_sends_nothing(
    tables: Database, broker: str, cleaning_is: Callable[[Work], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    (document_id,) = accepted(tables, "one")
    write = results.write_cleaned

    def write_and_fail(session: Any, **given: Any) -> None:
        write(session, **given)
        raise ZeroDivisionError

    monkeypatch.setattr(results, "write_cleaned", write_and_fail)
    cleaning_is(gives("One."))
    run(Stage.CLEAN, document_id)
    assert text_of(tables, document_id) is None
    assert set(queue_lengths().values()) == {0}
    assert row(tables, document_id).state == "failed"


def test_a_document_past_its_end_is_not_begun_again(tables: Database, cleaning_is: Callable[[Work], None]) -> None:
    (document_id,) = accepted(tables, "one")
    stored(tables, document_id, "One.")
    cleaning_is(never)
    assert [run(stage, document_id).get() for stage in Stage] == ["done before"] * 3
    with tables.reading() as session:
        assert session.scalar(select(func.count()).select_from(Failure)) == 0
