"""Search and the queries of hooks go by what corrections made of claims and quotes, in their transactions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from schemas.corrections import NewCorrection
from schemas.desk_tables import CorrectedRecord, Correction
from schemas.documents import RawDocument
from schemas.records import Extraction
from schemas.urls import Url
from tests.workers.stored import accepted, claim, quote, stored
from workers.store.changes import EventKind, document_changed
from workers.store.corrections.standing import keep_all_standing
from workers.store.corrections.write import correct
from workers.store.database import Database
from workers.store.hooks import add, claim_due, put_on_their_way
from workers.store.revisions import revise
from workers.store.search import conditions
from workers.store.search.index import matches, search

_TEXT = "Police say 12 people were killed. “Stay away,” Ann Lee said, and 5 were missing."


@pytest.fixture
def document_id(tables: Database) -> str:
    (given, other) = accepted(tables, RawDocument(content=_TEXT), RawDocument(content="Another report of 12 killed."))
    _store(tables, given, _TEXT)
    found = Extraction(claims=[claim("12", "Another report of 12 killed.", 12, claimant_name="Rescuers")])
    stored(tables, other, "Another report of 12 killed.", found)
    return given


def _store(tables: Database, document_id: str, text: str) -> None:
    found = Extraction(
        claims=[claim("12", text, 12, claimant_name="Police"), claim("5", text, 5, measure="missing")],
        quotes=[quote("Stay away,", text, speaker_name="Ann Lee")],
    )
    stored(tables, document_id, text, found)


def _correct(tables: Database, record: str, record_id: str, action: str, **others: Any) -> Correction:
    given = {"record": record, "record_id": record_id, "action": action, "reason": "seen", "author": "Ann"} | others
    with tables.writing(deciding=True) as session:
        return correct(session, NewCorrection.model_validate(given))


def _finds(tables: Database, typed: str, document_id: str) -> bool:
    with tables.reading() as session:
        found = document_id in [hit.document.id for hit in search(session, typed)]
        assert matches(session, typed, [document_id]) == found
    return found


@pytest.mark.parametrize("rare", [0, 2_000])
def test_an_amended_claim_is_found_by_what_it_was_said_to_be(
    tables: Database, document_id: str, rare: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conditions, "_RARE", rare)
    after = {"measure": "injured", "low": 40, "high": 40, "claimant_name": "Fire Service"}
    amended = _correct(tables, "claim", f"{document_id}:0", "amend", after=after)
    for typed in ("measure:injured>30", 'speaker:"fire service"', 'people speaker:"Fire Service"', "-measure:killed"):
        assert _finds(tables, typed, document_id), typed
    for typed in ("measure:killed", "speaker:police", "-measure:injured", 'cat speaker:"fire service"'):
        assert not _finds(tables, typed, document_id), typed
    _correct(tables, "claim", f"{document_id}:0", "undo", undoes=amended.id)
    assert _finds(tables, "measure:killed=12 speaker:police", document_id)
    assert not _finds(tables, "measure:injured", document_id)
    assert not _finds(tables, 'speaker:"fire service"', document_id)


@pytest.mark.parametrize("rare", [0, 2_000])
def test_what_was_rejected_is_not_found_and_what_was_added_is(
    tables: Database, document_id: str, rare: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conditions, "_RARE", rare)
    _correct(tables, "claim", f"{document_id}:0", "reject")
    _correct(tables, "quote", f"{document_id}:0", "amend", after={"speaker_name": "Bo Ek"})
    assert not _finds(tables, "measure:killed", document_id)
    assert _finds(tables, "measure:missing<6", document_id), "the other claim stands"
    assert (_finds(tables, 'speaker:"Bo Ek"', document_id), _finds(tables, 'speaker:"Ann Lee"', document_id)) == (
        True,
        False,
    )
    after = {"start": 11, "end": 13, "measure": "displaced", "low": 12, "high": 12, "claimant_name": "Red Cross"}
    _correct(tables, "claim", document_id, "add", after=after)
    assert _finds(tables, 'measure:displaced=12 speaker:"red cross"', document_id)


def test_corrections_are_searched_by_after_another_extraction(tables: Database, document_id: str) -> None:
    _correct(tables, "claim", f"{document_id}:0", "amend", after={"low": 40, "high": 40})
    with tables.writing(deciding=True) as session:
        revise(session, document_id, RawDocument(content="New: " + _TEXT), 5)
    assert not _finds(tables, "measure:killed", document_id), "its text is not there yet"
    _store(tables, document_id, "New: " + _TEXT)
    assert _finds(tables, "measure:killed=40", document_id)
    assert not _finds(tables, "measure:killed=12", document_id)


def test_a_hook_is_told_by_its_query_as_corrected(tables: Database, document_id: str) -> None:
    with tables.writing() as session:
        add(session, Url.parse("https://a.example/"), [EventKind.DOCUMENT_STORED], "measure:killed")
        add(session, Url.parse("https://b.example/"), [EventKind.DOCUMENT_STORED], "measure:injured")
    _correct(tables, "claim", f"{document_id}:0", "amend", after={"measure": "injured"})
    with tables.writing() as session:
        document_changed(session, document_id, EventKind.DOCUMENT_STORED)
    with tables.writing() as session:
        put_on_their_way(session)
    with tables.writing() as session:
        told = [due.hook.url for due in claim_due(session, 10, timedelta(minutes=1))]
    assert told == ["https://b.example/"]


def test_what_was_corrected_before_the_table_was_is_filled_in(tables: Database, document_id: str) -> None:
    _correct(tables, "claim", f"{document_id}:0", "reject")
    with tables.writing() as session:
        session.execute(delete(CorrectedRecord))
    with tables.writing() as session:
        keep_all_standing(session)
    with tables.reading() as session:
        standing = session.execute(select(CorrectedRecord.measure, CorrectedRecord.name)).all()
    assert sorted(map(tuple, standing), key=str) == [("missing", None), (None, "ann lee")]
