"""What a round left in the tables, compared record by record with a run without faults."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults.witness import Move
from workers.store.database import Database
from workers.store.read.rows import Filter, rows

# What is compared, and what of it hangs on when things happened rather than on the documents: the number of a record's
# last change is of the clock; a story has its id from whichever of its documents arrived first, and which documents are
# in it can hang on their order; and of several copies, which one a document was compared with, and so at what score, is
# a matter of order too; whose copy it is, is not.
_TABLES: Mapping[str, frozenset[str]] = {
    "documents": frozenset(
        {
            "received",
            "change",
            "story_id",
            "found_story_id",
            "story_evidence",
            "further_stories",
            "copy_evidence",
            "copy_score",
        }
    ),
    "entities": frozenset(),
    "places": frozenset(),
    "quotes": frozenset(),
    "claims": frozenset({"story_id", "story_title"}),
}

Records = Mapping[str, Counter[str]]


@dataclass
class Harm:
    """What came to harm: documents by id, with what is wrong with each in words."""

    lost: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    doubled: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def __bool__(self) -> bool:
        return bool(self.lost or self.doubled)


def read_records(database: Database) -> Records:
    """The records of all documents, each as a line of JSON, counted."""
    with database.reading() as session:
        return {
            table: Counter(_line(row, passed_over) for row in rows(session, table, Filter()))
            for table, passed_over in _TABLES.items()
        }


def compare(expected: Records, found: Records, moves: Iterable[Move]) -> Harm:
    """What is missing (or not as it should be) counts as lost; what is there twice, or was ended twice, as doubled."""
    harm = Harm()
    for table in _TABLES:
        for line, count in (expected[table] - found[table]).items():
            harm.lost[_document(table, line)].append(f"{count} of {table} missing: {line}")
        for line, count in (found[table] - expected[table]).items():
            # A record that differs is missed above already; here is named what stands in its place.
            harms = harm.doubled if line in expected[table] or found[table][line] > 1 else harm.lost
            harms[_document(table, line)].append(f"{count} of {table} too many: {line}")
    for (document_id, state), count in Counter((move.document_id, move.state) for move in moves).items():
        if count > 1:
            harm.doubled[document_id].append(f"became {state} {count} times")
    return harm


def _line(row: Mapping[str, Any], passed_over: frozenset[str]) -> str:
    kept = {name: value for name, value in row.items() if name not in passed_over}
    return json.dumps(kept, sort_keys=True, default=str, ensure_ascii=False)


def _document(table: str, line: str) -> str:
    return str(json.loads(line)["id" if table == "documents" else "document_id"])
