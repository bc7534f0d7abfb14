"""What pages and programs ask of the tables is answered from indexes: no list of all documents is read."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import event, text

from tests.workers.desk.serving import serving
from tests.workers.stored import disagreement
from workers.store.database import Database, database
from workers.store.migrate import migrate
from workers.store.settling import settle_all

# Tables that grow with the news. By a covering index a whole table may be counted, which the wall's sums do; people
# make few corrections, which are listed in the order of their key.
_GROWING = "documents|stories|claims|quotes|entities|places|counts|events|cleaned_bodies|failures|deliveries"

_PATHS = (
    "/",
    "/?before=99999999999999&disputed=yes",
    "/news?since=5",
    "/stories/s",
    "/stories/s/news?since=1",
    "/documents/{0}",
    "/search?q=people",
    "/search?q=people+after:2026-01-01+before:2027-01-01",
    "/search?q=source:a.example+people+measure:killed>2+place:x+speaker:y",
    "/failures",
    "/corrections",
    "/api/documents?after=1",
    "/api/claims?after=1&measure=killed",
    "/api/documents?after=1&place=x",
    "/api/quotes?after=1",
    "/api/entities?after=1",
    "/api/stories?after=1",
    "/api/stories?after=1&place=x",
    "/api/counts?after=1",
    "/api/counts?after=1&place=x",
    "/api/disputes?after=1",
    "/api/corrections?after=1",
    "/api/failures?after=1",
)


@pytest.fixture
def sqlite_tables() -> Iterator[Database]:
    opened = database()
    migrate(opened)
    yield opened
    opened.engine.dispose()


def test_no_page_reads_a_whole_table(sqlite_tables: Database, broker: str) -> None:
    ids = disagreement(sqlite_tables)
    settle_all(sqlite_tables)
    asked: list[tuple[str, object]] = []
    event.listen(
        sqlite_tables.engine,
        "before_cursor_execute",
        lambda connection, cursor, statement, parameters, context, many: asked.append((statement, parameters)),
    )
    with serving() as address, httpx.Client(base_url=address, timeout=60) as client:
        for path in _PATHS:
            asked.clear()
            assert client.get(path.format(*ids)).status_code == 200, path
            for statement, parameters in list(asked):
                if statement.lstrip().upper().startswith("SELECT"):
                    _require_indexes(sqlite_tables, path, statement, parameters)


def _require_indexes(tables: Database, path: str, statement: str, parameters: object) -> None:
    with tables.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
        for step in plan:
            scanned = re.match(rf"SCAN (?:{_GROWING})(?:_\d+)?\b(?! USING COVERING INDEX)(.*)", str(step[3]))
            # In the order of an index, a page is its first rows; and some indexes hold the few rows that are due.
            ends = scanned and scanned[1].startswith(" USING INDEX") and "LIMIT" in statement
            few = scanned and re.match(r" USING INDEX ix_\w+_un(?:resolved|settled)", scanned[1])
            assert not scanned or ends or few, f"{path}: {step[3]} in {statement}"


def test_the_index_of_words_is_asked_and_not_the_texts(sqlite_tables: Database) -> None:
    with sqlite_tables.engine.connect() as connection:
        plan = connection.execute(text("EXPLAIN QUERY PLAN SELECT rowid FROM search WHERE search MATCH 'a'"))
        assert "VIRTUAL TABLE INDEX" in str(plan.fetchall())
