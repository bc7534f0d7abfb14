"""Files that are put into a folder, ingested once each, when they are finished.

A file is finished when it has kept its size and time for a while. What was ingested is marked in a ledger beside the
tables (or, where asked, by moving the file away), written after its documents are accepted: a watch that is killed
in between takes the file again, and its documents are known then.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG

from watchfiles import Change, watch

from schemas.errors import FileError, SettingError
from workers.producers import is_readable, read
from workers.producers.files import printable
from workers.producers.intake import Intake, accept_all
from workers.settings import settings

logger = logging.getLogger(__name__)

# Where `--move` is given, files that could not be read whole go here inside it.
_UNREAD = "unread"

# What programs that copy and download write to until they are done.
_UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart", ".swp", "~")

# Seconds between two walks through all of it while the system says what changes: a net for what it loses.
_WALK_SECONDS = 60.0

# Seconds after which a file is tried again that the operating system did not give.
_AGAIN_SECONDS = 60.0

_State = tuple[int, int, int]  # bytes, time of the last change in nanoseconds, inode


@dataclass
class Watched:
    """A folder under watch: all of it is looked at, or inside `with` only what the system says has changed.

    Attributes:
        folder: walked with what is in it; hidden files and folders are passed over.
        settled: seconds for which a file must not have changed.
        move: where ingested files go, or None to leave them where they are.
        ledger: the file in which is marked what was ingested.
    """

    folder: Path
    settled: float
    move: Path | None
    ledger: Path
    _ingested: dict[str, _State] = field(default_factory=dict)
    _seen: dict[str, tuple[_State, float]] = field(default_factory=dict)
    _open: dict[str, Path] = field(default_factory=dict)  # the files that are to be looked at
    _changes: Iterator[set[tuple[Change, str]]] | None = None
    _walk_at: float = 0.0

    def __post_init__(self) -> None:
        if not self.folder.is_dir():
            raise SettingError(printable(self.folder), "is not a folder", "create it, or name another")
        if self.move is not None and self.move.resolve().is_relative_to(self.folder.resolve()):
            raise SettingError(f"--move {printable(self.move)}", "lies in the folder itself", "choose another path")
        self._ingested = _read_ledger(self.ledger)

    def __enter__(self) -> Watched:
        try:
            # Nothing is filtered there, for what is read and what is hidden is told here; one pause for both.
            milliseconds = int(1000 * self.pause)
            self._changes = watch(
                self.folder.resolve(),
                watch_filter=None,
                debounce=milliseconds,
                rust_timeout=milliseconds,
                yield_on_timeout=True,
                raise_interrupt=True,
            )
            next(self._changes)
        except OSError as error:  # a system without, or whose limit of watched folders is reached
            logger.warning("%s is scanned repeatedly: the system cannot watch it (%s)", self.folder, error)
            self._changes = None
        return self

    def __exit__(self, *_: object) -> None:
        self._changes = None

    @property
    def pause(self) -> float:
        """Seconds between two looks at most."""
        return min(1.0, max(0.05, self.settled / 2))

    def wait(self) -> None:
        """Waits until something changes, or a file may be finished."""
        if self._changes is None:
            time.sleep(self.pause)
            return
        try:
            changed = next(self._changes)
        except OSError:
            self._walk_at = 0.0  # what was lost is found by a walk
            return
        top = self.folder.resolve()
        for kind, name in changed:
            inside = Path(name).relative_to(top)
            path = self.folder / inside
            if kind == Change.deleted or any(part.startswith(".") for part in inside.parts):
                continue
            self._open |= self._files(path) if path.is_dir() else self._file(path)

    def look(self) -> Iterator[tuple[Path, Intake]]:
        """Ingests the files that are finished; gives each with what became of it."""
        now = time.monotonic()
        if self._changes is None or now >= self._walk_at:
            self._open = self._files(self.folder)
            self._walk_at = now + _WALK_SECONDS
        self._seen = {name: seen for name, seen in self._seen.items() if name in self._open}
        for name, path in list(self._open.items()):
            state = _state(path)
            if state is None or self._ingested.get(name) == state:
                del self._open[name]
                continue
            before, since = self._seen.get(name, (None, now))
            if before != state:
                since = now
                self._seen[name] = (state, now)
            if now - since >= self.settled:
                yield path, self._ingest(name, path, state)

    def _ingest(self, name: str, path: Path, state: _State) -> Intake:
        (intake,) = deque(accept_all(read([path], settings().max_document_mb * 2**20)), maxlen=1)
        if self.move is not None:
            self._away(path, self.move / _UNREAD if intake.unread else self.move)
            return intake
        if any(isinstance(error, FileError) for error in intake.errors):
            self._seen[name] = (state, time.monotonic() + _AGAIN_SECONDS)
            return intake
        self._ingested[name] = state
        self.ledger.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.ledger.open("a", encoding="utf-8") as ledger:
            ledger.write(json.dumps([name, *state]) + "\n")
        return intake

    def _away(self, path: Path, to: Path) -> None:
        place = to / path.relative_to(self.folder)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            number = 1
            while place.exists():  # no file is written over
                place = place.with_name(f"{path.name}.{number}")
                number += 1
            shutil.move(path, place)
        except OSError as error:
            raise SettingError(f"--move {printable(to)}", f"cannot be written ({error.strerror})") from error

    def _files(self, top: Path) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for folder, inside, names in os.walk(top):  # which passes over what is gone meanwhile
            inside[:] = sorted(name for name in inside if not name.startswith("."))
            real = Path(folder).resolve()
            for name in sorted(names):
                found |= self._file(Path(folder, name), real)
        return found

    def _file(self, path: Path, real: Path | None = None) -> dict[str, Path]:
        """The file by the name it has for the ledger, or nothing where it is none that is ingested."""
        if path.name.startswith(".") or path.name.endswith(_UNFINISHED) or not is_readable(path):
            return {}
        return {str(path.resolve() if real is None or path.is_symlink() else real / path.name): path}


def _state(path: Path) -> _State | None:
    try:
        found = path.stat()
    except OSError:  # gone meanwhile
        return None
    return (found.st_size, found.st_mtime_ns, found.st_ino) if S_ISREG(found.st_mode) else None


def _read_ledger(ledger: Path) -> dict[str, _State]:
    known: dict[str, _State] = {}
    if ledger.exists():
        for line in ledger.read_text(encoding="utf-8").splitlines():
            try:
                name, size, changed, inode = json.loads(line)
            except ValueError:  # cut by a crash
                continue
            known[name] = (size, changed, inode)
    return known
