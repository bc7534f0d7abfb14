"""Stages run as Celery's worker runs their tasks, retries included, but in this process and without their waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celery.result import EagerResult
from sqlalchemy import select

import workers.tasks.stages  # noqa: F401  (registers them)
from schemas.messages import StageMessage
from schemas.records import Cleaned
from schemas.stages import Stage
from schemas.tables import CleanedBody, Failure
from tests.workers.stored import row
from workers.queue.app import app
from workers.store.database import Database

Work = Callable[..., Any]


def run(stage: Stage, document_id: str) -> EagerResult:
    """Runs a stage's task on the message about a document."""
    message = StageMessage.about(document_id, "a.example", "A title")
    return app().tasks[stage.value].apply(kwargs=message.model_dump(exclude_none=True))


def failures(tables: Database) -> list[Failure]:
    """All failures, in the order they were kept."""
    with tables.reading() as session:
        return list(session.scalars(select(Failure).order_by(Failure.number)))


def text_of(tables: Database, document_id: str) -> str | None:
    """A document's cleaned text, if it has one."""
    number = row(tables, document_id).number
    with tables.reading() as session:
        return session.scalar(select(CleanedBody.text).where(CleanedBody.number == number))


def gives(text: str) -> Work:
    """Cleaning that finds this text."""
    return lambda *_: Cleaned(text)


def raises(error: BaseException) -> Work:
    """Cleaning that raises this."""

    def work(*_: object) -> Cleaned:
        raise error

    return work


def never(*_: object) -> Cleaned:
    """Cleaning that must not be begun."""
    raise AssertionError("the work was begun")
