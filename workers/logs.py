"""Logs: one line an event, with task id and document id; JSON on request (`WIREROOM_LOG_FORMAT=json`)."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from celery import current_task
from celery.signals import after_setup_logger, after_setup_task_logger

from workers.settings import settings

# The document at work in this process, for every line logged meanwhile, by whichever library.
document_at_work: ContextVar[str] = ContextVar("document_at_work", default="-")


def printable(text: str) -> str:
    """A text with escapes in the place of what is not printable.

    A line feed in a message would let a document write log lines of its own, a control character would let it command
    the terminal that shows them, and a mark that turns the direction of writing would let it look like another.
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _facts(record: logging.LogRecord) -> dict[str, str]:
    task = current_task
    return {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "process": record.processName or "-",
        "task": (task.request.id if task else None) or "-",
        "document": document_at_work.get(),
        "message": record.getMessage(),
    }


class TextFormatter(logging.Formatter):
    """`2026-03-01T09:00:00.000+00:00 INFO task=… document=… message`, and below it a traceback, indented: no line of
    what an exception says can be taken for a line of the log.
    """

    def format(self, record: logging.LogRecord) -> str:
        facts = {name: printable(fact) for name, fact in _facts(record).items()}
        line = f"{facts['time']} {facts['level']} task={facts['task']} document={facts['document']} {facts['message']}"
        if not record.exc_info:
            return line
        # An exception's text can be a document's own: its lines stay lines, and nothing in them is a command.
        return "\n".join(
            (line, *("  " + printable(part) for part in self.formatException(record.exc_info).split("\n")))
        )


class JsonFormatter(logging.Formatter):
    """The same as one JSON object a line, a traceback under `traceback`."""

    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, Any] = dict(_facts(record))
        if record.exc_info:
            facts["traceback"] = self.formatException(record.exc_info)
        written = json.dumps(facts, ensure_ascii=False)
        return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in written)


def formatter() -> logging.Formatter:
    """The formatter of the settings."""
    return JsonFormatter() if settings().log_format == "json" else TextFormatter()


def _use_our_format(logger: logging.Logger, **_: Any) -> None:
    for handler in logger.handlers:
        handler.setFormatter(formatter())


def connect() -> None:
    """Has Celery's workers and beat log in our format."""
    after_setup_logger.connect(_use_our_format)
    after_setup_task_logger.connect(_use_our_format)
