"""Producers' readers: files and folders in, raw documents out, and an error in the place of what cannot be read.

    for item in read([Path("seeds")]):
        if isinstance(item, InputError):
            ...  # says which file and line, why, and what to do; the rest goes on

Reading is lazy: a file of a million lines takes the memory of its longest line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from schemas.documents import RawDocument
from schemas.errors import InputError

from .files import File, is_known, walk

__all__ = ["LIMIT", "is_readable", "read", "size"]

# An article is some kilobytes and the largest live blogs a few megabytes; past this it is no article but a mistake.
LIMIT = 32 * 2**20

_Reader = Callable[[File, int], Iterator[RawDocument | InputError]]

# The module beside this one that reads files of an ending, loaded with the first of them, and its function.
_READERS = {
    ".warc": ("warc", "read_warc"),
    ".json": ("json_files", "read_json"),
    ".jsonl": ("json_files", "read_lines"),
    ".ndjson": ("json_files", "read_lines"),
    ".txt": ("pages", "read_text"),
    ".html": ("pages", "read_page"),
    ".htm": ("pages", "read_page"),
    ".xhtml": ("pages", "read_page"),
    ".rss": ("xml_feeds", "read_feed"),
    ".atom": ("xml_feeds", "read_feed"),
    ".xml": ("xml_feeds", "read_feed"),
}


def read(
    paths: Iterable[Path], limit: int = LIMIT, on_bytes: Callable[[int], None] | None = None
) -> Iterator[RawDocument | InputError]:
    """The documents of `paths`, in order, each folder walked by sorted names.

    A file's ending says what it is (`.gz` may follow). Hidden files are passed over inside a folder, and so are unknown
    endings, which a notice counts and names; a file that is named itself gets an error instead.

    Args:
        paths: files and folders.
        limit: the most of one document that is held, unpacked: bytes of a page or a feed, characters of a text, a
            line, or an element of a JSON list. What is longer is an error.
        on_bytes: called with how many bytes were read of the files, as they are on the disk.
    """
    for found in walk(paths, _READERS):
        if isinstance(found, InputError):
            yield found
        else:
            yield from _documents(replace(found, on_bytes=on_bytes), limit)


def is_readable(path: Path) -> bool:
    """Whether a file's ending is one that is read."""
    return is_known(path, _READERS)


def size(paths: Iterable[Path]) -> int:
    """The bytes of the files that `read` would read."""
    found = (file for file in walk(paths, _READERS) if not isinstance(file, InputError))
    return sum(file.path.stat().st_size for file in found if file.path.is_file())


def _documents(file: File, limit: int) -> Iterator[RawDocument | InputError]:
    module, name = _READERS[file.ending]
    reader: _Reader = getattr(import_module(f".{module}", __package__), name)
    try:
        yield from reader(file, limit)
    except InputError as error:
        yield error
