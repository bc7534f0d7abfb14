"""Counts of the killed in the form of UCDP's georeferenced event dataset: low, best and high estimates as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from typing import IO, Any

from workers.export.formats import cell

# Names and order as in the codebook (Högbladh, UCDP GED Codebook 24.1, 2024), with the group that is counted beside
# them; what takes a coder's judgement (conflict, dyad, type of violence) is theirs to add by `relid`.
COLUMNS = (
    "relid", "source_headline", "source_date", "number_of_sources", "group", "best", "low", "high",
)  # fmt: skip


def write_ucdp(rows: Iterable[Mapping[str, Any]], output: IO[str]) -> int:
    """A header and a record for each count of the killed that has a number; gives the number of records.

    `best` is what most independent sources say, the lower where two tie; `low` and `high` are the lowest and highest
    bounds of the figures that stand, or `best` where they set none.

    Args:
        rows: counts as exported (docs/records.md, "counts").
        output: where to write.
    """
    writer = csv.writer(output)
    writer.writerow(COLUMNS)
    count = 0
    for row in rows:
        best = (row["best"] or {}).get("majority")
        if row["measure"] != "killed" or best is None:
            continue
        count += 1
        low, high = (best if row[bound] is None else row[bound] for bound in ("low", "high"))
        day = row["as_of"].date().isoformat() if row["as_of"] else ""
        named = cell(row["story_title"], "text"), cell(row["group"], "text")
        writer.writerow(
            [row["id"], named[0], day, row["independent_sources"], named[1], best, min(low, best), max(high, best)]
        )
    return count
