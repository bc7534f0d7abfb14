"""The file of a SQLite database: private to its owner, and checked to be the same one while a process uses it."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from schemas.errors import ServiceError

# Rights of others that a database never needs: it holds the passwords of feeds.
_OTHERS = 0o007

# How often who waits for a lock asks for it. SQLite itself asks after ever longer pauses, up to a tenth of a second
# (sqliteDefaultBusyCallback in its source), in which the lock lies free.
ASK_SECONDS = 0.001


class SqliteFile:
    """The file behind a URL. SQLite gives its `-wal` and `-shm` the rights of the file itself.

    A file that is deleted or replaced stays open in the processes that use it: they write to what nobody else can read,
    without any error. So before each transaction the path is checked to lead to the same file.
    """

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.path = path
        self._create = create
        self._opened: tuple[int, int] | None = None

    def open(self) -> None:
        """Makes the file with mode 0600 if there is none and it may; and remembers its identity the first time.

        Raises:
            sqlite3.OperationalError: it is missing and may not be made or cannot be, or is not the one opened first.
        """
        if self._opened is not None:
            self.require()
            return
        if not self._create and self._identity() is None:
            raise sqlite3.OperationalError("unable to open database file: it does not exist")
        try:
            # Made only where there is none: closing a file that this process has open releases its locks.
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            self._shut_out_others()
        except OSError as error:
            raise sqlite3.OperationalError(f"unable to open database file: {error.strerror}") from error
        self._opened = self._identity()

    @contextmanager
    def deciding(self, patience: float) -> Iterator[None]:
        """Only one process at a time is in this block, by a lock that ends with its process; writers that decide
        nothing are not kept waiting.

        It is a lock (flock) on the folder: closing the file itself would release SQLite's own locks of this process,
        and a file beside it would have to be given rights, and explained.

        Raises:
            sqlite3.OperationalError: another process has been in it for so many seconds, or there is no such folder.
        """
        try:
            lock = os.open(self.path.parent, os.O_RDONLY)
        except OSError as error:
            raise sqlite3.OperationalError(f"unable to open {self.path.parent}: {error.strerror}") from error
        try:
            take_turn(lambda: _locked(lock), patience, "deciding")
            yield
        finally:
            os.close(lock)

    def is_lost(self) -> bool:
        """Whether the path leads to no file, or to another, since the database was opened."""
        return self._opened is not None and self._identity() != self._opened

    def require(self) -> None:
        """Raises sqlite3.OperationalError where the file is lost."""
        if self.is_lost():
            raise sqlite3.OperationalError("its file was deleted or replaced while it was in use")

    def lost(self) -> ServiceError:
        """The error for a service that is to end for it."""
        return ServiceError(
            str(self.path),
            "was deleted or replaced while it was in use; what was written since then is lost",
            "put the right file there, then start the services again",
        )

    def _identity(self) -> tuple[int, int] | None:
        try:
            status = os.stat(self.path)
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def _shut_out_others(self) -> None:
        """Earlier versions let every user of the machine read it. What a group may do, its owner decides."""
        with suppress(OSError):  # it belongs to another user
            mode = os.stat(self.path).st_mode
            if mode & _OTHERS:
                os.chmod(self.path, mode & 0o770)


def take_turn(ask: Callable[[], bool], patience: float, doing: str) -> None:
    """Asks for a lock until it is given.

    Raises:
        sqlite3.OperationalError: it was not within so many seconds; another process has been `doing` its part so long.
    """
    until = time.monotonic() + patience
    while not ask():
        if time.monotonic() > until:
            raise sqlite3.OperationalError(f"database is locked: another process is {doing}")
        time.sleep(ASK_SECONDS)


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
