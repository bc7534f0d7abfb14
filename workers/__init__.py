"""Everything that runs: the Celery app and its tasks, producers, the store, settings and the command line.

The wings of this folder, each of which imports only those below it: `cli`, `desk`, `local`, `tasks`, `feeds`,
`fetching`, `producers`, `export`, `queue`, `store`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from celery import Celery


def __getattr__(name: str) -> Celery:
    """`celery -A workers` looks for the app here; it is loaded for whoever asks, for not every command needs it."""
    if name == "app":
        from workers.queue.app import app

        return app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
