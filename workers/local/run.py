"""One run on this machine: files in, every document stored or failed."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

import redis
from kombu.exceptions import OperationalError
from rich.console import Console

from schemas.errors import ServiceError
from schemas.stages import ENDED_STATES, State
from workers.local.progress import follow
from workers.local.recovery import Recovery
from workers.local.workers import LocalWorkers
from workers.producers import read
from workers.producers.intake import Intake, accept_all
from workers.queue.broker import revive_broker
from workers.queue.sending import queue_lengths
from workers.settings import settings
from workers.store.census import by_state, by_state_of
from workers.store.database import database
from workers.tasks.sweeper import sweep_all

# Seconds without an answer from the broker after which a run gives up; the documents are kept.
_BROKER_AWAY_SECONDS = 60.0

# How often it is asked whether it answers.
_ASK_SECONDS = 5.0


def process(paths: Iterable[Path], workers: LocalWorkers, console: Console) -> tuple[Intake, dict[State, int]]:
    """Ingests documents, starts workers where none run, and waits until every document is stored or failed.

    Documents that an earlier run left on their way go on too, but are not waited for.

    Raises:
        ServiceError: the broker was unreachable for long, or the workers started here keep exiting.
    """
    workers.ensure()  # first: a worker loads its model while the documents are read
    watch = _Watch(workers, recovering=_send_left_over())
    intake = Intake()
    for intake in accept_all(read(paths, settings().max_document_mb * 2**20), watch):
        if intake.new:
            watch()
    with database().reading() as session:
        states = by_state_of(session, intake.ids)
    if _ended(states) < len(intake.ids):
        states = follow(intake.ids, console, watch)
    return intake, states


def _ended(states: dict[State, int]) -> int:
    return sum(states[state] for state in ENDED_STATES)


def _send_left_over() -> bool:
    """Sends again what a run that was killed left behind; gives whether there was any."""
    with database().reading() as session:
        states = by_state(session)
    left_over = _ended(states) < sum(states.values())
    if left_over:
        sweep_all()
    return left_over


class _Watch:
    """Supervision while documents are being processed: the broker, workers, and documents that are stuck."""

    def __init__(self, workers: LocalWorkers, recovering: bool) -> None:
        self._workers = workers
        self._answered = time.monotonic()
        self._recovery = Recovery()
        if recovering:
            self._recovery.begin(settle=settings().sweep_seconds)  # what was left over has been sent just now

    def __call__(self) -> None:
        now = time.monotonic()
        database().require_file()
        try:
            if revive_broker() | self._workers.ensure():
                self._recovery.begin()
            if self._recovery.sweep(quiet_days=True):
                self._answered = now
            elif now - self._answered > _ASK_SECONDS:
                queue_lengths()
                self._answered = now
        except (redis.RedisError, OperationalError, OSError) as error:
            if now - self._answered > _BROKER_AWAY_SECONDS:
                raise ServiceError("the broker", f"was lost ({error})", "the next run continues") from error
