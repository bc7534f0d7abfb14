"""A report: one file that needs nothing beside it, in which every figure leads to a sentence that is there."""

from __future__ import annotations

import re

from tests.workers.stored import disagreement
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
