"""A visit to a server: of what is due there, claimed for one visitor; no other visits meanwhile, and a pause follows.

A visit writes twice: one transaction claims what is due and the server, and another one writes what was found there and
ends the visit. Nothing is locked in between, while the server takes its time.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from workers.fetching.urls import origin
from workers.settings import settings
from workers.store import hosts
from workers.store.database import database

# What is claimed: a feed, or an entry whose page is due.
Due = TypeVar("Due")

# Seconds that are waited for a server that is about to become free; for longer, others come first.
_WAIT = 2.0

# Whoever finds a server busy comes back after this many seconds at most, and at random as many more.
_SPREAD = 5.0


class NoVisit(StrEnum):
    """Why there is none."""

    NOT_DUE = "not due"
    BUSY = "put off: its server is busy"


@dataclass
class Visit(Generic[Due], AbstractContextManager["Visit[Due]"]):
    """A visit under way: for what; and the seconds for which the server is to be left alone after it."""

    due: Due
    url: str
    pause: float
    _ended: bool = field(default=False, init=False)

    def end(self, session: Session) -> None:
        """Lets go of the server, with the transaction that writes what was found."""
        hosts.give_back(session, origin(self.url), self.pause)
        self._ended = True

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        if failed or not self._ended:
            with database().writing() as session:
                self.end(session)


def hold() -> timedelta:
    """How long a claim is good for: longer than the longest visit, so that only one of the dead runs out."""
    return timedelta(seconds=4 * settings().fetch_seconds + 60)


def begin(
    claim: Callable[[Session], tuple[Due, str] | None], put_off: Callable[[Session, Due, datetime], None]
) -> Visit[Due] | NoVisit:
    """Claims what is due and its server.

    Args:
        claim: gives what it claimed and its address, or None where that is not due or another has it.
        put_off: gives a claim back, to be due again then.
    """
    give_up = time.monotonic() + _WAIT
    while True:
        with database().writing() as session:
            claimed = claim(session)
            if claimed is None:
                return NoVisit.NOT_DUE
            due, url = claimed
            free = hosts.reserve(session, origin(url), timedelta(seconds=2 * settings().fetch_seconds + 10))
            if free is None:
                return Visit(due, url, settings().fetch_host_seconds)
            wait = max(0.01, (free - datetime.now(UTC)).total_seconds())
            patient = time.monotonic() + wait <= give_up
            if not patient:
                # A reservation is for the longest visit there can be, and most end at once.
                wait = min(wait, _SPREAD) + random.uniform(0.0, _SPREAD)
            put_off(session, due, datetime.now(UTC) + timedelta(seconds=wait))
        if not patient:
            return NoVisit.BUSY
        time.sleep(wait)
