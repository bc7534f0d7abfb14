"""What every stage's task does around its work: each document ends once, and its message follows the commit.

The tasks are called as Celery's worker calls them, retries included, but in this process and without their waits.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
from billiard.exceptions import SoftTimeLimitExceeded
from celery.result import EagerResult
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

import workers.tasks
from pipeline import clean as cleaning
from pipeline import extract as extracting
from schemas import messages
from schemas.documents import RawDocument
from schemas.errors import MessageError, NoTextError, TooLargeError
from schemas.messages import StageMessage
from schemas.records import Cleaned, Entity, Extraction
from schemas.stages import Stage
from schemas.tables import CleanedBody, Failure
from tests.workers.stored import accepted, change, cleaned, row, stored
from workers import stage_task
from workers.broker import connect
from workers.celery import app
from workers.logs import document_at_work
from workers.sending import queue_lengths
from workers.settings import settings
from workers.store import database as database_module
from workers.store.database import Database

_on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
_on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Work = Callable[..., Any]


def _run(stage: Stage, document_id: str) -> EagerResult:
    message = StageMessage.about(document_id, "a.example", "A title")
    return app.tasks[stage.value].apply(kwargs=message.model_dump(exclude_none=True))


def _failures(tables: Database) -> list[Failure]:
    with tables.reading() as session:
        return list(session.scalars(select(Failure).order_by(Failure.number)))


def _text(tables: Database, document_id: str) -> str | None:
    number = row(tables, document_id).number
    with tables.reading() as session:
        return session.scalar(select(CleanedBody.text).where(CleanedBody.number == number))


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Stage, StageMessage]]:
    """What the tasks send, in place of a broker."""
    messages: list[tuple[Stage, StageMessage]] = []
    monkeypatch.setattr(stage_task, "send", messages.extend)
    return messages


@pytest.fixture
def cleaning_is(monkeypatch: pytest.MonkeyPatch) -> Callable[[Work], None]:
    """Puts a function in the place of the pipeline's `clean`."""
    return lambda work: monkeypatch.setattr(cleaning, "clean", work)


def _gives(text: str) -> Work:
    return lambda *_: Cleaned(text)


def _raises(error: BaseException) -> Work:
    def work(*_: object) -> Cleaned:
        raise error

    return work


# A document goes through.


def test_a_document_is_moved_on_and_its_message_is_on_the_next_queue(
    tables: Database, broker: str, cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, RawDocument(content="one", source="a.example"))
    cleaning_is(_gives("One."))
    assert _run(Stage.CLEAN, document_id).get() == "cleaned"
    assert (row(tables, document_id).state, _text(tables, document_id)) == ("cleaned", "One.")
    assert queue_lengths() == {Stage.CLEAN: 0, Stage.EXTRACT: 1, Stage.DEDUPE: 0}


