"""Loaded into a worker by `celery worker --include`: documents whose content asks for it do what real ones can make a
library do. The program itself has no such door.
"""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from celery.signals import worker_ready

from pipeline import clean as cleaning

_clean = cleaning.clean


def _planted(raw: Any, *rules: Any) -> Any:
    match raw.content.split():
        case ["planted", "raise"]:
            raise RuntimeError("planted: \x1b[2J\nan error of a library")
        case ["planted", "hang"]:
            while True:
                time.sleep(0.1)
        case ["planted", "hang-deaf"]:  # as native code does, which no signal handler of Python interrupts
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
            while True:
                time.sleep(0.1)
        case ["planted", "crash"]:
            os.kill(os.getpid(), signal.SIGSEGV)
        case ["planted", "out-of-memory"]:
            os.kill(os.getpid(), signal.SIGKILL)  # what the kernel does to the process that took it all
        case ["planted", "sleep", seconds, *_]:
            time.sleep(float(seconds))
    return _clean(raw, *rules)


cleaning.clean = _planted  # type: ignore[assignment]


@worker_ready.connect  # type: ignore[untyped-decorator]
def _stop_the_loop(sender: Any, **_: Any) -> None:
    """The event loop stands for good soon after the start, while threads go on."""
    if "PLANTED_STOPPED_LOOP" in os.environ:
        sender.hub.call_later(0.2, time.sleep, 3600)
