"""Files that are one document: plain text and pages."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.clean import decode
from schemas.documents import RawDocument
from schemas.errors import InputError, Notice

from .documents import document
from .files import File
from .streams import as_text, opened, require_valid, too_large, whole


def read_text(file: File, limit: int) -> Iterator[RawDocument | InputError]:
    """The one document of a text file: UTF-8, or what its byte order mark says; else guessed, with a notice.

    Raises:
        InputError: the file cannot be read or is too large.
    """
    with opened(file, limit) as stream:
        text = as_text(stream).read(limit + 1)
    if len(text) > limit:
        raise too_large(file, limit)
    extra = {}
    try:
        require_valid(file, text)
    except InputError as error:
        try:
            data = text.encode("utf-8", "surrogateescape")  # the bytes as they were
        except UnicodeEncodeError:  # of UTF-16, which says what it is and is broken
            raise error from None
        text, extra = decode(data), {"encoding": "guessed: the file is not UTF-8"}
        yield Notice(file.name, "is not UTF-8; its encoding was guessed", "check that its characters are right")
    yield document({"content": text, "extra": extra}, file.name, file.stem)


def read_page(file: File, limit: int) -> Iterator[RawDocument | InputError]:
    """The one document of a page, decoded as a browser would.

    Raises:
        InputError: the file cannot be read or is too large.
    """
    with opened(file, limit) as stream:
        data = whole(file, stream, limit)
    yield document({"content": decode(data), "content_type": "text/html"}, file.name, file.stem)
