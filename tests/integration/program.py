"""The program as its users start it: real processes, each test's own folder, nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis
from sqlalchemy.exc import DBAPIError

from schemas.stages import State
from workers.settings import Settings
from workers.store import census
from workers.store.database import Database

ROOT = Path(__file__).parents[2]
WIREROOM = [sys.executable, "-m", "workers.cli"]
CELERY = [sys.executable, "-m", "celery", "-A", "workers"]

# Far above what anything here takes, also on a machine with several times as much to do as it has processors, where a
# worker's start takes a minute: past it something hangs.
_SECONDS = 600

# Characters of a service's output that are shown where a test fails: some thirty lines.
_SHOWN = 4000


def environment(database_url: str, **settings: str) -> dict[str, str]:
    """An environment in which the program knows one database and the given settings; its ports are free ones."""
    ours = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL")
    inherited = {k: v for k, v in os.environ.items() if k not in ours and not k.startswith(("WIREROOM_", "FLOWER_"))}
    # Tests run beside one another, and none may hold the port on which another starts its services.
    ports = {name: str(free_port()) for name in ("WIREROOM_FLOWER_PORT", "WIREROOM_DESK_PORT")}
    own = {"DATABASE_URL": database_url, "WIREROOM_PROCESSES": "2", "PYTHONUNBUFFERED": "1"}
    return inherited | own | ports | settings


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wireroom(env: Mapping[str, str], *arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs a command of the program to its end."""
    command = [*WIREROOM, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=_SECONDS, check=False)


@contextmanager
def service(
    command: list[str], env: Mapping[str, str], log: Path, folder: Path = ROOT
) -> Iterator[subprocess.Popen[bytes]]:
    """A background service, started in a folder: its output in a file, stopped with all its processes at the end.

    Where the test fails meanwhile, the end of that output is printed, for it mostly says why.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=dict(env), stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield process
    except BaseException:
        print(f"{log}:", log.read_text(encoding="utf-8", errors="replace")[-_SHOWN:], sep="\n")
        raise
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def export(env: Mapping[str, str], table: str) -> list[dict[str, Any]]:
    """The rows of an exported table."""
    done = wireroom(env, "export", table)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def status(env: Mapping[str, str]) -> dict[str, Any]:
    """What `wireroom status --json` says."""
    done = wireroom(env, "status", "--json")
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def documents(env: Mapping[str, str]) -> dict[str, int]:
    """How many documents are in each state, straight from the tables: a command takes longer than what it watches."""
    tables = Database(Settings(DATABASE_URL=env["DATABASE_URL"]).database)
    try:
        with tables.reading() as session:
            return {state.value: count for state, count in census.by_state(session).items()}
    except DBAPIError:
        return dict.fromkeys(State, 0)  # before the tables are made
    finally:
        tables.engine.dispose()


@contextmanager
def broker_of(folder: Path) -> Iterator[redis.Redis]:
    """The embedded broker of services whose files are in a folder."""
    (place,) = folder.rglob("broker.json")
    with redis.Redis.from_url(json.loads(place.read_text())["url"]) as client:
        yield client


def until(condition: Callable[[], object], what: str) -> None:
    """Waits for a condition; fails, saying what was waited for, where it does not come."""
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.2)
