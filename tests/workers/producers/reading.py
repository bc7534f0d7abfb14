"""What the tests of the readers share: files of given bytes, and documents told from errors."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path

from schemas.documents import RawDocument
from schemas.errors import InputError, Notice
from workers.producers import LIMIT, read

Sorted = tuple[list[RawDocument], list[InputError]]


def read_paths(paths: Iterable[Path], limit: int = LIMIT) -> Sorted:
    """The documents and the errors of `paths`."""
    found = list(read(paths, limit))
    documents = [each for each in found if isinstance(each, RawDocument)]
    return documents, [each for each in found if isinstance(each, InputError) and not isinstance(each, Notice)]


def notices(path: Path) -> list[str]:
    """What a person is told beside errors."""
    return [str(each) for each in read([path]) if isinstance(each, Notice)]


def read_file(path: Path, data: bytes | str, limit: int = LIMIT) -> Sorted:
    """The documents and the errors of a file with `data` in it, gzipped where its name ends in .gz."""
    data = data.encode() if isinstance(data, str) else data
    path.write_bytes(gzip.compress(data) if path.suffix.lower() == ".gz" else data)
    return read_paths([path], limit)
