"""A Celery chain over a file, as tutorials write it: broker, worker, a chain for each article, and waiting for all.

    python -m benchmarks.whole.run_chain plain|bare ARTICLES.jsonl PROCESSES

`plain` does the whole job in its tasks (`plain.py`), `bare` nothing at all (`bare.py`): what the queue alone costs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from workers.queue.broker import broker_running

# Seconds to wait for one article: a machine may be busy with other work.
_PATIENCE = 1800


def main() -> None:
    """Runs it."""
    name, file, processes = f"benchmarks.whole.{sys.argv[1]}", Path(sys.argv[2]), sys.argv[3]
    with broker_running() as broker:
        os.environ.update(CHAIN_BROKER=broker, CHAIN_FOLDER=str(file.parent), OPENBLAS_NUM_THREADS="1")
        chain_of = import_module(name).chain_of  # which reads these
        command = [sys.executable, "-m", "celery", "-A", name, "worker", "-c", processes]
        worker = subprocess.Popen([*command, "--without-mingle", "--without-gossip", "-l", "WARNING"])
        try:
            articles = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
            results = [chain_of(article).apply_async() for article in articles]
            for result in results:
                result.get(timeout=_PATIENCE)
        finally:
            worker.terminate()
            worker.wait()


if __name__ == "__main__":
    main()
