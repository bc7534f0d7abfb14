"""`wireroom status`: documents by state, queues, workers and failures; with or without a broker."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schemas.errors import NoTextError
from schemas.messages import StageMessage
from schemas.stages import Stage
from tests.workers.cli.conftest import Wireroom
from tests.workers.stored import accepted, stored
from workers.queue.sending import send
from workers.store import stages
from workers.store.database import Database

_NOTHING = {"received": 0, "cleaned": 0, "extracted": 0, "stored": 0, "failed": 0}


def _status(wireroom: Wireroom, *options: str) -> dict[str, Any]:
    ended = wireroom("status", "--json", *options)
    assert (ended.code, ended.messages) == (0, "")
    seen: dict[str, Any] = json.loads(ended.output)
    return seen


def _fail(tables: Database, document_id: str) -> None:
    with tables.writing() as session:
        stages.fail(session, Stage.CLEAN, NoTextError("d", "nothing is left"), None, {}, document_id)


def test_an_empty_database_without_a_broker_is_a_finding_and_no_error(wireroom: Wireroom) -> None:
    seen = _status(wireroom)
    assert seen["documents"] == _NOTHING
    assert seen["broker"] == "none configured and the embedded one is not running"
    assert (seen["queues"], seen["workers"], seen["oldest_waiting_seconds"], seen["failures"]) == (None, None, None, [])


def test_documents_are_counted_by_state_and_failures_by_stage_and_type(wireroom: Wireroom, tables: Database) -> None:
    ended, *failing, _ = accepted(tables, "one", "two", "three", "four")
    stored(tables, ended, "one")
    for document_id in failing:
        _fail(tables, document_id)
    seen = _status(wireroom)
    assert seen["documents"] == _NOTHING | {"received": 1, "stored": 1, "failed": 2}
    assert seen["failures"] == [{"stage": "clean", "error_type": "NoTextError", "documents": 2}]
    assert 0 <= seen["oldest_waiting_seconds"] < 60
    assert seen["database"] == tables.shown


def test_queues_are_counted_and_workers_asked(wireroom: Wireroom, broker: str) -> None:
    send([(Stage.EXTRACT, StageMessage(document_id=f"{n:032x}")) for n in range(3)])
    seen = _status(wireroom)
    assert (seen["queues"], seen["workers"]) == ({"clean": 0, "extract": 3, "dedupe": 0, "sweep": 0, "fetch": 0}, {})
    assert ":***@127.0.0.1" in seen["broker"]


def test_a_broker_that_is_away_is_told_without_its_password(wireroom: Wireroom) -> None:
    seen = _status(wireroom, "--redis", "redis://:secret@127.0.0.1:1/0")
    assert seen["broker"].startswith("redis://:***@127.0.0.1:1/0 cannot be reached")
    assert "secret" not in json.dumps(seen)
    assert seen["documents"] == _NOTHING


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_json_it_is_tables_that_a_person_reads(wireroom: Wireroom, tables: Database) -> None:
    failing, _ = accepted(tables, "one", "two")
    _fail(tables, failing)
    ended = wireroom("status")
    assert ended.code == 0
    for shown in ("received", "stored", "failed", "NoTextError", "none configured", "the oldest waiting"):
        assert shown in ended.output
    assert str(tables.url.database) in ended.output.replace("\n", "")
