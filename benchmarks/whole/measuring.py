"""What a command costs with everything that it starts: seconds by the clock and of processors; memory of a tree."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

_PR_SET_CHILD_SUBREAPER = 36
# Seconds in which what a command started has ended after it.
_GONE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds by the clock, and of processors over all processes."""

    clock: float
    processor: float

    def less(self, other: Cost) -> Cost:
        """What is left without the other; a millisecond at least, for on a busy machine the other can be the longer."""
        return Cost(max(0.001, self.clock - other.clock), max(0.001, self.processor - other.processor))


def adopt_orphans() -> None:
    """Has services that outlive their parent become children of this process, so that their time is counted (Linux)."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def cost(command: Sequence[str], environment: Mapping[str, str], log: Path) -> Cost:
    """Runs a command to its end, and counts all that it started.

    Raises:
        RuntimeError: it failed; the message ends with the last lines of its output.
    """
    before, start = _of_children(), time.monotonic()
    with log.open("ab") as output:
        done = subprocess.run(command, env=dict(environment), stdout=output, stderr=output, check=False)
    clock = time.monotonic() - start
    if done.returncode:
        last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        raise RuntimeError(f"{' '.join(command)} exited with {done.returncode}:\n" + "\n".join(last))
    _reap()
    return Cost(clock, _of_children() - before)


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _reap() -> None:
    deadline = time.monotonic() + _GONE_SECONDS
    with suppress(ChildProcessError):
        while time.monotonic() < deadline:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.05)


def proportional_memory(root: psutil.Process) -> dict[str, float]:
    """Megabytes of each process of a tree, by id and name; what several share is divided among them (PSS)."""
    found = {}
    for process in [root, *root.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            found[f"{process.pid} {process.name()}"] = process.memory_full_info().pss / 1e6
    return found


def python(module: str, *arguments: object) -> list[str]:
    """The command line of a module of ours."""
    return [sys.executable, "-m", module, *map(str, arguments)]
