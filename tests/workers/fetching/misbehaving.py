"""A real HTTP server on loopback that does at each path what a test asks of it, down to the byte."""

from __future__ import annotations

import datetime
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

# What a path does: given the request's headers (lower case), the bytes of the answer, piece by piece.
Behaviour = Callable[[dict[str, str]], Iterator[bytes]]


@dataclass
class Server:
    """A running server: what its paths do, what was asked of it (path, headers, time), and to which of its addresses
    connections came, whatever was asked on them.
    """

    port: int
    scheme: str = "http"
    paths: dict[str, Behaviour] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], float]] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """The address of a path."""
        return f"{self.scheme}://{host}:{self.port}{path}"

    def times(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(1 for asked, _, _ in self.asked if asked == path)


def answer(
    body: bytes = b"", status: str = "200 OK", length: int | None = None, **headers: str
) -> Callable[[dict[str, str]], Iterator[bytes]]:
    """A behaviour: one plain answer, its announced length a lie if one is given; `_` in a header's name is `-`."""

    def say(_: dict[str, str]) -> Iterator[bytes]:
        yield head(status, Content_Length=str(len(body) if length is None else length), **headers) + body

    return say


def head(status: str = "200 OK", **headers: str) -> bytes:
    """The bytes before a body."""
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def drip(before: bytes, piece: bytes = b"x", every: float = 0.05) -> Behaviour:
    """A behaviour: `before`, then a piece now and then, for ever."""

    def say(_: dict[str, str]) -> Iterator[bytes]:
        yield before
        while True:
            time.sleep(every)
            yield piece

    return say


@contextmanager
def serving(certificate: Path | None = None) -> Iterator[Server]:
    """A server on every address of 127.0.0.0/8, with TLS where a certificate is given."""
    listener = socket.create_server(("0.0.0.0", 0), backlog=200)
    server = Server(listener.getsockname()[1], "https" if certificate else "http")
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server.reached.append(client.getsockname()[0])
            threading.Thread(target=handle, args=(client,), daemon=True).start()

    def handle(client: socket.socket) -> None:
        with suppress(OSError), client:
            client.settimeout(10)
            if context:
                client = context.wrap_socket(client, server_side=True)
            request = b""
            while b"\r\n\r\n" not in request:
                piece = client.recv(65536)
                if not piece:
                    return
                request += piece
            first, *lines = request.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            path = first.split(" ")[1]
            server.asked.append((path, headers, time.monotonic()))
            for piece in server.paths.get(path, answer(b"nothing here", "404 Not Found"))(headers):
                client.sendall(piece)
            client.shutdown(socket.SHUT_WR)

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server
    finally:
        with suppress(OSError):  # a thread that waits in accept() does not notice a mere close, and would never end
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def self_signed(folder: Path, host: str) -> Path:
    """A certificate that nobody vouches for, with its key."""
    place = folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={host}"]
    command += ["-keyout", str(place), "-out", str(folder / "out.pem")]
    subprocess.run(command, check=True, capture_output=True)
    place.write_text(place.read_text() + (folder / "out.pem").read_text())
    return place


def later(seconds: float) -> str:
    """A moment from now in the form of HTTP."""
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)
    return moment.strftime("%a, %d %b %Y %H:%M:%S GMT")
