"""A worker watches that it consumes: it says so on Redis while it does, and leaves where it has stopped.

After a reset of its connection a Celery worker on Redis can be left that answers pings and takes no message any more
(celery #8030, #10205, #10302). Only the queues show it: a message waits, a process is free, and none takes it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from threading import Event, Thread
from typing import Any

import redis
from celery import bootsteps
from celery.worker import state

from workers.queue.broker import connect
from workers.queue.leaving import leave
from workers.queue.transport import consumed
from workers.settings import settings

logger = logging.getLogger(__name__)

_KEY = "wireroom.consuming."

# Checks of the queues within the time that a message may wait, and checks after which the key on Redis expires.
_CHECKS = 6
_CHECKS_VALID = 3

# Intervals between two checks after which some are considered missed: one may be late by its own length.
_CHECKS_MISSED = 2


def consuming(client: redis.Redis) -> dict[str, list[str]]:
    """The workers that have said lately that they consume, and their queues.

    Raises:
        redis.RedisError: the broker does not answer.
    """
    found = {}
    for key in client.scan_iter(match=_KEY + "*", count=1000):
        queues = client.get(key)
        if queues is not None:  # it has expired meanwhile
            found[_text(key).removeprefix(_KEY)] = _text(queues).split(",")
    return found


def _text(answer: bytes | str) -> str:
    return answer.decode() if isinstance(answer, bytes) else answer


class Waiting:
    """Since when messages wait on each queue although the worker could take them.

    Args:
        queues: those that the worker was started for.
        allowed: seconds that a message may wait while a process is free.
        longest: seconds that a process can be at work on one message.
        now: seconds on a clock that only goes forward.
    """

    def __init__(self, queues: list[str], allowed: float, longest: float, now: float) -> None:
        self._allowed, self._longest = allowed, longest
        self._since, self._checked = dict.fromkeys(queues, now), now
        self._consumed: dict[str, int] = {}
        self._free = True

    def check(self, lengths: Mapping[str, int], consumed: Mapping[str, int], free: bool, now: float) -> str | None:
        """One check; returns a queue that has waited too long, if any.

        While all processes are busy, messages may wait, until no process has finished for longer than any task may
        take: then the time limits do not work. After missed checks (the broker was unreachable, the machine was
        suspended) the time is reset, because a worker needs some of it to reconnect.
        """
        missed, self._checked = now - self._checked > _CHECKS_MISSED * self._allowed / _CHECKS, now
        any_consumed = sum(consumed.values()) != sum(self._consumed.values())
        for queue in self._since:
            served = consumed.get(queue, 0) != self._consumed.get(queue, 0) or (any_consumed and not free)
            if missed or not lengths[queue] or served or free is not self._free:
                self._since[queue] = now
        self._consumed, self._free = dict(consumed), free
        limit = self._allowed if free else self._allowed + self._longest
        return next((queue for queue, since in self._since.items() if now - since > limit), None)


class ConsumingWatch(bootsteps.StartStopStep):  # type: ignore[misc]
    """The step of a worker that watches it, in a thread of its own: the event loop may be what has stopped."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self._stopped = Event()

    def start(self, worker: Any) -> None:
        """Begins to watch, once the pool has started."""
        Thread(target=self._watch, args=(worker,), name="consuming-watch", daemon=True).start()

    def stop(self, worker: Any) -> None:
        """Ends the watch."""
        self._stopped.set()

    def _watch(self, worker: Any) -> None:
        app = worker.app
        client = connect(str(app.conf.broker_url))
        queues = sorted(app.amqp.queues.consume_from)
        allowed, longest = settings().consume_seconds, float(app.conf.task_time_limit)
        waiting = Waiting(queues, allowed, longest, time.monotonic())
        key, believed = _KEY + worker.hostname, int(1000 * allowed * _CHECKS_VALID / _CHECKS)
        while not self._stopped.wait(allowed / _CHECKS):
            try:
                with client.pipeline(transaction=False) as pipe:
                    for queue in queues:
                        pipe.llen(queue)
                    lengths = dict(zip(queues, pipe.execute(), strict=True))
                free = len(state.reserved_requests) < worker.pool.num_processes
                if stuck := waiting.check(lengths, consumed, free, time.monotonic()):
                    self._leave(worker, stuck, lengths[stuck])
                client.set(key, ",".join(queues), px=believed)
            except redis.RedisError:
                continue  # unreachable: Celery logs it and reconnects
        with suppress(redis.RedisError):  # it expires
            client.delete(key)

    def _leave(self, worker: Any, queue: str, length: int) -> None:
        logger.critical(
            "stopped consuming: %d messages wait on %s, and none was taken for %.0f s although this worker has "
            "processes free or overdue; exiting, to be restarted",
            length,
            queue,
            settings().consume_seconds,
        )
        leave(worker)
