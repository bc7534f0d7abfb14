"""A file's bytes and characters: opened without hanging, unpacked as they are read, and never past a limit."""

from __future__ import annotations

import codecs
import gzip
import io
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from schemas.errors import InputError

from .files import File, unreadable

if TYPE_CHECKING:
    from typing_extensions import Buffer

# Bytes looked at to tell text from binary, and the share of control characters from which it is binary: text in every
# encoding that browsers know has next to none, packed or random bytes 10 %, UTF-16 that does not say so 50 %.
_SNIFFED = 8192
_BINARY = 0.02
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r\x1b"))  # ESC: ISO-2022-JP switches sets with it

# UTF-32 first, for its mark begins with that of UTF-16. Invalid bytes become lone surrogates, so that whoever reads on
# can name their line (`require_valid`).
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32", "surrogatepass"),
    (codecs.BOM_UTF32_BE, "utf-32", "surrogatepass"),
    (codecs.BOM_UTF16_LE, "utf-16", "surrogatepass"),
    (codecs.BOM_UTF16_BE, "utf-16", "surrogatepass"),
    (codecs.BOM_UTF8, "utf-8-sig", "surrogateescape"),
)


# How many times its size a file may unpack to. Articles in JSON or HTML unpack to five to ten times theirs, the same
# article over and over to fifty; deflate itself reaches a thousand, with which a megabyte holds a reader for minutes.
_MOST_UNPACKED = 100


@contextmanager
def opened(file: File, limit: int) -> Iterator[io.BufferedReader]:
    """The file's bytes, unpacked; whatever goes wrong inside the `with` while reading them is an InputError.

    Args:
        limit: characters of one document; a file may unpack to four bytes for each, however small it is.

    Raises:
        InputError: no regular file, not readable, empty, binary, or damaged gzip, or gzip that unpacks to more than
            that and to more than a hundred times its size.
    """
    try:
        with open(file.path, "rb", buffering=0, opener=_open_at_once) as raw:
            if not stat.S_ISREG(os.fstat(raw.fileno()).st_mode):
                raise file.error("is a device or a pipe, not a file", "write its output to a file")
            stream: io.BufferedReader = (
                io.BufferedReader(_Unpacked(file, raw, limit)) if file.packed else io.BufferedReader(raw)
            )
            _require_text(file, stream.peek(_SNIFFED)[:_SNIFFED])
            yield stream
    except gzip.BadGzipFile as error:
        raise file.error(f"is not valid gzip ({error})", "fetch it again, or drop .gz from its name") from error
    except (EOFError, zlib.error) as error:
        raise file.error("is truncated or damaged gzip; what came before was read", "fetch it again") from error
    except UnicodeDecodeError as error:
        raise file.error(f"is not valid {error.encoding} ({error.reason})", "save it as UTF-8") from error
    except OSError as error:
        raise unreadable(file.path, error) from error


class _Unpacked(io.RawIOBase):
    """What a gzip file unpacks to, up to a hundred times its size."""

    def __init__(self, file: File, packed: io.FileIO, limit: int) -> None:
        self._file, self._stream = file, gzip.GzipFile(fileobj=packed)
        self._most = max(4 * limit, _MOST_UNPACKED * os.fstat(packed.fileno()).st_size)
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        count = self._stream.readinto(buffer)
        self._read += count
        if self._read > self._most:
            raise self._file.error(
                f"unpacks to more than {_MOST_UNPACKED} times its size; what came before was read",
                "unpack it with gunzip if that is right",
            )
        return count


def whole(file: File, stream: io.BufferedReader, limit: int) -> bytes:
    """All bytes of `stream`.

    Raises:
        InputError: more than `limit` bytes.
    """
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise too_large(file, limit)
    return data


def as_text(stream: io.BufferedReader) -> io.TextIOWrapper:
    """`stream` as UTF-8, or as what its byte order mark says; invalid bytes as lone surrogates, line ends as they are.

    Raises:
        UnicodeDecodeError: when read, at UTF-16 or UTF-32 that is cut inside a character.
    """
    start = stream.peek(4)[:4]
    marked = ((encoding, errors) for mark, encoding, errors in _MARKS if start.startswith(mark))
    encoding, errors = next(marked, ("utf-8", "surrogateescape"))
    return io.TextIOWrapper(stream, encoding, errors, newline="\n")


def require_valid(file: File, text: str, line: int = 1) -> None:
    """Nothing, where every byte of `text`, which begins at `line` of the file, could be decoded.

    Raises:
        InputError: naming the line of the first byte that could not.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        line += text.count("\n", 0, error.start)
        raise file.error(
            "contains bytes that are not valid UTF-8", "convert it, as with `iconv -t UTF-8`", line
        ) from error


def too_large(file: File, limit: int, line: int | None = None) -> InputError:
    """The error for what is longer than `limit`."""
    size = f"{limit / 2**20:g} MB" if limit >= 2**20 else f"{limit} bytes"
    return file.error(f"is larger than {size} unpacked", "split it, or raise the limit for one document", line)


def _open_at_once(path: str, flags: int) -> int:
    """`os.open` that does not wait for the other end of a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _require_text(file: File, start: bytes) -> None:
    if not start:
        raise file.error("is empty", "check its source")
    if any(start.startswith(mark) for mark, encoding, _ in _MARKS if encoding != "utf-8-sig"):
        return  # wide characters are half NUL
    if start.startswith(b"\x1f\x8b"):
        raise file.error("is gzip", "add .gz to its name")
    controls = len(start) - len(start.translate(None, _CONTROLS))
    if start.startswith(b"%PDF-") or controls > _BINARY * len(start):
        raise file.error("is binary, not text", "correct its extension, or save it as UTF-8 text")
