"""Transactions: what a reader sees while others write, and what of a block that raises is left."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from schemas.tables import Document
from tests.workers.stored import accepted
from workers.store.database import Database


def test_a_reader_sees_one_state_from_its_first_look_to_its_last(tables: Database) -> None:
    accepted(tables, "one")
    with tables.reading() as session:
        counted = select(func.count()).select_from(Document)
        assert session.scalar(counted) == 1
        accepted(tables, "two")
        assert session.scalar(counted) == 1
    with tables.reading() as session:
        assert session.scalar(counted) == 2


def test_a_block_that_raises_leaves_nothing(tables: Database) -> None:
    (document_id,) = accepted(tables, "one")

    def fail() -> None:
        with tables.writing() as session:
            session.delete(session.scalars(select(Document).where(Document.id == document_id)).one())
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with tables.reading() as session:
        assert session.scalar(select(Document.id)) == document_id
