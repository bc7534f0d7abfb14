"""Small invented articles, as many as a test needs, each with two figures and a quote to be found."""

from __future__ import annotations

import json
from pathlib import Path


def write_articles(folder: Path, count: int) -> Path:
    """Writes a file of raw documents, no two of them copies or of one event; gives its path."""
    folder.mkdir(exist_ok=True)
    path = folder / "articles.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for n in range(count):
            document = {"id": f"a{n}", "source": "desk.example", "title": f"Fire {n}", "content": _article(n)}
            file.write(json.dumps(document) + "\n")
    return path


def _article(number: int) -> str:
    return (
        f"Police in district {number} said {number + 2} people were killed and {number + 5} were injured on Monday.\n"
        f"“We are still searching house number {number * 7},” Captain Ines Moral told reporters at the scene.\n"
    )
