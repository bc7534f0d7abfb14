"""Polls many local feeds with the real scheduler and fetching worker: feeds a minute, processor time, memory, delay.

    python benchmarks/feed_polling.py [FEEDS] [DATABASE_URL]

2,000 feeds of twenty entries unless told otherwise, all due at once, on 200 addresses of loopback (Linux). A server of
its own process misbehaves for one in five: it drips, cuts bodies short, redirects in circles, sends bad gzip, 404, 503
or 304 to everybody, lies in its ETag, or breaks the connection off. Three rounds: all new; then most say `304 Not
Modified` and one in ten has changed; and again. The stages do not run; the tables are SQLite unless a URL is given.
"""

from __future__ import annotations

import gzip
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

_HOSTS = 200
_ENTRIES = 20
_TEXT = "Police in the district said that the search goes on and that nobody else is missing. " * 8
_MISBEHAVIOURS = ("drip", "short", "circle", "gzip", "404", "503", "304", "lie", "break")
_FETCH_SECONDS = 5
_ROUNDS = 3


class _Feeds(BaseHTTPRequestHandler):
    """`/NUMBER/ROUND…`: the feed of that number; the first misbehave, each in its way."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        number = int(self.path.split("/")[1])
        self.server.asked.append((number, time.time()))  # type: ignore[attr-defined]
        kind = _MISBEHAVIOURS[number // 5 % len(_MISBEHAVIOURS)] if number % 5 == 0 else "well"
        version = self.server.round if number % 10 == 1 or kind == "lie" else 1  # type: ignore[attr-defined]
        tag = f'"{number}"' if kind == "lie" else f'"{number}-{version}"'
        body = b"" if self.headers["If-None-Match"] == tag and kind != "lie" else _feed(number, version)
        if kind == "drip":
            self._head(200, 10**6)
            for _ in range(2 * 10 * _FETCH_SECONDS):
                self.wfile.write(b"<")
                time.sleep(0.1)
        elif kind == "circle":
            self._head(302, 0, Location=self.path)
        elif kind in ("404", "503", "304"):
            self._head(int(kind), 0, **({"Retry-After": "1"} if kind == "503" else {}))
        elif kind == "gzip":
            self._head(200, len(body), **{"Content-Encoding": "gzip"})
            self.wfile.write(gzip.compress(body)[:40] + body[40:])
        elif kind == "short":
            self._head(200, len(body) + 500, ETag=tag)
            self.wfile.write(body)
            self.close_connection = True
        elif kind != "break":
            self._head(200 if body else 304, len(body), ETag=tag)
            self.wfile.write(body)

    def _head(self, status: int, length: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(length), **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def _feed(number: int, version: int) -> bytes:
    items = range(_ENTRIES + version - 1)
    body = "".join(
        f"<item><guid>{number}-{n}</guid><title>Search {n}</title>"
        f"<description>{number} {n} {_TEXT}</description></item>"
        for n in items
    )
    return f'<rss version="2.0"><channel><title>Feed {number}</title>{body}</channel></rss>'.encode()


class _Server(ThreadingHTTPServer):
    request_queue_size = 500
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A client that gave up is what a server that drips must expect."""


def _serve(pipe: Connection) -> None:
    server = _Server(("0.0.0.0", 0), _Feeds)
    server.asked, server.round = [], 1  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pipe.send(server.server_port)
    while (told := pipe.recv()) is not None:
        server.round = told  # type: ignore[attr-defined]
        pipe.send(server.asked)  # type: ignore[attr-defined]
        server.asked = []  # type: ignore[attr-defined]


