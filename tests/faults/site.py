"""A site: all that runs in a round, as a newsroom would run it, with a supervisor, proxies and disks of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.clock import Clock, clock
from tests.faults.processes import Kept, Producer, Supervisor
from tests.faults.proxy import Proxy
from tests.faults.servers import PostgreSQL, Valkey, disk
from tests.faults.witness import install
from tests.integration.program import CELERY, environment
from workers.settings import Settings
from workers.store.database import Database
from workers.store.migrate import migrate

# Short, so that what is lost comes back while one waits for it; a stage takes some ten milliseconds here.
SETTINGS = {
    "WIREROOM_SWEEP_SECONDS": "2",
    "WIREROOM_STALE_SECONDS": "4",
    "WIREROOM_STAGE_SECONDS": "10",
    # A document in the hands of three pool processes that were killed from outside cannot be told from one that took
    # down three. A suite that kills every few seconds gets there by chance, so it allows more attempts.
    "WIREROOM_MAX_ATTEMPTS": "6",
}


@dataclass
class Site:
    """What faults are done to. `server`, `database_proxy`: None on SQLite; `clock`: None where it cannot jump."""

    broker: Valkey
    server: PostgreSQL | None
    worker: Kept
    beat: Kept
    producer: Producer
    broker_proxy: Proxy
    database_proxy: Proxy | None
    broker_disk: Path
    database_disk: Path
    disks_mounted: bool
    clock: Clock | None
    database: Database  # goes round the proxy


@contextmanager
def site(folder: Path, kind: str, **settings: str) -> Iterator[Site]:
    """A site that runs while the block does, its logs in the folder.

    Args:
        kind: `sqlite` or `postgresql`.
    """
    with ExitStack() as stack:
        broker_disk, database_disk = folder / "broker", folder / "database"
        mounted = [stack.enter_context(disk(broker_disk, "broker")), stack.enter_context(disk(database_disk, kind))]
        broker = Valkey(broker_disk, folder / "valkey.log")
        broker_proxy = stack.enter_context(closing(Proxy(broker.port)))
        server = database_proxy = None
        if kind == "postgresql":
            cluster = database_disk / "cluster"
            cluster.mkdir()
            server = PostgreSQL(cluster, folder / "postgresql.log")
            database_proxy = stack.enter_context(closing(Proxy(server.port)))
            direct, through = server.url(server.port), server.url(database_proxy.port)
        else:
            direct = through = f"sqlite:///{database_disk / 'wireroom.sqlite'}"
        stack.enter_context(Supervisor([broker, *([server] if server else [])]))
        broker.wait()
        if server:
            server.wait()
        database = Database(Settings(DATABASE_URL=direct).database)
        stack.callback(database.engine.dispose)
        migrate(database)
        install(database)
        jumping = clock(folder)
        env = environment(
            through,
            REDIS_URL=f"redis://127.0.0.1:{broker_proxy.port}/0",
            WIREROOM_DATA=str(folder / "data"),
            **SETTINGS | settings,
        )
        if jumping:
            env |= jumping.environment
        options = ("-l", "INFO", "-c", "2", "--without-mingle", "--without-gossip")
        worker = Kept("worker", [*CELERY, "worker", *options], folder / "worker.log", env)
        beat = Kept("beat", [*CELERY, "beat", "-l", "INFO"], folder / "beat.log", env)
        producer = Producer(folder / "producer.log", env)
        stack.enter_context(Supervisor([worker, beat, producer]))
        yield Site(
            broker, server, worker, beat, producer, broker_proxy, database_proxy, broker_disk, database_disk,
            all(mounted), jumping, database,
        )  # fmt: skip
