"""How a worker ends that cannot do its work: with what is in hand finished, and a code that has it started again."""

from __future__ import annotations

import logging
import os
import time
from typing import Any, Final

from celery import bootsteps
from celery.worker import state

logger = logging.getLogger(__name__)

# What supervisors see of a worker that left by itself: to be started again (sysexits.h).
EXIT_CODE: Final = os.EX_TEMPFAIL

# Seconds in which an event loop that still turns has noticed that it is to stop.
_NOTICE_SECONDS = 10.0


def leave(worker: Any) -> None:
    """Stops a worker from a thread of its own: warmly, and where that does not work, at once. Does not return."""
    state.should_stop = EXIT_CODE  # Celery's own flag for a warm shutdown: what is in hand is finished
    time.sleep(_NOTICE_SECONDS)
    if worker.blueprint.state == bootsteps.RUN:
        logger.critical("the event loop is blocked; exiting at once")
    else:
        time.sleep(float(worker.app.conf.task_time_limit))  # within which all that is in hand has ended
        logger.critical("running tasks do not end; exiting at once")
    os._exit(EXIT_CODE)
