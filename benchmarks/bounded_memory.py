"""A million documents fed at once: the producer waits while queues are long, so that the broker's memory stays small.

    python -m benchmarks.bounded_memory

The producer is the real one (`wireroom ingest` of one .jsonl file), and so are the tables and the broker (Valkey). The
workers are not: real ones need hours for a million. In their place a stand-in moves every message from the clean queue
to the extract queue, and takes some off that one only while it is as long as producers allow: the worst case, all the
time. Printed are the peaks of the broker's used_memory, of the queues and of the producer's resident memory.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import redis

from schemas.stages import Stage
from workers.queue.broker import broker_running, connect
from workers.settings import override, settings

LIMIT_MB = (
    64  # stated in docs/services.md for the default queue limit: three queues' worth of messages and as much again
)

TICK_SECONDS = 0.05
MOVED_AT_ONCE = 1_000
TAKEN_AT_ONCE = 500


@dataclass
class Peaks:
    """The most that was seen: bytes of the broker, messages on one queue and on all, bytes of the producer."""

    broker: int = 0
    queue: int = 0
    messages: int = 0
    producer: int = 0

    def look(self, client: redis.Redis, producer: psutil.Process) -> None:
        lengths = [int(client.llen(stage.value)) for stage in Stage]
        self.queue, self.messages = max(self.queue, *lengths), max(self.messages, sum(lengths))
        self.broker = max(self.broker, int(client.info("memory")["used_memory"]))
        try:
            self.producer = max(self.producer, producer.memory_info().rss)
        except psutil.Error:
            return  # it has just ended


def write_documents(path: Path, count: int) -> None:
    """One small article a line, no two alike."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            content = f"Report {number}: {number % 90 + 2} people were hurt in sector {number % 997}, police said."
            document = {"id": str(number), "source": "desk.example", "title": f"Report {number}", "content": content}
            file.write(json.dumps(document) + "\n")


def take(client: redis.Redis, everything: bool) -> int:
    """The stand-in's one step; gives how many messages came through it."""
    while (moved := client.rpop(Stage.CLEAN.value, MOVED_AT_ONCE)) is not None:
        client.lpush(Stage.EXTRACT.value, *moved)
    if not everything and client.llen(Stage.EXTRACT.value) < settings().queue_limit:
        return 0
    return len(client.rpop(Stage.EXTRACT.value, TAKEN_AT_ONCE) or ())


def measure(path: Path) -> tuple[Peaks, int, float]:
    """Feeds the file; gives the peaks, the messages that came through, and seconds."""
    with broker_running() as url:
        client, peaks, through = connect(url), Peaks(), 0
        empty = int(client.info("memory")["used_memory"])
        print(f"the broker when empty: {empty / 2**20:.1f} MB; producers wait at {settings().queue_limit:,} messages")
        started = time.monotonic()
        command = [sys.executable, "-m", "workers.cli", "ingest", str(path)]
        producer = subprocess.Popen(command, env=dict(os.environ))
        process = psutil.Process(producer.pid)
        while (running := producer.poll() is None) or client.llen(Stage.EXTRACT.value):
            peaks.look(client, process)
            through += take(client, everything=not running)
            time.sleep(TICK_SECONDS)
        return peaks, through, time.monotonic() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--database", help="URL of an empty database (default: a new SQLite file)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"WIREROOM_DATA": folder, "REDIS_URL": "", "CELERY_BROKER_URL": ""}
        override(arguments.database or f"sqlite:///{folder}/bounded.sqlite")
        path = Path(folder) / "documents.jsonl"
        write_documents(path, arguments.documents)
        peaks, through, seconds = measure(path)
    print(
        f"{arguments.documents:,} documents in {seconds:.0f} s ({arguments.documents / seconds:.0f} a second); "
        f"{through:,} messages came through\n"
        f"broker at most       {peaks.broker / 2**20:.1f} MB (limit {LIMIT_MB})\n"
        f"longest queue        {peaks.queue:,} messages, {peaks.messages:,} on all\n"
        f"producer at most     {peaks.producer / 2**20:.0f} MB"
    )
    sys.exit(not (peaks.broker < LIMIT_MB * 2**20 and through == arguments.documents))


if __name__ == "__main__":
    main()
