"""The report at the end of a run, as tables that a person reads."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from schemas.documents import RawDocument
from schemas.records import Extraction
from schemas.stages import State
from tests.workers.stored import POLICE, accepted, change, claim, disagreement, stored
from workers.cli.report_tables import account, print_report
from workers.store.database import Database
from workers.store.intake import accept
from workers.store.read.report import report
from workers.store.settling import settle_all

_on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def ids(tables: Database) -> list[str]:
    """Two reports that disagree, a copy of the first, and one that failed, settled; the later one arrived first."""
    made = disagreement(tables)
    settle_all(tables)
    return made


def _shown(tables: Database, ids: list[str]) -> str:
    with tables.reading() as session:
        return _printed(report(session, ids))


def _printed(found: dict[str, list[dict[str, Any]]]) -> str:
    shown = io.StringIO()
    print_report(found, Console(file=shown, width=200))
    return shown.getvalue()


@_on_sqlite
def test_each_table_is_printed_where_there_is_something_in_it(tables: Database, ids: list[str]) -> None:
    shown = _shown(tables, ids)
    for heading in ("Documents", "Stories", "Who claims how many", "Where claims disagree", "Failed"):
        assert heading in shown
    assert _shown(tables, []) == ""


@_on_sqlite
def test_a_document_not_stored_shows_its_state_and_a_copy_the_number_of_its_original(
    tables: Database, ids: list[str]
) -> None:
    shown = _shown(tables, ids).splitlines()
    (failed,) = [line for line in shown if "[failed]" in line]
    assert "d.example" in failed
    assert "None" not in failed, "it has no title"
    (copy,) = [line for line in shown if "c-1" in line]
    assert "#1" in copy


def _with_title(tables: Database, title: str) -> str:
    (document_id,) = accepted(tables, "one")
    stored(tables, document_id, "one")
    change(tables, document_id, title=title)
    return _shown(tables, [document_id])


@_on_sqlite
def test_a_headline_is_no_markup_and_no_command_to_the_terminal(tables: Database) -> None:
    shown = _with_title(tables, "[red]Flood[/red] \x1b[2J\x9b31m [link=http://a.example]here[/link]")
    assert "[red]Flood[/red]" in shown
    assert "[link=http://a.example]here[/link]" in shown
    assert all(character.isprintable() for character in shown.replace("\n", ""))


@_on_sqlite
def test_words_apart_stay_apart_whatever_white_space_is_between_them(tables: Database) -> None:
    assert "12 000 dead in flood" in _with_title(tables, "12\u00a0000 dead\nin\tflood")


@_on_sqlite
def test_a_long_table_shows_forty_rows_and_says_how_much_more_there_is(tables: Database) -> None:
    with tables.writing() as session:
        ids = accept(session, [RawDocument(content=f"article {n}", title=f"Title {n}") for n in range(43)]).ids
    shown = _shown(tables, ids)
    assert shown.count("Title ") == 40
    assert "… and 3 more, see `wireroom export`" in shown


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({}, "1,200"),
        ({"qualifier": "at_least", "high": None}, "at least 1,200"),
        ({"qualifier": "at_most", "low": None}, "at most 1,200"),
        ({"qualifier": "more_than", "low": 1201, "high": None}, "more than 1,200"),
        ({"qualifier": "fewer_than", "low": None, "high": 1199}, "fewer than 1,200"),
        ({"qualifier": "about", "low": None, "high": None}, "about 1,200"),
        ({"qualifier": "between", "value": None, "low": 1000, "high": 1500}, "1,000 to 1,500"),
        ({"qualifier": "vague", "value": None, "low": None, "high": None, "figure": "dozens"}, "dozens"),
        ({"qualifier": "vague", "value": None, "low": 24, "high": None, "figure": "dozens"}, "dozens"),
    ],
)
def test_a_figure_is_shown_with_its_bounds_in_words(parts: dict[str, Any], words: str) -> None:
    fields = {"value": 1200, "low": 1200, "high": 1200, "qualifier": "exact", "figure": "1,200", "measure": "killed"}
    told = {"id": "d:0", "story_id": None, "source": "a.example", "group": None, "claimant_name": None, "relay": None}
    shown = _printed(
        {"documents": [], "stories": [], "claims": [fields | told | parts], "disputes": [], "failures": []}
    )
    (line,) = [line for line in shown.splitlines() if "a.example itself" in line]
    assert words in [cell.strip() for cell in line.split("│")]


@_on_sqlite
def test_what_one_claimant_says_in_several_documents_is_one_line(tables: Database) -> None:
    ids = accepted(tables, RawDocument(content="one", source="a.example"), RawDocument(content="two"))
    for document_id in ids:
        stored(tables, document_id, POLICE, Extraction(claims=[claim("12", POLICE, 12, claimant_name="Police")]))
        change(tables, document_id, story_id="s")
    (line,) = [line for line in _shown(tables, ids).splitlines() if "Police" in line]
    assert [cell.strip() for cell in line.split("│")][-2] == "2"


def _states(**counts: int) -> dict[State, int]:
    return dict.fromkeys(State, 0) | {State(name): count for name, count in counts.items()}


@pytest.mark.parametrize(
    ("new", "total", "states", "sentence"),
    [
        (3, 3, _states(stored=3), "3 documents: 3 stored."),
        (1, 3, _states(stored=3), "3 documents (1 new, 2 known before): 3 stored."),
        (
            3,
            3,
            _states(stored=2, failed=1),
            "3 documents: 2 stored, 1 failed; `wireroom retry` sends them again.",
        ),
        (0, 0, _states(), "0 documents: 0 stored."),
    ],
)
def test_the_account_says_what_became_of_the_documents(
    new: int, total: int, states: dict[State, int], sentence: str
) -> None:
    assert account(new, total, states) == sentence
