"""A visit to a server: it has no other visitor meanwhile, and a pause after."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from workers.fetching.urls import origin
from workers.settings import settings
from workers.store import hosts
from workers.store.database import database

# Seconds that are waited for a server that is about to become free; for longer, others come first.
_WAIT = 2.0

# Whoever finds a server busy comes back after this many seconds at most, and at random as many more.
_SPREAD = 5.0


@dataclass
class Visit:
    """A visit under way; `pause` is the seconds for which the server is to be left alone after it."""

    pause: float


class Busy(Exception):
    """The server has a visitor; `until` is when to come again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"until {until:%H:%M:%S}")
        self.until = until


@contextmanager
def visit(url: str) -> Iterator[Visit]:
    """Reserves the server of an address while the block runs.

    Raises:
        Busy: somebody else has it.
    """
    server, hold = origin(url), timedelta(seconds=2 * settings().fetch_seconds + 10)
    deadline = time.monotonic() + _WAIT
    while True:
        with database().writing() as session:
            free = hosts.reserve(session, server, hold)
        if free is None:
            break
        wait = (free - datetime.now(UTC)).total_seconds()
        if time.monotonic() + wait > deadline:
            # A reservation is for the longest visit there can be, and most end at once.
            wait = min(wait, _SPREAD) + random.uniform(0.0, _SPREAD)
            raise Busy(datetime.now(UTC) + timedelta(seconds=wait))
        time.sleep(max(wait, 0.01))
    under_way = Visit(settings().fetch_host_seconds)
    try:
        yield under_way
    finally:
        with database().writing() as session:
            hosts.give_back(session, server, under_way.pause)
