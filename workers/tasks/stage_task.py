"""What every stage's task does around its one line of work: read the message, count the attempt, end it by one guarded
transaction, send the document on after the commit, and keep what failed.
"""

from __future__ import annotations

import logging
import random
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

import redis
from celery import Task, shared_task
from celery.exceptions import SoftTimeLimitExceeded
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from schemas.errors import DocumentError, MessageError, TooLargeError
from schemas.messages import StageMessage
from schemas.stages import Stage
from schemas.tables import Document
from workers.logs import document_at_work
from workers.queue import stage_seconds
from workers.queue.sending import send
from workers.settings import settings
from workers.store import stages
from workers.store.database import database

logger = logging.getLogger(__name__)

# What a stage's work gives: a function that writes its results in the transaction that ends the stage.
Write = Callable[[Session], None]

# After these retries (a minute and a half with the waits below) the sweeper sends the document again.
_RETRIES = 18

# Seconds of the longest wait: attempts made while a service was unreachable continue that soon after it is back.
_LONGEST_WAIT = 8.0

# Attempts that this process could not take back yet; it does so before the next that it begins.
_owed: list[tuple[str, Stage]] = []


def stage_task(stage: Stage) -> Callable[[Callable[[Document], Write]], Task]:
    """Makes the Celery task of a stage, named like it, from its work: a document's row in, a writer of results out."""

    def make(work: Callable[[Document], Write]) -> Task:
        @wraps(work)
        def run(task: Task, *args: Any, **fields: Any) -> str:
            if args:  # a valid message has none
                fields |= {"arguments": list(args)}
            try:
                message = StageMessage.read(stage, fields)
            except MessageError as error:
                _keep_message(stage, error, fields)
                raise
            token = document_at_work.set(message.document_id)
            try:
                return _carry(task, stage, message, work)
            finally:
                document_at_work.reset(token)

        # `throws`: expected errors are logged in one line, without a traceback.
        made: Task = shared_task(bind=True, name=stage.value, throws=(DocumentError, MessageError))(run)
        return made

    return make


def _carry(task: Task, stage: Stage, message: StageMessage, work: Callable[[Document], Write]) -> str:
    """Takes one document through one stage; gives what became of it in a word, which Flower shows."""
    started = time.monotonic()
    document_id = message.document_id
    begun = None
    document: Document | None = None
    try:
        with database().writing() as session:
            for forgiven in _owed:
                stages.forgive(session, *forgiven)
            begun = stages.begin(session, document_id, stage, settings().max_attempts, _longest_attempt())
        _owed.clear()
        if begun is not stages.Begun.GO:
            return _not_begun(stage, message, begun)
        with database().reading() as session:
            document = stages.load(session, document_id, stage)
        write = work(document)
        with database().writing(deciding=stage is Stage.DEDUPE) as session:
            moved = stages.move(session, document_id, stage, document.revision)
            if moved:
                write(session)
    except (DBAPIError, redis.RedisError) as error:
        if not _may_pass(error):
            return _failed(stage, message, error, document)
        if begun is stages.Begun.GO:
            _forgive(stage, message)
        raise _again_later(task, stage, message, error) from error
    except SoftTimeLimitExceeded as error:
        with database().reading() as session:
            exhausted = stages.exhausted(session, document_id, stage, settings().max_attempts)
        if exhausted:
            return _failed(stage, message, _exhausted(stage, message), document)
        raise _again_later(task, stage, message, error) from error
    except Exception as error:
        return _failed(stage, message, error, document)
    if not moved:
        logger.info("%s was already done by another attempt", stage)
        return "done before"
    seconds = time.monotonic() - started
    logger.info("%s done in %.0f ms", stage, 1000 * seconds)
    stage_seconds.add(stage, seconds)
    if stage.following is not None:
        send([(stage.following, message)])
    return str(stage.after)


def _longest_attempt() -> timedelta:
    """How long an attempt may last: the hard limit, and as much again for a machine that is suspended."""
    return timedelta(seconds=2 * settings().hard_stage_seconds)


def _not_begun(stage: Stage, message: StageMessage, begun: stages.Begun) -> str:
    if begun is stages.Begun.UNKNOWN:
        error = MessageError(
            f"message on queue {stage}",
            f"document {message.document_id} is not in {database().shown}",
            "see whether two databases share one broker",
        )
        _keep_message(stage, error, message.model_dump())
        raise error
    if begun is stages.Begun.EXHAUSTED:
        return _failed(stage, message, _exhausted(stage, message))
    logger.info("%s not started: %s", stage, begun.name.lower().replace("_", " "))
    return begun.name.lower().replace("_", " ")


def _exhausted(stage: Stage, message: StageMessage) -> TooLargeError:
    return TooLargeError(
        f"document {message.document_id}",
        f"{settings().max_attempts} attempts of {stage} timed out or crashed their process",
        "see the worker's log, then `wireroom retry`",
    )


def _may_pass(error: Exception) -> bool:
    """Whether waiting can help: a service is unreachable or busy, and not a statement refused by the database."""
    return not isinstance(error, DBAPIError) or isinstance(error, OperationalError) or error.connection_invalidated


def _again_later(task: Task, stage: Stage, message: StageMessage, error: Exception) -> Exception:
    """The retry to raise, after a wait that doubles up to the longest, with jitter so that a herd spreads (AWS
    Architecture Blog, 2015, "Exponential Backoff and Jitter").
    """
    wait = random.uniform(0.5, 1.0) * min(2.0**task.request.retries, _LONGEST_WAIT)
    logger.warning("%s will be tried again in %.1f s: %s", stage, wait, type(error).__name__)
    retry: Exception = task.retry(
        exc=error, countdown=wait, max_retries=_RETRIES, throw=False, kwargsrepr=message.shown()
    )
    return retry


def _forgive(stage: Stage, message: StageMessage) -> None:
    """A service that was unreachable is not the document's fault; while the database is, the attempt is remembered."""
    try:
        with database().writing() as session:
            stages.forgive(session, message.document_id, stage)
    except DBAPIError:
        _owed.append((message.document_id, stage))


def _failed(stage: Stage, message: StageMessage, error: Exception, document: Document | None = None) -> str:
    """Keeps the failure and raises the error again, so that Flower and the log show it."""
    with database().writing() as session:
        trace = "".join(traceback.format_exception(error))
        revision = document.revision if document else None
        stages.fail(session, stage, error, trace, message.model_dump(), message.document_id, revision)
    raise error


def _keep_message(stage: Stage, error: MessageError, payload: dict[str, Any]) -> None:
    with database().writing() as session:
        stages.fail_message(session, stage, error, payload)
