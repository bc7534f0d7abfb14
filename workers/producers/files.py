"""Which files there are to read: the walk through paths and folders."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import FileError, InputError


@dataclass(frozen=True, slots=True)
class File:
    """A file of a known ending.

    Attributes:
        path: where it is.
        stem: its name less the ending and `.gz`, printable.
        ending: lower case, with its dot and without `.gz`.
        packed: whether `.gz` follows the ending.
    """

    path: Path
    stem: str
    ending: str
    packed: bool

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
    """The files under `paths` whose names end in one of `endings`, and an error for each path that gives none."""
    advice = f"Wireroom reads {', '.join(sorted(endings))}, each also with .gz"
    for path in paths:
        if os.path.isdir(path):
            nothing = True
            for found in _folder(path, endings):
                nothing = False
                yield found
            if nothing:
                yield InputError(printable(path), "contains no readable file", advice)
        elif file := _known(path, endings):
            yield file
        else:
            try:
                path.stat()
            except OSError as error:
                yield unreadable(path, error)
            else:
                yield InputError(printable(path), "has an unknown file extension", advice)


def _known(path: Path, endings: Collection[str]) -> File | None:
    name = path.name.lower()
    packed = name.endswith(".gz")
    name = name.removesuffix(".gz")
    ending = next((each for each in endings if name.endswith(each) and name != each), None)
    if ending is None:
        return None
    stem = path.name[: -len(ending + ".gz" * packed)]
    return File(path, printable(stem), ending, packed)


def _folder(top: Path, endings: Collection[str]) -> Iterator[File | InputError]:
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
            if path not in folders and (file := _known(path, endings)):
                yield file
        waiting += sorted(folders, reverse=True)
