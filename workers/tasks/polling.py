"""The tasks that fetch: beat's check for what is due, the poll of one feed, and the page of one entry.

A message says only which; that it is due, and that nobody else has it, is asked of the tables. So two schedulers, ten
workers and a message sent twice make one fetch.
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
from workers.fetching.urls import shown
from workers.queue.app import app
from workers.queue.broker import broker_client
from workers.queue.queues import FETCH, FETCH_FEED, FETCH_PAGE, POLL
from workers.queue.sending import queue_lengths
from workers.settings import settings
from workers.store import clocks, entries, feeds
from workers.store.database import database

logger = logging.getLogger(__name__)

# Messages on the queue beyond which no more are sent: enough for some minutes, and few enough to lose.
_WAITING = 1_000

# A message is sent again where its feed is still due after this many checks: Redis lost it, or its worker died.
_LOOKS = 6


@shared_task(name=POLL)  # type: ignore[untyped-decorator]
def send_due() -> int:
    """Sends the feeds and pages that are due on their way, unless the documents before them pile up; gives how many."""
    room = _WAITING - int(broker_client().llen(FETCH))
    if room <= 0 or queue_lengths()[Stage.CLEAN] >= settings().queue_limit:
        return 0
    with database().writing() as session:
        clocks.pull_back(session, _farthest(), hold())
        before = datetime.now(UTC) - timedelta(seconds=_LOOKS * settings().poll_seconds)
        due = feeds.due(session, room, before)
        pages = entries.due_pages(session, room - len(due), before)
    return _send(FETCH_FEED, "feed", due) + _send(FETCH_PAGE, "entry", pages)


def _farthest() -> timedelta:
    """How far ahead a poll can rightly lie: the longest interval, or wait that a server asks for, with its jitter; then
    the week that a feed may skip.
    """
    return 1.1 * max(timedelta(seconds=settings().feed_longest_seconds), LONGEST_WAIT) + timedelta(days=7)


@shared_task(name=FETCH_FEED)  # type: ignore[untyped-decorator]
def fetch_one_feed(feed: int) -> str:
    """Polls a feed, if it is due."""
    from workers.feeds.poll import poll  # with a page's parser, which only a worker that fetches needs

    return poll(feed)


@shared_task(name=FETCH_PAGE)  # type: ignore[untyped-decorator]
def fetch_one_page(entry: int) -> str:
    """Fetches an entry's page, if it is due."""
    from workers.feeds.pages import fetch_page

    return fetch_page(entry)


def _send(task: str, what: str, found: Iterable[tuple[int, str]]) -> int:
    sent = 0
    try:
        with app().producer_or_acquire() as producer:
            for number, url in found:
                about = f"{what}={number}, url={shown(url)}"
                app().send_task(task, kwargs={what: number}, kwargsrepr=about, queue=FETCH, producer=producer)
                sent += 1
    except (OperationalError, redis.RedisError, OSError) as error:
        logger.warning("the broker cannot be reached (%s); the next poll sends the rest", type(error).__name__)
    return sent
