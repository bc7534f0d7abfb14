"""`wireroom export`: rows on standard output or in a file that is there only once it is whole."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from schemas.documents import RawDocument
from tests.workers.cli.conftest import Wireroom
from tests.workers.stored import accepted, change
from workers.store.database import Database
from workers.store.read.rows import Row

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

_TITLE = "“Жыл”, a flood\nin two lines"


@pytest.fixture
def ids(tables: Database) -> list[str]:
    """Two documents of two sources."""
    ids = accepted(tables, RawDocument(content="one", source="a.example"), RawDocument(content="two"))
    change(tables, ids[0], title=_TITLE)
    return ids


def test_json_lines_go_to_standard_output_and_nothing_else_does(wireroom: Wireroom, ids: list[str]) -> None:
    ended = wireroom("export", "documents")
    assert (ended.code, ended.messages) == (0, "")
    assert [json.loads(line)["id"] for line in ended.output.splitlines()] == ids


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_the_ending_of_the_file_chooses_the_format(
    wireroom: Wireroom, ids: list[str], tmp_path: Path, form: str
) -> None:
    output = tmp_path / "not yet there" / f"documents.{form.upper()}"
    ended = wireroom("export", "documents", "--output", output)
    assert (ended.code, ended.output) == (0, "")
    assert ended.messages == f"2 documents written to {output}\n"
    assert _titles(output, form) == [_TITLE, None]


def test_a_format_asked_for_wins_over_the_ending(wireroom: Wireroom, ids: list[str], tmp_path: Path) -> None:
    output = tmp_path / "documents.txt"
    wireroom("export", "documents", "--output", output, "--format", "csv")
    assert _titles(output, "csv") == [_TITLE, None]


def _titles(file: Path, form: str) -> list[str | None]:
    if form == "parquet":
        return list(pq.read_table(file).column("title").to_pylist())
    with file.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines) if form == "csv" else map(json.loads, lines)
        return [row["title"] or None for row in rows]


def test_a_file_is_replaced_whole_or_not_at_all(
    wireroom: Wireroom, ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out" / "documents.jsonl"
    assert wireroom("export", "documents", "--output", output).code == 0
    whole = output.read_bytes()

    def half(*_: object) -> Iterator[Row]:
        yield {"id": "half"}
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workers.cli.export.rows", half)
    ended = wireroom("export", "documents", "--output", output)
    assert ended.code == 2
    assert f"--output {output}: cannot be written (No space left on device)" in ended.messages
    assert output.read_bytes() == whole
    assert list(output.parent.iterdir()) == [output]


def test_since_and_source_choose_rows(wireroom: Wireroom, ids: list[str]) -> None:
    def exported(*chosen: str) -> list[str]:
        lines = wireroom("export", "documents", *chosen).output.splitlines()
        return [json.loads(line)["id"] for line in lines]

    assert exported("--source", "a.example") == ids[:1]
    assert exported("--since", "2026-03-01T12:01:00Z") == ids[1:]
    assert exported("--since", "2026-03-01T14:01:00+02:00") == ids[1:], "an offset counts"
    assert exported("--since", "2026-03-01T12:01:00") == ids[1:], "without an offset it is UTC"
    assert exported("--since", "2026-03-02") == []


@pytest.mark.usefixtures("tables")
def test_an_empty_table_is_no_error(wireroom: Wireroom, tmp_path: Path) -> None:
    assert wireroom("export", "claims").output == ""
    assert wireroom("export", "claims", "--output", tmp_path / "claims.parquet").code == 0
    assert pq.read_table(tmp_path / "claims.parquet").num_rows == 0


def test_a_database_that_was_never_used_gets_its_tables(wireroom: Wireroom, database_url: str) -> None:
    assert wireroom("export", "documents", "--database", database_url).code == 0
