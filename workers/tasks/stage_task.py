"""What every stage's task does around its one line of work: read the message, count the attempt, end it by one guarded
transaction, go on or send the document on after the commit, and keep what failed.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from celery import Task, shared_task
from celery.exceptions import SoftTimeLimitExceeded

from schemas.errors import DocumentError, MessageError
from schemas.messages import StageMessage
from schemas.stages import Stage
from workers.logs import document_at_work
from workers.queue import stage_seconds
from workers.queue.sending import send
from workers.store import stages
from workers.store.database import database
from workers.tasks.attempt import Attempt, Work, may_pass, works
from workers.tasks.onward import go_on, may_go_on

logger = logging.getLogger(__name__)

# After these retries (a minute and a half with the waits below) the sweeper sends the document again.
_RETRIES = 18

# Seconds of the longest wait: attempts made while a service was unreachable continue that soon after it is back.
_LONGEST_WAIT = 8.0


def stage_task(stage: Stage) -> Callable[[Work], Task]:
    """Makes the Celery task of a stage, named like it, from its work: a document's row in, a writer of results out."""

    def make(work: Work) -> Task:
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
                return _carry(task, Attempt(stage, message))
            finally:
                document_at_work.reset(token)

        works[stage] = work
        # `throws`: expected errors are logged in one line, without a traceback.
        made: Task = shared_task(bind=True, name=stage.value, throws=(DocumentError, MessageError))(run)
        return made

    return make


def _carry(task: Task, attempt: Attempt) -> str:
    """Takes one document through one stage, and through those that follow where this worker serves them; gives what
    became of it in the first in a word, which Flower shows.
    """
    stage = attempt.stage
    try:
        begun = attempt.begin()
        if begun is not stages.Begun.GO:
            return _not_begun(task, attempt, begun)
        moved = attempt.carry_out(partial(may_go_on, task, attempt.started, stage))
    except SoftTimeLimitExceeded as error:
        if attempt.is_last():
            return _failed(attempt, attempt.exhausted())
        raise _again_later(task, attempt, error) from error
    except Exception as error:
        if not may_pass(error):
            return _failed(attempt, error)
        attempt.forgive()
        raise _again_later(task, attempt, error) from error
    if not moved:
        return "done before"
    if attempt.following is not None:
        go_on(task, attempt)
        return str(stage.after)
    stage_seconds.add([(stage, attempt.seconds)])
    if stage.following is not None:
        send([(stage.following, attempt.message)])
    return str(stage.after)


def _not_begun(task: Task, attempt: Attempt, begun: stages.Begun) -> str:
    stage, message = attempt.stage, attempt.message
    if begun is stages.Begun.UNKNOWN:
        error = MessageError(
            f"message on queue {stage}",
            f"document {message.document_id} is not in {database().shown}",
            "see whether two databases share one broker",
        )
        _keep_message(stage, error, message.model_dump())
        raise error
    if begun is stages.Begun.EXHAUSTED:
        return _failed(attempt, attempt.exhausted())
    found = begun.name.lower().replace("_", " ")
    logger.info("%s not started: %s", stage, found)
    if begun is stages.Begun.DONE_BEFORE and (task.request.delivery_info or {}).get("redelivered"):
        _send_on(message)
    return found


def _send_on(message: StageMessage) -> None:
    """Sends a document to the stage that it waits for: the process that had this message may have been lost in it."""
    with database().reading() as session:
        waits_for = stages.waits_for(session, message.document_id)
    if waits_for is not None:
        send([(waits_for, message)])


def _again_later(task: Task, attempt: Attempt, error: Exception) -> Exception:
    """The retry to raise, after a wait that doubles up to the longest, with jitter so that a herd spreads (AWS
    Architecture Blog, 2015, "Exponential Backoff and Jitter").
    """
    wait = random.uniform(0.5, 1.0) * min(2.0**task.request.retries, _LONGEST_WAIT)
    logger.warning("%s will be attempted again in %.1f s: %s", attempt.stage, wait, type(error).__name__)
    retry: Exception = task.retry(
        exc=error, countdown=wait, max_retries=_RETRIES, throw=False, kwargsrepr=attempt.message.shown()
    )
    return retry


def _failed(attempt: Attempt, error: Exception) -> str:
    """Keeps the failure and raises the error again, so that Flower and the log show it."""
    attempt.fail(error)
    raise error


def _keep_message(stage: Stage, error: MessageError, payload: dict[str, Any]) -> None:
    with database().writing() as session:
        stages.fail_message(session, stage, error, payload)
