"""Transactions: what a reader sees while others write."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from schemas.dedupe_tables import Story
from schemas.tables import CleanedBody, Document
from tests.workers.stored import accepted
from workers.store import database as database_module
from workers.store import sqlite_file
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


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_decides_keeps_no_writer_of_sqlite_waiting_until_it_writes(
    tables: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "_LOCK_SECONDS", 0.05)
    written: list[str] = []

    def decide(_: Session) -> None:
        with tables.writing():
            written.append("by another")
        with pytest.raises(OperationalError, match="another process is deciding"), tables.writing(deciding=True):
            written.append("by another who decides")

    with tables.writing(decide=decide):
        written.append("what was decided")
        with pytest.raises(OperationalError, match="locked"), tables.writing():
            written.append("meanwhile")
    with tables.writing(deciding=True):
        written.append("by the next")
    assert written == ["by another", "what was decided", "by the next"]


def test_those_who_decide_do_so_one_after_another_and_see_what_was_decided_before(tables: Database) -> None:
    deciders, rounds = 4, 5
    counts: list[int] = []

    def decide(own: int) -> None:
        for number in range(rounds):
            seen: list[int] = []

            def count(session: Session, seen: list[int] = seen) -> None:
                seen.append(session.scalar(select(func.count()).select_from(Story)) or 0)

            with tables.writing(decide=count) as session:
                session.add(Story(id=f"{own}-{number}", opened=datetime.now(UTC)))
            counts.extend(seen)

    threads = [threading.Thread(target=decide, args=(own,)) for own in range(deciders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == list(range(deciders * rounds))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_writers_of_sqlite_take_turns_as_soon_as_the_lock_is_free(
    tables: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    waiting = threading.Event()

    def pause(seconds: float) -> None:
        asked.append(seconds)
        waiting.set()
        threading.Event().wait(seconds)

    monkeypatch.setattr(sqlite_file, "time", SimpleNamespace(sleep=pause, monotonic=time.monotonic))

    def write() -> None:
        with tables.writing():
            pass

    writer = threading.Thread(target=write)
    with tables.writing():
        writer.start()
        assert waiting.wait(20)
    writer.join()
    assert set(asked) == {sqlite_file.ASK_SECONDS}
