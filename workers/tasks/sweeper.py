"""The sweeper: finds accepted documents that are stuck, from the tables, and sends them again.

It does no harm to send one twice (the guard lets one through), so it needs no knowledge of what Redis lost; but it does
not flood a queue that is merely long: a stage gets at most as many messages as its queue is short of its waiting
documents.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from celery import shared_task

from schemas.messages import StageMessage
from schemas.stages import Stage
from workers.queue.foreign import keep_held
from workers.queue.queues import SWEEP
from workers.queue.sending import queue_lengths, send
from workers.settings import settings
from workers.store import stages
from workers.store.census import waiting
from workers.store.database import database
from workers.store.ledger import drop_expired

logger = logging.getLogger(__name__)

# Documents sent again in one sweep and stage: a lost broker's backlog returns in portions, oldest first.
_PORTION = 5_000


def sweep_once(stale_after: timedelta) -> int:
    """Sends again the documents that have not moved for so long; gives how many.

    Raises:
        redis.RedisError: the broker does not answer. sqlalchemy.exc.OperationalError: the database does not.
    """
    lengths = queue_lengths()
    with database().reading() as session:
        at_stage = waiting(session)
    again: list[tuple[Stage, StageMessage]] = []
    for stage in Stage:
        missing = at_stage[stage] - lengths[stage]
        if missing > 0:
            with database().writing() as session:
                now = datetime.now(UTC)
                found = stages.stale(session, stage, now - stale_after, min(missing, _PORTION))
            again += [(stage, message) for message in found]
    return send(again) if again else 0


def sweep_stale() -> int:
    """The sweep of a quiet day: what was sent long ago and is not at work."""
    return sweep_once(timedelta(seconds=settings().stale_seconds))


def sweep_all() -> int:
    """The sweep after a worker or the broker was lost: everything whose message is not on its queue.

    What other workers are processing is sent twice, which does no harm.
    """
    return sweep_once(timedelta(0))


@shared_task(name=SWEEP, send_events=False)  # type: ignore[untyped-decorator]
def sweep() -> int:
    """The sweep that beat starts; gives how many documents were sent again."""
    sent = sweep_stale()
    if sent:
        logger.warning("%d stuck documents were sent again", sent)
    keep_held()
    with database().writing() as session:
        drop_expired(session, timedelta(days=settings().dedupe_window_days))
    return sent
