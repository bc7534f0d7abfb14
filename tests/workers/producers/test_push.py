"""`workers.push`: documents from programs, on real tables and a real Valkey."""

from __future__ import annotations

from importlib.resources import files

import pytest
from sqlalchemy import func, select

from schemas.documents import RawDocument
from schemas.errors import InputError, ServiceError
from schemas.stages import Stage
from schemas.tables import Document
from workers import Accepted, push
from workers.producers.push import check
from workers.queue.sending import queue_lengths
from workers.store.database import Database, database

ONE = {"content": "Nine dead as a ferry capsizes.", "id": "w-1"}


def count(tables: Database) -> int:
    with tables.reading() as session:
        return session.scalar(select(func.count()).select_from(Document)) or 0


@pytest.mark.usefixtures("tables", "broker")
def test_documents_are_accepted_and_sent_by_the_time_the_call_returns(tables: Database) -> None:
    accepted = push([ONE, RawDocument(content="Eleven dead.")])
    assert [(each.external_id, each.new) for each in accepted] == [("w-1", True), (None, True)]
    assert count(tables) == 2
    assert queue_lengths()[Stage.CLEAN] == 2


@pytest.mark.usefixtures("tables", "broker")
def test_a_document_that_is_known_is_said_to_be(tables: Database) -> None:
    (first,) = push([ONE])
    again = push(iter([ONE, ONE]))
    assert again == [Accepted(first.id, "w-1", False)] * 2
    assert [each.new for each in push([{"content": "Twice at once."}] * 2)] == [True, False]
    assert count(tables) == 2


@pytest.mark.usefixtures("tables", "broker")
def test_none_is_accepted_where_one_is_wrong(tables: Database) -> None:
    with pytest.raises(InputError, match=r"document 2: has no text.*none of them was accepted"):
        push([ONE, {"title": "No text"}])
    assert count(tables) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_a_broker_it_says_so(tables: Database) -> None:
    with pytest.raises(ServiceError, match="is not running"):
        push([ONE])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_documents_are_kept_while_the_broker_is_away(tables: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    from workers.settings import settings

    settings.cache_clear()
    database.cache_clear()
    assert [each.new for each in push([ONE], wait=False)] == [True]
    assert count(tables) == 1


def test_each_wrong_document_is_named_by_its_place_and_the_others_are_taken() -> None:
    taken, refused = check([ONE, "no object", {"content": " "}, {"content": "x", "url": 7}])
    assert [each.external_id for each in taken] == ["w-1"]
    assert [each.index for each in refused] == [1, 2, 3]
    assert "is a string, not a JSON object" in refused[0].error


@pytest.mark.parametrize("package", ["workers", "schemas", "pipeline"])
def test_whoever_calls_it_is_told_its_types(package: str) -> None:
    assert (files(package) / "py.typed").is_file(), "without it (PEP 561) type checkers take all of it for Any"
