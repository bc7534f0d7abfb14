"""A worker watches the file of its SQLite database: one that is deleted or replaced is noticed within seconds.

Without it the worker would go on writing to a file that nobody can open any more.
"""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import Any

from celery import bootsteps

from schemas.errors import ServiceError
from workers.queue.leaving import leave
from workers.store.database import database

logger = logging.getLogger(__name__)

# Seconds between two checks of the file, each of which takes microseconds.
_CHECK_SECONDS = 2.0


class FileWatch(bootsteps.StartStopStep):  # type: ignore[misc]
    """The step of a worker that watches the file, in a thread of its own."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self._stopped = Event()

    def include_if(self, worker: Any) -> bool:
        """Only where the database is a file."""
        return database().on_sqlite

    def start(self, worker: Any) -> None:
        """Begins to watch."""
        Thread(target=self._watch, args=(worker,), name="file-watch", daemon=True).start()

    def stop(self, worker: Any) -> None:
        """Ends the thread."""
        self._stopped.set()

    def _watch(self, worker: Any) -> None:
        while not self._stopped.wait(_CHECK_SECONDS):
            try:
                database().require_file()
            except ServiceError as error:
                logger.critical("%s", error)
                leave(worker)
