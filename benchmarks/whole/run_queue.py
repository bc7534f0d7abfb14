"""Our queue alone: documents are accepted and taken through stages that find nothing (`no_work.py`).

python -m benchmarks.whole.run_queue ARTICLES.jsonl PROCESSES
"""

from __future__ import annotations

import subprocess
import sys

from benchmarks.whole.measuring import python
from workers.queue.broker import broker_running


def main() -> None:
    """Runs it."""
    file, processes = sys.argv[1:]
    worker_of = ("celery", "-A", "workers", "worker", "-I", "benchmarks.whole.no_work")
    with broker_running():
        worker = subprocess.Popen(python(*worker_of, "-X", "fetch", "-c", processes, "-l", "WARNING"))
        try:
            subprocess.run(python("workers.cli", "ingest", "--wait", file), check=True)
        finally:
            worker.terminate()
            worker.wait()


if __name__ == "__main__":
    main()
