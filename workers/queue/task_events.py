"""What Flower is told: of stages that have no message of their own the events that Celery would send of their tasks, in
one message for all; and of what is no stage, nothing.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Sequence
from typing import Any

import redis
from kombu.exceptions import OperationalError
from kombu.utils.uuid import uuid

from workers.queue.app import app
from workers.queue.told_later import ToldLater

logger = logging.getLogger(__name__)


class Untold:
    """Given to `send_task` as its `event_dispatcher`, so that Flower is not told of what is sent."""

    def publish(self, *_: Any, **__: Any) -> None:
        """Publishes nothing."""


class SentEvents:
    """Given to `send_task` as its `event_dispatcher` by who sends many messages: Flower is told of all of them at once,
    by `publish_all`.
    """

    def __init__(self) -> None:
        self._events: list[tuple[str, dict[str, Any]]] = []

    def publish(self, kind: str, fields: dict[str, Any], *_: Any, **__: Any) -> None:
        """Keeps an event until all are published."""
        self._events.append((kind, {"timestamp": time.time(), **fields}))

    def publish_all(self) -> None:
        """Sends all of it; with a broker that is away Flower misses it, and nothing else does."""
        _publish(self._events)


class TaskEvents:
    """The tasks that a process did one after another within another task, its `parent`.

    Args:
        hostname: the worker's, as events name it.
        parent: the id of the task within which they were done.
    """

    def __init__(self, hostname: str, parent: str) -> None:
        self._hostname, self._parent = hostname, parent
        self._id, self._began = "", 0.0
        self._events: list[tuple[str, dict[str, Any]]] = []

    def begun(self, name: str, shown: str) -> None:
        """The task `name` begins; `shown` stands for its arguments."""
        self._id, self._began = uuid(), time.time()
        about = {"name": name, "args": "()", "kwargs": shown, "retries": 0, "eta": None, "expires": None}
        self._add("task-received", **about, parent_id=self._parent, root_id=self._parent)
        self._add("task-started")

    def ended(self, result: str | Exception, *, again: bool = False) -> None:
        """It has ended, with a word or by an error; `again` where it is tried again by a message."""
        if isinstance(result, Exception):
            trace = "".join(traceback.format_exception(result))
            self._add("task-retried" if again else "task-failed", exception=repr(result), traceback=trace)
        else:
            self._add("task-succeeded", result=repr(result), runtime=time.time() - self._began)

    def publish(self) -> None:
        """Has all of it sent; with a broker that is away Flower misses it, and nothing else does."""
        _gathered.add((self._hostname, *event) for event in self._events)

    def _add(self, kind: str, **fields: Any) -> None:
        self._events.append((kind, {"uuid": self._id, "timestamp": time.time(), **fields}))


def _send(gathered: Sequence[tuple[str, str, dict[str, Any]]]) -> None:
    for hostname in {hostname for hostname, _, _ in gathered}:
        _publish([(kind, fields) for each, kind, fields in gathered if each == hostname], hostname)


_gathered = ToldLater(_send)


def _publish(events: Sequence[tuple[str, dict[str, Any]]], hostname: str | None = None) -> None:
    if not events or not app().conf.worker_send_task_events:
        return
    try:
        with (
            app().producer_or_acquire() as producer,
            app().events.Dispatcher(
                producer.connection,
                hostname=hostname,
                channel=producer.channel,
                buffer_while_offline=False,
                buffer_group=frozenset({"task"}),
                buffer_limit=len(events) + 1,
            ) as dispatcher,
        ):
            for kind, fields in events:
                dispatcher.send(kind, **fields)
            dispatcher.flush(errors=False)
    except (OperationalError, redis.RedisError, OSError) as error:
        logger.debug("Flower was not told (%s)", type(error).__name__)
