"""Files that are one document: plain text and pages."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.clean import decode
from schemas.documents import RawDocument
from schemas.errors import InputError

from .documents import document
from .files import File
from .streams import as_text, opened, require_valid, too_large, whole


def read_text(file: File, limit: int) -> Iterator[RawDocument | InputError]:
    """The one document of a text file, which is UTF-8 or has a byte order mark.

    Raises:
        InputError: the file cannot be read, is too large, or is in another encoding.
    """
    with opened(file, limit) as stream:
        text = as_text(stream).read(limit + 1)
    if len(text) > limit:
        raise too_large(file, limit)
    require_valid(file, text)
    yield document({"content": text}, file.name, file.stem)


def read_page(file: File, limit: int) -> Iterator[RawDocument | InputError]:
    """The one document of a page, decoded as a browser would.

    Raises:
        InputError: the file cannot be read or is too large.
    """
    with opened(file, limit) as stream:
        data = whole(file, stream, limit)
    yield document({"content": decode(data), "content_type": "text/html"}, file.name, file.stem)
