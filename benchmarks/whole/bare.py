"""A bare Celery chain: three tasks that hand an article on and do nothing else, acknowledged as ours are (see
`run_chain`). It keeps nothing: what Redis loses is lost.
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, chain

_BROKER = os.environ.get("CHAIN_BROKER", "redis://127.0.0.1:6379/0")

app = Celery("bare", broker=_BROKER, backend=_BROKER)
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
)

Message = dict[str, Any]


@app.task  # type: ignore[untyped-decorator]
def clean(article: Message) -> Message:
    """The article as it came."""
    return article


@app.task  # type: ignore[untyped-decorator]
def extract(article: Message) -> Message:
    """The article as it came."""
    return article


@app.task  # type: ignore[untyped-decorator]
def dedupe(article: Message) -> str:
    """The article's id."""
    return str(article["id"])


def chain_of(article: Message) -> Any:
    """The tasks of an article."""
    return chain(clean.s(article), extract.s(), dedupe.s())
