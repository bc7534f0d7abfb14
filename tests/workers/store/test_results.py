"""What the stages gave, as it is written and read again, on both databases."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select, text

from schemas.documents import RawDocument
from schemas.records import Claim, Cleaned, Entity, Extraction, Place, Quote, Removed
from schemas.stages import Stage
from schemas.tables import Claim as ClaimRow
from schemas.tables import CleanedBody, Table
from schemas.tables import Entity as EntityRow
from schemas.tables import Place as PlaceRow
from schemas.tables import Quote as QuoteRow
from tests.workers.stored import accepted, cleaned
from tests.workers.stored import row as row_of
from workers.store import results
from workers.store.database import Database
from workers.store.staged import load

_TEXT = "Жыл 🕊 “ویرانی”\nSecond paragraph."


def _read(tables: Database, document_id: str) -> RawDocument:
    with tables.reading() as session:
        return results.raw_document(load(session, document_id, Stage.CLEAN))


def _write(tables: Database, document_id: str, *, text: Cleaned | None = None, found: Extraction | None = None) -> None:
    stage = Stage.CLEAN if text else Stage.EXTRACT
    with tables.writing() as session:
        document = load(session, document_id, stage)
        if text:
            results.write_cleaned(session, document, text)
        if found:
            results.write_extraction(session, document, found)


def _rows(tables: Database, table: type[Table]) -> list[dict[str, Any]]:
    with tables.reading() as session:
        found = session.scalars(select(table))
        return [{column.key: getattr(row, column.key) for column in table.__table__.columns} for row in found]


@pytest.mark.parametrize(
    "given",
    [
        RawDocument(content=_TEXT),
        RawDocument(
            content="<p>" + _TEXT,
            content_type="text/html",
            id="n-1",
            url="https://a.example/1",
            source="a.example",
            title="“Title”",
            author="Bo Ek",
            language="ky",
            published="2026-03-01T09:00:00+04:30",
            section={"name": "World", "tags": ["a", None, 1.5, True]},
        ),
        RawDocument(content=_TEXT, published="2026-03-01T09:00:00"),
        RawDocument(content=_TEXT, published="on Sunday"),
        RawDocument(content=_TEXT, published="2026-03-01T09:00:00Z"),
    ],
)
def test_what_arrived_is_what_clean_takes(tables: Database, given: RawDocument) -> None:
    (document_id,) = accepted(tables, given)
    assert _read(tables, document_id) == given
    assert _read(tables, document_id).id == document_id


def test_the_facts_that_cleaning_found_take_the_place_of_those_stated(tables: Database) -> None:
    (document_id,) = accepted(
        tables, RawDocument(content="one", title="stated", author="Bo Ek", published="2026-03-01")
    )
    published = datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    facts = Cleaned(_TEXT, title="found", source="a.example", url="u", language="ky", published=published)
    _write(tables, document_id, text=facts)
    with tables.reading() as session:
        document = load(session, document_id, Stage.EXTRACT)
    assert (document.title, document.author, document.source) == ("found", None, "a.example")
    assert (document.url, document.language, document.text) == ("u", "ky", _TEXT)
    assert results.published_as_stated(document) == published
    assert (document.published_offset, document.published) == (-210, published.astimezone(UTC))


@pytest.mark.parametrize(
    "stated", ["2026-01-01T00:00:00-23:59:30", "2026-01-01T00:00:00+23:59:30", "0001-01-01T00:00:00Z"]
)
def test_any_time_that_is_taken_in_can_be_read_again(tables: Database, stated: str) -> None:
    (document_id,) = accepted(tables, RawDocument(content="one", published=stated))
    if not tables.on_sqlite:  # whose server need not keep UTC
        with tables.writing() as session:
            session.execute(text(f"ALTER DATABASE {tables.url.database} SET timezone = 'America/New_York'"))
        tables.engine.dispose()
    read = results.published_as_stated(row_of(tables, document_id))
    assert read is not None
    assert abs(read - datetime.fromisoformat(stated)) == timedelta(0)


def test_a_time_found_without_an_offset_is_utc_and_stays_marked(tables: Database) -> None:
    (document_id,) = accepted(tables, "one")
    published = datetime(2026, 3, 2, 9, tzinfo=UTC)
    _write(tables, document_id, text=Cleaned("One.", published=published, published_naive=True))
    read = _read(tables, document_id)
    assert (read.published, read.published_naive) == (published, True)


_FOUND = Extraction(
    entities=[Entity(0, 3, "Жыл", "PERSON", "Жыл Жыл")],
    places=[Place(0, 3, "Жыл", "Жыл", None, "KGZ", None, 42.9, 74.6, "country", True)],
    quotes=[Quote("indirect", 6, 14, "“ویرانی”", "said", "Жыл", 0, 3, "Жыл Жыл", "Radio")],
    claims=[
        Claim(
            0, 3, "Жыл", None, 9_000_000_000, None, "at_least", "other_people", 0, 14,
            "paragraph", 22, 31, "Second", 15, 21, "Second", "Radio",
        )
    ],
)  # fmt: skip


@pytest.mark.parametrize(
    ("table", "records"),
    [(EntityRow, _FOUND.entities), (PlaceRow, _FOUND.places), (QuoteRow, _FOUND.quotes), (ClaimRow, _FOUND.claims)],
)
def test_every_field_of_a_record_is_kept(tables: Database, table: type[Table], records: list[Any]) -> None:
    (document_id,) = accepted(tables, "one")
    cleaned(tables, document_id, _TEXT)
    _write(tables, document_id, found=_FOUND)
    assert _rows(tables, table) == [{"document_id": document_id, "ordinal": 0} | asdict(records[0])]


def test_a_second_extraction_takes_the_place_of_the_first_and_of_no_other_documents(tables: Database) -> None:
    first, second = accepted(tables, "one", "two")
    for document_id in (first, second):
        cleaned(tables, document_id, _TEXT)
        _write(tables, document_id, found=_FOUND)
    _write(tables, first, found=Extraction())
    for table in (EntityRow, QuoteRow, ClaimRow):
        assert [row["document_id"] for row in _rows(tables, table)] == [second]


def test_a_second_cleaning_takes_the_place_of_the_first(tables: Database) -> None:
    (document_id,) = accepted(tables, "one")
    _write(tables, document_id, text=Cleaned("first", [Removed("promo", "x")]))
    _write(tables, document_id, text=Cleaned("second"))
    (body,) = _rows(tables, CleanedBody)
    assert (body["text"], body["removed"]) == ("second", [])
