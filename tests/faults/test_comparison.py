"""The comparison notices what is missing, what is there twice, what differs, and a stage that was ended twice."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, insert, update

from schemas.records import Extraction
from schemas.stages import Stage
from schemas.tables import Claim, Document, Entity, Quote
from tests.faults.comparison import Harm, Records, compare, read_records
from tests.faults.witness import install, moves
from tests.workers.stored import accepted, change, claim, entity, quote, row, stored
from workers.store import stages
from workers.store.database import Database

_TEXT = "“We saw 12 dead,” Ines Moral said."


@pytest.fixture
def documents(tables: Database) -> list[str]:
    """Two documents that went all the way under the witness's eyes."""
    install(tables)
    found = Extraction([entity("Ines Moral", _TEXT)], [quote("We saw 12 dead", _TEXT)], [claim("12", _TEXT, 12)])
    ids = accepted(tables, _TEXT, _TEXT + " Again.")
    for document_id in ids:
        stored(tables, document_id, _TEXT, found)
    return ids


@pytest.fixture
def expected(documents: list[str], tables: Database) -> Records:
    """What the comparison is with."""
    return read_records(tables)


def _compared(tables: Database, expected: Records) -> Harm:
    return compare(expected, read_records(tables), moves(tables))


def test_nothing_is_harmed_where_all_is_as_it_was(tables: Database, expected: Records) -> None:
    assert not _compared(tables, expected)


@pytest.mark.parametrize("record", [Entity, Quote, Claim])
def test_a_missing_record_is_noticed(
    tables: Database, documents: list[str], expected: Records, record: type[Entity]
) -> None:
    with tables.writing() as session:
        session.execute(delete(record).where(record.document_id == documents[0]))
    harm = _compared(tables, expected)
    assert (list(harm.lost), list(harm.doubled)) == (documents[:1], [])


def test_a_record_that_is_there_twice_is_noticed(tables: Database, documents: list[str], expected: Records) -> None:
    with tables.writing() as session:
        same = {"start": 18, "end": 28, "text": "Ines Moral", "label": "PERSON", "name": "Ines Moral"}
        session.execute(insert(Entity).values(document_id=documents[1], ordinal=1, **same))
    harm = _compared(tables, expected)
    assert (list(harm.lost), list(harm.doubled)) == ([], documents[1:])


def test_a_document_that_is_gone_or_has_not_ended_is_lost(
    tables: Database, documents: list[str], expected: Records
) -> None:
    with tables.writing() as session:
        session.execute(delete(Document).where(Document.id == documents[0]))
    change(tables, documents[1], state="extracted")
    assert set(_compared(tables, expected).lost) == set(documents)


def test_a_copy_that_became_another_ones_is_noticed(tables: Database, documents: list[str], expected: Records) -> None:
    change(tables, documents[1], copy_of=row(tables, documents[0]).number, copy_score=1.0)
    assert list(_compared(tables, expected).lost) == documents[1:]


def test_a_stage_that_was_ended_twice_is_noticed_though_its_records_are_the_same(
    tables: Database, documents: list[str], expected: Records
) -> None:
    with tables.writing() as session:
        assert not stages.move(session, documents[0], Stage.DEDUPE), "the guard is what prevents it"
        session.execute(update(Document).where(Document.id == documents[0]).values(state="stored"))
    harm = _compared(tables, expected)
    assert (dict(harm.lost), dict(harm.doubled)) == ({}, {documents[0]: ["became stored 2 times"]})
