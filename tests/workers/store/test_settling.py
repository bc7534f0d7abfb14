"""Stories' counts, settled once for all that arrived, and what that is told of."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.desk_tables import StoryCount
from schemas.documents import RawDocument
from schemas.records import Extraction
from tests.workers.stored import accepted, claim, disagreement, stored
from workers.store import settling
from workers.store.changes import events_after, record
from workers.store.database import Database
from workers.store.settling import settle_all, settle_due

_LATER = "Police now say 30 people were killed."


def _counts(tables: Database) -> list[StoryCount]:
    with tables.reading() as session:
        return list(session.scalars(select(StoryCount).order_by(StoryCount.id)))


def _kinds(tables: Database) -> list[str]:
    with tables.reading() as session:
        return [event.kind for event in events_after(session, 0, 100) if not event.kind.startswith("document")]


def test_what_copies_repeat_is_one_source_and_two_that_disagree_are_a_dispute(tables: Database) -> None:
    disagreement(tables)
    settle_all(tables)
    (count,) = _counts(tables)
    assert (count.low, count.high, count.measure) == (12, 30, "killed")
    assert (count.claimants, count.independent_sources, count.disputed) == (["Police", "Rebels"], 2, True)
    assert (count.best["lowest"], count.best["latest"]) == (12, 30)
    assert _kinds(tables) == ["dispute.opened"]
    assert settle_due(tables) == 0


def test_a_count_keeps_its_id_and_tells_of_what_changes(tables: Database) -> None:
    disagreement(tables)
    settle_all(tables)
    (before,) = _counts(tables)
    (update,) = accepted(tables, RawDocument(content=_LATER, source="a.example", published="2026-03-02T12:00:00Z"))
    found = Extraction(claims=[claim("30", _LATER, 30, claimant_name="Police")])
    stored(tables, update, _LATER, found, story_id="s")
    settle_all(tables)
    (after,) = _counts(tables)
    assert after.id == before.id
    assert after.change > before.change
    assert (after.low, after.high, after.disputed, after.updated) == (30, 30, False, True)
    assert _kinds(tables) == ["dispute.opened", "dispute.closed", "figure.changed"]


def test_a_story_that_changed_while_it_was_read_is_settled_later_and_its_neighbours_now(
    tables: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    disagreement(tables)
    for number in range(3):
        (other,) = accepted(tables, RawDocument(content=f"{number} {_LATER}", source=f"{number}.example"))
        found = Extraction(claims=[claim("30", _LATER, 30)])
        stored(tables, other, _LATER, found, story_id=f"other {number}")
    read = settling._read

    def read_before_a_change(session: Session, ids: Sequence[str]) -> object:
        found = read(session, ids)
        monkeypatch.setattr(settling, "_read", read)
        with tables.writing() as changing:
            record(changing, stories=["s"])
        return found

    monkeypatch.setattr(settling, "_read", read_before_a_change)
    assert settle_due(tables) == 4
    assert {count.story_id for count in _counts(tables)} == {"other 0", "other 1", "other 2"}
    assert settle_due(tables) == 1
    assert {count.story_id for count in _counts(tables)} == {"s", "other 0", "other 1", "other 2"}
    assert settle_due(tables) == 0


def test_two_that_settle_one_story_at_once_write_it_once(tables: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    disagreement(tables)
    read = settling._read

    def read_while_another_settles(session: Session, ids: Sequence[str]) -> object:
        found = read(session, ids)
        monkeypatch.setattr(settling, "_read", read)
        settle_all(tables)
        return found

    monkeypatch.setattr(settling, "_read", read_while_another_settles)
    settle_due(tables)
    assert len(_counts(tables)) == 1
    assert _kinds(tables) == ["dispute.opened"]
