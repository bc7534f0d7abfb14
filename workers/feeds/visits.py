"""A visit to a server: of what is due there, claimed for one visitor; no other visits meanwhile, and a pause follows.

A visit writes twice: one transaction claims what is due and the server, and another one writes what was found there and
ends the visit. Nothing is locked in between, while the server takes its time. Who has a whole backlog to visit holds
the server for all of it (`Held`), and only claims what is due.
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

from schemas.errors import FetchError
from schemas.urls import Url
from workers.settings import settings
from workers.store import hosts
from workers.store.database import database

# What is claimed: a feed, or an entry whose page is due.
Claimed = TypeVar("Claimed")

# Seconds that are waited for a server that is about to become free; for longer, others come first.
PATIENCE = 2.0

# Whoever finds a server busy comes back after this many seconds at most, and at random as many more.
_SPREAD = 5.0


class NoVisit(StrEnum):
    """Why there is none."""

    NOT_DUE = "not due"
    BUSY = "postponed: its server is busy"


class BusyError(FetchError):
    """A redirect leads to a server that somebody else visits; nobody's fault, and another time it will not."""


@dataclass
class Held:
    """A server that is held for all that is due there; and until when (`time.monotonic`) it is to be left alone."""

    until: float = 0.0

    @property
    def pause(self) -> float:
        """Seconds until it may be asked again."""
        return max(0.0, self.until - time.monotonic())


@dataclass
class Visit(Generic[Claimed], AbstractContextManager["Visit[Claimed]"]):
    """A visit under way: for what; the seconds for which the server is to be left alone after it; by whom it is held
    beyond this visit; and the other servers that redirects led to.
    """

    due: Claimed
    url: Url
    pause: float
    held: Held | None = None
    _others: set[str] = field(default_factory=set, init=False)
    _answered: float | None = field(default=None, init=False)
    _ended: bool = field(default=False, init=False)

    def enter(self, url: Url) -> None:
        """Reserves the server of a hop as well, where it is another one.

        Raises:
            BusyError: somebody else has it for longer than is worth waiting.
        """
        server = url.origin
        if server == self.url.origin or server in self._others:
            return
        give_up = time.monotonic() + PATIENCE
        while True:
            with database().writing() as session:
                free = hosts.reserve(session, server, longest_visit())
            if free is None:
                self._others.add(server)
                return
            wait = max(0.01, (free - datetime.now(UTC)).total_seconds())
            if time.monotonic() + wait > give_up:
                raise BusyError(server, "is busy", None)
            time.sleep(wait)

    def answered(self) -> None:
        """From here on the pause counts: what is made of the answer is none of the server's business."""
        self._answered = time.monotonic()

    def end(self, session: Session) -> None:
        """Lets go of the servers, with the transaction that writes what was found."""
        past = time.monotonic() - self._answered if self._answered is not None else 0.0
        pause = max(0.0, self.pause - past)
        for server in sorted(self._others):
            hosts.give_back(session, server, pause)
        if self.held is None:
            hosts.give_back(session, self.url.origin, pause)
        else:
            self.held.until = time.monotonic() + pause
        self._ended = True

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        if failed or not self._ended:
            with database().writing() as session:
                self.end(session)


def hold() -> timedelta:
    """How long a claim is good for: longer than the longest visit, so that only one of the dead runs out."""
    return timedelta(seconds=4 * settings().fetch_seconds + 60)


def longest_visit() -> timedelta:
    """How long a server is reserved for one visit: its robots.txt and what is fetched, and something for the tables."""
    return timedelta(seconds=2 * settings().fetch_seconds + 10)


def comes_back() -> datetime:
    """When whoever found a server busy comes back."""
    return datetime.now(UTC) + timedelta(seconds=_SPREAD + random.uniform(0.0, _SPREAD))


def begin(
    claim: Callable[[Session], tuple[Claimed, Url] | None],
    put_off: Callable[[Session, Claimed, datetime], None],
    held: Held | None = None,
) -> Visit[Claimed] | NoVisit:
    """Claims what is due and its server.

    Args:
        claim: gives what it claimed and its address, or None where that is not due or another has it.
        put_off: gives a claim back, to be due again then.
        held: the server, where whoever asks has it already.
    """
    give_up = time.monotonic() + PATIENCE
    while True:
        with database().writing() as session:
            claimed = claim(session)
            if claimed is None:
                return NoVisit.NOT_DUE
            due, url = claimed
            free = None if held else hosts.reserve(session, url.origin, longest_visit())
            if free is None:
                return Visit(due, url, settings().fetch_host_seconds, held)
            wait = max(0.01, (free - datetime.now(UTC)).total_seconds())
            patient = time.monotonic() + wait <= give_up
            # A reservation is for the longest visit there can be, and most end at once.
            put_off(session, due, datetime.now(UTC) + timedelta(seconds=wait) if patient else comes_back())
        if not patient:
            return NoVisit.BUSY
        time.sleep(wait)
