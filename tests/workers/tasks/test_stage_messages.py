"""Messages that a stage's task cannot go by: foreign ones, and those of another version or another database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from schemas import messages
from schemas.errors import MessageError
from schemas.messages import StageMessage
from schemas.stages import Stage
from tests.workers.stored import accepted, row
from tests.workers.tasks.staged import Work, failures, gives, run
from workers.queue.app import app
from workers.store.database import Database


@pytest.mark.parametrize(
    "fields",
    [
        {"order": 66, "to": "everyone"},
        {"document_id": "a" * 32},
        {"version": 1, "document_id": "../etc/passwd"},
        {"\x00": "\ud800"},
        {"document_id": float("nan")},
        {},
    ],
)
def test_a_foreign_message_is_kept_as_a_failure_without_a_document(tables: Database, fields: dict[str, Any]) -> None:
    ended = app().tasks["clean"].apply(kwargs=fields)
    assert isinstance(ended.result, MessageError)
    (failure,) = failures(tables)
    assert (failure.document_id, failure.stage, failure.error_type) == (None, "clean", "MessageError")
    assert "message on queue clean: not a message of version 1" in failure.error
    assert len(failure.payload) == len(fields)


def test_a_message_of_a_later_version_fails_and_its_document_does_not(
    tables: Database, sent: list[tuple[Stage, StageMessage]], cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, "one")
    ended = app().tasks["clean"].apply(kwargs={"version": 2, "document_id": document_id, "priority": "high"})
    assert isinstance(ended.result, MessageError)
    (failure,) = failures(tables)
    assert (failure.document_id, failure.payload["version"]) == (None, 2)
    assert "upgrade its worker; the document waits meanwhile" in failure.error
    assert (row(tables, document_id).state, row(tables, document_id).attempts) == ("received", 0)
    cleaning_is(gives("One."))
    assert run(Stage.CLEAN, document_id).get() == "cleaned", "a worker that can read it goes on with it"


def test_a_message_of_an_earlier_version_is_understood(
    tables: Database,
    sent: list[tuple[Stage, StageMessage]],
    cleaning_is: Callable[[Work], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (document_id,) = accepted(tables, "one")
    monkeypatch.setitem(messages.UPGRADES, 0, lambda fields: {"document_id": fields["id"]})
    cleaning_is(gives("One."))
    assert app().tasks["clean"].apply(kwargs={"version": 0, "id": document_id}).get() == "cleaned"
    assert [message.version for _, message in sent] == [1], "and goes on in the present version"


def test_a_message_with_arguments_by_place_is_foreign_and_kept_whole(tables: Database) -> None:
    (document_id,) = accepted(tables, "one")
    ended = app().tasks["clean"].apply(args=["all of them"], kwargs={"version": 1, "document_id": document_id})
    assert isinstance(ended.result, MessageError)
    (failure,) = failures(tables)
    assert failure.payload == {"version": 1, "document_id": document_id, "arguments": ["all of them"]}
    assert row(tables, document_id).state == "received"


def test_a_message_about_a_document_of_another_database_is_kept_and_says_so(tables: Database) -> None:
    ended = run(Stage.CLEAN, "0" * 32)
    assert isinstance(ended.result, MessageError)
    (failure,) = failures(tables)
    assert failure.document_id is None
    assert failure.error.startswith(f"message on queue clean: document {'0' * 32} is not in {tables.shown}")
    assert failure.payload["document_id"] == "0" * 32
