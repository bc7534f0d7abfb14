"""What a stage's task does while the broker or the database is away, or lost half-way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import redis
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from schemas.messages import StageMessage
from schemas.records import Cleaned
from schemas.stages import Stage
from tests.workers.stored import accepted, row
from tests.workers.tasks.staged import Work, failures, gives, run
from workers.queue.broker import connect
from workers.store import database as database_module
from workers.store import results
from workers.store.database import Database

_on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
_on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@_on_postgresql
@pytest.mark.usefixtures("sent")
def test_a_connection_cut_off_half_way_is_tried_again_and_not_counted(
    tables: Database, cleaning_is: Callable[[Work], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    (document_id,) = accepted(tables, "one")
    write = results.write_cleaned
    cut: list[int] = []

    def write_or_lose(session: Any, **given: Any) -> None:
        write(session, **given)
        if not cut:
            cut.append(row(tables, document_id).attempts)
            session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        cut.append(row(tables, document_id).attempts)

    monkeypatch.setattr(results, "write_cleaned", write_or_lose)
    cleaning_is(gives("One."))
    assert run(Stage.CLEAN, document_id).get() == "cleaned"
    assert cut == [1, 1], "the second attempt is the first that counts"
    assert failures(tables) == []


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite writers that give up at once on a database that is locked."""
    monkeypatch.setattr(database_module, "_LOCK_SECONDS", 0.01)


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
        ended = run(Stage.CLEAN, document_id)
        assert isinstance(ended.result, OperationalError), "after its retries the task gives up"
        connection.exec_driver_sql("ROLLBACK")
    assert (row(tables, document_id).state, failures(tables), sent) == ("received", [], [])
    attempts: list[int] = []

    def count(*_: object) -> Cleaned:
        attempts.append(row(tables, document_id).attempts)
        return Cleaned("One.")

    cleaning_is(count)
    assert run(Stage.CLEAN, document_id).get() == "cleaned"
    assert attempts == [1], "the attempt that the lock ended is taken back as soon as it can be"


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
    assert run(Stage.CLEAN, document_id).get() == "cleaned"
    assert attempts == [1] * 5, "more often than attempts are allowed, each time the first"
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
    assert run(Stage.CLEAN, document_id).get() == "cleaned"
    assert (row(tables, document_id).state, failures(tables)) == ("cleaned", [])
