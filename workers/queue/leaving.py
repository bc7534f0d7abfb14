"""How a worker exits that cannot work: after finishing its running tasks, with a code that has it restarted."""

from __future__ import annotations

import logging
import os
import time
from typing import Any, Final

from celery import bootsteps
from celery.worker import state

logger = logging.getLogger(__name__)

# Exit code of a worker that ends by itself, to be restarted by its supervisor (sysexits.h).
EXIT_CODE: Final = os.EX_TEMPFAIL

# Seconds in which a running event loop has noticed that it is to stop.
_NOTICE_SECONDS = 10.0


def leave(worker: Any) -> None:
    """Stops a worker from a thread of its own: warmly, and where that does not work, at once. Does not return."""
    state.should_stop = EXIT_CODE  # Celery's own flag for a warm shutdown: running tasks are finished
    time.sleep(_NOTICE_SECONDS)
    if worker.blueprint.state == bootsteps.RUN:
        logger.critical("the event loop is blocked; exiting at once")
    else:
        time.sleep(float(worker.app.conf.task_time_limit))  # within which all running tasks have ended
        logger.critical("running tasks do not end; exiting at once")
    os._exit(EXIT_CODE)
