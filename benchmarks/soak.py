"""Half an hour of steady arrivals, with workers recycled meanwhile: memory and file handles of every process must stay
flat, and nothing may be waiting at the end.

    python -m benchmarks.soak --picture soak.svg

Real broker, real worker processes, beat and its sweeper; Flower is not among them, for its memory grows by design until
it holds its last 30,000 tasks. Pool processes are replaced after so many documents, the whole worker is told to stop
(SIGTERM, a warm shutdown) and started anew every few minutes. Memory is the resident set size of a process, the mean
over those of its role, sampled every few seconds. Its slope goes from the median of the run's middle third to that of
its last, when caches are filled; flat means that at this slope an hour adds less than a tenth to memory, and less than
one file handle a process. A run of a few minutes shows that the benchmark works, and no slope worth its name.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO

import numpy as np
import psutil

from schemas.documents import RawDocument
from schemas.stages import State
from workers.local.services import beat_service, restart_ended, running, worker_service
from workers.producers.intake import accept_all
from workers.queue.broker import broker_running, connect
from workers.queue.sending import queue_lengths
from workers.settings import override
from workers.store.census import by_state
from workers.store.database import database
from workers.store.migrate import migrate

SAMPLE_SECONDS = 5.0
DRAIN_SECONDS = 300.0
FLAT_SHARE = 0.10
ROLES = ("worker", "pool", "beat", "broker", "producer")
COLOURS = dict(zip(ROLES, ("black", "crimson", "seagreen", "royalblue", "darkorange"), strict=True))

PLACES = ("Tarvek", "Lower Ostry", "Kellin Bay", "Mirador", "Saint Orme", "Venholt", "Rask", "Port Ielo")
PEOPLE = ("Ines Moral", "Davit Karan", "Lea Orsini", "Tomas Brandt", "Amara Diallo", "Yusuf Demir")
OFFICES = ("police chief", "mayor", "spokesman of the ministry", "director of the hospital", "head of the fire brigade")
EVENTS = ("flood", "bus crash", "warehouse fire", "mine collapse", "storm", "ferry accident")
OBJECTS = ("bridge", "market", "school", "harbour", "convoy", "road", "ambulance", "station", "power line", "roof")
DOERS = ("soldiers", "farmers", "engineers", "witnesses", "survivors", "nurses", "divers", "councillors", "drivers")
DEEDS = ("searched", "left", "closed", "repaired", "watched", "reached", "rebuilt", "photographed", "guarded", "sold")


@dataclass
class Samples:
    """Memory (MB) and file handles of each role, at seconds since the start."""

    times: list[float] = field(default_factory=list)
    memory: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    handles: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def take(self, at: float, roles: dict[str, list[psutil.Process]]) -> None:
        """One sample; a process that is just being replaced is left out of it."""
        self.times.append(at)
        for role in ROLES:
            memory, handles = [], []
            for process in roles[role]:
                try:
                    memory.append(process.memory_info().rss / 2**20)
                    handles.append(process.num_fds())
                except psutil.Error:
                    continue
            self.memory[role].append(float(np.mean(memory)) if memory else np.nan)
            self.handles[role].append(float(np.mean(handles)) if handles else np.nan)

    def slope(self, values: Sequence[float]) -> float:
        """Growth an hour: from the median of the middle third to that of the last, which a process that is just being
        started does not move.
        """
        times, found = np.array(self.times), np.array(values)
        end = times[-1]
        middle, last = ((times >= end * share / 3) & (times < end * (share + 1) / 3) for share in (1, 2))
        return float((np.nanmedian(found[last]) - np.nanmedian(found[middle])) / (end / 3) * 3600)


def article(number: int, rng: random.Random) -> str:
    """An invented report of ten sentences, some hundred different words, with figures and quotes."""
    place, event = rng.choice(PLACES), rng.choice(EVENTS)
    lines = [f"The {event} in {place} killed {rng.randint(2, 90)} people, the {rng.choice(OFFICES)} said on Monday."]
    for _ in range(5):
        lines.append(
            f"{rng.choice(DOERS).capitalize()} {rng.choice(DEEDS)} the {rng.choice(OBJECTS)} of sector "
            f"{rng.randint(1, 9999)} near {rng.choice(PLACES)}, report {number} says."
        )
    lines.append(f"“We are still looking for {rng.randint(2, 60)} people,” {rng.choice(PEOPLE)} told reporters.")
    lines.append(f"At least {rng.randint(3, 200)} were injured, according to {rng.choice(PEOPLE)}.")
    return "\n".join(lines)


def arrivals(rate: float, until: float) -> Iterator[RawDocument]:
    """Documents at a steady rate; each tenth is the one before it again, under another id."""
    rng, number, due = random.Random(7), 0, time.monotonic()
    content = ""
    while due < until:
        time.sleep(max(0.0, due - time.monotonic()))
        number, due = number + 1, due + 1 / rate
        if number % 10 or not content:
            content = article(number, rng)
        yield RawDocument(content=content, external_id=f"soak-{number}", source=f"{rng.choice(PLACES)}.example")


class Soak:
    """The services of a run, and what is done to them."""

    def __init__(self, broker: str, restart_every: float, recycle: int, log: IO[bytes]) -> None:
        worker = worker_service()
        worker.command = [*worker.command, "--max-tasks-per-child", str(recycle)]
        self.services, self._log = [worker, beat_service()], log
        self._broker_pid = int(connect(broker).info("server")["process_id"])
        self._restart_every, self._restart_due = restart_every, time.monotonic() + restart_every
        self._started = time.monotonic()
        self._sample_due = 0.0
        self.samples, self.restarts, self.ends = Samples(), 0, 0
        self.pool: set[int] = set()

    def look(self) -> None:
        """Called again and again: samples, restarts that are due, services that ended."""
        now = time.monotonic()
        worker = self.services[0]
        if now >= self._restart_due and worker.process and worker.ended() is None:
            worker.process.terminate()
            self._restart_due, self.restarts = now + self._restart_every, self.restarts + 1
        self.ends += len(restart_ended(self.services, self._log))
        if now >= self._sample_due:
            self._sample_due = now + SAMPLE_SECONDS
            roles = self._roles()
            self.pool.update(process.pid for process in roles["pool"])
            self.samples.take(now - self._started, roles)

    def _roles(self) -> dict[str, list[psutil.Process]]:
        found = {"producer": [psutil.Process()], "broker": [psutil.Process(self._broker_pid)], "pool": []}
        for role, service in zip(("worker", "beat"), self.services, strict=True):
            alive = service.process is not None and service.ended() is None
            found[role] = [psutil.Process(service.process.pid)] if alive and service.process else []
        for worker in found["worker"]:
            with suppress(psutil.Error):
                found["pool"] = [child for child in worker.children() if child.pid != self._broker_pid]
        return found


def waiting() -> int:
    """Documents that have not ended, and messages that are on Redis."""
    with database().reading() as session:
        states = by_state(session)
    on_their_way = sum(states.values()) - states[State.STORED] - states[State.FAILED]
    return on_their_way + sum(queue_lengths().values())


def picture(samples: Samples, path: Path) -> None:
    """Memory over time, a line a role, as an SVG."""
    end = max(samples.times)
    top = 1.1 * max(float(np.nanmax(samples.memory[role])) for role in ROLES)
    lines = []
    for place, role in enumerate(ROLES):
        points = " ".join(
            f"{60 + 500 * at / end:.1f},{260 - 220 * value / top:.1f}"
            for at, value in zip(samples.times, samples.memory[role], strict=True)
            if np.isfinite(value)
        )
        lines.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS[role]}"/>')
        last = 260 - 220 * float(np.nanmedian(samples.memory[role])) / top
        lines.append(f'<text x="566" y="{last + 4:.0f}" fill="{COLOURS[role]}">{role}</text>')
        lines.append(f'<rect x="{66 + 100 * place}" y="24" width="10" height="3" fill="{COLOURS[role]}"/>')
        handles = float(np.nanmedian(samples.handles[role]))
        lines.append(f'<text x="{80 + 100 * place}" y="30" fill="{COLOURS[role]}">{role}, {handles:.0f} files</text>')
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="300" font-family="sans-serif" font-size="11">'
        f'<rect width="640" height="300" fill="white"/><path d="M60 40V260H560" fill="none" stroke="gray"/>'
        f'{"".join(lines)}<text x="20" y="50">{top:.0f} MB</text><text x="44" y="264">0</text>'
        f'<text x="500" y="280">{end / 60:.0f} minutes</text>'
        '<text x="60" y="14">memory of a process (resident set size), mean over the processes of a role</text>'
        "</svg>\n",
        encoding="utf-8",
    )


def verdict(samples: Samples) -> bool:
    """Prints each role's memory and handles with their slopes; gives whether all are flat."""
    flat = True
    print("process   MB median  MB an hour  files median  files an hour  flat")
    for role in ROLES:
        memory, handles = samples.memory[role], samples.handles[role]
        growth, more = samples.slope(memory), samples.slope(handles)
        median = float(np.nanmedian(memory))
        good = growth < FLAT_SHARE * median and more < 1.0
        flat &= good
        print(
            f"{role:<9} {median:<10.1f} {growth:<+11.1f} {np.nanmedian(handles):<13.0f} {more:<+14.2f} "
            f"{'yes' if good else 'NO'}"
        )
    return flat


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--rate", type=float, default=3.0, help="documents a second")
    parser.add_argument("--recycle", type=int, default=400, help="tasks after which a pool process is replaced")
    parser.add_argument("--restart-minutes", type=float, default=5.0, help="between two warm restarts of the worker")
    parser.add_argument("--database", help="URL of an empty database (default: a new SQLite file)")
    parser.add_argument("--picture", type=Path, help="an SVG file for the curves")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WIREROOM_DATA"] = folder
        os.environ.pop("CELERY_BROKER_URL", None)
        os.environ["REDIS_URL"] = ""
        override(arguments.database or f"sqlite:///{folder}/soak.sqlite")
        migrate(database())
        with broker_running() as broker, (Path(folder) / "services.log").open("ab") as log:
            soak = Soak(broker, 60 * arguments.restart_minutes, arguments.recycle, log)
            with running(soak.services, log):
                accepted = _feed(soak, arguments.rate, 60 * arguments.minutes)
                left = _drain(soak)
        with database().reading() as session:
            states = by_state(session)
    flat = verdict(soak.samples)
    print(
        f"{accepted} documents in {arguments.minutes:g} minutes: {states[State.STORED]} stored, "
        f"{states[State.FAILED]} failed, {left} waiting at the end; {soak.restarts} warm restarts, "
        f"{len(soak.pool)} pool processes"
    )
    if arguments.picture:
        picture(soak.samples, arguments.picture)
    sys.exit(not (flat and left == 0 and states[State.STORED] == accepted))


def _feed(soak: Soak, rate: float, seconds: float) -> int:
    """Takes documents in for so long, a few at a time, through the producers' own door; gives how many were new."""
    accepted = 0
    source = arrivals(rate, time.monotonic() + seconds)
    while part := list(islice(source, max(1, round(rate)))):
        accepted += list(accept_all(part))[-1].new
        soak.look()
    return accepted


def _drain(soak: Soak) -> int:
    """Waits for what is on its way; gives how much is left of it."""
    deadline = time.monotonic() + DRAIN_SECONDS
    while (left := waiting()) and time.monotonic() < deadline:
        soak.look()
        time.sleep(0.5)
    return left


if __name__ == "__main__":
    main()
