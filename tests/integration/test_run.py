"""`wireroom run` over the seeds, on real Valkey and Celery, SQLite and PostgreSQL: all that the README promises."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.integration.program import ROOT, environment, export, status, wireroom
from tests.seeds import scoring
from tests.seeds.gold_files import gold_documents, gold_stories
from workers.store.read.columns import COLUMNS

_SEEDS = ROOT / "seeds"
_TABLES = tuple(COLUMNS)

Exports = Mapping[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def env(folder: Path) -> dict[str, str]:
    return environment(f"sqlite:///{folder / 'wireroom.sqlite'}")


@pytest.fixture(scope="module")
def printed(env: dict[str, str]) -> str:
    done = wireroom(env, "run", _SEEDS)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def exports(env: dict[str, str], printed: str) -> Exports:
    return {table: export(env, table) for table in _TABLES}


def test_it_ends_with_what_a_person_wants_to_see(printed: str, folder: Path) -> None:
    for heading in ("Documents", "Stories", "Who claims how many", "Where claims disagree"):
        assert heading in printed
    assert "18 documents: 18 stored." in printed
    assert f"The results are in {folder / 'wireroom.sqlite'}" in printed


def test_every_document_ends_once_and_nothing_is_left_waiting(exports: Exports, env: dict[str, str]) -> None:
    assert {document["state"] for document in exports["documents"]} == {"stored"}
    assert len(exports["documents"]) == len({document["id"] for document in exports["documents"]}) == 18
    assert exports["failures"] == []
    assert status(env)["broker"] == "none configured and the embedded one is not running"


def test_every_record_can_be_checked(exports: Exports) -> None:
    text = {document["id"]: document["text"] for document in exports["documents"]}
    checked = 0
    for table, keys in (
        ("entities", [("start", "end", "text")]),
        ("quotes", [("start", "end", "text"), ("speaker_start", "speaker_end", "speaker")]),
        (
            "claims",
            [
                ("start", "end", "figure"),
                ("group_start", "group_end", "group"),
                ("claimant_start", "claimant_end", "claimant"),
            ],
        ),
    ):
        for row in exports[table]:
            for start, end, string in keys:
                if row[string] is not None:
                    assert text[row["document_id"]][row[start] : row[end]] == row[string]
                    checked += 1
        assert exports[table], f"no {table} were found"
    assert checked > 500


def test_a_second_run_does_nothing_again_and_counts_nothing_twice(
    env: dict[str, str], exports: Exports, printed: str
) -> None:
    done = wireroom(env, "run", _SEEDS)
    assert done.returncode == 0
    assert "18 documents (0 new, 18 known before): 18 stored." in done.stderr
    # The same to the number of each record's last change: not one document went through a stage again.
    assert {table: export(env, table) for table in _TABLES} == exports


@pytest.mark.parametrize("table", ["documents", "claims", "stories"])
def test_a_table_can_be_written_in_every_format(
    env: dict[str, str], exports: Exports, table: str, folder: Path
) -> None:
    for form in ("csv", "parquet", "jsonl"):
        output = folder / f"{table}.{form}"
        done = wireroom(env, "export", table, "--format", form, "--output", output)
        assert done.returncode == 0, done.stderr
        assert f"{len(exports[table])} {table} written to {output}" in done.stderr
    assert [json.loads(line) for line in (folder / f"{table}.jsonl").read_text().splitlines()] == exports[table]


def test_other_languages_are_kept_and_not_guessed_at(exports: Exports) -> None:
    (spanish,) = (document for document in exports["documents"] if document["language"] == "es")
    assert spanish["text"]
    assert "language es" in spanish["notes"][0]
    assert not [quote for quote in exports["quotes"] if quote["document_id"] == spanish["id"]]


# What is less than whole today, and a little below where it stands: a change that loses more than one or two of the
# seeds' records fails here. What is not named must be found whole.
_FLOORS = {
    "quotes direct, speaker": 0.94,
    "quotes indirect": 0.92,
    "quotes indirect, speaker": 0.85,
    "claims figure": 0.92,
    "claims bounds": 0.92,
    "claims claimant": 0.84,
    "claims relay": 0.91,
    "claims group": 0.84,
    "claims all": 0.76,
    "disputes": 0.5,
}


def test_the_seeds_yield_what_their_gold_says(exports: Exports) -> None:
    gold, stories = gold_documents(), gold_stories()
    documents = exports["documents"]
    facts = scoring.facts(gold, documents)
    cleaning = scoring.cleaning(gold, documents)
    quotes = scoring.quotes(gold, documents, exports["quotes"])
    claims = scoring.claims(gold, documents, exports["claims"])
    found = {
        **{f"fact {name}": share.f1 for name, share in facts.items()},
        **{f"clean {name}": share.f1 for name, share in cleaning.items()},
        **{f"quotes {name}": share.f1 for name, share in quotes.items()},
        **{f"claims {name}": share.f1 for name, share in claims.items()},
        "copies": scoring.copies(stories["copies"], gold, documents).f1,
        "stories": scoring.stories(stories["stories"], documents).f1,
        "disputes": scoring.disputes(stories["disputes"], exports["stories"]).recall,
    }
    below = {name: (share, _FLOORS.get(name, 1.0)) for name, share in found.items() if share < _FLOORS.get(name, 1.0)}
    assert not below, "what was found, and the least that should be"


def test_postgresql_in_place_of_sqlite_gives_the_same_records(
    postgresql_database: str, exports: Exports, tmp_path: Path
) -> None:
    env = environment(postgresql_database, WIREROOM_DATA=str(tmp_path))
    files = sorted(_SEEDS.iterdir(), reverse=True)
    done = wireroom(env, "run", *[file for file in files if file.suffix != ".md"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"The results are in postgresql\+psycopg://postgres", done.stderr)
    for table in ("entities", "quotes", "claims"):
        assert _records(export(env, table)) == _records(exports[table])
    assert _groups(export(env, "documents"), "copy_of") == _groups(exports["documents"], "copy_of")
    assert _groups(export(env, "documents"), "story_id") == _groups(exports["documents"], "story_id")


def _records(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps({k: v for k, v in row.items() if k != "story_id"}, sort_keys=True) for row in rows)


def _groups(documents: list[dict[str, Any]], key: str) -> set[frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for document in documents:
        groups.setdefault(document[key] or document["id"], set()).add(document["id"])
    return {frozenset(group) for group in groups.values()}
