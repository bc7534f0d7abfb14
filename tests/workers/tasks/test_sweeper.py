"""The sweeper, over the tables and a real Valkey: what lies still is sent again, once, and no queue is flooded."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
import redis
from sqlalchemy import insert, select

from schemas.dedupe_tables import FingerprintKey
from schemas.errors import NoTextError
from schemas.messages import StageMessage
from schemas.stages import Stage
from tests.conftest import UseBroker
from tests.workers.stored import accepted, change, cleaned, row, stored
from workers.queue.broker import connect
from workers.queue.sending import queue_lengths, send
from workers.settings import settings
from workers.store import stages
from workers.store.database import Database
from workers.tasks import sweeper
from workers.tasks.sweeper import sweep, sweep_all, sweep_once

_STALE = timedelta(minutes=5)


def _lying_still(tables: Database, *contents: str) -> list[str]:
    """Documents whose messages were sent an hour ago, the first the earliest, and were lost."""
    ids = accepted(tables, *contents)
    earliest = datetime.now(UTC) - timedelta(hours=1)
    for place, document_id in enumerate(ids):
        change(tables, document_id, sent=earliest + timedelta(seconds=place))
    return ids


def _sweep() -> int:
    return sweep_once(_STALE)


def _sent(url: str, stage: Stage) -> list[str]:
    """The documents on a stage's queue, the next to be taken first."""
    bodies = [json.loads(raw)["body"] for raw in connect(url).lrange(stage.value, 0, -1)]
    return [json.loads(base64.b64decode(body))[1]["document_id"] for body in reversed(bodies)]


def test_what_lies_still_is_sent_again_oldest_first(tables: Database, broker: str) -> None:
    ids = _lying_still(tables, "one", "two", "three")
    assert _sweep() == 3
    assert _sent(broker, Stage.CLEAN) == ids


def test_what_was_sent_again_is_not_sent_a_second_time(tables: Database, broker: str) -> None:
    _lying_still(tables, "one", "two")
    assert [_sweep(), _sweep()] == [2, 0]
    connect(broker).delete(Stage.CLEAN.value)  # workers have taken them
    assert _sweep() == 0, "the message is not old"


def test_what_moves_is_left_alone(tables: Database, broker: str) -> None:
    accepted(tables, "just accepted")
    assert _sweep() == 0


def test_what_is_at_work_is_left_alone_until_its_try_must_be_dead(tables: Database, broker: str) -> None:
    (document_id,) = _lying_still(tables, "one")
    change(tables, document_id, attempts=1, attempted=datetime.now(UTC) - _STALE + timedelta(minutes=1))
    assert _sweep() == 0
    change(tables, document_id, attempted=datetime.now(UTC) - _STALE - timedelta(minutes=1))
    assert _sweep() == 1


def test_after_a_loss_all_that_has_no_message_is_sent_at_once(tables: Database, broker: str) -> None:
    ids = accepted(tables, "just accepted", "at work")
    change(tables, ids[1], attempts=1, attempted=datetime.now(UTC))
    assert sweep_all() == 2
    assert _sent(broker, Stage.CLEAN) == ids


def test_what_has_ended_is_left_alone(tables: Database, broker: str) -> None:
    ended, failing = _lying_still(tables, "one", "two")
    stored(tables, ended, "one")
    with tables.writing() as session:
        stages.fail(session, Stage.CLEAN, NoTextError("d", "nothing is left"), None, {}, failing)
    assert sweep_all() == 0


def test_each_document_is_sent_to_the_stage_it_waits_for(tables: Database, broker: str) -> None:
    first, second = _lying_still(tables, "one", "two")
    cleaned(tables, second, "two")
    change(tables, second, sent=datetime.now(UTC) - timedelta(hours=1))
    assert _sweep() == 2
    assert [_sent(broker, stage) for stage in Stage] == [[first], [second], []]


def test_a_queue_that_holds_as_many_messages_as_documents_wait_is_merely_long(tables: Database, broker: str) -> None:
    ids = _lying_still(tables, "one", "two", "three")
    send((Stage.CLEAN, StageMessage(document_id=document_id)) for document_id in ids)
    assert _sweep() == 0
    assert queue_lengths()[Stage.CLEAN] == 3


def test_a_queue_gets_no_more_messages_than_it_is_short_of(tables: Database, broker: str) -> None:
    ids = _lying_still(tables, "one", "two", "three")
    send([(Stage.CLEAN, StageMessage(document_id=ids[2]))])
    assert _sweep() == 2
    assert _sent(broker, Stage.CLEAN) == [ids[2], ids[0], ids[1]]


def test_a_lost_backlog_returns_in_portions(tables: Database, broker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeper, "_PORTION", 2)
    ids = _lying_still(tables, "one", "two", "three")
    assert [_sweep() for _ in range(3)] == [2, 1, 0]
    assert _sent(broker, Stage.CLEAN) == ids


def test_two_sweepers_at_once_send_each_document_once(tables: Database, broker: str) -> None:
    ids = _lying_still(tables, *(f"article {n}" for n in range(40)))
    start, sent = Barrier(2), []

    def run() -> None:
        start.wait()
        sent.append(_sweep())

    sweepers = [Thread(target=run) for _ in range(2)]
    for thread in sweepers:
        thread.start()
    for thread in sweepers:
        thread.join()
    assert sum(sent) == len(ids)
    assert sorted(_sent(broker, Stage.CLEAN)) == sorted(ids)


def test_without_a_broker_nothing_is_marked_as_sent(tables: Database, use_broker: UseBroker) -> None:
    (document_id,) = _lying_still(tables, "one")
    before = row(tables, document_id).sent
    use_broker("redis://127.0.0.1:1/0")
    with pytest.raises(redis.ConnectionError):
        _sweep()
    assert row(tables, document_id).sent == before


def test_the_sweep_that_beat_starts_keeps_to_the_settings(
    tables: Database, broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lying_still(tables, "one")
    monkeypatch.setenv("WIREROOM_STALE_SECONDS", "7200")
    settings.cache_clear()
    assert sweep.apply().get() == 0
    monkeypatch.setenv("WIREROOM_STALE_SECONDS", "600")
    settings.cache_clear()
    assert sweep.apply().get() == 1


def test_the_sweep_keeps_the_index_of_dedupe_within_its_window(
    tables: Database, broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.store.ledger._WITNESSES", 1)
    old, young, latest = accepted(tables, "old", "young", "latest")
    window = timedelta(days=settings().dedupe_window_days)
    change(tables, old, received=datetime.now(UTC) - window - timedelta(hours=1))
    change(tables, young, received=datetime.now(UTC) - window + timedelta(hours=1))
    change(tables, latest, received=datetime.now(UTC))
    numbers = [row(tables, document_id).number for document_id in (old, young)]
    with tables.writing() as session:
        session.execute(insert(FingerprintKey), [{"key": 7, "number": number} for number in numbers])
    sweep.apply().get()
    with tables.reading() as session:
        assert list(session.scalars(select(FingerprintKey.number))) == numbers[1:]
