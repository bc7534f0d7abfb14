"""`wireroom ingest` and `wireroom retry`: documents on the queues of a real Valkey, and what is told of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from schemas.errors import NoTextError
from schemas.stages import Stage
from schemas.tables import Document
from tests.workers.cli.conftest import Wireroom
from tests.workers.stored import accepted, cleaned, row
from workers.queue.sending import queue_lengths
from workers.store import stages
from workers.store.database import Database

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two articles, one as text and one as JSON."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("An article.", encoding="utf-8")
    (folder / "b.jsonl").write_text('{"content": "Another article."}\n', encoding="utf-8")
    return folder


@pytest.fixture
def failed(tables: Database, broker: str) -> tuple[str, str]:
    """Two documents, one that failed in `clean` and one that failed in `extract`."""
    early, late = accepted(tables, "one", "two")
    cleaned(tables, late, "two")
    with tables.writing() as session:
        for stage, document_id in ((Stage.CLEAN, early), (Stage.EXTRACT, late)):
            assert stages.fail(session, stage, NoTextError("d", "nothing is left"), None, {}, document_id)
    return early, late


@pytest.mark.usefixtures("tables", "broker")
def test_documents_are_put_on_the_queue_once(wireroom: Wireroom, folder: Path) -> None:
    assert wireroom("ingest", folder).messages == "2 documents ingested, 2 of them new\n"
    again = wireroom("ingest", folder)
    assert (again.code, again.messages) == (0, "2 documents ingested, 0 of them new\n")
    assert queue_lengths() == {Stage.CLEAN: 2, Stage.EXTRACT: 0, Stage.DEDUPE: 0}


@pytest.mark.usefixtures("tables", "broker")
def test_a_line_that_cannot_be_read_is_named_and_its_neighbours_go_on(wireroom: Wireroom, folder: Path) -> None:
    with (folder / "b.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"content": \n{"content": "A third."}\n')
    ended = wireroom("ingest", "--json", folder)
    assert ended.code == 2
    assert json.loads(ended.output) == {"documents": 3, "new": 3, "not_read": 1}
    assert "b.jsonl, line 2" in ended.messages


def test_waiting_ends_at_once_where_all_have_ended_and_tells_of_failures(
    wireroom: Wireroom, tables: Database, broker: str, folder: Path
) -> None:
    wireroom("ingest", folder)
    with tables.writing() as session:
        for document_id in session.scalars(select(Document.id)).all():
            stages.fail(session, Stage.CLEAN, NoTextError("d", "nothing is left"), None, {}, document_id)
    ended = wireroom("ingest", "--wait", "--json", folder)
    assert ended.code == 1
    assert json.loads(ended.output)["failed"] == 2


def test_all_that_failed_is_sent_again_from_the_stage_it_failed_in(
    wireroom: Wireroom, tables: Database, failed: tuple[str, str]
) -> None:
    ended = wireroom("retry")
    assert (ended.code, ended.messages) == (0, "2 failed documents were sent again\n")
    assert queue_lengths() == {Stage.CLEAN: 1, Stage.EXTRACT: 1, Stage.DEDUPE: 0}
    assert [row(tables, document_id).state for document_id in failed] == ["received", "cleaned"]
    assert wireroom("retry").messages == "0 failed documents were sent again\n"


def test_one_stage_is_sent_again(wireroom: Wireroom, failed: tuple[str, str]) -> None:
    assert json.loads(wireroom("retry", "--stage", "extract", "--json").output) == [
        {"document_id": failed[1], "stage": "extract"}
    ]


def test_the_first_digits_of_an_id_are_enough(wireroom: Wireroom, failed: tuple[str, str]) -> None:
    sent = json.loads(wireroom("retry", failed[0][:8], "--json").output)
    assert [document["document_id"] for document in sent] == [failed[0]]
