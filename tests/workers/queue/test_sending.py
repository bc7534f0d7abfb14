"""Sending, to a real Valkey: the message on its stage's queue, the article not in it, a lost broker no error."""

from __future__ import annotations

import base64
import json
import logging
import time
from typing import Any

import pytest
import redis

from schemas.documents import RawDocument
from schemas.messages import StageMessage
from schemas.stages import Stage
from tests.conftest import UseBroker
from tests.workers.stored import accepted
from workers.producers.intake import accept_all
from workers.queue.broker import connect
from workers.queue.sending import queue_lengths, send
from workers.store.database import Database
from workers.tasks.sweeper import sweep_stale

_on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

_MESSAGE = StageMessage(document_id="a" * 32, source="a.example", title="Floods — “12 dead”")


def _on_queue(url: str, stage: Stage) -> list[dict[str, Any]]:
    return [json.loads(raw) for raw in connect(url).lrange(stage.value, 0, -1)]


def _fields(message: dict[str, Any]) -> dict[str, Any]:
    _, fields, _ = json.loads(base64.b64decode(message["body"]))
    return dict(fields)


@pytest.mark.parametrize("stage", Stage)
def test_a_message_is_put_on_the_queue_of_its_stage_and_on_no_other(broker: str, stage: Stage) -> None:
    assert send([(stage, _MESSAGE)]) == 1
    assert queue_lengths() == dict.fromkeys(Stage, 0) | {stage: 1}
    (message,) = _on_queue(broker, stage)
    assert message["headers"]["task"] == stage.value
    assert message["content-type"] == "application/json"
    assert StageMessage.read(stage, _fields(message)) == _MESSAGE


def test_what_flower_shows_of_a_message_is_title_source_and_id(broker: str) -> None:
    send([(Stage.CLEAN, _MESSAGE)])
    (message,) = _on_queue(broker, Stage.CLEAN)
    assert message["headers"]["kwargsrepr"] == _MESSAGE.shown()


def test_flower_is_told_of_all_that_was_sent_in_one_message(broker: str) -> None:
    with connect(broker).pubsub(ignore_subscribe_messages=True) as events:  # type: ignore[no-untyped-call]
        events.psubscribe("*celeryev*")
        events.get_message(timeout=1)
        sent = [StageMessage(document_id=f"{n:032x}") for n in range(3)]
        send((Stage.CLEAN, message) for message in sent)
        told = [json.loads(one["data"]) for one in iter(lambda: events.get_message(timeout=1), None)]
    (body,) = [json.loads(base64.b64decode(one["body"])) for one in told]
    assert [event["type"] for event in body] == ["task-sent"] * 3
    assert [event["kwargs"] for event in body] == [message.shown() for message in sent]


def test_messages_are_taken_in_the_order_they_were_sent(broker: str) -> None:
    sent = [StageMessage(document_id=f"{n:032x}") for n in range(20)]
    assert send((Stage.CLEAN, message) for message in sent) == 20
    # Celery pushes on the left and takes from the right.
    taken = [_fields(message)["document_id"] for message in reversed(_on_queue(broker, Stage.CLEAN))]
    assert taken == [message.document_id for message in sent]


def test_the_article_does_not_travel(tables: Database, broker: str) -> None:
    article = "Twelve people were found in the cellar. " * 50
    (taken,) = list(accept_all([RawDocument(content=article, source="a.example", title="T" * 500)]))[-1:]
    assert (taken.new, queue_lengths()[Stage.CLEAN]) == (1, 1)
    (raw,) = connect(broker).lrange(Stage.CLEAN.value, 0, -1)
    assert isinstance(raw, bytes)
    body = base64.b64decode(json.loads(raw)["body"]).decode()
    assert "cellar" not in raw.decode() + body
    assert len(raw) < 2000


def test_a_known_document_is_not_sent_again(tables: Database, broker: str) -> None:
    accepted(tables, "one")
    taken = list(accept_all([RawDocument(content="one"), RawDocument(content="two")]))[-1]
    assert (len(taken.ids), taken.new, queue_lengths()[Stage.CLEAN]) == (2, 1, 1)


@pytest.fixture
def no_broker(use_broker: UseBroker) -> None:
    """Settings that name a broker where none listens."""
    use_broker("redis://:secret@127.0.0.1:1/0")


@pytest.mark.usefixtures("tables", "no_broker")
@_on_sqlite
def test_a_broker_that_is_away_is_logged_without_its_password_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    started = time.monotonic()
    with caplog.at_level(logging.WARNING):
        assert send([(Stage.CLEAN, _MESSAGE)]) == 0
    assert time.monotonic() - started < 20
    assert "the broker cannot be reached" in caplog.text
    assert "the sweeper will send" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.usefixtures("no_broker")
def test_what_is_accepted_while_the_broker_is_away_is_kept(tables: Database) -> None:
    taken = list(accept_all([RawDocument(content="one")]))[-1]
    assert accepted(tables, "one") == list(taken.ids)
    assert taken.new == 1


def test_what_could_not_be_sent_is_sent_by_the_first_sweep_once_the_broker_is_back(
    tables: Database, broker: str, use_broker: UseBroker
) -> None:
    ids = accepted(tables, "one", "two", "three")
    messages = [(Stage.CLEAN, StageMessage(document_id=document_id)) for document_id in ids]
    send(messages[:1])
    use_broker("redis://127.0.0.1:1/0")
    send(messages[1:])
    use_broker(broker)
    assert sweep_stale() == 2
    assert sorted(_fields(message)["document_id"] for message in _on_queue(broker, Stage.CLEAN)) == sorted(ids)


@pytest.mark.usefixtures("no_broker")
def test_lengths_of_a_broker_that_is_away_are_an_error() -> None:
    with pytest.raises(redis.ConnectionError):
        queue_lengths()
