"""Putting messages on Redis, and how long its queues are."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable

import redis
from kombu.exceptions import OperationalError

from schemas.messages import StageMessage
from schemas.stages import Stage
from workers.queue.app import app
from workers.queue.broker import broker_client
from workers.queue.task_events import SentEvents
from workers.settings import settings
from workers.store.database import database
from workers.store.stages import mark_unsent

logger = logging.getLogger(__name__)

# A short interruption of the broker is waited out for some two seconds; after a longer one the sweeper sends.
_RETRY = {"max_retries": 4, "interval_start": 0.1, "interval_step": 0.3, "interval_max": 1.0}

_PAUSE_SECONDS = 0.5


def send(messages: Iterable[tuple[Stage, StageMessage]]) -> int:
    """Puts messages on their stages' queues; gives how many were put.

    A broker that cannot be reached is logged and no error: the documents are in the tables, and the sweeper sends them
    once it is back.
    """
    waiting = deque(messages)
    sent, events = 0, SentEvents()
    try:
        with app().producer_or_acquire() as producer:
            while waiting:
                stage, message = waiting[0]
                app().send_task(
                    stage.value,
                    kwargs=message.model_dump(exclude_none=True),
                    kwargsrepr=message.shown(),
                    queue=stage.value,
                    producer=producer,
                    retry=True,
                    retry_policy=_RETRY,
                    event_dispatcher=events,
                )
                waiting.popleft()
                sent += 1
    except (OperationalError, redis.RedisError, OSError) as error:
        logger.warning("the broker cannot be reached (%s); the sweeper will send the remaining messages", error)
        with database().writing() as session:
            mark_unsent(session, [message.document_id for _, message in waiting])
    events.publish_all()
    return sent


def queue_lengths(queues: Iterable[str] = tuple(Stage)) -> dict[str, int]:
    """Messages waiting on each of these queues (the stages'), those that workers hold not counted.

    Raises:
        redis.RedisError: the broker does not answer.
    """
    names = [str(queue) for queue in queues]
    with broker_client().pipeline(transaction=False) as pipe:
        for name in names:
            pipe.llen(name)
        return dict(zip(names, map(int, pipe.execute()), strict=True))


def wait_for_room(meanwhile: Callable[[], None] = lambda: None) -> None:
    """Waits while any queue is at its limit, so that the broker's memory stays bounded.

    `meanwhile` is called again and again.
    """
    warned = False
    while True:
        try:
            longest = max(queue_lengths().values())
        except redis.RedisError:
            return  # `send` says so, and the sweeper sends
        if longest < settings().queue_limit:
            return
        if not warned:
            logger.warning("a queue has %d messages; waiting for the workers", longest)
            warned = True
        meanwhile()
        time.sleep(_PAUSE_SECONDS)
