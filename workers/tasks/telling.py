"""The tasks that follow changes: stories settled, events put on their way to hooks, and sent."""

from __future__ import annotations

import json
import logging
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from celery import shared_task
from standardwebhooks import Webhook

from schemas.desk_tables import Event, Hook
from schemas.errors import FetchError
from schemas.urls import Url
from workers.fetching.answers import retry_after
from workers.fetching.client import FetchLimits
from workers.fetching.posting import post
from workers.queue.queues import SETTLE, TELL
from workers.store import hooks
from workers.store.database import database
from workers.store.settling import settle_due

logger = logging.getLogger(__name__)

# Seconds before another try, by how many were made: soon at first, then every few hours for days (Standard Webhooks,
# "Retry schedule").
_WAITS: Final = (5, 30, 120, 600, 1800, 3600, 7200, 14400)

# A receiver has this long to answer (Standard Webhooks, "Timeouts"); whoever needs longer should answer first.
_SECONDS = 15.0

# Events sent at the same time, and one after another by each sender before the task ends.
_AT_ONCE, _EACH = 8, 25

# How long an event is held against other senders while it is sent: longer than any answer is waited for.
_HOLD = timedelta(seconds=4 * _SECONDS)

# For so many seconds at most the other events of a receiver that does not answer wait: it may be that one event alone
# is too much for it, and once it is back they should not be late.
_PUT_OFF = 600.0

# An answer that is no word on the event, but on the receiver: it asks for patience.
_TOO_MANY = 429


@shared_task(name=SETTLE, send_events=False)  # type: ignore[untyped-decorator]
def settle_stories() -> int:
    """Works out the counts of the stories that changed, and puts what that is told of on its way to hooks."""
    settled = settle_due(database())
    with database().writing() as session:
        put = hooks.put_on_their_way(session)
    return settled + put


@shared_task(name=TELL, send_events=False)  # type: ignore[untyped-decorator]
def tell_hooks() -> int:
    """Sends hooks what is due; gives how much was delivered."""
    with database().writing() as session:
        hooks.put_on_their_way(session)
        due = hooks.claim_due(session, _AT_ONCE, _HOLD)
    limits = FetchLimits.of_settings()
    limits = FetchLimits(min(_SECONDS, limits.seconds), limits.bytes, limits.allowed, limits.resolve)
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return sum(threads.map(partial(_send_on, limits), due))


def _send_on(limits: FetchLimits, due: hooks.DueDelivery) -> int:
    """Sends an event and then others that are due, each claimed just before: one that waited claimed for its turn
    could be taken by another sender meanwhile, and come after what follows it. Gives how many were delivered.
    """
    delivered = 0
    for _ in range(_EACH):
        delivered += _send(limits, due)
        with database().writing() as session:
            further = hooks.claim_due(session, 1, _HOLD)
        if not further:
            break
        (due,) = further
    return delivered


def _send(limits: FetchLimits, due: hooks.DueDelivery) -> bool:
    status, error, asked = None, None, None
    try:
        answer = post(Url.parse(due.hook.url), *signed(due), limits)
        status, asked = answer.status, answer.headers.get("Retry-After")
        if not 200 <= status < 300:
            error = f"answers with {status}"
    except FetchError as failure:
        error = f"{failure.cause}" + (f"; {failure.advice}" if failure.advice else "")
    wait, patience = random.uniform(0.8, 1.2) * _WAITS[min(due.attempt, len(_WAITS)) - 1], retry_after(asked) or 0.0
    if error and (status is None or status == _TOO_MANY or status >= 500):
        with database().writing() as session:
            hooks.put_off(session, due.hook, timedelta(seconds=max(min(wait, _PUT_OFF), patience)))
    with database().writing() as session:
        hooks.settle(session, due, status, error, timedelta(seconds=max(wait, patience)))
    if error:
        logger.warning("webhook %s did not accept event %d: %s", due.hook.id[:8], due.event.number, error)
    return error is None


def send_test(hook: Hook) -> int:
    """Sends one event of kind `test`; gives the status of the answer.

    Raises:
        FetchError: there is none.
    """
    now = datetime.now(UTC)
    event = Event(number=int(1000 * now.timestamp()), kind="test", happened=now, data={})
    return post(Url.parse(hook.url), *signed(hooks.DueDelivery(hook, event, 1)), FetchLimits.of_settings()).status


def signed(due: hooks.DueDelivery) -> tuple[bytes, dict[str, str]]:
    """The body and headers of a delivery (https://www.standardwebhooks.com): the id is the same at every try."""
    event = due.event
    body = json.dumps(
        {
            "type": event.kind,
            "timestamp": event.happened.isoformat(),
            "data": {
                "number": event.number,
                "story_id": event.story_id,
                "document_id": event.document_id,
                **event.data,
            },
        },
        ensure_ascii=False,
    )
    message_id, now = f"evt_{event.number}", datetime.now(UTC)
    headers: dict[str, Any] = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(due.hook.secret).sign(message_id, now, body),
    }
    return body.encode(), headers
