"""Log lines: each tells its task and its document, and no document can write lines of its own."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from celery._state import _task_stack  # what a worker's trace pushes a task on
from celery.signals import after_setup_logger

from workers import settings as settings_module
from workers.logs import JsonFormatter, TextFormatter, connect, document_at_work, formatter
from workers.tasks.sweeper import sweep

_NASTY = (
    "one\ntwo\r\n2026-03-01T09:00:00.000+00:00 INFO task=- document=- all is well \x1b[2J\x9b2J\u2028three \u202eeerht"
)


def _record(message: str, *arguments: object, error: BaseException | None = None) -> logging.LogRecord:
    caught = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("workers.some", logging.WARNING, "some.py", 1, message, arguments, caught)


@contextmanager
def _at_work(document: str, task: str) -> Iterator[None]:
    """Within a task on a document, as a worker is."""
    sweep.push_request(id=task)
    token = document_at_work.set(document)
    _task_stack.push(sweep)
    try:
        yield
    finally:
        _task_stack.pop()
        document_at_work.reset(token)
        sweep.pop_request()


def _raised() -> ValueError:
    try:
        raise ValueError("nothing is left")
    except ValueError as error:
        return error


def test_a_line_tells_when_how_grave_which_task_and_which_document() -> None:
    with _at_work("d" * 32, "t-1"):
        line = TextFormatter().format(_record("%s done in %d ms", "clean", 5))
    time, rest = line.split(" ", 1)
    assert datetime.fromisoformat(time).utcoffset() is not None
    assert rest == f"WARNING task=t-1 document={'d' * 32} clean done in 5 ms"


def test_a_line_outside_of_any_task_says_so() -> None:
    assert TextFormatter().format(_record("hello")).endswith(" WARNING task=- document=- hello")


def test_a_message_stays_on_its_line_and_commands_no_terminal() -> None:
    line = TextFormatter().format(_record("title: %s", _NASTY))
    assert line.isprintable()
    assert "one\\ntwo\\r\\n2026" in line


@pytest.mark.parametrize("made", [TextFormatter, JsonFormatter])
def test_no_fact_of_a_line_commands_a_terminal_or_ends_the_line(made: type[logging.Formatter]) -> None:
    """The id of a task is what whoever sent the message chose."""
    with _at_work(_NASTY, _NASTY):
        line = made().format(_record("title: %s", _NASTY))
    assert line.isprintable()
    assert line.count("all is well") == 3


def test_a_traceback_follows_its_line() -> None:
    first, *rest = TextFormatter().format(_record("failed", error=_raised())).splitlines()
    assert first.endswith("failed")
    assert (rest[0], rest[-1]) == ("  Traceback (most recent call last):", "  ValueError: nothing is left")


def test_a_traceback_writes_no_line_of_its_own_and_commands_no_terminal() -> None:
    first, *rest = TextFormatter().format(_record("failed", error=ValueError(_NASTY))).split("\n")
    assert first.isprintable()
    assert all(line.isprintable() and line.startswith("  ") for line in rest)
    assert "2026-03-01T09:00:00.000+00:00 INFO task=- document=- all is well" in "\n".join(rest)


def test_json_is_one_object_a_line_with_the_same_facts() -> None:
    with _at_work("d" * 32, "t-1"):
        line = JsonFormatter().format(_record("title: %s", _NASTY, error=_raised()))
    assert line.isprintable()
    facts = json.loads(line)
    assert facts["message"] == f"title: {_NASTY}"
    assert (facts["task"], facts["document"], facts["level"]) == ("t-1", "d" * 32, "WARNING")
    assert facts["logger"] == "workers.some"
    assert facts["traceback"].endswith("ValueError: nothing is left")


def test_json_without_an_error_has_no_traceback() -> None:
    assert "traceback" not in json.loads(JsonFormatter().format(_record("hello")))


@pytest.mark.parametrize(("form", "made"), [("text", TextFormatter), ("json", JsonFormatter)])
def test_the_setting_chooses_the_format_of_workers_and_beat(
    monkeypatch: pytest.MonkeyPatch, form: str, made: type[logging.Formatter]
) -> None:
    monkeypatch.setenv("WIREROOM_LOG_FORMAT", form)
    settings_module.settings.cache_clear()
    assert type(formatter()) is made
    connect()  # as the app does when it is built; once more is as once
    of_celery = logging.Logger("celery's own")
    of_celery.addHandler(logging.StreamHandler(sys.stderr))
    after_setup_logger.send(sender=None, logger=of_celery)
    assert [type(handler.formatter) for handler in of_celery.handlers] == [made]
