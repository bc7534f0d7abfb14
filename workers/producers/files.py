"""Which files there are to read: the walk through paths and folders."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas.data_files import read_toml
from schemas.errors import FileError, InputError, Notice

# What to do with files of kinds that are not read, by ending.
_ADVICE: dict[str, str] = read_toml("workers.producers", "not_read.toml")

# Files packed oftener than this by mistake are no mistake any more.
_PACKED_MOST = 3

# Names and kinds of files passed over that a person reads.
_NAMED, _KINDS_NAMED = 3, 6

# A path of the operating system has no two slashes in a row.
_ADDRESS = re.compile(r"(https?|ftp|feed):/{1,2}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class File:
    """A file of a known ending.

    Attributes:
        path: where it is.
        stem: its name less the ending and `.gz`, printable.
        ending: lower case, with its dot and without `.gz`.
        packed: how often it is packed: the `.gz` that follow the ending.
        on_bytes: called with how many bytes were read of it, as they are.
    """

    path: Path
    stem: str
    ending: str
    packed: int
    on_bytes: Callable[[int], None] | None = None

    @property
    def name(self) -> str:
        """The path as it can be printed."""
        return printable(self.path)

    def error(self, cause: str, advice: str | None = None, line: int | None = None) -> InputError:
        """An error in this file, at a line counted from 1 where one is to blame."""
        return InputError(self.name if line is None else f"{self.name}, line {line}", cause, advice)


def printable(path: Path | str) -> str:
    """A path as it can be printed: invalid UTF-8 and control characters as escapes, so that no terminal is fooled."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def unreadable(path: Path, error: OSError) -> FileError:
    """What the operating system said, with what to do about it."""
    advice = {
        FileNotFoundError: "check the path",
        PermissionError: "give this user permission to read it",
    }.get(type(error), "check the file and the disk it is on")
    return FileError(printable(path), f"cannot be read ({error.strerror or error})", advice)


def walk(paths: Iterable[Path], endings: Collection[str]) -> Iterator[File | InputError]:
    """The files under `paths` whose names end in one of `endings`, and an error for each path that gives none; of a
    folder in which others were passed over, a notice that counts and names them.
    """
    reads = f"Wireroom reads {', '.join(sorted(endings))}, each also with .gz"
    for path in paths:
        if os.path.isdir(path):
            nothing, passed = True, PassedOver()
            for found in _folder(path, endings, passed):
                nothing = False
                yield found
            if nothing:
                also = f" ({passed})" if passed.count else ""
                yield InputError(printable(path), f"contains no readable file{also}", passed.advice or reads)
            elif passed.count:
                yield Notice(
                    printable(path),
                    f"{passed} {'was' if passed.count == 1 else 'were'} skipped",
                    passed.advice or reads,
                )
        elif (file := _known(path, endings)) and not _ADDRESS.match(os.fspath(path)):
            yield file
        else:
            yield _unknown(path, reads)


class PassedOver:
    """The files of a folder whose endings are not read: how many of each, and the names of the first."""

    def __init__(self) -> None:
        self._names: dict[str, list[str]] = {}
        self._counts: Counter[str] = Counter()

    def add(self, name: str) -> None:
        """Counts a file."""
        ending = os.path.splitext(name)[1].lower() or "no extension"
        self._counts[ending] += 1
        names = self._names.setdefault(ending, [])
        if len(names) < _NAMED:
            names.append(printable(name))

    @property
    def count(self) -> int:
        """How many they are."""
        return self._counts.total()

    @property
    def advice(self) -> str | None:
        """What to do about the most frequent kind for which something can be done."""
        return next((_ADVICE[ending] for ending, _ in self._counts.most_common() if ending in _ADVICE), None)

    def __str__(self) -> str:
        kinds = []
        for ending, count in self._counts.most_common(_KINDS_NAMED):
            names = ", ".join(self._names[ending]) + (", …" if count > len(self._names[ending]) else "")
            kinds.append(
                f"{count:,} of {ending}: {names}" if ending[0] == "." else f"{count:,} without extension: {names}"
            )
        more = len(self._counts) - len(kinds)
        rest = f"; and {more} more kind{'s' if more > 1 else ''}" if more else ""
        return f"{self.count:,} file{'s' if self.count > 1 else ''} ({'; '.join(kinds)}{rest})"


def _unknown(path: Path, reads: str) -> InputError:
    if address := _ADDRESS.match(os.fspath(path)):
        return InputError(
            printable(f"{address[1]}://{os.fspath(path)[address.end() :]}"),
            "is a URL, not a file or folder",
            "download it, or add a feed by `wireroom feeds add`",
        )
    try:
        path.stat()
    except OSError as error:
        return unreadable(path, error)
    ending = path.suffix.lower()
    if ending in _ADVICE:
        return InputError(printable(path), f"is a {ending} file, which is not supported", _ADVICE[ending])
    return InputError(printable(path), "has an unknown file extension", reads)


def is_known(path: Path, endings: Collection[str]) -> bool:
    """Whether a file's name ends in one of `endings`."""
    return _known(path, endings) is not None


def _known(path: Path, endings: Collection[str]) -> File | None:
    name = path.name.lower()
    packed = 0
    while name.endswith(".gz") and packed < _PACKED_MOST:
        name, packed = name.removesuffix(".gz"), packed + 1
    ending = next((each for each in endings if name.endswith(each) and name != each), None)
    if ending is None:
        return None
    stem = path.name[: -len(ending + ".gz" * packed)]
    return File(path, printable(stem), ending, packed)


def _folder(top: Path, endings: Collection[str], passed: PassedOver) -> Iterator[File | InputError]:
    """The files of a folder by name, then those of its folders; linked folders too, each folder once."""
    seen: set[tuple[int, int]] = set()  # a link may lead back to where it is
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            status = folder.stat()
            names = sorted(os.listdir(folder))
        except OSError as error:
            yield unreadable(folder, error)
            continue
        if (status.st_dev, status.st_ino) in seen:
            continue
        seen.add((status.st_dev, status.st_ino))
        paths = [folder / name for name in names if not name.startswith(".")]
        folders = {path for path in paths if os.path.isdir(path)}
        for path in paths:
            if path in folders:
                continue
            if file := _known(path, endings):
                yield file
            else:
                passed.add(path.name)
        waiting += sorted(folders, reverse=True)
