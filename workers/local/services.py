"""The background services as child processes of one command: started, restarted when they die, and stopped together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO

from workers.local.forks import Fork, fork, is_forkable
from workers.queue.queues import FETCH
from workers.settings import child_environment, settings

# Seconds a service has to end by itself after SIGTERM (a worker finishes its current documents) before it is killed.
_STOP_SECONDS = 20.0

# A service that dies at once is not started again at once: seconds, doubled each time up to the last.
_RESTART_SECONDS = (1.0, 60.0)

# A service that ran this long was well; its next restart is quick again.
_WELL_SECONDS = 60.0

_PR_SET_PDEATHSIG = 1


@dataclass
class Service:
    """One child process: its conventional name and its command line."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | Fork | None = None
    started: float = 0.0
    wait: float = field(default=_RESTART_SECONDS[0])
    due: float = 0.0

    def start(self, output: IO[bytes] | int | None) -> None:
        """Starts the process in a session of its own: Ctrl-C is for the command, which stops its services in order.

        The first time it is forked from this process, where that can be.
        """
        first, self.started = self.process is None, time.monotonic()
        if first and is_forkable(self.command):
            self.process = fork(self.name, self.command, output)
            return
        self.process = subprocess.Popen(
            self.command,
            env=child_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )

    def ended(self) -> int | None:
        """The exit code of a process that has ended, else None."""
        return self.process.poll() if self.process else None


def _end_with_parent() -> None:
    """Asks the kernel for SIGTERM when the command that started this service is killed outright (prctl(2))."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _celery(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "workers", *arguments]


def worker_service() -> Service:
    """A worker of all queues but that of the fetches, with the processes of the settings."""
    processes = settings().processes or os.cpu_count() or 1
    level = settings().log_level
    name = f"worker-{os.getpid()}@%h"  # two commands on one machine have workers of different names
    # A single worker need not search for others (mingle, gossip), which takes a second.
    alone = ("--without-mingle", "--without-gossip")
    return Service("worker", _celery("worker", "-l", level, "-c", str(processes), "-n", name, "-X", FETCH, *alone))


def fetch_service() -> Service:
    """A worker that fetches feeds and pages, many at a time, for it mostly waits: threads."""
    name, level = f"fetch-{os.getpid()}@%h", settings().log_level
    many = ("-Q", FETCH, "-P", "threads", "-c", str(settings().fetch_threads))
    return Service("fetch", _celery("worker", "-l", level, "-n", name, *many, "--without-mingle", "--without-gossip"))


def beat_service() -> Service:
    """The scheduler."""
    return Service("beat", _celery("beat", "-l", settings().log_level))


def flower_service() -> Service:
    """Flower, configured by `flowerconfig.py`."""
    return Service("flower", _celery("flower"))


def desk_service() -> Service:
    """The web desk and HTTP API."""
    return Service("desk", [sys.executable, "-m", "workers.cli", "desk"])


@contextmanager
def running(services: Sequence[Service], output: IO[bytes] | int | None = None) -> Iterator[None]:
    """Starts the services, their output to a file (None: inherited), and stops them when the block ends."""
    try:
        for service in services:
            service.start(output)
        yield
    finally:
        _stop(services)


def restart_ended(services: Sequence[Service], output: IO[bytes] | int | None = None) -> list[tuple[str, int]]:
    """Starts again those that have ended, each after its wait; gives name and exit code of the newly ended ones."""
    now, news = time.monotonic(), []
    for service in services:
        code = service.ended()
        if code is None:
            continue
        if not service.due:
            if now - service.started > _WELL_SECONDS:
                service.wait = _RESTART_SECONDS[0]
            service.due = now + service.wait
            service.wait = min(2 * service.wait, _RESTART_SECONDS[1])
            news.append((service.name, code))
        elif now >= service.due:
            service.due = 0.0
            service.start(output)
    return news


def _stop(services: Sequence[Service]) -> None:
    started = [service.process for service in services if service.process is not None]
    for process in started:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + _STOP_SECONDS
    for process in started:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, deadline - time.monotonic()))
        # The whole session: the pool's processes of a worker that was killed would stay behind.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
