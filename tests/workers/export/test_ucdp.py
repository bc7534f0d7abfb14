"""Counts in UCDP's form."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

from workers.export.ucdp import COLUMNS, write_ucdp


def _count(**fields: Any) -> dict[str, Any]:
    return {
        "id": "c1", "story_title": "Mine fire", "measure": "killed", "group": "miners", "low": 7, "high": 9,
        "best": {"majority": 8}, "independent_sources": 3, "as_of": datetime(2026, 3, 4, 23, tzinfo=UTC),
    } | fields  # fmt: skip


def _written(*rows: dict[str, Any]) -> tuple[int, list[list[str]]]:
    output = io.StringIO(newline="")
    count = write_ucdp(rows, output)
    header, *records = csv.reader(output.getvalue().splitlines())
    assert tuple(header) == COLUMNS
    return count, records


def test_low_best_and_high_of_the_killed() -> None:
    assert _written(_count()) == (1, [["c1", "Mine fire", "2026-03-04", "3", "miners", "8", "7", "9"]])


def test_a_bound_that_is_not_set_is_the_best_estimate() -> None:
    assert _written(_count(high=None, low=None))[1][0][-3:] == ["8", "8", "8"]
    assert _written(_count(low=12, high=None))[1][0][-3:] == ["8", "8", "8"]


def test_other_measures_and_counts_without_a_number_are_left_out() -> None:
    assert _written(_count(measure="injured"), _count(best={"majority": None}), _count(best=None)) == (0, [])


def test_no_cell_is_a_formula() -> None:
    assert _written(_count(story_title="=1+1", group=None))[1][0][1:5] == ["'=1+1", "2026-03-04", "3", ""]
