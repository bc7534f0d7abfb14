"""What a worker takes for having stopped: a message that waits while it is free, and not one that waits rightly."""

from __future__ import annotations

import time

import pytest

from workers.queue.broker import connect
from workers.queue.consuming import Waiting, consuming

_ALLOWED, _LONGEST = 60.0, 130.0


@pytest.fixture
def waiting() -> Waiting:
    return Waiting(["clean", "sweep"], _ALLOWED, _LONGEST, now=0.0)


def _look(waiting: Waiting, now: float, length: int, taken: int = 0, free: bool = True) -> str | None:
    return waiting.check({"clean": length, "sweep": 0}, {"clean": taken}, free, now)


def test_a_worker_of_empty_queues_has_not_stopped(waiting: Waiting) -> None:
    assert [_look(waiting, now, length=0) for now in (10.0, 100.0, 1e6)] == [None] * 3


def test_one_that_takes_messages_from_a_long_queue_has_not_stopped(waiting: Waiting) -> None:
    assert [_look(waiting, 50.0 * n, length=1000, taken=n) for n in range(1, 10)] == [None] * 9


def test_one_that_takes_nothing_while_free_has_stopped_after_the_time_allowed(waiting: Waiting) -> None:
    assert _look(waiting, 10.0, length=0) is None
    assert [_look(waiting, now, length=1) for now in range(20, 80, 10)] == [None] * 6
    assert _look(waiting, 80.1, length=1) == "clean"


def test_looks_that_did_not_come_are_no_proof(waiting: Waiting) -> None:
    """The broker was away, or the machine stood still: the worker has not had its time yet."""
    assert _look(waiting, 10.0, length=1) is None
    assert [_look(waiting, 105.0 + 10 * n, length=1) for n in range(6)] == [None] * 6
    assert _look(waiting, 165.1, length=1) == "clean"


def test_taking_from_another_queue_is_no_excuse_for_a_free_one(waiting: Waiting) -> None:
    for n in range(1, 7):
        waiting.check({"clean": 5, "sweep": 0}, {"sweep": n}, True, 10.0 * n)
    assert waiting.check({"clean": 5, "sweep": 0}, {"sweep": 7}, True, 70.0) == "clean"


def test_one_whose_processes_are_all_at_work_has_not_stopped_within_their_time_limit(waiting: Waiting) -> None:
    for now in range(1, 192, 10):
        assert _look(waiting, now, length=9, taken=2, free=False) is None
    assert _look(waiting, 192.0, length=9, taken=2, free=False) == "clean", "what should stop them has stopped"


def test_processes_that_take_turns_at_long_documents_of_another_queue_are_at_work(waiting: Waiting) -> None:
    for n in range(1, 10):
        assert waiting.check({"clean": 9, "sweep": 0}, {"sweep": n}, False, 120.0 * n) is None


def test_the_time_starts_when_a_process_becomes_free(waiting: Waiting) -> None:
    for now in range(0, 120, 10):
        assert _look(waiting, now, length=9, taken=2, free=False) is None
    for now in range(120, 181, 10):
        assert _look(waiting, now, length=9, taken=2, free=True) is None
    assert _look(waiting, 181.0, length=9, taken=2, free=True) == "clean"


def test_what_a_worker_said_is_believed_until_it_expires(broker: str) -> None:
    client = connect(broker)
    client.set("wireroom.consuming.clean@here", "clean,sweep", px=200)
    client.set("wireroom.consuming.dedupe@there", "dedupe", px=60_000)
    assert consuming(client) == {"clean@here": ["clean", "sweep"], "dedupe@there": ["dedupe"]}
    time.sleep(0.25)
    assert consuming(client) == {"dedupe@there": ["dedupe"]}
