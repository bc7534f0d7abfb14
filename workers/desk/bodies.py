"""The body of a request, read within limits: of bytes as sent, and of bytes unpacked."""

from __future__ import annotations

import json
import zlib
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from schemas.documents import storable_value

# JSON of a correction or a hook; far above what a person writes.
_SMALL = 2**20


async def read_body(request: Request, most: int) -> bytes:
    """The body, unpacked where it is packed by gzip.

    Unpacking stops at the limit: a small body can unpack to more than memory holds.

    Raises:
        HTTPException: 413 larger than `most` bytes, 415 packed otherwise, 400 packed wrongly or broken off.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip", ""):
        raise HTTPException(415, f"the Content-Encoding {encoding!r} is not supported; send it plain or with gzip")
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:18]) > most:
        raise _too_large(most)
    unpack = _Unpacking(most) if "gzip" in encoding else None
    pieces, size, sent = [], 0, 0
    async for piece in request.stream():
        sent += len(piece)
        plain = unpack.feed(piece) if unpack is not None else piece
        size += len(plain)
        if size > most or sent > most:
            raise _too_large(most)
        pieces.append(plain)
    if unpack is not None and not unpack.whole:
        raise HTTPException(400, "the body is truncated gzip")
    return b"".join(pieces)


class _Unpacking:
    """Gzip unpacked piece by piece, one member after another, never more of it than the limit."""

    def __init__(self, most: int) -> None:
        self._left = most + 1
        self._most = most
        self._member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)

    @property
    def whole(self) -> bool:
        """Whether it has come to an end."""
        return self._member.eof

    def feed(self, piece: bytes) -> bytes:
        """What a piece unpacks to."""
        made = bytearray()
        while piece:
            if self._member.eof:
                self._member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            try:
                plain = self._member.decompress(piece, self._left)
            except zlib.error as error:
                raise HTTPException(400, "the body is declared as gzip and is not") from error
            made += plain
            self._left -= len(plain)
            if self._left <= 0 or self._member.unconsumed_tail:
                raise _too_large(self._most)
            piece = self._member.unused_data
        return bytes(made)


async def read_json(request: Request, most: int = _SMALL) -> Any:
    """The JSON value of the body, every string in it one that a table can hold.

    Raises:
        HTTPException: 415 of another content type, 400 no JSON, or as `read_body`.
    """
    kind = content_type(request)
    if kind != "application/json":
        raise HTTPException(415, f"the body is {kind or 'without a Content-Type'}; send application/json")
    return storable_value(as_json(await read_body(request, most)))


def as_json(body: bytes) -> Any:
    """The JSON value of some bytes.

    Raises:
        HTTPException: 400, it is none.
    """
    try:
        return json.loads(body)
    except RecursionError as error:
        raise HTTPException(400, "the JSON is nested too deeply") from error
    except ValueError as error:
        place = f", line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise HTTPException(400, f"the body is not valid JSON{place}") from error


def content_type(request: Request) -> str:
    """The content type without its parameters, in small letters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _too_large(most: int) -> HTTPException:
    return HTTPException(413, f"the body has more than {most / 2**20:g} MB; send it in parts")
