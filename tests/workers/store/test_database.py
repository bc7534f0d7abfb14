"""Transactions: what a reader sees while others write."""

from __future__ import annotations

from sqlalchemy import func, select

from schemas.tables import Document
from tests.workers.stored import accepted
from workers.store.database import Database


def test_a_reader_sees_one_state_from_its_first_look_to_its_last(tables: Database) -> None:
    accepted(tables, "one")
    counted = select(func.count()).select_from(Document)
    with tables.reading() as session:
        assert session.scalar(counted) == 1
        accepted(tables, "two")
        assert session.scalar(counted) == 1
    with tables.reading() as session:
        assert session.scalar(counted) == 2
