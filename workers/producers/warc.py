"""Web archives (WARC, ISO 28500), such as those of CC-NEWS (https://commoncrawl.org/blog/news-dataset-available): each
page that a server answered with is a document.
"""

from __future__ import annotations

import io
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from fastwarc.warc import ArchiveIterator, WarcRecordType

from pipeline.clean import decode
from schemas.documents import RawDocument
from schemas.errors import InputError, Notice

from .documents import document
from .files import File
from .streams import opened

_PAGES = ("text/html", "application/xhtml+xml")
_KINDS_NAMED = 5

# Bytes read at a time, and unpacked of them.
_PIECE, _UNPACKED = 2**16, 2**20


def read_warc(file: File, limit: int) -> Iterator[RawDocument | InputError]:
    """The pages of an archive, packed or not, each with its own address; when it was archived stands in `extra`, for
    that is not when it was published. A notice counts the answers that are no pages.

    Raises:
        InputError: the file cannot be read (on), or is no archive.
    """
    others, records, last, cut = Counter[str](), 0, 0, False
    with opened(file, limit, unpack=False) as stream:
        try:
            archive = ArchiveIterator(stream, record_types=WarcRecordType.response, parse_http=True, auto_decode="all")
            for record in archive:
                records, last = records + 1, record.stream_pos
                other = _other(record)
                if other:
                    others[other] += 1
                    continue
                yield _page(record, file, limit)
            cut = bool(file.packed) and _ends_inside_a_record(stream, last)
        except InputError:
            raise
        except (ValueError, OSError, EOFError, RuntimeError) as error:
            raise _damaged(file, records) from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # of Rust, which is no Exception to Python
                raise
            raise _damaged(file, records) from error
    if not records:
        raise file.error("contains no response record (WARC)", "check where it came from")
    if others:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in others.most_common(_KINDS_NAMED))
        yield Notice(file.name, f"{others.total():,} of {records:,} responses are not pages ({kinds})", None)
    if cut:
        raise _damaged(file, records)


def _ends_inside_a_record(stream: io.BufferedReader, place: int) -> bool:
    """Whether the last of the records, each packed by itself, from the one at `place` on is cut: the reader of archives
    passes over one whose head is not whole, and what follows the head of one that is no page is not looked at.
    """
    stream.seek(place)
    record = zlib.decompressobj(wbits=31)
    try:
        while piece := stream.read(_PIECE):
            while piece:
                if record.eof:
                    record = zlib.decompressobj(wbits=31)
                record.decompress(piece, _UNPACKED)
                piece = record.unconsumed_tail or record.unused_data
    except zlib.error:  # all records packed as one, of which no place is known, or padding at the end
        return False
    return not record.eof


def _damaged(file: File, records: int) -> InputError:
    return file.error(f"is truncated or damaged after {records} responses", "fetch it again; what came before was read")


def _other(record: Any) -> str | None:
    """What an answer is, if no page."""
    if record.http_headers is None:
        return "without HTTP"
    if record.http_headers.status_code != 200:
        return f"with status {record.http_headers.status_code}"
    kind = (record.http_content_type or "of no type").lower()
    return None if kind in _PAGES else kind


def _page(record: Any, file: File, limit: int) -> RawDocument | InputError:
    url = record.headers.get("WARC-Target-URI", "").strip("<>")
    place = f"{file.name}, record at {record.stream_pos}"
    body = record.reader.read(limit + 1)
    if len(body) > limit:
        return InputError(
            place, f"is larger than {limit / 2**20:g} MB", "raise WIREROOM_MAX_DOCUMENT_MB if that is meant"
        )
    if not record.http_headers.get("Content-Encoding") and len(body) < record.content_length:
        return InputError(place, "is truncated", "fetch the archive again")
    archived = record.record_date.isoformat() if record.record_date else None
    fields = {
        "id": (record.headers.get("WARC-Record-ID") or "").strip("<>") or url,
        "url": url,
        "content": decode(body, record.http_charset),
        "content_type": "text/html",
        "extra": {"archived": archived} if archived else {},
    }
    return document(fields, place, file.stem)
