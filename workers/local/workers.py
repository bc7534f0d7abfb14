"""Workers on this machine for one command: those that run already, or one started for as long as it is needed."""

from __future__ import annotations

import time
from contextlib import ExitStack

from schemas.errors import ServiceError
from schemas.stages import Stage
from workers.local.forks import load_shared
from workers.local.services import Service, restart_ended, running, worker_service
from workers.queue.app import app
from workers.queue.broker import broker_client
from workers.settings import make_services_folder, settings

# Seconds within which a worker that is well answers.
_PING_SECONDS = 1.0

# Workers that others started are asked now and then whether they are still there.
_ASK_SECONDS = 30.0

# A worker that ended so often within one command does so for a reason that another start will not cure.
_MOST_ENDS = 4


def workers_seen() -> dict[str, list[str]]:
    """The workers that answer, and the queues each consumes.

    Each listens to a pattern for what is asked of all: while nobody does, no answer is waited for.
    """
    if not broker_client().pubsub_numpat():
        return {}
    answers = app().control.inspect(timeout=_PING_SECONDS).active_queues() or {}
    return {worker: sorted(queue["name"] for queue in queues) for worker, queues in sorted(answers.items())}


class LocalWorkers:
    """Sees to it that every stage has a worker. A context: what it started ends with it."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._own: list[Service] = []
        self._ends = 0
        self._asked: float | None = None
        self.log = settings().services_folder / "worker.log"

    def __enter__(self) -> LocalWorkers:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def leave(self) -> None:
        """Tells the worker that was started here to end, which takes it a second; the context's end waits for it."""
        for service in self._own:
            if service.process is not None:
                service.process.terminate()

    def ensure(self) -> bool:
        """Starts a worker unless one was started here or each stage is served by others; cheap to call often.

        Returns:
            Whether a worker was lost since the last call.

        Raises:
            ServiceError: the worker started here keeps ending.
        """
        if self._own:
            return self._restart()
        now = time.monotonic()
        if self._asked is not None and now - self._asked < _ASK_SECONDS:
            return False
        asked_before, self._asked = self._asked is not None, now
        served = {queue for queues in workers_seen().values() for queue in queues}
        if served.issuperset(Stage):
            return False
        make_services_folder()
        self._output = self._stack.enter_context(self.log.open("ab"))
        load_shared()
        self._own = [worker_service()]
        self._stack.enter_context(running(self._own, self._output))
        return asked_before

    def _restart(self) -> bool:
        ended = restart_ended(self._own, self._output)
        self._ends += len(ended)
        if self._ends >= _MOST_ENDS:
            raise ServiceError("the worker", f"ended {self._ends} times", f"see {self.log}")
        return bool(ended)
