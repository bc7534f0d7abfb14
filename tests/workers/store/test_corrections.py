"""Corrections: laid over what the machine found, held through another extraction, undone by another correction."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from schemas.corrections import NewCorrection
from schemas.dedupe_tables import Story
from schemas.desk_tables import Correction, StoryCount
from schemas.documents import RawDocument
from schemas.errors import CorrectionError
from schemas.records import Extraction
from tests.workers.stored import POLICE, accepted, claim, disagreement, row, stored
from workers.store.corrections.anchors import anchor, locate
from workers.store.corrections.write import correct
from workers.store.database import Database
from workers.store.read.records import document_records
from workers.store.read.rows import Filter, rows
from workers.store.read.stories import members, story_claims
from workers.store.revisions import revise
from workers.store.settling import settle_all

_BIRDS = "🕊🕊 Police say 12 people were killed on Monday. On Tuesday 12 people were hurt."


def _correct(tables: Database, record: str, record_id: str, action: str, **others: Any) -> Correction:
    given = {"record": record, "record_id": record_id, "action": action, "reason": "seen", "author": "Ann"} | others
    with tables.writing(deciding=True) as session:
        return correct(session, NewCorrection.model_validate(given))


def _claims(tables: Database, document_id: str) -> list[dict[str, Any]]:
    with tables.reading() as session:
        return document_records(session, document_id).claims


def _count(tables: Database) -> StoryCount:
    settle_all(tables)
    with tables.reading() as session:
        return session.scalars(select(StoryCount)).one()


def test_a_rejected_claim_is_shown_marked_and_counts_no_more(tables: Database) -> None:
    _, _, late, _ = disagreement(tables)
    assert _count(tables).disputed
    written = _correct(tables, "claim", f"{late}:0", "reject")
    assert [(c["review_status"], c["value"]) for c in _claims(tables, late)] == [("rejected", 30), ("unreviewed", 12)]
    assert not _count(tables).disputed
    _correct(tables, "claim", f"{late}:0", "undo", undoes=written.id)
    assert {c["review_status"] for c in _claims(tables, late)} == {"unreviewed"}
    assert _count(tables).disputed


def test_an_amended_claim_is_exported_as_amended_and_what_the_machine_found_is_kept(tables: Database) -> None:
    _, _, late, _ = disagreement(tables)
    written = _correct(tables, "claim", f"{late}:0", "amend", after={"low": 13, "high": 13})
    assert (written.before or {})["value"] == 30
    with tables.reading() as session:
        exported = {r["id"]: r for r in rows(session, "claims", Filter())}
    assert (exported[f"{late}:0"]["value"], exported[f"{late}:0"]["review_status"]) == (13, "amended")
    assert _count(tables).high == 13
    assert _count(tables).review_status == "reviewed"


def test_a_claim_is_of_the_measure_that_it_was_said_to_be(tables: Database) -> None:
    _, _, late, _ = disagreement(tables)
    _correct(tables, "claim", f"{late}:0", "amend", after={"measure": "injured"})
    with tables.reading() as session:
        injured = [row["id"] for row in rows(session, "claims", Filter(measure="injured"))]
        killed = [row["id"] for row in rows(session, "claims", Filter(measure="killed"))]
    assert injured == [f"{late}:0"]
    assert f"{late}:0" not in killed
    assert f"{late}:1" in killed


def test_an_added_claim_stands_where_it_was_put_in_code_points(tables: Database) -> None:
    (document_id,) = accepted(tables, RawDocument(content=_BIRDS))
    stored(tables, document_id, _BIRDS, story_id="b")
    start = _BIRDS.rindex("12")
    after = {"start": start, "end": start + 2, "measure": "injured", "low": 12, "high": 12, "claimant_name": "Police"}
    _correct(tables, "claim", document_id, "add", after=after)
    (added,) = _claims(tables, document_id)
    assert (_BIRDS[added["start"] : added["end"]], added["value"], added["review_status"]) == ("12", 12, "added")
    assert _BIRDS[added["sentence_start"] : added["sentence_end"]] == "On Tuesday 12 people were hurt."
    _correct(tables, "claim", added["id"], "reject")
    assert [c["review_status"] for c in _claims(tables, document_id)] == ["rejected"]


def test_a_correction_holds_when_the_text_has_moved_and_goes_when_it_is_gone(tables: Database) -> None:
    (document_id,) = accepted(tables, RawDocument(content=POLICE))
    stored(tables, document_id, POLICE, Extraction(claims=[claim("12", POLICE, 12)]), story_id="s")
    _correct(tables, "claim", f"{document_id}:0", "amend", after={"low": 11, "high": 11})
    longer = "Update: a new first line, 🕊.\n" + POLICE
    with tables.writing(deciding=True) as session:
        revise(session, document_id, RawDocument(content=longer), 10)
    stored(tables, document_id, longer, Extraction(claims=[claim("12", longer, 12)]), story_id="s")
    assert [(c["value"], c["review_status"]) for c in _claims(tables, document_id)] == [(11, "amended")]
    # The machine finds it no more, and the text still says it: the analyst's word stands.
    with tables.writing(deciding=True) as session:
        revise(session, document_id, RawDocument(content=longer + " More."), 10)
    stored(tables, document_id, longer + " More.", story_id="s")
    (held,) = _claims(tables, document_id)
    assert ((longer + " More.")[held["start"] : held["end"]], held["value"]) == ("12", 11)
    with tables.writing(deciding=True) as session:
        revise(session, document_id, RawDocument(content="Nothing of it."), 10)
    stored(tables, document_id, "Nothing of it.", story_id="s")
    assert _claims(tables, document_id) == []


def test_a_span_is_found_again_by_the_words_around_it() -> None:
    start = _BIRDS.rindex("12")
    kept = anchor(_BIRDS, start, start + 2)
    assert locate(kept, "New: " + _BIRDS) == (start + 5, start + 7)
    swapped = "On Tuesday 12 people were hurt. 🕊🕊 Police say 12 people were killed on Monday."
    assert locate(kept, swapped) is None or swapped[: locate(kept, swapped)[0]].endswith("On Tuesday ")  # type: ignore[index]
    assert locate(kept, "A wholly other text with a 12 in it, of as many words as that.") is None


def test_a_document_moved_by_hand_stays_and_comes_back(tables: Database) -> None:
    early, _, late, _ = disagreement(tables)
    moved = _correct(tables, "document", late, "move", after={"story_id": None})
    own = row(tables, late).story_id
    assert own not in (None, "s")
    assert row(tables, late).found_story_id == "s"
    assert not _counts_disputed(tables, "s")
    with tables.writing(deciding=True) as session:
        revise(session, late, RawDocument(content="Edited.", source="b.example"), 10)
    assert row(tables, late).story_id == own
    _correct(tables, "document", late, "undo", undoes=moved.id)
    assert row(tables, early).story_id == "s"


def _counts_disputed(tables: Database, story: str) -> bool:
    settle_all(tables)
    with tables.reading() as session:
        return bool(session.get_one(Story, story).disputed)


def test_a_story_made_part_of_another_takes_its_documents_along_and_gives_them_back(tables: Database) -> None:
    disagreement(tables)
    (other,) = accepted(tables, RawDocument(content="Another report."))
    stored(tables, other, "Another report.", story_id="o")
    merged = _correct(tables, "story", "o", "move", after={"story_id": "s"})
    assert (row(tables, other).story_id, row(tables, other).found_story_id) == ("s", "o")
    with pytest.raises(CorrectionError, match="part of itself"):
        _correct(tables, "story", "s", "move", after={"story_id": "o"})
    _correct(tables, "story", "o", "undo", undoes=merged.id)
    assert row(tables, other).story_id == "o"


def test_a_correction_is_undone_once_and_an_undoing_can_be_undone(tables: Database) -> None:
    _, _, late, _ = disagreement(tables)
    record = ("claim", f"{late}:0")
    first = _correct(tables, *record, "reject")
    undone = _correct(tables, *record, "undo", undoes=first.id)
    with pytest.raises(CorrectionError, match="is already undone"):
        _correct(tables, *record, "undo", undoes=first.id)
    _correct(tables, *record, "undo", undoes=undone.id)
    assert _claims(tables, late)[0]["review_status"] == "rejected"


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": " "},
        {"author": ""},
        {"action": "move"},
        {"action": "amend", "after": {}},
        {"action": "amend", "after": {"start": 3}},
        {"action": "amend", "after": {"low": 9, "high": 3}},
        {"action": "amend", "after": {"value": -1}},
        {"action": "amend", "after": {"measure": "sung"}},
        {"action": "amend", "after": {"value": True}},
        {"action": "undo"},
        {"undoes": "0" * 32},
        {"other": 1},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    right = {"record": "claim", "record_id": "x:0", "action": "reject", "reason": "r", "author": "a"}
    NewCorrection.model_validate(right)
    with pytest.raises(ValidationError):
        NewCorrection.model_validate(right | wrong)


def test_a_record_that_is_not_there_is_named(tables: Database) -> None:
    for record, record_id in (("claim", "0" * 32 + ":0"), ("document", "0" * 32), ("story", "0" * 32)):
        after = {"story_id": "s"} if record != "claim" else None
        with pytest.raises(CorrectionError, match=r"not exist|no document"):
            _correct(tables, record, record_id, "reject" if record == "claim" else "move", after=after)


def test_a_claim_with_a_date_is_amended_counted_and_exported_like_any_other(tables: Database) -> None:
    (document_id,) = accepted(tables, RawDocument(content=POLICE))
    stored(tables, document_id, POLICE, Extraction(claims=[claim("12", POLICE, 12)]), story_id="s")
    written = _correct(tables, "claim", f"{document_id}:0", "amend", after={"low": 11, "high": 11})
    assert (written.before or {})["event_date"] == "2026-02-28"
    assert _count(tables).low == 11
    with tables.writing(deciding=True) as session:
        revise(session, document_id, RawDocument(content=POLICE + " More."), 10)
    stored(tables, document_id, POLICE + " More.", story_id="s")  # what was corrected is told by `before` alone
    assert _count(tables).low == 11
    with tables.reading() as session:
        (exported,) = rows(session, "claims", Filter())
        (held,) = story_claims(session, members(session, ["s"]))["s"]
    assert (exported["event_date"], held.claim.event_date) == ("2026-02-28", date(2026, 2, 28))
    _correct(tables, "claim", f"{document_id}:0", "undo", undoes=written.id)
    assert _claims(tables, document_id) == []
