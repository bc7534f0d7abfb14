"""How soon services and commands are ready, and what they hold in memory."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.whole.measuring import Cost, cost, proportional_memory, python

_ROOT = Path(__file__).parents[2]
_SEED = _ROOT / "seeds" / "ushkol-northern-courier.txt"
_PATIENCE = 300.0
_READY = b" ready."


def starts(folder: Path, environment: Mapping[str, str]) -> dict[str, Cost]:
    """The cost of the shortest uses of the program."""
    log = folder / "starts.log"
    found = {"`wireroom --help`": cost(python("workers.cli", "--help"), environment, log)}
    fresh = {**environment, "WIREROOM_DATA": str(folder / "fresh")}
    found["`wireroom run` on one small file, fresh folder"] = cost(python("workers.cli", "run", _SEED), fresh, log)
    found["worker ready (`celery -A workers worker`)"] = _worker_ready(folder, environment)
    return found


def _worker_ready(folder: Path, environment: Mapping[str, str]) -> Cost:
    log = folder / "ready.log"
    start = time.monotonic()
    command = python("celery", "-A", "workers", "worker", "-c", "2", "-X", "fetch", "-l", "INFO")
    with _service(command, {**environment, "WIREROOM_DATA": str(folder / "ready")}, log) as process:
        _wait(log, process)
        clock = time.monotonic() - start
        tree = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        times = [one.cpu_times() for one in tree]
    return Cost(clock, sum(one.user + one.system for one in times))


def memory(folder: Path, environment: Mapping[str, str], file: Path) -> dict[str, float]:
    """Megabytes of a pool process, of the whole of `up`, and of each of its services, after it has read a file."""
    log = folder / "up.log"
    ports = {"WIREROOM_FLOWER_PORT": str(_free_port()), "WIREROOM_DESK_PORT": str(_free_port())}
    own = {**environment, **ports, "WIREROOM_DATA": str(folder / "up"), "WIREROOM_LOG_LEVEL": "INFO"}
    with _service(python("workers.cli", "up"), own, log) as process:
        _wait(log, process)
        cost(python("workers.cli", "ingest", "--wait", file), own, folder / "ingest.log")
        found = proportional_memory(psutil.Process(process.pid))
    workers = [size for process, size in found.items() if process.endswith(" wireroom-worker")]
    named = {"desk": "desk", "Flower": "flower", "beat": "beat", "fetch worker": "fetch"}
    each = {
        shown: sum(size for process, size in found.items() if process.endswith(f" wireroom-{service}"))
        for shown, service in named.items()
    }
    pool = sorted(workers)[-int(environment["WIREROOM_PROCESSES"]) :]
    return {
        "a pool process (shared memory divided)": sum(pool) / len(pool),
        "the worker with its pool": sum(workers),
        **each,
        "`wireroom up`, whole": sum(found.values()),
    }


@contextmanager
def _service(command: list[str], environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        process = subprocess.Popen(command, env=dict(environment), stdout=output, stderr=output)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _wait(log: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while _READY not in log.read_bytes():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"no worker became ready; see {log}")
        time.sleep(0.02)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data: Path, processes: int) -> dict[str, str]:
    """The environment of what is measured: this one, without settings of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WIREROOM_", "CELERY_"))}
    kept = {name: value for name, value in kept.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    own = {"WIREROOM_DATA": str(data), "WIREROOM_PROCESSES": str(processes), "OPENBLAS_NUM_THREADS": "1"}
    return {**kept, **own, "PYTHONPATH": str(_ROOT)}
