"""One request and its answer on one connection, to an address that was checked, cut off at its deadline."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException, IncompleteRead
from urllib.parse import quote

import certifi
from urllib3 import HTTPHeaderDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, DecodeError, HTTPError, ProtocolError, SSLError
from urllib3.response import BaseHTTPResponse

from schemas.errors import FetchError
from schemas.urls import Url
from workers.fetching.urls import shown

# Seconds to wait for a connection to one of a host's addresses before the next is tried.
_CONNECT_SECONDS = 10.0

# Small, for of a body that breaks off the last piece is lost.
_PIECE = 2**13


@dataclass(frozen=True)
class Got:
    """An answer: its body unpacked; how many bytes were sent for it; whether all that were announced came."""

    status: int
    headers: HTTPHeaderDict
    body: bytes
    whole: bool
    sent_bytes: int


def exchange(
    url: Url,
    addresses: list[str],
    headers: Mapping[str, str],
    deadline: float,
    most: int,
    sent: bytes | None = None,
) -> Got:
    """GETs `url` from the first of `addresses` that takes a connection; POSTs what is `sent`, where something is.

    Args:
        deadline: of `time.monotonic`; the connection is cut off then, whatever it is at.
        most: bytes of the body, as sent and as unpacked.

    Raises:
        FetchError: no connection, no certificate, no HTTP, too large, too slow, or what cannot be unpacked.
    """
    place = shown(url)
    connection: HTTPConnection | None = None
    try:
        connection = _connected(url, addresses, deadline)
        sock = connection.sock  # of which the connection itself lets go where the server will close it
        with closing(connection), _cut_off(lambda: sock, deadline):
            path, query = url.parts.path or "/", url.parts.query
            target = quote(path, safe="/%:@!$&'()*+,;=~") + (f"?{_query(query)}" if query else "")
            connection.request(
                "GET" if sent is None else "POST",
                target,
                body=sent,
                headers={"Host": _host_header(url), "Connection": "close", **headers},
                preload_content=False,
            )
            answer = connection.getresponse()
            body, whole = _body(answer, most, place)
            _require_time(deadline, place)
            return Got(answer.status, answer.headers, body, whole, int(getattr(answer, "_fp_bytes_read", len(body))))
    except FetchError:
        raise
    except Exception as error:
        _require_time(deadline, place)
        raise FetchError(place, _cause(error), None) from error


def _connected(url: Url, addresses: list[str], deadline: float) -> HTTPConnection:
    failed: Exception | None = None
    for address in addresses:
        timeout = min(_CONNECT_SECONDS, max(0.01, deadline - time.monotonic()))
        connection: HTTPConnection
        if url.parts.scheme == "https":
            connection = HTTPSConnection(
                address,
                url.port,
                timeout=timeout,
                server_hostname=url.host,
                assert_hostname=url.host,
                cert_reqs="CERT_REQUIRED",
                ca_certs=certifi.where(),
            )
        else:
            connection = HTTPConnection(address, url.port, timeout=timeout)
        try:
            with _cut_off(partial(getattr, connection, "sock"), deadline):
                connection.connect()
        except (HTTPError, OSError) as error:
            connection.close()
            if isinstance(error, SSLError | ssl.SSLError):
                raise
            failed = error
            continue
        if connection.sock is not None:
            connection.sock.settimeout(max(0.01, deadline - time.monotonic()))
        return connection
    raise failed or OSError("no address")


class _cut_off:
    """Shuts a socket at the deadline: its own time-outs begin anew with every byte that drips in."""

    def __init__(self, sock: Callable[[], socket.socket | None], deadline: float) -> None:
        self._sock = sock
        self._timer = threading.Timer(max(0.0, deadline - time.monotonic()), self._shut)
        self._timer.daemon = True

    def _shut(self) -> None:
        sock = self._sock()
        if sock is not None:
            with suppress(OSError, ValueError):
                # The plain socket's own, for that of TLS would let its reader go on in the clear.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


def _body(answer: BaseHTTPResponse, most: int, place: str) -> tuple[bytes, bool]:
    announced = answer.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced) > most:
        raise _too_large(place, most)
    pieces, size = [], 0
    try:
        for piece in answer.stream(_PIECE, decode_content=True):
            size += len(piece)
            if size > most:
                raise _too_large(place, most)
            pieces.append(piece)
    except ProtocolError as error:
        # Where a body in chunks lacks the last, empty one there are words and no cause.
        if not isinstance(error.args[-1], IncompleteRead | str):
            raise
        return b"".join(pieces), False
    return b"".join(pieces), True


def _too_large(place: str, most: int) -> FetchError:
    return FetchError(place, f"is larger than {most / 2**20:g} MB", "raise WIREROOM_FETCH_MB if that is meant")


def _require_time(deadline: float, place: str) -> None:
    if time.monotonic() >= deadline:
        raise FetchError(place, "took too long", "raise WIREROOM_FETCH_SECONDS if that is meant")


def _cause(error: Exception) -> str:
    """The cause in words; never those of the library, which name the whole address."""
    if isinstance(error, SSLError | ssl.SSLError):
        told = error.__cause__ or error.__context__ or error
        reason = getattr(told, "verify_message", None) or getattr(told, "reason", None) or "no TLS"
        return f"has no valid certificate or TLS ({reason})"
    if isinstance(error, ConnectTimeoutError | TimeoutError):
        return "does not answer"
    if isinstance(error, DecodeError):
        return "sent a body that cannot be decoded as its Content-Encoding says"
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "closed the connection"
    if isinstance(error, HTTPException | ValueError):
        return "did not answer with HTTP"
    if isinstance(error, HTTPError | OSError):
        reason = getattr(error, "strerror", None) or type(error).__name__
        return f"cannot be reached ({reason})"
    return f"cannot be fetched ({type(error).__name__})"


def _host_header(url: Url) -> str:
    host = url.host
    host = f"[{host}]" if ":" in host else host.encode("idna").decode() if not host.isascii() else host
    return f"{host}:{url.parts.port}" if url.parts.port else host


def _query(query: str) -> str:
    return quote(query, safe="/%:@!$&'()*+,;=~?[]{}|")
