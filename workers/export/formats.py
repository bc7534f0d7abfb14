"""Rows written as JSON lines, CSV or Parquet, one at a time: a million rows need no more memory than a few."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import IO, Any, Literal

from workers.store.read.columns import COLUMNS, ColumnType

Format = Literal["jsonl", "csv", "parquet"]
Row = Mapping[str, Any]

# A terminal obeys these: JSON escapes those below U+0020 itself, DEL and the C1 block it leaves. And U+2028 and U+2029
# end a line for many a reader.
_CONTROLS = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), 0x2028, 0x2029)}

# A spreadsheet takes a cell that begins so for a formula (OWASP, CSV injection); a leading apostrophe keeps it text.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")

# Rows in one Parquet row group: some tens of megabytes of articles.
_ROW_GROUP = 5_000


def write_jsonl(rows: Iterable[Row], output: IO[str]) -> int:
    """One JSON object a line; gives the number of rows."""
    count = 0
    for row in rows:
        count += 1
        output.write(json.dumps(row, ensure_ascii=False, default=_as_json).translate(_CONTROLS) + "\n")
    return count


def write_csv(table: str, rows: Iterable[Row], output: IO[str]) -> int:
    """A header and a record a row (RFC 4180); lists and objects as JSON in their cell; gives the number of rows."""
    kinds = COLUMNS[table]
    writer = csv.writer(output)  # ends lines with CR LF, and so quotes a cell with either of them in it
    writer.writerow(kinds)
    count = 0
    for row in rows:
        count += 1
        writer.writerow([cell(row[name], kind) for name, kind in kinds.items()])
    return count


def write_parquet(table: str, rows: Iterable[Row], output: IO[bytes]) -> int:
    """A Parquet file, times as UTC timestamps, lists of texts as lists, other parts as JSON text; gives the rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        "text": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "time": pa.timestamp("us", tz="UTC"),
        "texts": pa.list_(pa.string()),
        "json": pa.string(),
    }
    kinds = COLUMNS[table]
    schema = pa.schema([(name, types[kind]) for name, kind in kinds.items()])
    count = 0
    with pq.ParquetWriter(output, schema) as writer:
        for part in _portions(rows, _ROW_GROUP):
            count += len(part)
            values = [{name: _packed(row[name], kind) for name, kind in kinds.items()} for row in part]
            writer.write_table(pa.Table.from_pylist(values, schema=schema))
    return count


def _portions(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while part := list(islice(iterator, size)):
        yield part


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


def _packed(value: Any, kind: ColumnType) -> Any:
    if value is None or kind != "json":
        return value
    return json.dumps(value, ensure_ascii=False, default=_as_json)


def cell(value: Any, kind: ColumnType) -> Any:
    """What a cell of CSV holds for a value: nothing for null, no control characters, no formula."""
    if value is None:
        return ""
    if kind in ("json", "texts"):
        return json.dumps(value, ensure_ascii=False, default=_as_json).translate(_CONTROLS)
    if kind == "time":
        return value.isoformat()
    if kind == "text":
        shown = "".join(c for c in value if c in "\n\t\r" or not (ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0))
        return "'" + shown if shown.startswith(_FORMULA_STARTS) else shown
    return value
