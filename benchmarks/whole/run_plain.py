"""The plain way over a file: broker, worker, a chain for each article, and waiting for all of them.

python -m benchmarks.whole.run_plain ARTICLES.jsonl PROCESSES
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from celery import chain

from workers.queue.broker import broker_running

# Seconds to wait for one article: a machine may be busy with other work.
_PATIENCE = 1800


def main() -> None:
    """Runs it."""
    file, processes = Path(sys.argv[1]), sys.argv[2]
    with broker_running() as broker:
        os.environ.update(PLAIN_BROKER=broker, PLAIN_FOLDER=str(file.parent), OPENBLAS_NUM_THREADS="1")
        from benchmarks.whole import plain  # which reads these

        plain.Base.metadata.create_all(plain.engine())
        command = [sys.executable, "-m", "celery", "-A", "benchmarks.whole.plain", "worker", "-c", processes]
        worker = subprocess.Popen([*command, "--without-mingle", "--without-gossip", "-l", "WARNING"])
        try:
            articles = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
            steps = [plain.extract.s(), plain.dedupe.s(), plain.store.s()]
            results = [chain(plain.clean.s(article), *steps).apply_async() for article in articles]
            for result in results:
                result.get(timeout=_PATIENCE)
        finally:
            worker.terminate()
            worker.wait()


if __name__ == "__main__":
    main()
