"""One run on this machine: files in, every document seen to its end."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import redis
from rich.console import Console

from schemas.errors import ServiceError
from schemas.stages import State
from workers.broker import revive_broker
from workers.intake import Taken, take_in
from workers.local_workers import LocalWorkers
from workers.producers import read
from workers.progress import follow
from workers.settings import settings
from workers.store.census import by_state, by_state_of
from workers.store.database import database
from workers.sweeper import sweep_once

# Seconds without an answer from the broker after which a run gives up; the documents are kept.
_BROKER_AWAY_SECONDS = 60.0


def process(paths: Iterable[Path], console: Console) -> tuple[Taken, dict[State, int]]:
    """Takes the documents in, starts workers where none run, and waits until every document has ended.

    Documents that an earlier run left on their way go on too, but are not waited for.

    Raises:
        ServiceError: the broker went away for long, or the workers started here keep ending.
    """
    with LocalWorkers() as workers:
        _send_left_over()
        taken = Taken()
        for taken in take_in(read(paths, settings().max_document_mb * 2**20)):
            if taken.new:
                workers.ensure()
        with database().reading() as session:
            states = by_state_of(session, taken.ids)
        if _ended(states) < len(taken.ids):
            states = follow(taken.ids, console, _Watch(workers))
        return taken, states


def _ended(states: dict[State, int]) -> int:
    return states[State.STORED] + states[State.FAILED]


def _send_left_over() -> None:
    """Sends again what a run that was killed left behind; nothing else is on its way at this moment."""
    with database().reading() as session:
        states = by_state(session)
    if _ended(states) < sum(states.values()):
        sweep_once(timedelta(0))


class _Watch:
    """What is looked after while documents are on their way: workers, and what lies still."""

    def __init__(self, workers: LocalWorkers) -> None:
        self._workers = workers
        self._swept = self._answered = time.monotonic()

    def __call__(self) -> None:
        try:
            revive_broker()
            self._workers.ensure()
            if time.monotonic() - self._swept > settings().sweep_seconds:
                self._swept = time.monotonic()
                sweep_once(timedelta(seconds=settings().stale_seconds))
            self._answered = time.monotonic()
        except (redis.RedisError, OSError) as error:
            if time.monotonic() - self._answered > _BROKER_AWAY_SECONDS:
                raise ServiceError("the broker", f"was lost ({error})", "the next run goes on") from error
