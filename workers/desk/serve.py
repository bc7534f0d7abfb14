"""Serving the desk: uvicorn with our settings and our log."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

import uvicorn

from workers import logs
from workers.desk.app import desk
from workers.local.ports import require_port
from workers.settings import settings

# Seconds in which requests that are under way may end; streams of events never do by themselves.
_GRACE_SECONDS = 3

# Seconds for which a connection without a request is kept.
_KEEP_SECONDS = 30

# Bytes of a request's line and headers.
_HEADERS = 32 * 1024


def serve(announce: Callable[[], None]) -> None:
    """Serves until stopped.

    Args:
        announce: called before, once it is known that it can.

    Raises:
        SettingError: it would be open to others without a token, or its port is taken.
    """
    address, port = settings().desk_address, settings().desk_port
    require_port("WIREROOM_DESK_PORT", address, port)
    app = desk()
    announce()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logs.formatter())
    logging.basicConfig(level=settings().log_level, handlers=[handler], force=True)
    uvicorn.run(
        app,
        host=address,
        port=port,
        log_config=None,
        # One line a request would be most of a log, and addresses of readers are nobody's business.
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        timeout_keep_alive=_KEEP_SECONDS,
        h11_max_incomplete_event_size=_HEADERS,
        http="h11",
        loop="asyncio",
    )
