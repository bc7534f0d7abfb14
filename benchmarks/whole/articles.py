"""What is measured on: articles of our own writing (the training corpus), or of a folder; and copies of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from random import Random

from workers.producers import read

Article = dict[str, str]

_CORPUS = Path(__file__).parents[2] / "corpus" / "training"
# Papers that print each report on a day of syndicated copy.
PAPERS = 10


def corpus() -> list[Article]:
    """The articles of `corpus/training` in an order of their own, so that reports on one event stand apart."""
    found = []
    for file in sorted(_CORPUS.glob("*/*/*.txt")):
        head, _, text = file.read_text(encoding="utf-8").partition("\n\n")
        fields = dict(line.split(": ", 1) for line in head.splitlines())
        found.append({**fields, "id": "/".join(file.relative_to(_CORPUS).parts), "content": text})
    Random("articles").shuffle(found)
    return found


def of_folder(folder: Path) -> list[Article]:
    """The articles of files and folders of somebody's own, in any form that Wireroom reads."""
    found = []
    for number, raw in enumerate(read([folder], 2**24)):
        if content := getattr(raw, "content", None):
            fields = {name: getattr(raw, name) for name in ("source", "title", "content_type")}
            told = {name: str(value) for name, value in fields.items() if value is not None}
            found.append({**told, "id": str(number), "content": content})
    return found


def syndicated(reports: Iterable[Article], count: int) -> list[Article]:
    """Each report in ten papers: its text with a line of the paper's own, some cut at the end, in mixed order."""
    random = Random("papers")
    printed = []
    for report in islice(reports, count // PAPERS):
        paragraphs = report["content"].strip().split("\n")
        for paper in range(PAPERS):
            kept = paragraphs[: -1 if paper % 3 == 2 and len(paragraphs) > 3 else None]
            own = f"Printed in edition {random.randint(2, 99)} of the Morning Paper No. {paper}."
            content = "\n".join([*kept, own])
            printed.append({**report, "id": f"{report['id']} {paper}", "source": f"paper-{paper}", "content": content})
    random.shuffle(printed)
    return printed


def write(articles: Sequence[Article], file: Path) -> Path:
    """Writes articles as JSON lines; gives the file."""
    file.write_text("".join(json.dumps(article) + "\n" for article in articles), encoding="utf-8")
    return file


def words(articles: Iterable[Article]) -> int:
    """How many words they have."""
    return sum(len(article["content"].split()) for article in articles)
