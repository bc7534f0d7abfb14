"""Files that are put into a folder, taken in once each, when they are finished.

A file is finished when it has kept its size and time for a while. What was taken is marked by a line in a ledger beside
the tables (or, where asked, by moving the file away), written after its documents are accepted: a watch that is killed
in between takes the file again, and its documents are known then.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG

from schemas.errors import FileError, SettingError
from workers.producers import is_readable, read
from workers.producers.files import printable
from workers.producers.intake import Taken, take_in
from workers.settings import settings

# Where `--move` is given, files that could not be read whole go here inside it.
_UNREAD = "unread"

# What programs that copy and download write to until they are done.
_UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart", ".swp", "~")

# Seconds after which a file is tried again that the operating system did not give.
_AGAIN_SECONDS = 60.0

_State = tuple[int, int, int]  # bytes, time of the last change in nanoseconds, inode


@dataclass
class Watched:
    """A folder under watch.

    Attributes:
        folder: walked with what is in it; hidden files and folders are passed over.
        settled: seconds for which a file must not have changed.
        move: where taken files go, or None to leave them where they are.
        ledger: the file in which is marked what was taken.
    """

    folder: Path
    settled: float
    move: Path | None
    ledger: Path
    _taken: dict[str, _State] = field(default_factory=dict)
    _seen: dict[str, tuple[_State, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.folder.is_dir():
            raise SettingError(printable(self.folder), "is not a folder", "create it, or name another")
        if self.move is not None and self.move.resolve().is_relative_to(self.folder.resolve()):
            raise SettingError(f"--move {printable(self.move)}", "lies in the folder itself", "choose another path")
        self._taken = _read_ledger(self.ledger)

    def look(self) -> Iterator[tuple[Path, Taken]]:
        """Takes in the files that are finished; gives each with what became of it."""
        now = time.monotonic()
        present = dict(self._files())
        self._seen = {name: seen for name, seen in self._seen.items() if name in present}
        for name, (path, state) in present.items():
            if self._taken.get(name) == state:
                continue
            before, since = self._seen.get(name, (None, now))
            if before != state:
                since = now
                self._seen[name] = (state, now)
            if now - since >= self.settled:
                yield path, self._take(name, path, state)

    def _take(self, name: str, path: Path, state: _State) -> Taken:
        (taken,) = deque(take_in(read([path], settings().max_document_mb * 2**20)), maxlen=1)
        if self.move is not None:
            self._away(path, self.move / _UNREAD if taken.unread else self.move)
            return taken
        if any(isinstance(error, FileError) for error in taken.errors):
            self._seen[name] = (state, time.monotonic() + _AGAIN_SECONDS)
            return taken
        self._taken[name] = state
        self.ledger.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.ledger.open("a", encoding="utf-8") as ledger:
            ledger.write(json.dumps([name, *state]) + "\n")
        return taken

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

    def _files(self) -> Iterator[tuple[str, tuple[Path, _State]]]:
        for folder, inside, names in os.walk(self.folder):  # which passes over what is gone meanwhile
            inside[:] = sorted(name for name in inside if not name.startswith("."))
            for path in (Path(folder, name) for name in sorted(names) if not name.startswith(".")):
                if path.name.endswith(_UNFINISHED) or not is_readable(path):
                    continue
                with suppress(OSError):  # likewise
                    found = path.stat()
                    if S_ISREG(found.st_mode):
                        yield str(path.resolve()), (path, (found.st_size, found.st_mtime_ns, found.st_ino))


def _read_ledger(ledger: Path) -> dict[str, _State]:
    taken: dict[str, _State] = {}
    if ledger.exists():
        for line in ledger.read_text(encoding="utf-8").splitlines():
            try:
                name, size, changed, inode = json.loads(line)
            except ValueError:  # cut by a crash
                continue
            taken[name] = (size, changed, inode)
    return taken
