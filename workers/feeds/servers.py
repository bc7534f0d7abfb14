"""All that is due on one server, one request after another at the pace it is allowed.

A server is held for a share of time rather than for one request: a backlog is then worked off as fast as politeness
allows, and nobody else tries in vain. After its share it goes to the end of the queue, so that a server with a thousand
pages keeps none waiting. (Queues by server are how mediacloud/story-indexer's fetcher does it.)
"""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta

from schemas.tables import Feed
from workers.feeds.pages import fetch_page
from workers.feeds.poll import poll
from workers.feeds.visits import PATIENCE, Held, NoVisit, longest_visit
from workers.settings import settings
from workers.store import hosts
from workers.store.database import database

logger = logging.getLogger(__name__)


def visit(server: str) -> tuple[int, bool]:
    """Polls the feeds and fetches the pages that are due on a server (as `schemas.feeds.origin` names it), until none
    is or its share of time is over; gives how many those were, and whether it is to be visited again at once.
    """
    share = settings().poll_seconds
    if not _reserve(server, timedelta(seconds=share) + longest_visit()):
        return 0, False
    held, visits, more, end = Held(), 0, False, time.monotonic() + share
    try:
        while True:
            with database().reading() as session:
                due = hosts.next_due(session, server)
            if due is None:
                break
            said = poll(due.number, held) if isinstance(due, Feed) else fetch_page(due.number, held)
            if said == NoVisit.NOT_DUE:  # as one that somebody removed meanwhile
                break
            visits += 1
            pause = held.pause
            if time.monotonic() + pause >= end:
                more = pause <= PATIENCE
                break
            time.sleep(pause)
    finally:
        with database().writing() as session:
            hosts.give_back(session, server, held.pause, sent=datetime.now(UTC) if more else None)
    return visits, more


def _reserve(server: str, hold: timedelta) -> bool:
    give_up = time.monotonic() + PATIENCE
    while True:
        with database().writing() as session:
            free = hosts.reserve(session, server, hold)
            if free is None:
                return True
            wait = max(0.01, (free - datetime.now(UTC)).total_seconds())
            patient = time.monotonic() + wait <= give_up
            if not patient:
                hosts.mark_sent(session, server, None)
        if not patient:
            return False
        time.sleep(wait)
