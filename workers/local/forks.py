"""A service as a fork of the command that starts it: it finds loaded what the command has loaded, and shares its pages.

Each service alone loads Celery, SQLAlchemy and the tables: a second of processor time and 60 MB. One that is started
again after it died is not forked but started by its own command, for by then the command that looks after it has
threads and connections, which must not cross a fork.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import IO, NoReturn

from workers.queue.app import app
from workers.settings import enter_child
from workers.store.database import database

# What all services load, and the workers beyond it.
_SHARED = (
    *("celery.bin.celery", "celery.apps.worker", "celery.worker.consumer", "celery.concurrency.prefork"),
    *("workers.queue.transport", "workers.tasks.starting", "workers.tasks.stages", "workers.tasks.sweeper"),
    "workers.tasks.telling",
)

# What ends a command; a handler of its own must not run in a fork that is not yet a service.
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# How often an end is looked for while it is waited for.
_LOOK_SECONDS = 0.02

_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15


class Fork:
    """A forked process, as far as `subprocess.Popen` is used of one that was started by a command."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code where it has ended (that of a signal is negative), else None."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Waits for its end, so many seconds at most; gives the exit code.

        Raises:
            subprocess.TimeoutExpired: it has not ended by then.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() >= deadline:
                raise subprocess.TimeoutExpired(f"fork {self.pid}", timeout or 0.0)
            time.sleep(_LOOK_SECONDS)
        return code

    def terminate(self) -> None:
        """Sends it SIGTERM, unless its end has been seen."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)


def load_shared() -> None:
    """Loads what services share, for them to be forked.

    Nothing of it is garbage: it is kept out of collections, which would copy its pages in each of them
    (https://docs.python.org/3/library/gc.html#gc.freeze).
    """
    gc.disable()
    for module in _SHARED:
        import_module(module)
    gc.freeze()
    gc.enable()


def is_forkable(command: Sequence[str]) -> bool:
    """Whether a service of this command line (`python -m …`) can be a fork of this process as it is now.

    Not while there are threads, which stay behind with the locks they hold, nor once there are connections to the
    broker.
    """
    ours = list(command[:2]) == [sys.executable, "-m"]
    return ours and sys.platform == "linux" and threading.active_count() == 1 and not app.cache_info().currsize


def fork(name: str, command: Sequence[str], output: IO[bytes] | int | None) -> Fork:
    """Forks this process, and has the fork run a module as `python -m` does.

    Args:
        name: of the service, which `ps` and `top` show as `wireroom-<name>`.
        command: the interpreter, `-m`, the module and its arguments.
        output: where standard output and errors go; None: where those of this process go.
    """
    database().close()  # SQLite's locks belong to the process that took them, PostgreSQL's sockets to one alone
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        pid = os.fork()
        if not pid:
            _serve(name, command, output, parent)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return Fork(pid)


def _serve(name: str, command: Sequence[str], output: IO[bytes] | int | None, parent: int) -> NoReturn:
    """The life of a fork: nothing of what its parent has begun is ended here."""
    code = 1
    try:
        _part(name, output, parent)
        sys.argv = list(command[2:])
        runpy.run_module(command[2], run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as ended:
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
        else:
            code = ended.code or 0
    except BaseException:
        traceback.print_exc()
    finally:
        _exit(code)


def _part(name: str, output: IO[bytes] | int | None, parent: int) -> None:
    """Makes a fork a process of its own: session, streams, signals and settings."""
    os.setsid()
    system = ctypes.CDLL(None)
    system.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # which died before it was said
        os._exit(1)
    system.prctl(_PR_SET_NAME, f"wireroom-{name}".encode())
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    if output is not None:
        to = output if isinstance(output, int) else output.fileno()
        os.dup2(to, 1)
    os.dup2(1, 2)
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    enter_child()
    database.cache_clear()


def _exit(code: int) -> NoReturn:
    """Ends a fork as an interpreter ends, but for the frames of its parent below it, whose `finally` is not ours."""
    try:
        threading._shutdown()  # type: ignore[attr-defined]  # waits for the threads that are to be waited for
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)
