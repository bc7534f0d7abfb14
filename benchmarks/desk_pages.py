"""How long the desk takes for its pages with 100,000 documents, on SQLite and PostgreSQL.

    python -m benchmarks.desk_pages [--documents 100000] [--requests 40]

The documents are made up: words drawn as in news (Zipf), five documents a story, two claims each, a tenth of the counts
disputed. The pages are asked of a real server on loopback, one after another; the median and the slowest of twenty are
printed, in milliseconds.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table as Shown
from sqlalchemy import insert, text, update

from schemas.dedupe_tables import Story
from schemas.desk_tables import ChangeCounter, StoryCount
from schemas.tables import ArrivedBody, Claim, CleanedBody, Document
from tests.workers.desk.serving import serving
from workers import settings as settings_module
from workers.store.database import Database, database
from workers.store.migrate import migrate

_IN_STORY, _PORTION = 5, 2_000
_START = datetime(2026, 1, 1, tzinfo=UTC)


def _id(kind: str, number: int) -> str:
    return hashlib.blake2b(f"{kind} {number}".encode(), digest_size=16).hexdigest()


def _words(chance: random.Random, many: int) -> str:
    """Words of a vocabulary of 50,000, their frequencies as in language (Zipf 1949)."""
    return " ".join(f"w{int(50_000 ** chance.random())}" for _ in range(many))


def fill(tables: Database, documents: int) -> None:
    """Writes made-up documents, as they would stand after all stages."""
    chance = random.Random(1)
    for first in range(1, documents + 1, _PORTION):
        numbers = range(first, min(first + _PORTION, documents + 1))
        rows: dict[type, list[dict[str, Any]]] = {each: [] for each in (Document, ArrivedBody, CleanedBody, Claim)}
        for number in numbers:
            time_ = _START + timedelta(minutes=number)
            text_ = f"Police said {number % 40} people were killed. {_words(chance, 150)}"
            title = _words(chance, 8)
            rows[Document].append(
                {
                    "number": number, "id": _id("document", number), "source": f"outlet{number % 300}.example",
                    "title": title, "published": time_, "received": time_,
                    "story_id": _id("story", number // _IN_STORY),
                    "found_story_id": _id("story", number // _IN_STORY), "state": "stored", "changed": time_,
                    "attempts": 0, "revision": 1, "change": number, "placed": False,
                }
            )  # fmt: skip
            body = {"number": number, "content": "", "content_type": "text/plain", "extra": {}}
            rows[ArrivedBody].append(body)
            rows[CleanedBody].append({"number": number, "title": title, "text": text_, "removed": [], "notes": []})
            for ordinal, measure in enumerate(("killed", "injured")):
                rows[Claim].append(
                    {
                        "document_id": _id("document", number), "ordinal": ordinal, "start": 12, "end": 14,
                        "figure": str(number % 40), "value": number % 40, "low": number % 40, "high": number % 40,
                        "qualifier": "exact", "measure": measure, "group": "people", "claimant_name": "Police",
                        "sentence_start": 0, "sentence_end": 40,
                    }
                )  # fmt: skip
        with tables.writing() as session:
            for table, values in rows.items():
                session.execute(insert(table), values)
    _fill_stories(tables, documents, chance)
    with tables.writing() as session:
        session.execute(update(ChangeCounter).values(last=2 * documents))
    with tables.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ANALYZE"))


def _fill_stories(tables: Database, documents: int, chance: random.Random) -> None:
    stories, counts = [], []
    for number in range(documents // _IN_STORY + 1):
        story, change = _id("story", number), number * _IN_STORY + _IN_STORY
        disputed = number % 10 == 0
        time_ = _START + timedelta(minutes=number * _IN_STORY)
        stories.append(
            {
                "id": story, "opened": time_, "change": change, "settled": change, "title": _words(chance, 8),
                "first_published": time_, "last_published": time_, "documents": _IN_STORY, "copies": 1,
                "sources": [f"outlet{n}.example" for n in range(4)], "disputed": int(disputed),
            }
        )  # fmt: skip
        for measure in ("killed", "injured"):
            figures = [
                {
                    "figure": str(n), "qualifier": "exact", "value": n, "low": n, "high": n, "claimant_name": f"C{n}",
                    "claimant_type": None, "source": "outlet.example", "relay": None, "time": time_.isoformat(),
                    "document_id": _id("document", number * _IN_STORY + 1), "claim_id": f"x:{n}", "updated_by": None,
                }
                for n in range(4)
            ]  # fmt: skip
            counts.append(
                {
                    "id": f"{_id('count', number)[:16]}-{measure}", "story_id": story, "change": change, "low": 0,
                    "measure": measure, "group": "people", "high": 3, "best": {}, "figures": figures, "context": [],
                    "claimants": 4, "independent_sources": 3, "corroborated": True, "disputed": disputed,
                    "updated": False, "as_of": time_, "review_status": "unreviewed",
                }
            )  # fmt: skip
    with tables.writing() as session:
        for start in range(0, len(stories), _PORTION):
            session.execute(insert(Story), stories[start : start + _PORTION])
        for start in range(0, len(counts), _PORTION):
            session.execute(insert(StoryCount), counts[start : start + _PORTION])


def measure(address: str, documents: int, requests: int) -> list[tuple[str, float, float]]:
    """For each page the median and the slowest but one in twenty, in milliseconds."""
    middle = documents // 2
    paths = {
        "wall": "/",
        "wall, disputed": "/?disputed=yes",
        "wall, page 100": f"/?before={middle}",
        "story": f"/stories/{_id('story', middle // _IN_STORY)}",
        "document": f"/documents/{_id('document', middle)}",
        "search, a rare word": "/search?q=w40123",
        "search, a common word": "/search?q=killed",
        "search, two words": "/search?q=w7+w19+-w23",
        "search, a phrase and a condition": '/search?q="people+were+killed"+measure:killed>30',
        "failures": "/failures",
        "documents changed": f"/api/documents?after={middle}",
        "claims changed": f"/api/claims?after={middle}",
        "counts changed": f"/api/counts?after={middle}",
    }
    found = []
    with httpx.Client(base_url=address, timeout=120) as client:
        for name, path in paths.items():
            took = []
            for _ in range(requests):
                started = time.perf_counter()
                assert client.get(path).status_code == 200, path
                took.append(1000 * (time.perf_counter() - started))
            took.sort()
            found.append((name, statistics.median(took), took[int(0.95 * (len(took) - 1))]))
    return found


def _on(url: str, documents: int, requests: int) -> list[tuple[str, float, float]]:
    os.environ["DATABASE_URL"] = url
    os.environ["WIREROOM_DESK_REQUESTS"] = "1000000"
    settings_module.settings.cache_clear()
    database.cache_clear()
    migrate(database())
    fill(database(), documents)
    with serving() as address:
        return measure(address, documents, requests)


def main() -> None:
    """Fills both databases, asks for every page, prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--postgresql", help="an empty database's URL; without it SQLite alone is measured")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WIREROOM_DATA"] = folder
        results = {"SQLite": _on(f"sqlite:///{Path(folder) / 'desk.sqlite'}", given.documents, given.requests)}
        if given.postgresql:
            results["PostgreSQL"] = _on(given.postgresql, given.documents, given.requests)
    table = Shown("page", *(f"{name}, {what}" for name in results for what in ("median ms", "95 of 100")))
    for row in zip(*results.values(), strict=True):
        table.add_row(row[0][0], *(f"{value:.0f}" for _, *values in row for value in values))
    Console().print(table)


if __name__ == "__main__":
    main()
