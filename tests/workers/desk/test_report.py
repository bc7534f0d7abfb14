"""A report: one file that needs nothing beside it, in which every figure leads to a sentence that is there."""

from __future__ import annotations

import re

from sqlalchemy import event

from schemas.documents import RawDocument
from schemas.records import Extraction
from tests.workers.stored import REBELS, accepted, claim, disagreement, stored
from workers.desk.report import report
from workers.store.database import Database
from workers.store.settling import settle_all


def test_a_report_stands_alone_and_its_links_lead_somewhere(tables: Database) -> None:
    disagreement(tables)
    settle_all(tables)
    with tables.reading() as session:
        page = report(session, ["s", "not there"])
    assert page.count("<h1") == 1
    assert "12 to 30" in page
    assert "disputed" in page
    assert not re.search(r"<script|<form|<link|<img|\bsrc=", page)
    assert "default-src 'none'" in page
    ids = set(re.findall(r'\bid="([^"]+)"', page))
    links = re.findall(r'href="([^"]+)"', page)
    assert len([link for link in links if link.startswith("#claim-")]) >= 4
    assert {link.removeprefix("#") for link in links} <= ids


def test_a_report_of_many_stories_asks_as_often_as_that_of_one(tables: Database) -> None:
    def asked(stories: list[str]) -> int:
        statements.clear()
        with tables.reading() as session:
            report(session, stories)
        return len(statements)

    disagreement(tables)
    more = [RawDocument(content=REBELS, source=f"{number}.example") for number in range(12)]
    for number, one in enumerate(accepted(tables, *more)):
        stored(tables, one, REBELS, Extraction(claims=[claim("30", REBELS, 30)]), story_id=f"s{number // 2}")
    settle_all(tables)
    statements: list[str] = []
    event.listen(tables.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    assert asked(["s", *(f"s{number}" for number in range(6))]) == asked(["s"]) > 0
