"""The tasks that fetch: beat's check for servers on which something is due, and the visit to one of them.

A message says only which; that something is due there, and that nobody else visits it, is asked of the tables. So two
schedulers, ten workers and a message sent twice make one fetch.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import redis
from celery import shared_task
from kombu.exceptions import OperationalError

from schemas.stages import Stage
from workers.feeds.visits import hold
from workers.fetching.answers import LONGEST_WAIT
from workers.queue.app import app
from workers.queue.broker import broker_client
from workers.queue.queues import FETCH, FETCH_SERVER, POLL
from workers.queue.sending import queue_lengths
from workers.queue.task_events import Untold
from workers.settings import settings
from workers.store import clocks, hosts
from workers.store.database import database

logger = logging.getLogger(__name__)

# Messages on the queue beyond which no more are sent: enough for some minutes, and few enough to lose.
_WAITING = 1_000

# A message is sent again where something is still due after this many checks: Redis lost it, or its worker died.
_LOOKS = 6

# Flower lists the stages of documents; feeds and what was fetched of them are on the desk and in `wireroom feeds list`.
_untold = Untold()


@shared_task(name=POLL, send_events=False)  # type: ignore[untyped-decorator]
def send_due() -> int:
    """Sends the servers on their way on which feeds or pages are due, unless documents pile up; gives how many."""
    room = _WAITING - int(broker_client().llen(FETCH))
    if room <= 0 or queue_lengths()[Stage.CLEAN] >= settings().queue_limit:
        return 0
    with database().writing() as session:
        clocks.pull_back(session, _farthest(), hold())
        before = datetime.now(UTC) - timedelta(seconds=_LOOKS * settings().poll_seconds)
        servers = hosts.due(session, room, before)
    return _send(servers)


def _farthest() -> timedelta:
    """How far ahead a poll can rightly lie: the longest interval, or wait that a server asks for, with its jitter; then
    the week that a feed may skip.
    """
    return 1.1 * max(timedelta(seconds=settings().feed_longest_seconds), LONGEST_WAIT) + timedelta(days=7)


@shared_task(name=FETCH_SERVER, send_events=False)  # type: ignore[untyped-decorator]
def fetch_server(server: str) -> str:
    """Visits a server for what is due there; one whose share of time was not enough goes to the end of the queue."""
    from workers.feeds.servers import visit  # with a page's parser, which only a worker that fetches needs

    visits, more = visit(server)
    if more:
        _send([server])
    return f"{visits} visits"


def _send(servers: Iterable[str]) -> int:
    sent = 0
    try:
        with app().producer_or_acquire() as producer:
            for server in servers:
                app().send_task(
                    FETCH_SERVER,
                    kwargs={"server": server},
                    kwargsrepr=f"server={server}",
                    queue=FETCH,
                    producer=producer,
                    event_dispatcher=_untold,
                )
                sent += 1
    except (OperationalError, redis.RedisError, OSError) as error:
        logger.warning("the broker cannot be reached (%s); the next poll sends the rest", type(error).__name__)
    return sent
