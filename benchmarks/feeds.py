"""Polls many local feeds with one worker of threads, as `wireroom up` has it: feeds a minute, memory, lateness.

    python benchmarks/feeds.py [FEEDS]

2,000 feeds unless told otherwise, of which one in ten changes, on 200 addresses of loopback (Linux), all due at once,
each with twenty entries. Twice: first every entry is new, then most servers say `304 Not Modified`.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_HOSTS = 200
_ENTRIES = 20
_TEXT = "Police in the district said that the search goes on and that nobody else is missing. " * 8


class _Feeds(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    round = 1

    def do_GET(self) -> None:
        number = int(self.path.rpartition("/")[2])
        changed = number % 10 == 0 and self.round > 1
        tag = f'"{number}-{changed}"'
        if self.headers["If-None-Match"] == tag:
            self._answer(304, b"", tag)
            return
        items = range(_ENTRIES + 1 if changed else _ENTRIES)
        body = "".join(
            f"<item><guid>{number}-{n}</guid><title>Search {n}</title>"
            f"<description>{number} {n} {_TEXT}</description></item>"
            for n in items
        )
        self._answer(200, f'<rss version="2.0"><channel><title>F</title>{body}</channel></rss>'.encode(), tag)

    def _answer(self, status: int, body: bytes, tag: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", tag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 500
    daemon_threads = True


def main(count: int) -> None:
    """Prints a line for each round."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'feeds.sqlite'}",
            "WIREROOM_FETCH_NETWORKS": "127.0.0.0/8",
            "WIREROOM_FETCH_HOST_SECONDS": "0",
            "WIREROOM_QUEUE_LIMIT": "1000000",
        }
        from sqlalchemy import func, select, update

        from schemas.tables import Feed, Fetch
        from workers.broker import broker_running
        from workers.celery import use_broker
        from workers.feeds.poll import poll
        from workers.settings import settings
        from workers.store import feeds
        from workers.store.database import database
        from workers.store.migrate import migrate

        server = _Server(("0.0.0.0", 0), _Feeds)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        migrate(database())
        with database().writing() as session:
            for n in range(count):
                feeds.add(session, f"http://127.0.0.{1 + n % _HOSTS}:{server.server_port}/{n}")
        print(f"{count} feeds, {settings().fetch_threads} at a time; the servers run in the same process")
        with broker_running() as url:
            use_broker(url)
            for _Feeds.round in (1, 2):
                with database().writing() as session:
                    session.execute(update(Feed).values(due=datetime.now(UTC)))
                with database().reading() as session:
                    numbers = list(session.scalars(select(Feed.number).order_by(Feed.number)))
                started = time.perf_counter()
                with ThreadPoolExecutor(settings().fetch_threads) as pool:
                    said = list(pool.map(poll, numbers))
                took = time.perf_counter() - started
                with database().reading() as session:
                    fetches = session.execute(
                        select(Fetch.due, Fetch.started).order_by(Fetch.number.desc()).limit(count)
                    ).all()
                    new = session.scalar(select(func.sum(Fetch.new))) or 0
                late = max((start - due).total_seconds() for due, start in fetches)
                off = sum(each.startswith("put off") for each in said)
                print(
                    f"round {_Feeds.round}: {60 * count / took:,.0f} feeds a minute, the latest {late:.0f} s late, "
                    f"{_memory():.0f} MB at most, {new:,} entries so far, {off} put off"
                )
        server.shutdown()


def _memory() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
