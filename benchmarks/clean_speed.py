"""How fast cleaning is: a page against trafilatura alone on the same page in the same run, and text in milliseconds.

    python -m benchmarks.clean_speed [--data FOLDER] [--rounds N]

FOLDER holds the evaluation data (`html/`, `events.jsonl`). Every page is cleaned and given to trafilatura alone in
turn, round after round, and processor time is what counts: other work on the machine weighs little, and on both alike.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path

import trafilatura
from rich.console import Console
from rich.table import Table

from pipeline.clean import clean, decode
from schemas.documents import RawDocument
from schemas.errors import DocumentError


def took(function: Callable[..., object], *arguments: object, **named: object) -> float:
    """The processor time of one call, in milliseconds."""
    start = time.process_time()
    function(*arguments, **named)
    return (time.process_time() - start) * 1000


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/eval"), help="folder of the evaluation data")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    data: Path = arguments.data
    if not (data / "html").is_dir():
        parser.error(f"{data / 'html'} is not there; name the evaluation data's folder with --data")

    ours = theirs = 0.0
    pages = sorted((data / "html").glob("*.html.gz"))
    for path in pages:
        page = decode(gzip.decompress(path.read_bytes()))
        raw = RawDocument(content=page, content_type="text/html", url="https://example.org/")

        for _ in range(arguments.rounds):
            theirs += took(
                trafilatura.extract, page, url="https://example.org/", include_comments=False, with_metadata=True
            )
            ours += took(clean, raw)
    theirs, ours = theirs / arguments.rounds, ours / arguments.rounds
    with (data / "events.jsonl").open(encoding="utf-8") as file:
        texts = [RawDocument(content=json.loads(line)["content"]) for line in file]
    texts = [raw for raw in texts if _cleans(raw)]
    text = min(sum(took(clean, raw) for raw in texts) for _ in range(arguments.rounds)) / len(texts)

    table = Table("", "ms a document", "ratio", title=f"{len(pages)} pages, {len(texts)} texts")
    table.add_row("page, trafilatura alone", f"{theirs / len(pages):.1f}", "1.00")
    table.add_row("page, cleaned", f"{ours / len(pages):.1f}", f"{ours / theirs:.2f}")
    table.add_row("text, cleaned", f"{text:.2f}", "")
    Console().print(table)


def _cleans(raw: RawDocument) -> bool:
    try:
        clean(raw)
    except DocumentError:
        return False
    return True


if __name__ == "__main__":
    main()
