"""The desk served by uvicorn in a thread, on a free port of loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from workers.desk.app import desk

_START_SECONDS = 60.0


@contextmanager
def serving() -> Iterator[str]:
    """The address of a desk with the settings in force, while the block runs."""
    # Of the protocol by its number, as a server that is told an address makes it: asyncio then lets no answer wait for
    # the acknowledgement of its headers (TCP_NODELAY).
    listening = socket.socket(proto=socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    config = uvicorn.Config(desk(), log_config=None, timeout_graceful_shutdown=1, http="h11", loop="asyncio")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + _START_SECONDS
    while not server.started:
        assert thread.is_alive(), "the desk did not start"
        assert time.monotonic() < deadline, "the desk starts too slowly"
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(_START_SECONDS)
        listening.close()
