"""The limit: our three stages in a loop in as many processes, without queue and tables.

    python -m benchmarks.whole.limit ARTICLES.jsonl PROCESSES

Of dedupe it has the fingerprints; a decision needs tables.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as the services do, before NumPy is loaded

from pipeline.clean import clean
from pipeline.dedupe import fingerprint
from pipeline.extract import extract
from schemas.documents import RawDocument
from workers.tasks.stage_settings import clean_rules, gazetteer


def work(documents: list[RawDocument]) -> None:
    """Takes documents through the stages."""
    for document in documents:
        cleaned = clean(document, clean_rules())
        language, title = cleaned.language, cleaned.title
        found = extract(
            cleaned.text, language=language, title=title, published=cleaned.published, gazetteer=gazetteer()
        )
        fingerprint(cleaned.text, title, language, found.places)


def main() -> None:
    """Forks the processes and waits for them."""
    file, processes = Path(sys.argv[1]), int(sys.argv[2])
    documents = [RawDocument.model_validate_json(line) for line in file.read_text(encoding="utf-8").splitlines()]
    clean_rules()
    gazetteer()
    work(documents[:1])  # which loads what the processes then share
    children = []
    for number in range(processes):
        if (child := os.fork()) == 0:
            work(documents[number::processes])
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
