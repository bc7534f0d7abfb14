"""Stories as exported: their documents in time, their sources, the stories they took in, and their disputes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select

from schemas.documents import RawDocument
from schemas.records import Extraction
from schemas.tables import Document, FurtherStory, Story
from tests.workers.stored import RECEIVED, accepted, change, claim, row, stored
from workers.store.database import Database
from workers.store.read.stories import stories

# What the contract says each figure of a dispute has.
_FIGURE = {"low", "high", "value", "claimant_name", "source", "relay", "document_id", "claim_id"}


def _stories(tables: Database, *ids: str) -> list[dict[str, Any]]:
    with tables.reading() as session:
        return list(stories(session, ids))


def _document(tables: Database, text: str, story: str, found: Extraction | None = None, **facts: Any) -> str:
    (document_id,) = accepted(tables, RawDocument(content=text, **facts))
    stored(tables, document_id, text, found, story_id=story)
    return document_id


def _count(text: str, figure: str, claimant: str) -> Extraction:
    return Extraction(claims=[claim(figure, text, int(figure), claimant_name=claimant)])


def test_documents_come_in_the_order_of_their_publication(tables: Database) -> None:
    late = _document(tables, "late", "s", published="2026-03-01T13:00:00Z")
    early = _document(tables, "early", "s", published="2026-03-01T13:00:00+02:00")
    undated = _document(tables, "undated", "s")
    (found,) = _stories(tables, "s")
    assert found["document_ids"] == [early, undated, late]
    assert [found[end].isoformat() for end in ("first_published", "last_published")] == [
        "2026-03-01T11:00:00+00:00",
        "2026-03-01T13:00:00+00:00",
    ]
    assert row(tables, undated).received == RECEIVED


def test_a_date_without_a_time_is_the_end_of_its_day_and_is_given_as_stated(tables: Database) -> None:
    day = _document(tables, "day", "s", title="Our reprint", published="2026-03-01")
    wire = _document(tables, "wire", "s", title="The report", published="2026-03-01T13:00:00Z")
    (found,) = _stories(tables, "s")
    assert (found["document_ids"], found["title"]) == ([wire, day], "The report")
    assert found["first_published"] == datetime(2026, 3, 1, tzinfo=UTC)
    assert found["last_published"] == datetime(2026, 3, 1, 13, tzinfo=UTC)


def test_the_time_of_arrival_is_not_given_for_the_time_of_publication(tables: Database) -> None:
    _document(tables, "dated", "s1", published="2026-03-01T13:00:00Z")
    _document(tables, "not dated", "s1")
    _document(tables, "not dated either", "s2")
    one, other = _stories(tables, "s1", "s2")
    assert one["first_published"] == one["last_published"] == datetime(2026, 3, 1, 13, tzinfo=UTC)
    assert (other["first_published"], other["last_published"]) == (None, None)


def test_a_story_has_the_first_headline_there_is_and_each_source_once(tables: Database) -> None:
    _document(tables, "one", "s", source="b.example", published="2026-03-01T01:00:00Z")
    _document(tables, "two", "s", source="a.example", title="Flood", published="2026-03-01T02:00:00Z")
    _document(tables, "three", "s", source="b.example", title="Flood again", published="2026-03-01T03:00:00Z")
    _document(tables, "four", "s", published="2026-03-01T04:00:00Z")
    (found,) = _stories(tables, "s")
    assert (found["title"], found["sources"]) == ("Flood", ["b.example", "a.example"])


def test_two_figures_for_the_same_count_are_a_dispute_of_which_each_can_be_checked(tables: Database) -> None:
    text = "Police say 12 people were killed, rebels say 30."
    both = Extraction(
        claims=[claim("12", text, 12, claimant_name="Police"), claim("30", text, 30, claimant_name="rebels")]
    )
    first = _document(tables, text, "s", both, source="a.example")
    (found,) = _stories(tables, "s")
    (dispute,) = found["disputes"]
    assert dispute["measure"] == "killed"
    assert set(dispute["figures"][0]) >= _FIGURE
    named = [(f["claim_id"], f["document_id"], f["value"], f["claimant_name"], f["source"]) for f in dispute["figures"]]
    assert named == [(f"{first}:0", first, 12, "Police", "a.example"), (f"{first}:1", first, 30, "rebels", "a.example")]


def test_figures_of_two_stories_are_no_dispute(tables: Database) -> None:
    one, other = "Police say 12 people were killed.", "Rebels say 30 people were killed."
    _document(tables, one, "s1", _count(one, "12", "Police"))
    _document(tables, other, "s2", _count(other, "30", "Rebels"))
    assert [story["disputes"] for story in _stories(tables, "s1", "s2")] == [[], []]


def test_what_a_copy_says_again_is_no_further_figure(tables: Database) -> None:
    text = "Police say 12 people were killed, rebels say 30."
    both = Extraction(
        claims=[claim("12", text, 12, claimant_name="Police"), claim("30", text, 30, claimant_name="They")]
    )
    original = _document(tables, text, "s", both)
    copy = _document(tables, f"{text} Ours.", "s", both)
    assert len(_stories(tables, "s")[0]["disputes"][0]["figures"]) == 4
    change(tables, copy, copy_of=row(tables, original).number)
    assert len(_stories(tables, "s")[0]["disputes"][0]["figures"]) == 2


def test_a_story_names_those_that_were_merged_into_it_and_they_are_not_given(tables: Database) -> None:
    _document(tables, "one", "kept")
    with tables.writing() as session:
        values = [{"id": f"m{n}", "opened": RECEIVED, "merged_into": "kept", "merged": RECEIVED} for n in (2, 1)]
        session.execute(insert(Story), values)
    found = _stories(tables, "m1", "kept", "m2")
    assert [(story["id"], story["merged_ids"]) for story in found] == [("kept", ["m1", "m2"])]


def test_a_story_says_with_what_likeness_it_was_merged_and_parted(tables: Database) -> None:
    _document(tables, "one", "kept")
    _document(tables, "two", "part")
    with tables.writing() as session:
        session.execute(insert(Story), [{"id": "kept", "opened": RECEIVED}])
        merged = {"id": "m", "opened": RECEIVED, "merged_into": "kept", "merged": RECEIVED, "merge_score": 0.5}
        parted = {"id": "part", "opened": RECEIVED, "parted_from": "kept", "parted": RECEIVED, "parting_score": 0.1}
        session.execute(insert(Story), [merged])
        session.execute(insert(Story), [parted])
    kept, part = _stories(tables, "kept", "part")
    at = RECEIVED.isoformat()
    assert (kept["merges"], kept["partings"]) == (
        [{"id": "m", "score": 0.5, "at": at}],
        [{"id": "part", "score": 0.1, "at": at}],
    )
    assert (part["parted_from"], part["parting_score"], kept["parted_from"]) == ("kept", 0.1, None)


def test_a_round_up_is_listed_with_the_further_stories_that_it_reports(tables: Database) -> None:
    _document(tables, "one", "s1")
    _document(tables, "two", "s2")
    digest = _document(tables, "one two", "s1")
    with tables.writing() as session:
        number = session.scalars(select(Document.number).where(Document.id == digest)).one()
        session.execute(
            insert(FurtherStory),
            [{"number": number, "story_id": story, "score": 0.9, "compared": 2} for story in ("s1", "s2")],
        )
    first, second = _stories(tables, "s1", "s2")
    assert (first["further_document_ids"], second["further_document_ids"]) == ([], [digest])


def test_stories_come_in_the_order_asked_for_however_many(tables: Database) -> None:
    (document_id,) = accepted(tables, "one")
    stored(tables, document_id, "one", story_id="s999")
    wanted = [f"s{n}" for n in range(1000)]
    assert [story["id"] for story in _stories(tables, *wanted)] == ["s999"]
    _document(tables, "two", "s000")
    assert [story["id"] for story in _stories(tables, *reversed(wanted), "s000")] == ["s999", "s000"]
