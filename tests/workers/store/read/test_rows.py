"""The rows of the exported tables, as the contract names them, from both databases."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import pytest

from schemas.documents import RawDocument
from schemas.errors import MessageError, NoTextError
from schemas.records import Extraction, Place, Removed
from schemas.stages import Stage
from tests.workers.stored import (
    RECEIVED,
    accepted,
    change,
    claim,
    cleaned,
    disagreement,
    entity,
    extracted,
    quote,
    row,
    stored,
)
from workers.export.formats import write_csv, write_jsonl, write_parquet
from workers.store import stages
from workers.store.database import Database
from workers.store.read.rows import Filter, rows
from workers.store.revisions import revise
from workers.store.settling import settle_all

# The contract's columns in its order, and between them those that were added to it since.
_COLUMNS = {
    "documents": "id external_id url source title author published published_naive undated language received text state"
    " removed notes copy_of copy_score copy_evidence story_id story_evidence further_stories found_story_id"
    " revision change error",
    "entities": "document_id start end text label name",
    "places": "document_id start end text name geonameid country region lat lon precision demonym",
    "quotes": "id document_id kind start end text cue speaker speaker_start speaker_end speaker_name relay"
    " review_status correction_id",
    "claims": "id document_id start end figure value low high qualifier measure group group_start group_end claimant"
    " claimant_start claimant_end claimant_name claimant_type relay status scope place place_start place_end geonameid"
    " country lat lon place_precision event_date event_date_precision contradicts sentence_start sentence_end story_id"
    " sentence title source published url story_title review_status correction_id",
    "counts": "id story_id story_title measure group low high best figures claimants independent_sources corroborated"
    " disputed updated as_of review_status change",
    "disputes": "story_id story_title count_id measure group claim_id low high value claimant_name claimant_type relay"
    " source published document_id url sentence disagrees_with updated_by review_status",
    "stories": "id title first_published last_published document_ids sources disputes updates merged_ids"
    " merges parted_from parting_score partings further_document_ids change",
    "failures": "document_id stage error_type error attempts first_failed last_failed payload traceback change",
    "revisions": "document_id revision superseded title published text content content_type extra",
}

_TEXT = "“We counted 12 dead,” Ann Lee told Radio Harbour. — Жыл 🕊 12 dead, she said."


def _export(tables: Database, table: str, **chosen: Any) -> list[dict[str, Any]]:
    settle_all(tables)
    with tables.reading() as session:
        return list(rows(session, table, Filter(**chosen)))


def _fail(tables: Database, document_id: str) -> None:
    error, payload = NoTextError("d", "nothing is left"), {"from": "elsewhere"}
    with tables.writing() as session:
        stages.fail(session, Stage.CLEAN, error, "Traceback …", payload, document_id)


def _fail_message(tables: Database, payload: dict[str, Any]) -> None:
    with tables.writing() as session:
        stages.fail_message(session, Stage.CLEAN, MessageError("message on queue clean", "not ours"), payload)


@pytest.fixture
def ids(tables: Database) -> list[str]:
    """An original with records, its copy in another source, and a document that failed."""
    original, copy, failing = accepted(
        tables,
        RawDocument(
            content=_TEXT,
            id="harbour-1",
            url="https://a.example/1",
            source="a.example",
            title="Harbour",
            author="Bo Ek",
            published="2026-03-01T09:00:00+04:30",
        ),
        RawDocument(content=_TEXT + " ", source="b.example", published="2026-03-01T10:00:00"),
        RawDocument(content="<p></p>", source="a.example"),
    )
    found = Extraction(
        entities=[entity("Ann Lee", _TEXT), entity("Radio Harbour", _TEXT, "ORG")],
        quotes=[quote("We counted 12 dead,", _TEXT, cue="told", speaker="Ann Lee", relay="Radio Harbour")],
        claims=[claim("12", _TEXT, 12, group="dead", claimant_name="Ann Lee")],
        places=[Place(0, 1, "“", "Anywhere", 1, "ESP", None, 40.0, -4.0, "country")],
    )
    stored(tables, original, _TEXT, found, story_id="s1")
    number = row(tables, original).number
    evidence = {"compared": original, "score": 1.0}
    stored(tables, copy, _TEXT, copy_of=number, copy_score=1.0, copy_evidence=evidence, story_id="s1")
    _fail(tables, failing)
    return [original, copy, failing]


@pytest.fixture
def edited(tables: Database, ids: list[str]) -> None:
    """The document that failed was edited since."""
    with tables.writing(deciding=True) as session:
        revise(session, ids[2], RawDocument(content="<p>Twelve people died.</p>"), 100)


@pytest.mark.usefixtures("edited")
def test_the_rows_of_each_table_have_the_columns_of_the_contract_in_its_order(tables: Database) -> None:
    disagreement(tables)
    for table, columns in _COLUMNS.items():
        found = _export(tables, table)
        assert found, table
        assert [list(row) for row in found] == [columns.split()] * len(found)


def test_documents_come_in_the_order_of_arrival_whatever_became_of_them(tables: Database, ids: list[str]) -> None:
    found = _export(tables, "documents")
    assert [(row["id"], row["state"]) for row in found] == list(zip(ids, ("stored", "stored", "failed"), strict=True))
    assert [row["error"] for row in found] == [None, None, "d: nothing is left"]


def test_a_document_keeps_what_its_sender_stated(tables: Database, ids: list[str]) -> None:
    first = _export(tables, "documents")[0]
    stated = ("external_id", "url", "source", "title", "author")
    assert [first[name] for name in stated] == ["harbour-1", "https://a.example/1", "a.example", "Harbour", "Bo Ek"]
    assert first["text"] == _TEXT


def test_a_time_of_publication_keeps_its_offset_and_one_without_is_marked(tables: Database, ids: list[str]) -> None:
    with_offset, naive, unknown = _export(tables, "documents")
    assert with_offset["published"].isoformat() == "2026-03-01T09:00:00+04:30"
    assert naive["published"].isoformat() == "2026-03-01T10:00:00+00:00"
    assert [row["published_naive"] for row in (with_offset, naive, unknown)] == [False, True, False]
    assert unknown["published"] is None


@pytest.mark.parametrize("stated", ["2026-03-01T09:00:00-03:30", "2026-03-01T00:10:00+14:00", "2026-03-01T09:00:00Z"])
def test_an_offset_on_either_side_of_utc_is_given_back(tables: Database, stated: str) -> None:
    (document_id,) = accepted(tables, RawDocument(content="one", published=stated))
    cleaned(tables, document_id, "one")
    (found,) = _export(tables, "documents")
    assert found["published"].isoformat() == datetime.fromisoformat(stated).isoformat()


def test_a_copy_names_its_original_by_the_id_that_the_world_sees(tables: Database, ids: list[str]) -> None:
    original, copy, _ = _export(tables, "documents")
    assert (original["copy_of"], original["copy_score"]) == (None, None)
    assert (copy["copy_of"], copy["copy_score"]) == (ids[0], 1.0)
    assert copy["copy_evidence"] == {"compared": ids[0], "score": 1.0}


def test_a_document_not_yet_cleaned_has_no_text_and_empty_lists(tables: Database) -> None:
    accepted(tables, "one")
    (found,) = _export(tables, "documents")
    assert (found["text"], found["removed"], found["notes"], found["state"]) == (None, [], [], "received")


def test_what_was_cut_and_passed_over_is_given(tables: Database) -> None:
    (document_id,) = accepted(tables, "one")
    cleaned(tables, document_id, "one", removed=[Removed("promo", "Read “más”")])
    extracted(tables, document_id, Extraction(notes=["language es"]))
    (found,) = _export(tables, "documents")
    assert (found["removed"], found["notes"]) == ([{"kind": "promo", "text": "Read “más”"}], ["language es"])


def test_every_offset_points_at_its_string_beyond_the_first_plane_too(tables: Database) -> None:
    (document_id,) = accepted(tables, _TEXT)
    after_the_dove = _TEXT.index("she")
    found = entity("she", _TEXT)
    stored(tables, document_id, _TEXT, Extraction(entities=[found]))
    (document,), (exported,) = _export(tables, "documents"), _export(tables, "entities")
    assert exported["start"] == after_the_dove
    assert document["text"][exported["start"] : exported["end"]] == exported["text"] == "she"


def test_records_come_in_the_order_of_arrival_and_of_the_text(tables: Database) -> None:
    first, second = accepted(tables, "one", "two")
    two_entities = Extraction(entities=[entity("Ann", "Ann, Bo"), entity("Bo", "Ann, Bo")])
    stored(tables, second, "Ann, Bo", two_entities)
    stored(tables, first, "Ann, Bo", two_entities)
    found = [(row["document_id"], row["text"]) for row in _export(tables, "entities")]
    assert found == [(first, "Ann"), (first, "Bo"), (second, "Ann"), (second, "Bo")]


def test_a_quote_without_a_speaker_has_nulls_and_not_empty_strings(tables: Database) -> None:
    (document_id,) = accepted(tables, "one")
    stored(tables, document_id, "“Go.”", Extraction(quotes=[quote("Go.", "“Go.”")]))
    (found,) = _export(tables, "quotes")
    assert {name for name, value in found.items() if value is None} == {
        "cue", "speaker", "speaker_start", "speaker_end", "speaker_name", "relay", "correction_id",
    }  # fmt: skip


def test_a_claim_has_an_id_of_its_own_and_its_documents_story(tables: Database, ids: list[str]) -> None:
    (found,) = _export(tables, "claims")
    assert (found["id"], found["story_id"]) == (f"{ids[0]}:0", "s1")


def test_a_failure_keeps_the_message_and_the_traceback(tables: Database, ids: list[str]) -> None:
    (found,) = _export(tables, "failures")
    assert (found["document_id"], found["stage"], found["error_type"]) == (ids[2], "clean", "NoTextError")
    assert (found["error"], found["traceback"]) == ("d: nothing is left", "Traceback …")
    assert (found["payload"], found["attempts"]) == ({"from": "elsewhere"}, 1)
    assert found["first_failed"] == found["last_failed"]


def test_a_failure_that_was_made_good_is_not_listed_any_more(tables: Database, ids: list[str]) -> None:
    with tables.writing() as session:
        stages.reopen(session, stages.failed(session, None, []))
    stored(tables, ids[2], "text after all")
    assert _export(tables, "failures") == []


def test_a_message_that_could_not_be_read_is_a_failure_without_a_document(tables: Database) -> None:
    _fail_message(tables, {})
    (found,) = _export(tables, "failures")
    assert (found["document_id"], found["error"]) == (None, "message on queue clean: not ours")


def test_a_message_of_strange_characters_is_exported_in_every_format(tables: Database) -> None:
    _fail_message(tables, {"\x00": ["\ud800 kept"]})
    lines, cells, columns = io.StringIO(), io.StringIO(), io.BytesIO()
    write_jsonl(_export(tables, "failures"), lines)
    write_csv("failures", _export(tables, "failures"), cells)
    write_parquet("failures", _export(tables, "failures"), columns)
    for written in (lines.getvalue().encode(), cells.getvalue().encode(), columns.getvalue()):
        assert b" kept" in written


def test_since_takes_what_was_received_then_or_later_in_every_table(tables: Database, ids: list[str]) -> None:
    later = RECEIVED + timedelta(minutes=1)
    assert [row["id"] for row in _export(tables, "documents", since=later)] == ids[1:]
    assert _export(tables, "claims", since=later) == _export(tables, "entities", since=later) == []
    assert len(_export(tables, "failures", since=later)) == 1
    assert _export(tables, "failures", since=later + timedelta(hours=1)) == []


def test_source_takes_one_source_in_every_table(tables: Database, ids: list[str]) -> None:
    assert [row["id"] for row in _export(tables, "documents", source="a.example")] == [ids[0], ids[2]]
    assert len(_export(tables, "entities", source="a.example")) == 2
    for table in ("entities", "quotes", "claims", "failures"):
        assert _export(tables, table, source="b.example") == []


def test_both_filters_hold_together(tables: Database, ids: list[str]) -> None:
    later = RECEIVED + timedelta(minutes=1)
    assert [row["id"] for row in _export(tables, "documents", since=later, source="a.example")] == [ids[2]]


def test_a_story_is_chosen_by_any_of_its_documents_and_given_whole(tables: Database, ids: list[str]) -> None:
    (found,) = _export(tables, "stories", source="b.example")
    assert found["document_ids"] == ids[:2]
    assert _export(tables, "stories", source="c.example") == []


def test_a_place_takes_the_documents_that_name_it_and_their_stories_whole(tables: Database) -> None:
    texts = ("Twelve were hurt in New Ushkol.", "New homes in Ushkol.", "Calm.")
    for number, (document_id, text) in enumerate(zip(accepted(tables, *texts), texts, strict=True)):
        label = ("New Ushkol", "Ushkol")[number] if number < 2 else None
        found = Extraction(entities=[entity(label, text, "GPE")] if label else [])
        stored(tables, document_id, text, found, story_id="s" if number != 1 else "t")
    for since in (None, 0):
        named = _export(tables, "documents", place="new ushkol", changed_since=since)
        assert [each["text"] for each in named] == [texts[0]]
        (story,) = _export(tables, "stories", place="new ushkol", changed_since=since)
        assert len(story["document_ids"]) == 2


def test_a_failure_without_a_document_belongs_to_no_source(tables: Database) -> None:
    _fail_message(tables, {})
    assert _export(tables, "failures", source="a.example") == []


def test_empty_tables_give_no_rows(tables: Database) -> None:
    assert [_export(tables, table) for table in _COLUMNS] == [[]] * len(_COLUMNS)


def test_an_export_reads_one_state_however_long_it_takes(tables: Database) -> None:
    first, second = accepted(tables, "one", "two")
    with tables.reading() as session:
        reading = rows(session, "documents", Filter())
        assert next(reading)["id"] == first
        change(tables, second, title="changed meanwhile")
        assert [row["title"] for row in reading] == [None]
