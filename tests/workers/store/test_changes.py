"""Numbers of changes rise in the order of their commits, and whoever reads on from the last one misses nothing."""

from __future__ import annotations

import threading

from sqlalchemy import select, update

from schemas.desk_tables import ChangeCounter
from schemas.errors import NoTextError
from schemas.stages import Stage
from schemas.tables import Document
from tests.workers.stored import REBELS, accepted, disagreement, stored
from workers.store import changes, stages
from workers.store.database import Database
from workers.store.read.rows import Filter, numbered_rows


def _changed(tables: Database, after: int) -> list[tuple[int, str]]:
    with tables.reading() as session:
        return [(at, row["id"]) for at, row in numbered_rows(session, "documents", Filter(changed_since=after))]


def test_a_document_is_listed_once_it_has_ended_and_again_with_each_change(tables: Database) -> None:
    first, second = accepted(tables, "One.", "Two.")
    assert _changed(tables, 0) == []
    stored(tables, second, "Two.")
    stored(tables, first, "One.")
    listed = _changed(tables, 0)
    assert [document for _, document in listed] == [second, first]
    last = listed[-1][0]
    with tables.writing() as session:
        changes.document_changed(session, second)
    assert [document for _, document in _changed(tables, last)] == [second]


def test_of_two_transactions_the_one_that_commits_first_has_the_lower_number(tables: Database) -> None:
    """The first takes its number and lingers; a reader who saw a higher one would never come back for it."""
    slow, quick = accepted(tables, "One.", "Two.")
    taken, go_on = threading.Event(), threading.Event()

    def linger() -> None:
        with tables.writing() as session:
            changes.document_changed(session, slow)
            taken.set()
            go_on.wait(20)

    lingering = threading.Thread(target=linger)
    lingering.start()
    assert taken.wait(20)
    hurrying = threading.Thread(target=_change, args=(tables, quick))
    hurrying.start()
    hurrying.join(0.5)
    seen = _changed(tables, 0)
    go_on.set()
    lingering.join(20)
    hurrying.join(20)
    cursor = seen[-1][0] if seen else 0
    missed = {document for _, document in _changed(tables, cursor)} | {document for _, document in seen}
    assert missed == {slow, quick}
    assert [document for _, document in _changed(tables, 0)] == [slow, quick]


def _change(tables: Database, document_id: str) -> None:
    with tables.writing() as session:
        changes.document_changed(session, document_id)


def test_numbers_go_on_rising_where_the_clock_is_set_back(tables: Database) -> None:
    with tables.writing() as session:
        ahead = changes.take_numbers(session, 1)[0]
        session.execute(update(ChangeCounter).values(last=ahead + 10**9))  # an hour and more ahead
    with tables.writing() as session:
        assert list(changes.take_numbers(session, 3)) == [ahead + 10**9 + n for n in (1, 2, 3)]


def test_a_failure_and_its_retry_are_changes(tables: Database) -> None:
    (failing,) = accepted(tables, "One.")
    with tables.writing() as session:
        stages.fail(session, Stage.CLEAN, NoTextError("d", "nothing is left"), None, {}, failing)
    ((failed_at, _),) = _changed(tables, 0)
    with tables.writing() as session:
        stages.reopen(session, [failing])
    ((again_at, _),) = _changed(tables, failed_at)
    assert again_at > failed_at
    with tables.reading() as session:
        kinds = [event.kind for event in changes.events_after(session, 0, 10)]
        assert session.scalar(select(Document.state)) == "received"
    assert kinds == ["document.failed"]


def test_a_page_never_parts_the_records_of_one_document(tables: Database) -> None:
    ids = disagreement(tables)
    (other,) = accepted(tables, "More.")
    stored(tables, other, REBELS)
    with tables.reading() as session:
        claims = list(numbered_rows(session, "claims", Filter(changed_since=0), 1))
    assert {row["document_id"] for _, row in claims} == set(ids[:3])
    assert [at for at, _ in claims] == sorted(at for at, _ in claims)
