"""JSON lines that a program writes to us as it goes: each accepted when it comes, however long the next one takes."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from pathlib import Path

from schemas.documents import RawDocument
from schemas.errors import InputError

from .files import File
from .json_files import documents_of_line
from .streams import too_large

_PIECE = 2**16


def read_arriving(descriptor: int, name: str, limit: int) -> Iterator[RawDocument | InputError | None]:
    """The documents of a pipe or a file that holds one a line (JSON), and None whenever nothing more is there for now;
    an error in the place of each line that is none.

    Args:
        descriptor: of the operating system, such as that of standard input.
        name: for errors.
        limit: bytes of a line.
    """
    file = File(Path(name), "", ".jsonl", 0)
    number, rest, dropping = 1, b"", False
    while True:
        if not select.select([descriptor], [], [], 0)[0]:
            yield None
        piece = os.read(descriptor, _PIECE)
        *lines, rest = (rest + piece if piece else rest + b"\n").split(b"\n")
        for line in lines:
            if dropping:  # the end of a line that was too long
                dropping = False
            elif len(line) > limit:
                yield too_large(file, limit, number)
            elif line.strip(b"\xef\xbb\xbf \t\r"):
                text = line.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
                yield from documents_of_line(file, text, number)
            number += 1
        if not piece:
            return
        if len(rest) > limit and not dropping:
            yield too_large(file, limit, number)
            dropping = True
        if dropping:
            rest = b""