def main(count: int, database_url: str) -> None:
    """Prints a line for each round."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=_serve, args=(theirs,), daemon=True)
    server.start()
    port = ours.recv()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DATABASE_URL": database_url or f"sqlite:///{Path(folder) / 'feeds.sqlite'}",
            "WIREROOM_DATA": folder,
            "WIREROOM_FETCH_NETWORKS": "127.0.0.0/8",
            "WIREROOM_FETCH_HOST_SECONDS": "0",
            "WIREROOM_FETCH_SECONDS": str(_FETCH_SECONDS),
            "WIREROOM_POLL_SECONDS": "2",
            "WIREROOM_QUEUE_LIMIT": "1000000",
            "WIREROOM_LOG_LEVEL": "WARNING",
        }
        from schemas.feeds import FeedState
        from schemas.urls import Url
        from workers.queue.app import app
        from workers.queue.broker import broker_running
        from workers.settings import settings
        from workers.store import feeds
        from workers.store.database import database
        from workers.store.migrate import migrate

        migrate(database())
        with database().writing() as session:
            for n in range(count):
                feeds.add(session, Url.parse(f"http://127.0.0.{1 + n % _HOSTS}:{port}/{n}/"))
            feeds.set_state(session, range(1, count + 1), FeedState.PAUSED)  # until the first round
        print(f"{count:,} feeds, {settings().fetch_threads} at a time, {database().url.get_backend_name()}")
        with broker_running(), (Path(folder) / "log").open("wb") as log:
            celery = [sys.executable, "-m", "celery", "-A", "workers"]
            threads = ["-P", "threads", "-c", str(settings().fetch_threads), "-l", "WARNING"]
            commands = [
                [*celery, "worker", "-Q", "fetch", *threads, "-n", "fetch@%h"],
                [*celery, "worker", "-Q", "sweep", "-c", "1", "-n", "look@%h", "-l", "WARNING"],
                [*celery, "beat", "-l", "WARNING"],
            ]
            services = [subprocess.Popen(command, stdout=log, stderr=log) for command in commands]
            try:
                while len(app().control.ping(timeout=1.0)) < 2:
                    pass
                for number in range(1, _ROUNDS + 1):
                    ours.send(number)
                    ours.recv()
                    _round(number, count, services)
                    ours.send(number)
                    asked = [n for n, _ in ours.recv()]
                    circling = sum(n % 5 == 0 and n // 5 % 9 == 2 for n in asked)
                    print(f"         {len(asked):,} requests, {circling:,} of them in circles")
            finally:
                for service in services:
                    service.terminate()
                for service in services:
                    service.wait(30)
                if sys.exc_info()[0]:
                    print((Path(folder) / "log").read_text()[-3000:])
    ours.send(None)


def _used(services: Sequence[subprocess.Popen[bytes]]) -> float:
    """The processor seconds of the services and their children so far."""
    seconds = 0.0
    for service in services:
        process = psutil.Process(service.pid)
        for each in (process, *process.children(recursive=True)):
            times = each.cpu_times()
            seconds += times.user + times.system
    return seconds


def _round(number: int, count: int, services: Sequence[subprocess.Popen[bytes]]) -> None:
    """Makes every feed due and waits until each has been polled."""
    from sqlalchemy import func, select, update

    from schemas.tables import Feed, Fetch
    from workers.store.database import database

    with database().writing() as session:
        last = session.scalar(select(func.max(Fetch.number))) or 0
        session.execute(update(Feed).values(due=datetime.now(UTC), state="active"))
    began, peak, done, used = datetime.now(UTC), 0, 0, _used(services)
    of_round = Fetch.number > last
    deadline = time.monotonic() + 900
    while done < count:
        time.sleep(0.5)
        peak = max(peak, psutil.Process(services[0].pid).memory_info().rss)
        with database().reading() as session:
            done = session.scalar(select(func.count(func.distinct(Fetch.feed_number))).where(of_round)) or 0
        if time.monotonic() > deadline:
            raise TimeoutError(f"{done} of {count} polled")
    with database().reading() as session:
        first, latest, polls, errors, new = session.execute(
            select(
                func.min(Fetch.started),
                func.max(Fetch.started),
                func.count(),
                func.count(Fetch.error),
                func.sum(Fetch.new),
            ).where(of_round)
        ).one()
    took, used = datetime.now(UTC) - _aware(first), _used(services) - used
    print(
        f"round {number}: {60 * count / took.total_seconds():,.0f} feeds a minute, "
        f"{1000 * used / count:.1f} ms of processor time each; the latest was polled "
        f"{(_aware(latest) - began).total_seconds():.0f} s after it was due; {peak / 2**20:.0f} MB; "
        f"{polls:,} polls, {errors:,} with an error, {new:,} new entries"
    )


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000, sys.argv[2] if len(sys.argv) > 2 else "")
