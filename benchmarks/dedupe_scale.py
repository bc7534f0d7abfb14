"""What dedupe costs as documents pile up: speed, recall of planted copies, disk and memory, on a corpus it makes.

    python -m benchmarks.dedupe_scale [--sizes 10000,100000,1000000] [--measured 1000] [--database URL] [--picture FILE]

Words are drawn by their frequency in English (`wordfreq`), lengths are log-normal around 450 words as in news, and each
event has names and words of its own. For each size a database of its own is filled in bulk (fingerprinted as ever, not
decided on); then `--measured` documents go through dedupe one by one, at all sizes in turn, so that a busy moment of
the machine slows each size alike. Timed is what it does to a document whose row is loaded: fingerprint, then lookup,
decision and insert in a transaction of their own, up to its commit. `CPU ms` is what this process and PostgreSQL's
process for it compute for one of them; where other programs want the cores too, it tells more than the clock. A fifth
of them are planted copies: excerpts of 60 to 400 words of a stored document, with edits and lines of their own. Of the
others, those count for the recall of stories whose event has stored documents. The databases are new SQLite files; on
the PostgreSQL server of a named URL, which must be on this machine, they are made and dropped.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as the services do, before NumPy is loaded

import numpy as np
import psutil
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from wordfreq import get_frequency_dict

from pipeline.dedupe import Limits, fingerprint
from schemas.dedupe_tables import FingerprintKey, Profile
from schemas.stages import Stage
from schemas.tables import CleanedBody, Document
from workers.store.database import Database
from workers.store.ledger import PendingDecision
from workers.store.migrate import migrate
from workers.store.staged import load

START = datetime(2025, 1, 1, tzinfo=UTC)
PER_DAY = 20_000  # Documents a day: the rate of a large news crawl.
COPIES = 0.2
INDEX = ("fingerprint_keys", "profiles")
KEEP_LATEST = text(
    "DELETE FROM fingerprint_keys WHERE key = :full AND number <= (SELECT number FROM fingerprint_keys "
    "WHERE key = :full ORDER BY number DESC LIMIT 1 OFFSET :kept)"
)


@dataclass(frozen=True, slots=True)
class Made:
    """A made document: its text, title and event, and the number of the stored document it was cut from, if any."""

    text: str
    title: str
    event: int
    cut_from: int | None = None


class Corpus:
    """Documents without end. An event gets eight documents on average, most of them while it is news."""

    def __init__(self, seed: int = 1) -> None:
        self._chance = np.random.default_rng(seed)
        frequencies = get_frequency_dict("en", "small")
        self._words = np.array(list(frequencies), dtype=object)
        self._cumulative = np.cumsum(np.fromiter(frequencies.values(), float))
        self._cumulative /= self._cumulative[-1]
        self._events: list[tuple[int, np.ndarray, np.ndarray]] = []
        self._count = 0

    def document(self) -> Made:
        """A fresh report of a current event."""
        chance = self._chance
        if len(self._events) < 300 or chance.random() < 1 / 8:
            self._events = [*self._events[-2000:], self._event()]
        event, topic, names = self._events[-1 - int(chance.exponential(200)) % len(self._events)]
        length = int(np.clip(chance.lognormal(np.log(450), 0.6), 60, 3000))
        words = self._common(length)
        kind = chance.random(length)
        words[kind < 0.15] = chance.choice(topic, int((kind < 0.15).sum()))
        words[kind > 0.95] = chance.choice(names, int((kind > 0.95).sum()))
        title = [*chance.choice(names, 2), *chance.choice(topic, 4)]
        return Made(" ".join(words), " ".join(title), event)

    def copy(self, original: Document, body: str) -> Made:
        """An excerpt of a stored document: most often its top, with one edit in fifty words, and own lines before."""
        chance, words = self._chance, np.array(body.split(), dtype=object)
        length = min(len(words), int(chance.integers(60, 400)))
        start = 0 if chance.random() < 0.7 else int(chance.integers(0, len(words) - length + 1))
        excerpt = words[start : start + length].copy()
        edits = chance.random(length) < 1 / 50
        excerpt[edits] = self._common(int(edits.sum()))
        own = self._common(int(chance.integers(0, length // 6 + 1)))
        return Made(" ".join([*own, *excerpt]), " ".join(self._common(6)), -1, original.number)

    def _common(self, count: int) -> np.ndarray:
        return self._words[np.searchsorted(self._cumulative, self._chance.random(count))]

    def _event(self) -> tuple[int, np.ndarray, np.ndarray]:
        self._count += 1
        letters = self._chance.integers(97, 123, (8, 7), dtype=np.uint8)
        names = np.array([row.tobytes().decode().capitalize() for row in letters], dtype=object)
        return self._count, self._chance.choice(self._words[200:20_000], 60), names


def rows(number: int, made: Made, story: str | None = None) -> tuple[dict[str, object], dict[str, object]]:
    """The rows of a document and of its text."""
    at = START + timedelta(days=number / PER_DAY)
    document = {
        "number": number, "id": f"{number:032x}", "title": made.title, "language": "en", "published": at,
        "received": at, "state": "extracted", "changed": at, "attempts": 0, "found_story_id": story, "story_id": story,
    }  # fmt: skip
    return document, {"number": number, "text": made.text, "removed": []}


def _story(event: int) -> str:
    return f"event {event}"


def fill(session: Session, made: Sequence[tuple[int, Made]], carriers: Counter[int], limits: Limits) -> None:
    """Stores documents with their fingerprints, one story an event, without deciding."""
    documents, bodies, index, profiles = [], [], [], []
    for number, one in made:
        found = fingerprint(one.text, one.title, "en")
        document, body = rows(number, one, _story(one.event))
        documents.append(document)
        bodies.append(body)
        profiles.append({"number": number, "packed": found.profile})
        carriers.update(found.indexed)
        index += [{"key": key, "number": number} for key in found.indexed]
    for table, values in ((Document, documents), (CleanedBody, bodies), (FingerprintKey, index), (Profile, profiles)):
        session.execute(insert(table), values)
    full = {row["key"] for row in index if carriers[row["key"]] > limits.carriers}
    if full:
        session.execute(KEEP_LATEST, [{"full": key, "kept": limits.carriers} for key in full])


class Measurement:
    """Dedupe at one size of the tables, a document at a time."""

    def __init__(self, database: Database, size: int) -> None:
        self.database, self.size = database, size
        self.seconds: list[float] = []
        self.cpu = 0.0  # Seconds that the processes computed meanwhile.
        self.planted = self.recalled = self.invented = self.continued = self.joined = 0
        self._events: set[int] = set()  # that have stored documents
        self._corpus, self._limits = Corpus(), Limits()
        self._chance = np.random.default_rng(size)
        self._number = size

    def fill(self) -> None:
        """Stores as many documents as the size says."""
        migrate(self.database)
        carriers = Counter[int]()
        fresh = ((number, self._corpus.document()) for number in range(1, self.size + 1))
        while part := list(islice(fresh, 2000)):
            with self.database.writing() as session:
                fill(session, part, carriers, self._limits)
            self._events |= {made.event for _, made in part}
        if not self.database.on_sqlite:  # Autovacuum would within a minute; a bulk fill leaves it no time.
            with self.database.writing() as session:
                session.execute(text("ANALYZE"))

    def step(self) -> None:
        """Takes one more document through the whole stage."""
        self._number += 1
        made = self._next()
        document, body = rows(self._number, made)
        with self.database.writing() as session:
            session.execute(insert(Document), [document])
            session.execute(insert(CleanedBody), [body])
        with self.database.reading() as session:
            loaded = load(session, str(document["id"]), Stage.DEDUPE)
        computed, began = self._computed(), time.perf_counter()
        found = fingerprint(loaded.text, loaded.title, loaded.language)
        pending = PendingDecision(loaded, found, self._limits)
        with self.database.writing(decide=pending.decide) as session:
            pending(session)
        self.seconds.append(time.perf_counter() - began)
        self.cpu += self._computed() - computed
        self._count(made)

    def _next(self) -> Made:
        if self._chance.random() >= COPIES:
            return self._corpus.document()
        of = int(self._chance.integers(max(1, self.size - 20_000), self.size + 1))
        with self.database.reading() as session:
            original = session.scalars(select(Document).where(Document.number == of)).one()
            return self._corpus.copy(original, session.scalars(select(CleanedBody.text).filter_by(number=of)).one())

    def _count(self, made: Made) -> None:
        with self.database.reading() as session:
            copy_of, story = session.execute(
                select(Document.copy_of, Document.story_id).where(Document.number == self._number)
            ).one()
            head = session.scalars(select(Document.copy_of).filter_by(number=made.cut_from)).one_or_none()
        self.planted += made.cut_from is not None
        self.recalled += made.cut_from is not None and copy_of == (head or made.cut_from)
        self.invented += made.cut_from is None and copy_of is not None
        self.continued += made.event in self._events
        self.joined += made.event in self._events and story == _story(made.event)

    def _computed(self) -> float:
        times = [server.cpu_times() for server in self._servers]
        return time.process_time() + sum(float(spent.user + spent.system) for spent in times)

    @cached_property
    def _servers(self) -> list[psutil.Process]:
        """PostgreSQL's processes for this one's connections."""
        if self.database.on_sqlite:
            return []
        with self.database.engine.connect() as connection:
            found = connection.execute(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"))
            return [psutil.Process(pid) for pid in found.scalars()]

    def row(self) -> str:
        """What was found, a line of the table."""
        seconds, count = sorted(self.seconds), len(self.seconds)
        return (
            f"{self.size:<10,} {count / sum(seconds):<7.0f} {1000 * statistics.median(seconds):<10.2f} "
            f"{1000 * seconds[int(0.95 * count)]:<8.2f} {1000 * self.cpu / count:<7.2f} "
            f"{self.recalled / max(1, self.planted):<17.3f} {self.invented:<9} "
            f"{self.joined / max(1, self.continued):<18.3f} "
            f"{index_bytes(self.database) / self._number:<16.0f} {disk_bytes(self.database) / 1e6:.0f}"
        )


def index_bytes(database: Database) -> int:
    """Bytes on disk of all that dedupe looks up: the index and the profiles, with their own indexes."""
    with database.engine.connect() as connection:
        if database.on_sqlite:
            sizes = connection.execute(text("SELECT name, SUM(pgsize) FROM dbstat GROUP BY name"))
            return sum(size for name, size in sizes if any(table in name for table in INDEX))
        return sum(
            connection.execute(text("SELECT pg_total_relation_size(:name)"), {"name": table}).scalar_one()
            for table in INDEX
        )


def disk_bytes(database: Database) -> int:
    """Bytes of the whole database."""
    size = "page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    with database.engine.connect() as connection:
        wanted = size if database.on_sqlite else "pg_database_size(current_database())"
        return int(connection.execute(text(f"SELECT {wanted}")).scalar_one())


def picture(found: Sequence[Measurement], path: Path) -> None:
    """The curve as an SVG: median milliseconds for a document over the documents stored, by powers of ten."""
    medians = [1000 * statistics.median(one.seconds) for one in found]
    low, high = np.log10(found[0].size), np.log10(max(found[-1].size, found[0].size * 10))
    top = 1.5 * max(medians)
    across = [60 + 480 * (np.log10(one.size) - low) / (high - low) for one in found]
    points = [(x, 260 - 220 * median / top) for x, median in zip(across, medians, strict=True)]
    marks = "".join(
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4"/><text x="{x:.0f}" y="{y - 10:.0f}">{median:.1f} ms</text>'
        f'<text x="{x:.0f}" y="280">{one.size:,}</text>'
        for (x, y), median, one in zip(points, medians, found, strict=True)
    )
    line = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="620" height="310" font-family="sans-serif" font-size="12" '
        f'text-anchor="middle"><rect width="620" height="310" fill="white"/><polyline points="{line}" fill="none" '
        f'stroke="black"/><path d="M60 30V260H580" fill="none" stroke="gray"/>{marks}'
        '<text x="310" y="302">documents stored</text><text x="310" y="20">median time of dedupe for a document</text>'
        "</svg>\n",
        encoding="utf-8",
    )


@contextmanager
def databases(url: str | None, sizes: Sequence[int]) -> Iterator[list[Database]]:
    """An empty database for each size, gone at the end."""
    with ExitStack() as stack:
        if url is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            urls = [make_url(f"sqlite:///{folder}/{size}.sqlite") for size in sizes]
        else:
            server = Database(make_url(url))
            stack.callback(server.close)
            administration = server.engine.execution_options(isolation_level="AUTOCOMMIT")
            urls = [server.url.set(database=f"wireroom_scale_{size}") for size in sizes]
            for one in urls:
                with administration.connect() as connection:
                    connection.execute(text(f"CREATE DATABASE {one.database}"))
                stack.callback(drop, administration, str(one.database))
        opened = [Database(one) for one in urls]
        for database in opened:
            stack.callback(database.engine.dispose)
        yield opened


def drop(administration: Engine, name: str) -> None:
    """Drops a database of the server."""
    with administration.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000", help="documents stored when measuring")
    parser.add_argument("--measured", type=int, default=1000, help="documents that go one by one at each size")
    parser.add_argument("--database", help="URL of a PostgreSQL server on this machine (default: SQLite)")
    parser.add_argument("--picture", type=Path, help="an SVG file for the curve")
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.sizes.split(",")]
    with databases(arguments.database, sizes) as opened:
        found = [Measurement(database, size) for database, size in zip(opened, sizes, strict=True)]
        for one in found:
            one.fill()
            print(f"{one.size:,} documents stored", flush=True)
        for _ in range(arguments.measured):
            for one in found:
                one.step()
        print("documents  docs/s  median ms  95th ms  CPU ms  recall of copies  invented  recall of stories  "
              "index bytes each  disk MB")  # fmt: skip
        for one in found:
            print(one.row())
    print(f"memory of this process, at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    least, most = found[0], found[-1]
    clock = statistics.median(most.seconds) / statistics.median(least.seconds)
    print(f"cost at {most.size:,} stored over that at {least.size:,}: {clock:.2f} by the clock, median; "
          f"{most.cpu / least.cpu:.2f} by CPU")  # fmt: skip
    if arguments.picture:
        picture(found, arguments.picture)


if __name__ == "__main__":
    main()
