"""The stages that follow in the same process: as by messages, each ends once, is counted, and kept where it fails."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from celery.exceptions import SoftTimeLimitExceeded

from pipeline import extract as extracting
from schemas.errors import NoTextError
from schemas.messages import StageMessage
from schemas.records import Extraction
from schemas.stages import Stage
from tests.workers.stored import accepted, cleaned, row
from tests.workers.tasks.staged import Work, failures, gives, never, run
from workers.queue import task_events
from workers.queue.app import app
from workers.settings import settings
from workers.store.database import Database
from workers.tasks import onward, stage_task

_TEXT = "A flood took two bridges in the valley of the Ill on Sunday."


class _Events(task_events.TaskEvents):
    """What Flower would be told, as (kind, task, fields)."""

    told: list[tuple[str, dict[str, Any]]]

    def publish(self) -> None:
        self.told += self._events


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """A worker that serves every stage, and what it tells Flower of those that follow."""
    for module in (onward, stage_task):
        monkeypatch.setattr(module, "may_go_on", lambda _, __, stage: stage.following is not None)
    monkeypatch.setattr(onward, "TaskEvents", _Events)
    _Events.told = []
    return _Events.told


@pytest.fixture
def sent(sent: list[tuple[Stage, StageMessage]], monkeypatch: pytest.MonkeyPatch) -> list[tuple[Stage, StageMessage]]:
    """What either module sends."""
    monkeypatch.setattr(onward, "send", sent.extend)
    return sent


@pytest.fixture
def document_id(tables: Database, cleaning_is: Callable[[Work], None]) -> str:
    """An accepted document whose cleaning goes well."""
    (accepted_id,) = accepted(tables, "one")
    cleaning_is(gives(_TEXT))
    return accepted_id


@pytest.fixture
def extracting_is(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Extraction]], None]:
    """Puts other work in the place of extraction."""
    return lambda work: monkeypatch.setattr(extracting, "extract", lambda *_, **__: work())


def _raises(error: Exception) -> Callable[[], Extraction]:
    def work() -> Extraction:
        raise error

    return work


def test_a_document_goes_through_all_stages_and_flower_is_told_of_each(
    tables: Database,
    sent: list[tuple[Stage, StageMessage]],
    told: list[tuple[str, dict[str, Any]]],
    document_id: str,
    extracting_is: Callable[[Callable[[], Extraction]], None],
) -> None:
    seen = []

    def look() -> Extraction:
        seen.append((row(tables, document_id).state, row(tables, document_id).attempts))
        return Extraction()

    extracting_is(look)
    assert run(Stage.CLEAN, document_id).get() == "cleaned"
    assert seen == [("cleaned", 1)], "the stage before has ended, and the attempt is counted before the work"
    done = row(tables, document_id)
    assert (done.state, done.attempts, done.attempted, sent) == ("stored", 0, None, [])
    assert done.story_id is not None
    kinds = [kind for kind, _ in told]
    assert kinds == ["task-received", "task-started", "task-succeeded"] * 2
    assert [fields["name"] for kind, fields in told if kind == "task-received"] == ["extract", "dedupe"]
    assert all(document_id in fields["kwargs"] for kind, fields in told if kind == "task-received")
    assert len({fields["uuid"] for _, fields in told}) == 2


def test_a_failure_of_what_follows_is_kept_as_that_stages_own(
    tables: Database,
    sent: list[tuple[Stage, StageMessage]],
    told: list[tuple[str, dict[str, Any]]],
    document_id: str,
    extracting_is: Callable[[Callable[[], Extraction]], None],
) -> None:
    extracting_is(_raises(NoTextError("document d", "nothing is left")))
    assert run(Stage.CLEAN, document_id).get() == "cleaned", "cleaning itself went well"
    (failure,) = failures(tables)
    assert (failure.stage, failure.error_type, failure.attempts) == ("extract", "NoTextError", 1)
    assert "nothing is left" in (failure.traceback or "")
    assert (row(tables, document_id).state, sent) == ("failed", [])
    assert [kind for kind, _ in told] == ["task-received", "task-started", "task-failed"]


@pytest.mark.parametrize(
    ("error", "attempts"), [(redis.ConnectionError("away"), 0), (SoftTimeLimitExceeded(), 1)], ids=["away", "too long"]
)
def test_what_may_pass_is_tried_again_by_a_message_of_its_stage(
    tables: Database,
    sent: list[tuple[Stage, StageMessage]],
    told: list[tuple[str, dict[str, Any]]],
    document_id: str,
    extracting_is: Callable[[Callable[[], Extraction]], None],
    error: Exception,
    attempts: int,
) -> None:
    extracting_is(_raises(error))
    assert run(Stage.CLEAN, document_id).get() == "cleaned"
    assert [(stage, message.document_id) for stage, message in sent] == [(Stage.EXTRACT, document_id)]
    assert (row(tables, document_id).state, row(tables, document_id).attempts) == ("cleaned", attempts)
    assert failures(tables) == []
    assert told[-1][0] == "task-retried"


def test_a_message_that_comes_again_sends_its_document_to_where_it_waits(
    tables: Database, sent: list[tuple[Stage, StageMessage]], cleaning_is: Callable[[Work], None]
) -> None:
    (document_id,) = accepted(tables, "one")
    cleaned(tables, document_id, _TEXT)
    cleaning_is(never)
    task = app().tasks[Stage.CLEAN.value]
    task.push_request(id="lost", delivery_info={"redelivered": True})
    try:
        fields = StageMessage.about(document_id, "a.example", "A title").model_dump(exclude_none=True)
        assert task.run(**fields) == "done before"
    finally:
        task.pop_request()
    assert [(stage, message.document_id) for stage, message in sent] == [(Stage.EXTRACT, document_id)]


def _asked(**request: bool) -> Any:
    return SimpleNamespace(request=SimpleNamespace(**{"called_directly": False, "is_eager": False, **request}))


def test_only_a_worker_that_serves_the_next_queue_goes_on_and_only_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    queues = app().amqp.queues
    now = time.monotonic()
    long_ago = now - settings().stage_seconds
    monkeypatch.setattr(type(queues), "consume_from", {"clean": None, "extract": None})
    assert onward.may_go_on(_asked(), now, Stage.CLEAN)
    assert not onward.may_go_on(_asked(), now, Stage.EXTRACT), "dedupe is served by others"
    assert not onward.may_go_on(_asked(), now, Stage.DEDUPE), "it is the last"
    assert not onward.may_go_on(_asked(), long_ago, Stage.CLEAN), "the next has a time limit of its own"
    assert not onward.may_go_on(_asked(is_eager=True), now, Stage.CLEAN)
