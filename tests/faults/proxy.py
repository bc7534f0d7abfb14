"""A TCP proxy between the services and a server: its connections can be cut and its replies made slow."""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import suppress

# Closing with this sends a reset rather than an orderly end, as a broken network does (socket(7), SO_LINGER).
_RESET = struct.pack("ii", 1, 0)


class Proxy:
    """Listens on a port of its own on loopback and passes everything on to `target`."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.reply_delay = 0.0  # seconds each piece of a reply is held back
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> int:
        """Resets every connection; gives how many sockets that were."""
        cut = list(self._open)
        for side in cut:
            _reset(side)
        return len(cut)

    def close(self) -> None:
        """Stops listening and cuts what is open."""
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._target), timeout=10)
            except OSError:
                _reset(client)  # as a server that is down refuses
                continue
            server.settimeout(None)
            self._open |= {client, server}
            threading.Thread(target=self._pump, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, True), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, reply: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                if reply and self.reply_delay:
                    time.sleep(self.reply_delay)
                sink.sendall(piece)
        for side in (source, sink):
            self._open.discard(side)
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
            side.close()


def _reset(side: socket.socket) -> None:
    with suppress(OSError):
        side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    with suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)  # wakes the thread that reads it
    with suppress(OSError):
        side.close()


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
