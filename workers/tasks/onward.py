"""The stages that follow in the same process: where a worker serves the next queue too, a document need not go through
Redis, and wait there, between two stages.

Each stage is still ended by its own guarded transaction, which begins the next; its attempts are counted, and its
failures kept as those of a message. Whatever cannot go on here goes to the queue of its stage.
"""

from __future__ import annotations

import logging
import time
from functools import partial

from celery import Task
from celery.exceptions import SoftTimeLimitExceeded

from schemas.errors import DocumentError
from schemas.stages import Stage
from workers.queue import stage_seconds
from workers.queue.app import app
from workers.queue.sending import send
from workers.queue.task_events import TaskEvents
from workers.settings import settings
from workers.tasks.attempt import Attempt, may_pass

logger = logging.getLogger(__name__)

# Of the time that a task may take, the share after which a document goes on by a message: each stage has a limit of its
# own, and what follows is to have nearly all of it.
_SHARE = 0.1


def may_go_on(task: Task, started: float, stage: Stage) -> bool:
    """Whether this worker serves the queue of the stage after this one too, and there is time left."""
    return (
        not task.request.called_directly
        and not task.request.is_eager
        and str(stage.following) in app().amqp.queues.consume_from
        and time.monotonic() - started < _SHARE * settings().stage_seconds
    )


def go_on(task: Task, first: Attempt) -> None:
    """Takes a document whose `first` attempt has ended, and begun another, as far as it comes here.

    Flower is told of each stage as of a task of its own, once all is done.
    """
    events = TaskEvents(task.request.hostname, parent=task.request.id)
    seconds = [(first.stage, first.seconds)]
    attempt = first.following
    while attempt is not None:
        events.begun(str(attempt.stage), attempt.message.shown())
        try:
            moved = attempt.carry_out(partial(may_go_on, task, first.started, attempt.stage))
        except Exception as error:
            events.ended(error, again=not _kept(attempt, error))
            break
        if not moved:
            events.ended("done before")
            break
        events.ended(str(attempt.stage.after))
        seconds.append((attempt.stage, attempt.seconds))
        if attempt.following is None and attempt.stage.following is not None:
            send([(attempt.stage.following, attempt.message)])
        attempt = attempt.following
    stage_seconds.add(seconds)
    events.publish()


def _kept(attempt: Attempt, error: Exception) -> bool:
    """Keeps a failure; False where it may pass, and the document was sent to its stage's queue for another attempt."""
    stage = attempt.stage
    if isinstance(error, SoftTimeLimitExceeded):
        again = not attempt.is_last()
        error = attempt.exhausted()
    elif again := may_pass(error):
        attempt.forgive()
    if again:
        logger.warning("%s will be attempted again: %s", stage, type(error).__name__)
        send([(stage, attempt.message)])
        return False
    attempt.fail(error)
    expected = isinstance(error, DocumentError)
    logger.log(logging.INFO if expected else logging.ERROR, "%s failed: %s", stage, error, exc_info=not expected)
    return True
