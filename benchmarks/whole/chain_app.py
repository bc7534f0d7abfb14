"""The Celery app of a chain that is measured beside ours: acknowledged, prefetched and run on as ours are.

It imports nothing of ours, so that the other side loads and pays for its own parts alone.
"""

from __future__ import annotations

import os

from celery import Celery


def chain_app(name: str) -> Celery:
    """The app of a chain, on the broker that `run_chain` started, where its results are kept too."""
    broker = broker_of_chain()
    app = Celery(name, broker=broker, backend=broker)
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
    )
    return app


def broker_of_chain() -> str:
    """The address of that broker."""
    return os.environ.get("CHAIN_BROKER", "redis://127.0.0.1:6379/0")
