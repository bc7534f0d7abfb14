"""The report at the end of a run: what was found, as values."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.documents import RawDocument
from schemas.records import Extraction
from tests.workers.stored import POLICE, REBELS, accepted, claim, disagreement, row, stored
from workers.store.database import Database
from workers.store.read.report import report


@pytest.fixture
def ids(tables: Database) -> list[str]:
    """Two reports that disagree, a copy of the first, and one that failed; the later one arrived first."""
    return disagreement(tables)


def _report(tables: Database, ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    with tables.reading() as session:
        return report(session, ids)


def test_documents_come_in_the_order_of_publication_with_what_was_found_in_each(
    tables: Database, ids: list[str]
) -> None:
    found = _report(tables, ids)["documents"]
    assert [document["id"] for document in found] == ids
    assert [(document["quotes"], document["claims"]) for document in found] == [(1, 1), (1, 1), (0, 2), (0, 0)]
    assert [document["copy_of"] for document in found] == [None, ids[0], None, None]
    assert found[0]["published"].isoformat() == "2026-03-01T11:00:00+02:00"
    assert [document["title"] for document in found] == ["Police speak", "c-1", "Rebels speak", None]


def test_what_a_copy_claims_is_said_once_and_in_the_order_of_publication(tables: Database, ids: list[str]) -> None:
    found = _report(tables, ids)["claims"]
    assert [(one["id"], one["value"], one["source"]) for one in found] == [
        (f"{ids[0]}:0", 12, "a.example"),
        (f"{ids[2]}:0", 30, "b.example"),
        (f"{ids[2]}:1", 12, "b.example"),
    ]


def test_what_only_a_later_and_longer_copy_claims_is_said_too(tables: Database) -> None:
    flash, full = accepted(
        tables,
        RawDocument(content=POLICE, source="a.example", published="2026-03-01T09:00:00Z"),
        RawDocument(content=POLICE + REBELS, source="c.example", published="2026-03-01T10:00:00Z"),
    )
    police = claim("12", POLICE, 12, claimant_name="Police")
    both = Extraction(claims=[police, claim("30", POLICE + REBELS, 30, claimant_name="Rebels")])
    stored(tables, flash, POLICE, Extraction(claims=[police]), story_id="s")
    stored(tables, full, POLICE + REBELS, both, story_id="s", copy_of=row(tables, flash).number)
    assert [(one["value"], one["source"]) for one in _report(tables, [flash, full])["claims"]] == [
        (12, "a.example"), (30, "c.example"),
    ]  # fmt: skip


def test_the_stories_of_the_documents_are_told_whole(tables: Database, ids: list[str]) -> None:
    (story,) = _report(tables, ids[:1])["stories"]
    assert story["document_ids"] == ids[:3]
    assert len(story["disputes"]) == 1


def test_each_figure_of_a_dispute_comes_with_its_words(tables: Database, ids: list[str]) -> None:
    found = _report(tables, ids)["disputes"]
    assert [(one["value"], one["claimant_name"], one["sentence"]) for one in found] == [
        (12, "Police", POLICE),
        (30, "Rebels", REBELS),
        (12, "Police", REBELS),
    ]


def test_only_the_documents_asked_for_are_in_it(tables: Database, ids: list[str]) -> None:
    found = _report(tables, [ids[3]])
    assert [document["id"] for document in found["documents"]] == [ids[3]]
    assert (found["stories"], found["claims"]) == ([], [])
    assert found["failures"] == [{"document_id": ids[3], "stage": "clean", "error": "d: nothing is left"}]


def test_a_report_on_nothing_is_empty(tables: Database) -> None:
    assert _report(tables, []) == {
        "documents": [],
        "stories": [],
        "claims": [],
        "disputes": [],
        "failures": [],
    }
