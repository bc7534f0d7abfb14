"""How well cleaning tells the article from the rest: on lines of crawled text, and on bodies of HTML pages.

    python -m benchmarks.clean_quality [--data FOLDER]

FOLDER holds the evaluation data (`events.jsonl`, `html/`, `html.gold.json`, `score.py`); the labels are
`labels/clean_lines.toml` beside this file. Prints the share of lines cut that should be, kind by kind, the share of
true sentences lost, and the score of the HTML bodies.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from pipeline.clean import clean, decode
from schemas.documents import RawDocument
from schemas.errors import DocumentError

LABELS = Path(__file__).with_name("labels") / "clean_lines.toml"
# Told apart by nothing in their words; shown in a row of their own and left out of the total.
UNMARKED = "unmarked_caption"
_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"[.!?…][\"'”’)\]]*(?:\s|$)")


def sentences(line: str) -> int:
    """Number of sentences in a line, at least one: marks that end one, followed by a space or the end."""
    return max(1, len(_SENTENCE.findall(line)))


def _words(line: str) -> str:
    """The words of a line alone: cleaning drops invisible characters and doubled spaces from what it keeps."""
    return " ".join(_WORD.findall(line.replace("\u00ad", "").replace("\u200b", "")))


def score_lines(data: Path) -> Table:
    """The table of lines and sentences; names on standard error what was left and what was lost."""
    labels: dict[str, dict[str, list[int]]] = tomllib.loads(LABELS.read_text(encoding="utf-8"))
    with (data / "events.jsonl").open(encoding="utf-8") as file:
        documents = {row["id"]: row for row in map(json.loads, file) if row["id"] in labels}
    labelled: Counter[str] = Counter()
    cut: Counter[str] = Counter()
    true = lost = 0
    for key, kinds in labels.items():
        kind_of = {number: kind for kind, numbers in kinds.items() for number in numbers}
        row = documents[key]
        try:
            text = clean(RawDocument(content=row["content"], title=row["title"])).text
            kept = {_words(line) for line in text.split("\n")}
            pieces = kept - {_words(line) for line in row["content"].split("\n")} - {""}
        except DocumentError:
            kept = pieces = set()
        for number, line in enumerate(row["content"].split("\n")):
            words = _words(line)
            if not words:
                continue
            gone = words not in kept and not any(piece in words for piece in pieces)
            if kind := kind_of.get(number):
                labelled[kind] += 1
                cut[kind] += gone
                if not gone and kind != UNMARKED:
                    print(f"left, {key} line {number}, {kind}: {line.strip()[:100]}", file=sys.stderr)
            else:
                true += sentences(line)
                if gone:
                    lost += sentences(line)
                    print(f"lost, {key} line {number}: {line.strip()[:100]}", file=sys.stderr)
    table = Table("kind", "lines", "cut", "share", title=f"Crawled text: {len(labels)} articles labelled by line")
    for kind, count in sorted(labelled.items(), key=lambda item: (item[0] == UNMARKED, -item[1])):
        table.add_row(kind, str(count), str(cut[kind]), f"{cut[kind] / count:.3f}")
    promo = sum(labelled.values()) - labelled[UNMARKED]
    found = sum(cut.values()) - cut[UNMARKED]
    table.add_section()
    table.add_row(f"all but {UNMARKED}", str(promo), str(found), f"{found / promo:.3f}")
    table.add_row("true sentences (lost)", str(true), str(lost), f"{lost / true:.5f}")
    return table


def score_pages(data: Path) -> str:
    """What the evaluation's own script says of the HTML bodies."""
    gold = json.loads((data / "html.gold.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        with (Path(folder) / "documents.jsonl").open("w", encoding="utf-8") as file:
            for name, page in gold.items():
                content = decode(gzip.decompress((data / "html" / f"{name}.html.gz").read_bytes()))
                try:
                    text = clean(RawDocument(content=content, content_type="text/html", url=page["url"])).text
                except DocumentError as error:
                    print(error, file=sys.stderr)
                    text = ""
                file.write(json.dumps({"id": name, "external_id": name, "url": page["url"], "text": text}) + "\n")
        command = [sys.executable, str(data / "score.py"), "clean", folder, "--data", str(data)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def main() -> None:
    """Prints both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/eval"), help="folder of the evaluation data")
    data = parser.parse_args().data
    if not (data / "events.jsonl").is_file():
        parser.error(f"{data / 'events.jsonl'} is not there; name the evaluation data's folder with --data")
    Console().print(score_lines(data))
    print(score_pages(data), end="")


if __name__ == "__main__":
    main()
