"""Foreign messages while the tables are away: none is lost, and none is kept twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from schemas.tables import Failure
from workers import settings as settings_module
from workers.queue.broker import connect
from workers.queue.foreign import keep, keep_held
from workers.store.database import Database, database

_AWAY = "postgresql://nobody@127.0.0.1:1/none"


@contextmanager
def _tables_away(broker: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as changed:
        changed.setenv("DATABASE_URL", _AWAY)
        changed.setenv("REDIS_URL", broker)  # the embedded one is found beside the tables
        _forget()
        yield
    _forget()


def _forget() -> None:
    settings_module.settings.cache_clear()
    database.cache_clear()


def _failures(tables: Database) -> list[Failure]:
    with tables.reading() as session:
        return list(session.scalars(select(Failure).order_by(Failure.number)))


def test_they_are_held_on_redis_and_kept_once_the_tables_are_back(
    tables: Database, broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _tables_away(broker, monkeypatch):
        keep("clean", b"not ours", "it is not valid JSON")
        keep("dedupe", b"\xff" * 10_000, "it has 10,000 bytes")
        with pytest.raises(DBAPIError):
            keep_held()
    assert _failures(tables) == []
    assert keep_held() == 2
    first, second = _failures(tables)
    assert (first.stage, first.payload) == ("clean", {"message": "not ours", "bytes": 8})
    assert "not a Wireroom message: it is not valid JSON" in first.error
    assert second.payload is not None
    assert second.payload["bytes"] == 10_000
    assert keep_held() == 0


def test_a_flood_of_them_does_not_fill_the_broker(
    tables: Database, broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.queue.foreign._MOST_HELD", 3)
    with _tables_away(broker, monkeypatch):
        for number in range(5):
            keep("clean", str(number).encode(), "it is no object")
    assert keep_held() == 3
    assert [failure.payload["message"] for failure in _failures(tables) if failure.payload] == ["0", "1", "2"]


def test_what_somebody_else_put_among_those_held_is_passed_over(tables: Database, broker: str) -> None:
    connect(broker).lpush("wireroom.foreign", b"not one of those held")
    assert keep_held() == 0
    assert _failures(tables) == []
