"""Rows as JSON lines, CSV and Parquet: every value comes back, and nothing in it acts on who opens the file."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workers.export import formats
from workers.export.formats import write_csv, write_jsonl, write_parquet
from workers.store.read.columns import COLUMNS

_TIME = datetime(2026, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=4, minutes=30)))


def _row(table: str, **values: Any) -> dict[str, Any]:
    return dict.fromkeys(COLUMNS[table]) | values


def _jsonl(rows: list[dict[str, Any]]) -> str:
    output = io.StringIO()
    assert write_jsonl(rows, output) == len(rows)
    return output.getvalue()


def _csv(table: str, rows: list[dict[str, Any]]) -> str:
    output = io.StringIO()
    assert write_csv(table, rows, output) == len(rows)
    return output.getvalue()


def _records(written: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written, newline=""), strict=True))


def _parquet(table: str, rows: list[dict[str, Any]]) -> pa.Table:
    output = io.BytesIO()
    assert write_parquet(table, rows, output) == len(rows)
    return pq.read_table(io.BytesIO(output.getvalue()))


@example(text="lines\nseparated\r\nin\x0bevery\x0c\x1cway\x85there\u2028is\u2029")
@given(text=st.text())
def test_a_row_is_one_json_line_that_gives_any_text_back(text: str) -> None:
    lines = _jsonl([_row("entities", text=text), _row("entities", text="next")]).splitlines()
    assert [json.loads(line)["text"] for line in lines] == [text, "next"]


def test_no_control_character_reaches_a_terminal_by_json_lines() -> None:
    controls = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))
    line = _jsonl([_row("entities", text=controls)])
    assert [c for c in line.removesuffix("\n") if not c.isprintable()] == []


def test_other_scripts_stay_readable_in_json_lines() -> None:
    assert "Жыл “ویرانی” 🕊" in _jsonl([_row("entities", text="Жыл “ویرانی” 🕊")])


def test_a_time_in_json_lines_keeps_its_offset() -> None:
    assert json.loads(_jsonl([_row("documents", published=_TIME)]))["published"] == "2026-03-01T09:30:00+04:30"


def test_times_within_lists_and_objects_are_written_too() -> None:
    disputes = [{"measure": "killed", "figures": [{"low": 3, "time": _TIME}]}]
    (figure,) = json.loads(_jsonl([_row("stories", disputes=disputes)]))["disputes"][0]["figures"]
    assert figure == {"low": 3, "time": "2026-03-01T09:30:00+04:30"}


@example(text="one\rtwo")
@given(text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], include_characters="\n\t\r")))
def test_a_cell_of_csv_gives_its_text_back_line_breaks_quotes_and_commas_included(text: str) -> None:
    header, record, after = _records(_csv("entities", [_row("entities", text=text), _row("entities", text="next")]))
    cell = record[header.index("text")]
    assert cell.removeprefix("'") == text.removeprefix("'")
    assert after[header.index("text")] == "next"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n="])
def test_no_cell_of_csv_is_a_formula_to_a_spreadsheet(start: str) -> None:
    text = f'{start}HYPERLINK("http://a.example","here")'
    header, record = _records(_csv("entities", [_row("entities", text=text)]))
    # A spreadsheet takes a cell for a formula by its first character, blanks and line breaks aside.
    assert record[header.index("text")].lstrip()[0] not in "=+-@"


def test_what_a_control_character_hides_is_no_formula_either() -> None:
    header, record = _records(_csv("entities", [_row("entities", text="\x00\x1b=1+1")]))
    assert record[header.index("text")] == "'=1+1"


def test_no_control_character_reaches_a_terminal_by_a_list_in_a_cell() -> None:
    notes = ["".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))]
    cells = dict(zip(*_records(_csv("documents", [_row("documents", notes=notes)])), strict=True))
    assert cells["notes"].isprintable()
    assert json.loads(cells["notes"]) == notes


def test_a_number_below_zero_is_no_formula() -> None:
    header, record = _records(_csv("claims", [_row("claims", value=-5)]))
    assert record[header.index("value")] == "-5"


def test_csv_begins_with_the_columns_in_their_order_also_without_rows() -> None:
    assert _records(_csv("claims", [])) == [list(COLUMNS["claims"])]


def test_null_is_an_empty_cell_and_a_list_is_json_in_csv() -> None:
    found = _row("documents", removed=[{"kind": "promo", "text": "Más"}], notes=["a, b", "c"], copy_score=0.75)
    header, record = _records(_csv("documents", [found | {"published": _TIME, "published_naive": False}]))
    cells = dict(zip(header, record, strict=True))
    assert json.loads(cells["removed"]) == found["removed"]
    assert json.loads(cells["notes"]) == found["notes"]
    assert (cells["copy_score"], cells["published"], cells["title"]) == ("0.75", "2026-03-01T09:30:00+04:30", "")


def test_parquet_gives_every_kind_of_value_back() -> None:
    found = _row("documents", id="a" * 32, text="Жыл\n“🕊”", copy_score=0.75, notes=["one", "two"])
    found |= {"published": _TIME, "published_naive": False, "removed": [{"kind": "promo", "text": "Más"}]}
    (read,) = _parquet("documents", [found]).to_pylist()
    assert list(read) == list(COLUMNS["documents"])
    assert read["published"] == _TIME
    assert read["published"].utcoffset() == timedelta(0)
    assert json.loads(read["removed"]) == found["removed"]
    same = ("id", "text", "copy_score", "notes", "published_naive", "title", "copy_evidence")
    assert [read[name] for name in same] == [found[name] for name in same]


def test_parquet_columns_have_types_that_can_be_reckoned_with() -> None:
    schema = _parquet("documents", []).schema
    assert schema.field("received").type == schema.field("published").type == pa.timestamp("us", tz="UTC")
    assert (schema.field("copy_score").type, schema.field("published_naive").type) == (pa.float64(), pa.bool_())
    assert schema.field("notes").type.value_type == pa.string()
    assert _parquet("claims", []).schema.field("value").type == pa.int64()


@pytest.mark.parametrize("table", COLUMNS)
def test_an_empty_table_is_a_parquet_file_with_all_its_columns(table: str) -> None:
    read = _parquet(table, [])
    assert (read.num_rows, read.schema.names) == (0, list(COLUMNS[table]))


def test_a_figure_beyond_32_bits_is_kept_in_every_format() -> None:
    found = _row("claims", value=8_100_000_000)
    assert json.loads(_jsonl([found]))["value"] == 8_100_000_000
    assert _parquet("claims", [found]).column("value").to_pylist() == [8_100_000_000]
    header, record = _records(_csv("claims", [found]))
    assert record[header.index("value")] == "8100000000"


def test_rows_are_written_as_they_come_and_in_row_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "_ROW_GROUP", 2)
    output = io.BytesIO()
    found = (_row("entities", start=n) for n in range(5))
    assert write_parquet("entities", found, output) == 5
    file = pq.ParquetFile(io.BytesIO(output.getvalue()))
    assert file.num_row_groups == 3
    assert file.read().column("start").to_pylist() == [0, 1, 2, 3, 4]


def test_a_value_that_has_no_json_is_named_and_not_written_as_something_else() -> None:
    with pytest.raises(TypeError, match="no JSON for bytes"):
        _jsonl([_row("entities", text=b"bytes")])


def test_a_time_in_utc_is_the_same_moment_in_every_format() -> None:
    received = datetime(2026, 3, 1, 5, 0, 0, 123456, tzinfo=UTC)
    found = _row("documents", received=received)
    header, record = _records(_csv("documents", [found]))
    assert datetime.fromisoformat(json.loads(_jsonl([found]))["received"]) == received
    assert datetime.fromisoformat(record[header.index("received")]) == received
    assert _parquet("documents", [found]).column("received").to_pylist() == [received]
