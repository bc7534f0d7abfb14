"""The faults: each a short function with a name, done to a round's site at a moment that the round chooses."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from random import Random

import psutil
import redis
from sqlalchemy.exc import DBAPIError

from tests.faults.proxy import Proxy
from tests.faults.servers import fill
from tests.faults.site import Site
from workers.store.census import by_state

# What the producer takes at most to begin to publish.
_PRODUCING_SECONDS = 15.0

Fault = Callable[[Site, Random], None]

# Seconds that a server stays away, a reply is held back, a disk full, a file locked: from a hiccup to what a restart
# takes. Longer ones find nothing more, for what waits in the program does so without end, and cost the suite its time.
_AWAY = (0.2, 3.0)
_REPLY_HELD_BACK = (0.05, 0.8)
_LASTING = (1.0, 4.0)

# Seconds by which a clock jumps: a correction, and a wrong time zone.
_JUMPS = (-3600, -600, -5, 5, 600, 3600)


def kill_pool_process(site: Site, random: Random) -> None:
    """kill -9 of a process that does the worker's tasks."""
    children = site.worker.children()
    if children:
        with suppress(psutil.NoSuchProcess):
            random.choice(sorted(children, key=lambda child: child.pid)).kill()


def kill_worker(site: Site, random: Random) -> None:
    """kill -9 of the worker's parent process; its pool is left behind."""
    site.worker.kill()


def stop_worker(site: Site, random: Random) -> None:
    """SIGTERM during work: the warm shutdown of a deployment."""
    site.worker.signal(signal.SIGTERM)


def kill_broker(site: Site, random: Random) -> None:
    """kill -9 of the broker, which keeps an append-only file."""
    _kill_broker(site, random, keep=True)


def kill_forgetful_broker(site: Site, random: Random) -> None:
    """kill -9 of a broker that comes back empty, as one without an append-only file does."""
    _kill_broker(site, random, keep=False)


def _kill_broker(site: Site, random: Random, keep: bool) -> None:
    away = random.uniform(*_AWAY)
    site.broker.hold_down(away)
    site.broker.kill()
    if not keep:
        site.broker.forget()
    time.sleep(away)


def flush_broker(site: Site, random: Random) -> None:
    """FLUSHALL: every queue and every unacknowledged message is gone."""
    with suppress(redis.RedisError):
        site.broker.client().flushall()


def kill_database(site: Site, random: Random) -> None:
    """kill -9 of PostgreSQL with all its processes."""
    assert site.server is not None
    away = random.uniform(*_AWAY)
    site.server.hold_down(away)
    site.server.kill_tree()
    time.sleep(away)


def kill_producer(site: Site, random: Random) -> None:
    """kill -9 of the producer mid-publish: at any moment, or as it has committed rows and puts messages on the queue.
    It is run again.
    """
    site.producer.repeat()
    accepted = _accepted(site)
    deadline = time.monotonic() + _PRODUCING_SECONDS
    if random.random() < 0.5:
        deadline = min(deadline, time.monotonic() + random.uniform(0.0, 2.0))
    while time.monotonic() < deadline and _accepted(site) == accepted:
        time.sleep(0.005)
    while not site.producer.kill() and time.monotonic() < deadline:
        time.sleep(0.005)


def _accepted(site: Site) -> int | None:
    """How many documents are accepted, None where the tables do not say."""
    try:
        with site.database.reading() as session:
            return sum(by_state(session).values())
    except DBAPIError:
        return None


def kill_beat(site: Site, random: Random) -> None:
    """kill -9 of the scheduler."""
    site.beat.kill()


def kill_everything(site: Site, random: Random) -> None:
    """kill -9 of every process and server at once, as when a machine goes down."""
    away = random.uniform(*_AWAY)
    for server in (site.broker, site.server):
        if server is not None:
            server.hold_down(away)
    site.producer.kill()
    for process in (site.worker, site.beat, site.broker, site.server):
        if process is not None:
            process.kill_tree()
    time.sleep(away)


def cut_broker_connections(site: Site, random: Random) -> None:
    """Every connection to the broker is reset."""
    site.broker_proxy.cut()


def cut_database_connections(site: Site, random: Random) -> None:
    """Every connection to PostgreSQL is reset."""
    assert site.database_proxy is not None
    site.database_proxy.cut()


def slow_broker(site: Site, random: Random) -> None:
    """The broker answers slowly."""
    _slow(site.broker_proxy, random)


def slow_database(site: Site, random: Random) -> None:
    """PostgreSQL answers slowly."""
    assert site.database_proxy is not None
    _slow(site.database_proxy, random)


def _slow(proxy: Proxy, random: Random) -> None:
    proxy.reply_delay = random.uniform(*_REPLY_HELD_BACK)
    time.sleep(random.uniform(*_LASTING))
    proxy.reply_delay = 0.0


def fill_database_disk(site: Site, random: Random) -> None:
    """The disk under the tables is full for a while."""
    ballast = fill(site.database_disk)
    time.sleep(random.uniform(*_LASTING))
    ballast.unlink()


def fill_broker_disk(site: Site, random: Random) -> None:
    """The disk under the broker's append-only file is full for a while."""
    ballast = fill(site.broker_disk)
    time.sleep(random.uniform(*_LASTING))
    ballast.unlink()


def lock_file(site: Site, random: Random) -> None:
    """Another program holds the SQLite file's lock (BEGIN EXCLUSIVE)."""
    path = site.database.url.database
    assert path is not None
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        time.sleep(random.uniform(*_LASTING))
        other.execute("ROLLBACK")


def jump_clock(site: Site, random: Random) -> None:
    """The wall clock of the services jumps, forwards or back."""
    assert site.clock is not None
    site.clock.jump(random.choice(_JUMPS))


_EVERYWHERE: Mapping[str, Fault] = {
    "kill -9 pool process": kill_pool_process,
    "kill -9 worker": kill_worker,
    "SIGTERM worker": stop_worker,
    "kill -9 broker, AOF": kill_broker,
    "kill -9 broker, no AOF": kill_forgetful_broker,
    "FLUSHALL": flush_broker,
    "kill -9 producer": kill_producer,
    "kill -9 beat": kill_beat,
    "kill -9 everything": kill_everything,
    "broker connections cut": cut_broker_connections,
    "broker slow": slow_broker,
}
_POSTGRESQL: Mapping[str, Fault] = {
    "kill -9 PostgreSQL": kill_database,
    "database connections cut": cut_database_connections,
    "database slow": slow_database,
}
_SQLITE: Mapping[str, Fault] = {"SQLite file locked": lock_file}
_DISKS: Mapping[str, Fault] = {"disk full, database": fill_database_disk, "disk full, broker": fill_broker_disk}
_CLOCK: Mapping[str, Fault] = {"clock jumps": jump_clock}


def possible(site: Site) -> dict[str, Fault]:
    """The faults that can be done to a site, by name."""
    faults = dict(_EVERYWHERE) | dict(_SQLITE if site.server is None else _POSTGRESQL)
    if site.disks_mounted:
        faults |= _DISKS
    if site.clock is not None:
        faults |= _CLOCK
    return faults
