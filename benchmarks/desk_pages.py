"""How long the desk takes for its pages with 100,000 documents, on SQLite and PostgreSQL.

    python -m benchmarks.desk_pages [--documents 100000] [--requests 40]

The documents are made up: words drawn as in news (Zipf), five documents a story (and one story of two hundred), two
claims, a quote and a place each, a tenth of the counts disputed. The pages are asked of a real server on loopback, one
after another. Printed are the median and the slowest but one in twenty by the clock, and the processor time of a page,
all in milliseconds. Processor time is that of the desk and of the database's server, without the asking program's; it
says more than the clock where a machine has other work.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
from rich.console import Console
from rich.table import Table as Shown
from sqlalchemy import insert, text, update

from schemas.dedupe_tables import Story
from schemas.desk_tables import ChangeCounter, StoryCount
from schemas.tables import Claim, CleanedBody, Document, Entity, Quote, RawBody
from tests.workers.desk.serving import serving
from workers import settings as settings_module
from workers.store.database import Database, database
from workers.store.migrate import migrate

_IN_STORY, _PORTION = 5, 2_000

_TABLES = (Document, RawBody, CleanedBody, Claim, Entity, Quote)

# Documents of the one large story, which are the first.
_LARGE = 200
_START = datetime(2026, 1, 1, tzinfo=UTC)


def _id(kind: str, number: int) -> str:
    return hashlib.blake2b(f"{kind} {number}".encode(), digest_size=16).hexdigest()


def _story(number: int) -> str:
    """The story of a document."""
    return _id("story", max(number, _LARGE) // _IN_STORY)


def _words(chance: random.Random, many: int) -> str:
    """Words of a vocabulary of 50,000, their frequencies as in language (Zipf 1949)."""
    return " ".join(f"w{int(50_000 ** chance.random())}" for _ in range(many))


def fill(tables: Database, documents: int) -> None:
    """Writes made-up documents, as they would stand after all stages."""
    chance = random.Random(1)
    for first in range(1, documents + 1, _PORTION):
        numbers = range(first, min(first + _PORTION, documents + 1))
        rows: dict[type, list[dict[str, Any]]] = {each: [] for each in _TABLES}
        for number in numbers:
            time_ = _START + timedelta(minutes=number)
            said = f"Police said {number % 40} people were killed."
            text_ = (
                f"{said} {_words(chance, 150)} “{_words(chance, 9)}”, Mayor{number % 991} of Town{number % 997} said."
            )
            title = _words(chance, 8)
            rows[Document].append(
                {
                    "number": number, "id": _id("document", number), "source": f"outlet{number % 300}.example",
                    "title": title, "published": time_, "received": time_,
                    "story_id": _story(number), "found_story_id": _story(number), "state": "stored", "changed": time_,
                    "attempts": 0, "revision": 1, "change": number, "placed": False,
                }
            )  # fmt: skip
            body = {"number": number, "content": "", "content_type": "text/plain", "extra": {}}
            rows[RawBody].append(body)
            rows[CleanedBody].append({"number": number, "title": title, "text": text_, "removed": [], "notes": []})
            rows[Entity].append(
                {
                    "document_id": _id("document", number), "ordinal": 0, "start": 0, "end": 6,
                    "text": f"town{number % 997}", "name": f"Town{number % 997}", "label": "GPE",
                }
            )  # fmt: skip
            rows[Quote].append(
                {
                    "document_id": _id("document", number), "ordinal": 0, "kind": "direct", "start": 0, "end": 6,
                    "text": "Police", "speaker_name": f"Mayor{number % 991}",
                }
            )  # fmt: skip
            second = "missing" if number % 1_000 == 0 else "injured"
            for ordinal, measure in enumerate(("killed", second)):
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
    if not tables.on_sqlite:  # which PostgreSQL does by itself in time, and SQLite only when asked
        with tables.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("ANALYZE"))


def _fill_stories(tables: Database, documents: int, chance: random.Random) -> None:
    stories, counts = [], []
    for number in range(_LARGE // _IN_STORY, documents // _IN_STORY + 1):
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
                    "disagrees_with": [f"x:{n + 1}"] if disputed and n < 3 else [],
                }
                for n in range(4)
            ]  # fmt: skip
            counts.append(
                {
                    "id": f"{_id('count', number)[:16]}-{measure}", "story_id": story, "change": change, "low": 0,
                    "measure": measure, "group": "people", "high": 3, "best": {}, "figures": figures, "context": [],
                    "claimants": [f"C{n}" for n in range(4)], "independent_sources": 3, "corroborated": True,
                    "disputed": disputed, "updated": False, "as_of": time_, "review_status": "unreviewed",
                }
            )  # fmt: skip
    with tables.writing() as session:
        for start in range(0, len(stories), _PORTION):
            session.execute(insert(Story), stories[start : start + _PORTION])
        for start in range(0, len(counts), _PORTION):
            session.execute(insert(StoryCount), counts[start : start + _PORTION])


@dataclass(frozen=True)
class Taken:
    """What a page took, in milliseconds: by the clock the median and the slowest but one in twenty; of processors."""

    median: float
    slow: float
    processor: float


def _paths(documents: int) -> dict[str, str]:
    middle = documents // 2
    return {
        "wall": "/",
        "wall, disputed": "/?disputed=yes",
        "wall, half way down": f"/?before={middle}",
        "what changed on the wall": f"/news?since={middle}",
        "story": f"/stories/{_story(middle)}",
        f"story of {_LARGE} documents": f"/stories/{_story(1)}",
        "document": f"/documents/{_id('document', middle)}",
        "search, a rare word": "/search?q=w40123",
        "search, a common word": "/search?q=killed",
        "search, two words and not a third": "/search?q=w7+w19+-w23",
        "search, a phrase and a condition": '/search?q="people+were+killed"+measure:killed>30',
        "search, a condition that few meet": "/search?q=measure:missing>30",
        "search, a place": "/search?q=place:town77",
        "search, a speaker": "/search?q=speaker:mayor77",
        "search, an outlet": "/search?q=source:outlet77.example",
        "search, before a date": "/search?q=killed+before:2026-01-02",
        "failures": "/failures",
        "documents changed": f"/api/documents?after={middle}",
        "claims changed": f"/api/claims?after={middle}",
        "claims of a rare measure": "/api/claims?after=0&measure=missing",
        "quotes of an outlet": "/api/quotes?after=0&source=outlet77.example",
        "documents that name a place": "/api/documents?after=0&place=town77",
        "stories changed": f"/api/stories?after={middle}",
        "counts changed": f"/api/counts?after={middle}",
        "stories of a place": "/api/stories?after=0&place=town77",
        "disputes changed": f"/api/disputes?after={middle}",
        "metrics": "/metrics",
    }


def measure(address: str, documents: int, requests: int, servers: Sequence[psutil.Process]) -> dict[str, Taken]:
    """What each page takes."""
    found = {}
    with httpx.Client(base_url=address, timeout=120) as client:
        for name, path in _paths(documents).items():
            assert client.get(path).status_code == 200, path  # once unmeasured: statements are compiled, pages cached
            took = []
            before = _processor_seconds(servers)
            for _ in range(requests):
                started = time.perf_counter()
                assert client.get(path).status_code == 200, path
                took.append(1000 * (time.perf_counter() - started))
            processor = 1000 * (_processor_seconds(servers) - before) / requests
            took.sort()
            found[name] = Taken(statistics.median(took), took[int(0.95 * (len(took) - 1))], processor)
    return found


def _processor_seconds(servers: Sequence[psutil.Process]) -> float:
    """Of the desk, whose threads are all of this process but the one that asks, and of the database's server."""
    desk = time.process_time() - time.thread_time()
    times = []
    for server in servers:
        with suppress(psutil.NoSuchProcess):  # an autovacuum worker that ended is counted with its parent
            times.append(server.cpu_times())
    ended = [server.children_user + server.children_system for server in times]  # workers of parallel queries
    return float(desk + sum(server.user + server.system for server in times) + sum(ended))


def _servers(tables: Database) -> list[psutil.Process]:
    """PostgreSQL's main process with those that it has; none for SQLite."""
    if tables.engine.dialect.name != "postgresql":
        return []
    with tables.engine.connect() as connection:
        postmaster = psutil.Process(int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())).parent()
    assert postmaster is not None
    return [postmaster, *postmaster.children()]


def _on(url: str, documents: int, requests: int) -> dict[str, Taken]:
    os.environ["DATABASE_URL"] = url
    os.environ["WIREROOM_DESK_REQUESTS"] = "1000000"
    settings_module.settings.cache_clear()
    database.cache_clear()
    migrate(database())
    fill(database(), documents)
    with serving() as address:
        for _ in range(3):  # the desk's connections, whose processes are then known
            httpx.get(f"{address}/", timeout=120)
        return measure(address, documents, requests, _servers(database()))


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
    table = Shown("page", *(f"{name}, {what}" for name in results for what in ("median ms", "95 of 100", "processor")))
    for page in _paths(given.documents):
        taken = [results[name][page] for name in results]
        table.add_row(page, *(f"{ms:.0f}" for each in taken for ms in (each.median, each.slow, each.processor)))
    Console(width=150).print(table)


if __name__ == "__main__":
    main()
