"""Transactions: what a reader sees while others write."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from schemas.tables import CleanedBody, Document
from tests.workers.stored import accepted
from workers.store import database as database_module
from workers.store.database import Database


def test_a_reader_sees_one_state_from_its_first_look_to_its_last(tables: Database) -> None:
    accepted(tables, "one")
    counted = select(func.count()).select_from(Document)
    with tables.reading() as session:
        assert session.scalar(counted) == 1
        accepted(tables, "two")
        assert session.scalar(counted) == 1
    with tables.reading() as session:
        assert session.scalar(counted) == 2


def test_an_error_of_the_database_quotes_no_article(tables: Database) -> None:
    with pytest.raises(DBAPIError) as raised, tables.writing() as session:
        session.add(CleanedBody(number=77, text="Eight people died near the ridge.", removed=[]))
    assert "cleaned_bodies" in str(raised.value)
    assert "ridge" not in str(raised.value)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_decision_whose_process_stands_still_is_not_waited_for_for_ever(
    tables: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "_FROZEN_SECONDS", 1)
    decided = threading.Event()

    def decide() -> None:
        with tables.writing(deciding=True):
            decided.set()

    def stand_still() -> None:
        with tables.writing(deciding=True):
            other.start()
            assert decided.wait(20)

    other = threading.Thread(target=decide)
    with pytest.raises(DBAPIError) as raised:
        stand_still()
    assert raised.value.connection_invalidated, "which a stage takes for a database that was away"
    other.join()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_no_lock_is_waited_for_longer_than_a_writer_of_sqlite_waits(tables: Database) -> None:
    with tables.writing() as session:
        assert session.scalar(text("SHOW lock_timeout")) == "30s"
    with tables.migrating() as connection:
        assert connection.scalar(text("SHOW lock_timeout")) == "0"
