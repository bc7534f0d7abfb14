"""The processes of a round: each can be killed, and is started again by a supervisor."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from tests.integration.program import ROOT, WIREROOM

# How often the supervisor looks; a service manager's restart delay is of this order (systemd: 0.1 s).
_LOOK_SECONDS = 0.1

# One that dies at once is not started again at once.
_RESTART_SECONDS = 0.5


_PR_SET_PDEATHSIG = 1


def _end_with_suite() -> None:
    """Asks the kernel for SIGKILL should the suite itself be killed (prctl(2))."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Kept:
    """A process that a supervisor keeps running: its name, command line and log."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
    ) -> None:
        self.name, self._command, self._log, self._env, self._user = name, command, log, env, user
        self._process: subprocess.Popen[bytes] | None = None
        self._sessions: list[int] = []
        self._due = 0.0

    def start(self) -> None:
        """Starts it in a session of its own."""
        self._due = time.monotonic() + _RESTART_SECONDS
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=None if self._env is None else dict(self._env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self._user,
                preexec_fn=_end_with_suite,
            )
        self._sessions.append(self._process.pid)

    def look(self) -> None:
        """Starts it again where it has ended and is not held down."""
        if self._process is not None and self._process.poll() is not None and time.monotonic() >= self._due:
            self.start()

    def hold_down(self, seconds: float) -> None:
        """Leaves it down for so long once it ends."""
        self._due = time.monotonic() + seconds

    def children(self) -> list[psutil.Process]:
        """Its child processes."""
        if self._process is None:
            return []
        try:
            found: list[psutil.Process] = psutil.Process(self._process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        return found

    def kill(self) -> None:
        """kill -9 of the process alone."""
        self.signal(signal.SIGKILL)

    def kill_tree(self) -> None:
        """kill -9 of the process and all its children at once."""
        children = self.children()
        self.kill()
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()

    def signal(self, number: signal.Signals) -> None:
        """Sends it a signal."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def end(self) -> None:
        """Ends it for good, with what its earlier lives left behind."""
        for session in self._sessions:
            with suppress(ProcessLookupError):
                os.killpg(session, signal.SIGKILL)
        if self._process is not None:
            self._process.wait()


class Supervisor:
    """Starts again what has ended, until it is left. A context; all ends with it."""

    def __init__(self, kept: Sequence[Kept | Producer]) -> None:
        self._kept = kept
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Supervisor:
        for process in self._kept:
            process.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        self._thread.join()
        for process in reversed(self._kept):
            process.end()

    def _watch(self) -> None:
        while not self._leaving.wait(_LOOK_SECONDS):
            for process in self._kept:
                process.look()


class Producer:
    """`wireroom ingest` of the files that were handed in, run again until it says that all was taken in."""

    def __init__(self, log: Path, env: Mapping[str, str]) -> None:
        self._log, self._env = log, env
        self._waiting: list[Path] = []
        self._at_work: list[Path] = []
        self._process: subprocess.Popen[bytes] | None = None

    def add(self, path: Path) -> None:
        """Hands in one more file."""
        self._waiting.append(path)

    def repeat(self) -> None:
        """Hands in once more what was handed in last, where nothing waits."""
        if self._at_work and not self._waiting:
            self._waiting = self._at_work[-1:]

    @property
    def done(self) -> bool:
        """Whether every file was taken in."""
        return not self._waiting

    def start(self) -> None:
        """For the supervisor: the first file is started by `look`."""

    def look(self) -> None:
        """Starts on the files that wait, or on the same again where it did not end well."""
        if self._process is not None:
            code = self._process.poll()
            if code is None:
                return
            if code == 0:
                self._waiting = self._waiting[len(self._at_work) :]
            self._process = None
        elif self._waiting:
            self._at_work = list(self._waiting)
            with self._log.open("ab") as output:
                self._process = subprocess.Popen(
                    [*WIREROOM, "ingest", *map(str, self._at_work)],
                    cwd=ROOT,
                    env=dict(self._env),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=_end_with_suite,
                )

    def kill(self) -> bool:
        """kill -9; gives whether there was one at work."""
        process = self._process
        if process is None or process.poll() is not None:
            return False
        process.kill()
        return True

    def end(self) -> None:
        """Ends it for good."""
        self.kill()
        if self._process is not None:
            self._process.wait()