def test_the_message_is_sent_after_the_commit_and_not_before(
    tables: Database, cleaning_is: Callable[[Work], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    (document_id,) = accepted(tables, "one")
    cleaning_is(_gives("One."))
    seen: list[tuple[str, str | None]] = []
    # Another connection sees what is committed and nothing else.
    monkeypatch.setattr(
        stage_task, "send", lambda _: seen.append((row(tables, document_id).state, _text(tables, document_id)))
    )
    _run(Stage.CLEAN, document_id).get()
    assert seen == [("cleaned", "One.")]


def test_the_last_stage_sends_nothing_on(tables: Database, broker: str) -> None:
    (document_id,) = accepted(tables, "A flood took two bridges in the valley of the Ill on Sunday.")
    cleaned(tables, document_id, "A flood took two bridges in the valley of the Ill on Sunday.")
    change(tables, document_id, state="extracted")
    assert _run(Stage.DEDUPE, document_id).get() == "stored"
    assert row(tables, document_id).story_id is not None
    assert set(queue_lengths().values()) == {0}


@pytest.mark.usefixtures("sent")
def test_every_line_logged_meanwhile_can_tell_the_document(
    tables: Database, cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, "one")
    cleaning_is(lambda *_: Cleaned(f"at work on {document_at_work.get()}"))
    _run(Stage.CLEAN, document_id).get()
    assert _text(tables, document_id) == f"at work on {document_id}"
    assert document_at_work.get() == "-"


# Twice is once.


def test_a_document_done_twice_changes_nothing_and_sends_nothing(
    tables: Database, sent: list[tuple[Stage, StageMessage]], cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, "one")
    cleaning_is(_gives("One."))
    _run(Stage.CLEAN, document_id).get()
    before = row(tables, document_id)
    cleaning_is(_gives("Another text."))
    assert _run(Stage.CLEAN, document_id).get() == "done before"
    after = row(tables, document_id)
    assert (after.state, after.changed, after.attempts) == (before.state, before.changed, before.attempts)
    assert _text(tables, document_id) == "One."
    assert len(sent) == 1


def test_of_two_tries_at_once_the_first_to_end_counts(
    tables: Database, sent: list[tuple[Stage, StageMessage]], cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, "one")

    def overtaken(*_: object) -> Cleaned:
        cleaning_is(_gives("by the faster"))
        assert _run(Stage.CLEAN, document_id).get() == "cleaned"
        return Cleaned("by the slower")

    cleaning_is(overtaken)
    assert _run(Stage.CLEAN, document_id).get() == "done before"
    assert _text(tables, document_id) == "by the faster"
    assert [stage for stage, _ in sent] == [Stage.EXTRACT]


def test_a_try_that_fails_after_another_ended_does_not_undo_it(
    tables: Database, sent: list[tuple[Stage, StageMessage]], cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, "one")

    def overtaken(*_: object) -> Cleaned:
        cleaning_is(_gives("by the faster"))
        _run(Stage.CLEAN, document_id).get()
        raise NoTextError("d", "nothing is left")

    cleaning_is(overtaken)
    _run(Stage.CLEAN, document_id)
    assert row(tables, document_id).state == "cleaned"
    assert _failures(tables) == []
    assert len(sent) == 1


# A document fails.


@pytest.mark.parametrize("error", [NoTextError("document d", "nothing is left"), ZeroDivisionError("division by zero")])
def test_an_error_ends_the_document_as_failed_and_keeps_all_of_it(
    tables: Database, broker: str, cleaning_is: Callable[[Work], None], error: Exception
) -> None:
    (document_id,) = accepted(tables, "one")
    cleaning_is(_raises(error))
    ended = _run(Stage.CLEAN, document_id)
    assert (ended.state, type(ended.result)) == ("FAILURE", type(error)), "Celery and Flower are told"
    (failure,) = _failures(tables)
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
    cleaning_is(_raises(ValueError("not a number: '1\x002'")))  # which PostgreSQL cannot hold
    _run(Stage.CLEAN, document_id)
    (failure,) = _failures(tables)
    assert failure.error == "not a number: '1�2'"
    assert row(tables, document_id).state == "failed"


def test_what_the_database_refuses_to_hold_is_the_documents_failure(
    tables: Database, sent: list[tuple[Stage, StageMessage]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (document_id,) = accepted(tables, "one")
    cleaned(tables, document_id, "One.")
    nameless = Entity(0, 3, "One", "ORG", None)  # type: ignore[arg-type]
    monkeypatch.setattr(extracting, "extract", lambda *_, **__: Extraction(entities=[nameless]))
    assert isinstance(_run(Stage.EXTRACT, document_id).result, IntegrityError)
    (failure,) = _failures(tables)
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
    assert [_run(Stage.CLEAN, document_id).state for document_id in (bad, good)] == ["FAILURE", "SUCCESS"]
    assert [row(tables, document_id).state for document_id in (bad, good)] == ["failed", "cleaned"]


# A message that is none of ours.


@pytest.mark.parametrize(
    "fields",
    [
        {"order": 66, "to": "everyone"},
        {"document_id": "a" * 32},
        {"version": 1, "document_id": "../etc/passwd"},
        {"\x00": "\ud800"},
        {},
    ],
)
def test_a_foreign_message_is_kept_as_a_failure_without_a_document(tables: Database, fields: dict[str, Any]) -> None:
    ended = app.tasks["clean"].apply(kwargs=fields)
    assert isinstance(ended.result, MessageError)
    (failure,) = _failures(tables)
    assert (failure.document_id, failure.stage, failure.error_type) == (None, "clean", "MessageError")
    assert "message on queue clean: not a message of version 1" in failure.error
    assert len(failure.payload) == len(fields)


def test_a_message_of_a_later_version_fails_and_its_document_does_not(
    tables: Database, sent: list[tuple[Stage, StageMessage]], cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, "one")
    ended = app.tasks["clean"].apply(kwargs={"version": 2, "document_id": document_id, "priority": "high"})
    assert isinstance(ended.result, MessageError)
    (failure,) = _failures(tables)
    assert (failure.document_id, failure.payload["version"]) == (None, 2)
    assert "upgrade its worker; the document waits meanwhile" in failure.error
    assert (row(tables, document_id).state, row(tables, document_id).attempts) == ("received", 0)
    cleaning_is(_gives("One."))
    assert _run(Stage.CLEAN, document_id).get() == "cleaned", "a worker that can read it goes on with it"


def test_a_message_of_an_earlier_version_is_understood(
    tables: Database,
    sent: list[tuple[Stage, StageMessage]],
    cleaning_is: Callable[[Work], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (document_id,) = accepted(tables, "one")
    monkeypatch.setitem(messages.UPGRADES, 0, lambda fields: {"document_id": fields["id"]})
    cleaning_is(_gives("One."))
    assert app.tasks["clean"].apply(kwargs={"version": 0, "id": document_id}).get() == "cleaned"
    assert [message.version for _, message in sent] == [1], "and goes on in the present version"


def test_a_message_with_arguments_by_place_is_foreign_and_kept_whole(tables: Database) -> None:
    (document_id,) = accepted(tables, "one")
    ended = app.tasks["clean"].apply(args=["all of them"], kwargs={"version": 1, "document_id": document_id})
    assert isinstance(ended.result, MessageError)
    (failure,) = _failures(tables)
    assert failure.payload == {"version": 1, "document_id": document_id, "arguments": ["all of them"]}
    assert row(tables, document_id).state == "received"


def test_a_message_about_a_document_of_another_database_is_kept_and_says_so(tables: Database) -> None:
    ended = _run(Stage.CLEAN, "0" * 32)
    assert isinstance(ended.result, MessageError)
    (failure,) = _failures(tables)
    assert failure.document_id is None
    assert failure.error.startswith(f"message on queue clean: document {'0' * 32} is not in {tables.shown}")
    assert failure.payload["document_id"] == "0" * 32


# Tries.


def _never(*_: object) -> Cleaned:
    raise AssertionError("the work was begun")


def test_a_document_that_took_its_processes_down_ends_as_failed(
    tables: Database, cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, "one")
    change(tables, document_id, attempts=settings().max_attempts, attempted=datetime.now(UTC) - timedelta(hours=1))
    cleaning_is(_never)
    assert isinstance(_run(Stage.CLEAN, document_id).result, TooLargeError)
    (failure,) = _failures(tables)
    assert (failure.error_type, failure.attempts) == ("TooLargeError", settings().max_attempts)
    assert f"{settings().max_attempts} tries of clean took too long or took their process down" in failure.error
    assert row(tables, document_id).state == "failed"


def test_a_last_try_that_may_still_be_at_work_is_left_to_it(
    tables: Database, sent: list[tuple[Stage, StageMessage]], cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, "one")
    change(tables, document_id, attempts=settings().max_attempts, attempted=datetime.now(UTC))
    cleaning_is(_never)
    assert _run(Stage.CLEAN, document_id).get() == "busy"
    assert (row(tables, document_id).state, _failures(tables), sent) == ("received", [], [])


def test_a_try_is_counted_before_the_work_begins(tables: Database, cleaning_is: Callable[[Work], None]) -> None:
    (document_id,) = accepted(tables, "one")
    seen = []

    def look(*_: object) -> Cleaned:
        seen.append(row(tables, document_id).attempts)
        raise NoTextError("d", "nothing is left")

    cleaning_is(look)
    _run(Stage.CLEAN, document_id)
    assert seen == [1]


def test_a_work_that_takes_too_long_is_tried_as_often_as_allowed_and_fails(
    tables: Database, sent: list[tuple[Stage, StageMessage]], cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, "one")
    tries = []

    def hang(*_: object) -> Cleaned:
        tries.append(1)
        raise SoftTimeLimitExceeded

    cleaning_is(hang)
    assert isinstance(_run(Stage.CLEAN, document_id).result, TooLargeError)
    assert len(tries) == settings().max_attempts
    (failure,) = _failures(tables)
    assert (failure.error_type, failure.attempts) == ("TooLargeError", settings().max_attempts)
    assert (row(tables, document_id).state, sent) == ("failed", [])


# Services away.


@_on_postgresql
@pytest.mark.usefixtures("sent")
def test_a_connection_cut_off_half_way_is_tried_again_and_not_counted(
    tables: Database, cleaning_is: Callable[[Work], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    (document_id,) = accepted(tables, "one")
    write = workers.tasks.results.write_cleaned
    cut: list[int] = []

    def write_or_lose(session: Any, **given: Any) -> None:
        write(session, **given)
        if not cut:
            cut.append(row(tables, document_id).attempts)
            session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        cut.append(row(tables, document_id).attempts)

    monkeypatch.setattr(workers.tasks.results, "write_cleaned", write_or_lose)
    cleaning_is(_gives("One."))
    assert _run(Stage.CLEAN, document_id).get() == "cleaned"
    assert cut == [1, 1], "the second try is the first that counts"
    assert _failures(tables) == []


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite writers that give up at once on a database that is locked."""
    monkeypatch.setattr(database_module, "_SQLITE_BUSY_MS", 10)


@pytest.fixture
def other(impatient: None, tables: Database) -> Engine:
    """Another program with the same SQLite file open."""
    return create_engine(tables.url, isolation_level="AUTOCOMMIT")


@_on_sqlite
def test_a_database_that_stays_locked_neither_fails_nor_loses_the_document(
    other: Engine, tables: Database, sent: list[tuple[Stage, StageMessage]], cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, "one")
    with other.connect() as connection:
        cleaning_is(lambda *_: (connection.exec_driver_sql("BEGIN IMMEDIATE"), Cleaned("One."))[1])
        ended = _run(Stage.CLEAN, document_id)
        assert isinstance(ended.result, OperationalError), "after its retries the task gives up"
        connection.exec_driver_sql("ROLLBACK")
    assert (row(tables, document_id).state, _failures(tables), sent) == ("received", [], [])
    attempts: list[int] = []
    cleaning_is(lambda *_: (attempts.append(row(tables, document_id).attempts), Cleaned("One."))[1])
    assert _run(Stage.CLEAN, document_id).get() == "cleaned"
    assert attempts == [1], "the try that the lock ended is taken back as soon as it can be"


def test_a_broker_away_within_the_work_is_tried_again_and_not_counted(
    tables: Database, sent: list[tuple[Stage, StageMessage]], cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, "one")
    attempts = []

    def work(*_: object) -> Cleaned:
        attempts.append(row(tables, document_id).attempts)
        if len(attempts) < 5:
            raise redis.ConnectionError("away")
        return Cleaned("One.")

    cleaning_is(work)
    assert _run(Stage.CLEAN, document_id).get() == "cleaned"
    assert attempts == [1] * 5, "more often than tries are allowed, each time the first"
    assert len(sent) == 1


@_on_sqlite
def test_a_broker_away_after_the_commit_is_the_sweepers_business(
    tables: Database, broker: str, cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, "one")

    def stop_broker(*_: object) -> Cleaned:
        connect(broker).shutdown(nosave=True)
        return Cleaned("One.")

    cleaning_is(stop_broker)
    assert _run(Stage.CLEAN, document_id).get() == "cleaned"
    assert (row(tables, document_id).state, _failures(tables)) == ("cleaned", [])


def test_a_stage_whose_transaction_fails_leaves_nothing_and_sends_nothing(
    tables: Database, broker: str, cleaning_is: Callable[[Work], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    (document_id,) = accepted(tables, "one")
    write = workers.tasks.results.write_cleaned

    def write_and_fail(session: Any, **given: Any) -> None:
        write(session, **given)
        raise ZeroDivisionError

    monkeypatch.setattr(workers.tasks.results, "write_cleaned", write_and_fail)
    cleaning_is(_gives("One."))
    _run(Stage.CLEAN, document_id)
    assert _text(tables, document_id) is None
    assert set(queue_lengths().values()) == {0}
    assert row(tables, document_id).state == "failed"


def test_a_document_past_its_end_is_not_begun_again(tables: Database, cleaning_is: Callable[[Work], None]) -> None:
    (document_id,) = accepted(tables, "one")
    stored(tables, document_id, "One.")
    cleaning_is(_never)
    assert [_run(stage, document_id).get() for stage in Stage] == ["done before"] * 3
    with tables.reading() as session:
        assert session.scalar(select(func.count()).select_from(Failure)) == 0
