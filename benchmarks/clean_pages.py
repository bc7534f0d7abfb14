"""How well pages are cleaned: bodies, titles, authors and dates on the large sets, beside trafilatura in the same run.

    python -m benchmarks.clean_pages [--data FOLDER] [--processes N]

FOLDER holds the evaluation data (`pages/`, `pages.gold.json`, `html/`, `html.gold.json`, `score.py`). Prints the scores
of both, the time of a page, and kind by kind what was cut of the articles' own text and what of the rest.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import trafilatura
from rich.console import Console
from rich.table import Table
from trafilatura.settings import Document

from pipeline.clean import clean, decode
from schemas.documents import RawDocument
from schemas.errors import DocumentError

Row = dict[str, Any]


def ours(page: str, name: str) -> Row:
    """A row of `wireroom export documents`, as far as it is scored."""
    try:
        found = clean(RawDocument(content=page, content_type="text/html", external_id=name))
    except DocumentError as error:
        return {"state": "failed", "text": "", "error": str(error)}
    published = found.published.isoformat() if found.published else None
    cut = [(piece.kind, piece.text) for piece in found.removed]
    return {"text": found.text, "title": found.title, "author": found.author, "published": published, "removed": cut}


def theirs(page: str, name: str) -> Row:
    """The same of trafilatura alone in its fast mode, its metadata included."""
    found = trafilatura.bare_extraction(page, include_comments=False, with_metadata=True, fast=True)
    if not isinstance(found, Document):
        return {"text": ""}
    return {"text": found.text, "title": found.title, "author": found.author, "published": found.date}


def _both(path: Path) -> tuple[str, str, Row, Row]:
    """A page's set and name, and what either makes of it, with the processor time in milliseconds."""
    logging.disable(logging.CRITICAL)  # trafilatura warns of each page that it discards
    name = path.name.removesuffix(".html.gz")
    page = decode(gzip.decompress(path.read_bytes()))
    rows = []
    for read in (ours, theirs):
        start = time.process_time()
        row = read(page, name)
        rows.append(row | {"id": name, "external_id": name, "ms": (time.process_time() - start) * 1000})
    return path.parent.name, name, rows[0], rows[1]


def scored(data: Path, check: str, rows: list[Row]) -> str:
    """What the evaluation's own script says of the rows."""
    with tempfile.TemporaryDirectory() as folder:
        with (Path(folder) / "documents.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
        command = [sys.executable, str(data / "score.py"), check, folder, "--data", str(data)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def cuts(data: Path, rows: list[tuple[str, str, Row, Row]]) -> Table:
    """Kind by kind, the pieces cut that are in the articles' bodies and those that are not."""
    pages = json.loads((data / "pages.gold.json").read_text(encoding="utf-8"))
    html = json.loads((data / "html.gold.json").read_text(encoding="utf-8"))
    wanted: Counter[str] = Counter()
    rest: Counter[str] = Counter()
    for folder, name, row, _ in rows:
        body = html[name]["articleBody"] if folder == "html" else pages[name].get("body")
        if body is not None:
            words = _words(body)
            for kind, text in row.get("removed", ()):
                (wanted if _words(text) in words else rest)[kind] += 1
    table = Table("kind", "cut of the article", "cut of the rest", title="Pieces cut, on pages whose bodies are known")
    for kind in sorted({*wanted, *rest}, key=lambda kind: -rest[kind]):
        table.add_row(kind, str(wanted[kind]), str(rest[kind]))
    return table


def _words(text: str) -> str:
    return " " + " ".join(re.findall(r"\w+", text.casefold())) + " "


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/eval"), help="folder of the evaluation data")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    data: Path = arguments.data
    if not (data / "pages.gold.json").is_file():
        parser.error(f"{data / 'pages.gold.json'} is not there; name the evaluation data's folder with --data")
    paths = sorted((data / "pages").glob("*.html.gz")) + sorted((data / "html").glob("*.html.gz"))
    with Pool(arguments.processes) as pool:
        rows: list[Any] = pool.map(_both, paths, chunksize=8)

    table = Table("", "Wireroom", f"trafilatura {trafilatura.__version__}, fast", title=f"{len(paths)} pages")
    for check, folder in (("pages", "pages"), ("clean", "html")):
        mine, other = (
            scored(data, check, [row[which] for row in rows if row[0] == folder]).strip().split("\n")
            for which in (2, 3)
        )
        for left, right in zip(mine, other, strict=True):
            name = re.split(r"[:\d]", left)[0].strip()
            table.add_row(f"{check}: {name}", left.removeprefix(name).strip(": "), right.removeprefix(name).strip(": "))
    times = [statistics.median(row[which]["ms"] for row in rows) for which in (2, 3)]
    table.add_row("ms, the median page", f"{times[0]:.1f} ({times[0] / times[1]:.2f} times)", f"{times[1]:.1f}")
    Console(width=140).print(table)
    Console().print(cuts(data, rows))


if __name__ == "__main__":
    main()
