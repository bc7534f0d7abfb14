"""Following documents to their end: as long as it takes, and no longer than somebody looks after them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest
from rich.console import Console

from schemas.errors import NoTextError, ServiceError
from schemas.stages import Stage, State
from tests.workers.stored import accepted, stored
from workers.local import progress
from workers.local.progress import follow
from workers.store import stages
from workers.store.database import Database

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks as often as the tables allow."""
    monkeypatch.setattr(progress, "_CHECK_SECONDS", 0.0)


def _nothing() -> None:
    raise AssertionError("there was nothing to wait for")


def _fail(tables: Database, document_id: str) -> None:
    with tables.writing() as session:
        assert stages.fail(session, Stage.CLEAN, NoTextError("d", "nothing is left"), None, {}, document_id)


def test_documents_that_have_ended_are_not_waited_for(tables: Database) -> None:
    good, bad = accepted(tables, "one", "two")
    stored(tables, good, "one")
    _fail(tables, bad)
    states = follow([good, bad], Console(file=io.StringIO()), _nothing)
    assert {state: count for state, count in states.items() if count} == {State.STORED: 1, State.FAILED: 1}


def test_it_waits_until_the_last_has_ended(tables: Database) -> None:
    waiting = accepted(tables, "one", "two", "three")
    steps: Iterator[Callable[[], object]] = iter(
        [
            lambda: stored(tables, waiting[0], "one"),
            lambda: _fail(tables, waiting[1]),
            lambda: None,
            lambda: stored(tables, waiting[2], "three"),
        ]
    )

    def step() -> None:
        next(steps)()

    states = follow(waiting, Console(file=io.StringIO()), step)
    assert (states[State.STORED], states[State.FAILED]) == (2, 1)
    assert list(steps) == []


def test_documents_of_others_are_not_waited_for(tables: Database) -> None:
    ours, _ = accepted(tables, "ours", "another command's")
    stored(tables, ours, "ours")
    assert follow([ours], Console(file=io.StringIO()), _nothing)[State.STORED] == 1


def test_who_looks_after_them_can_give_up(tables: Database) -> None:
    def give_up() -> None:
        raise ServiceError("the broker", "was lost")

    with pytest.raises(ServiceError, match="the broker: was lost"):
        follow(accepted(tables, "one"), Console(file=io.StringIO()), give_up)


def test_in_a_file_it_is_a_plain_line_now_and_then(tables: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_LINE_SECONDS", 0.0)
    first, second = accepted(tables, "one", "two")
    stored(tables, first, "one")
    shown = io.StringIO()
    follow([first, second], Console(file=shown), lambda: stored(tables, second, "two"))
    assert shown.getvalue() == "clean 1/2, extract 1/2, dedupe 1/2\nclean 2/2, extract 2/2, dedupe 2/2\n"


def test_in_a_file_what_took_no_time_has_no_line(tables: Database) -> None:
    (only,) = accepted(tables, "one")
    stored(tables, only, "one")
    shown = io.StringIO()
    follow([only], Console(file=shown), _nothing)
    assert shown.getvalue() == ""


def test_on_a_terminal_each_stage_has_a_bar_that_ends_full_also_where_some_failed(tables: Database) -> None:
    good, bad = accepted(tables, "one", "two")
    stored(tables, good, "one")
    _fail(tables, bad)
    shown = io.StringIO()
    follow([good, bad], Console(file=shown, force_terminal=True, width=80, color_system=None), _nothing)
    for stage in Stage:
        (bar,) = [line for line in shown.getvalue().splitlines() if stage.value in line][-1:]
        assert "1/1" in bar
