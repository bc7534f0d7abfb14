"""Everything that runs: the Celery app and its tasks, producers, the store, settings and the command line.

The wings of this folder, each of which imports only those below it: `cli`, `local`, `tasks`, `feeds`, `fetching`,
`producers`, `export`, `queue`, `store`.

A program hands its documents in with `push`:

    from workers import push

    for accepted in push([{"content": "Nine dead as ferry capsizes …", "source": "wire.example"}]):
        print(accepted.id, accepted.new)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workers.producers.push import Accepted, push
    from workers.queue.app import app

__all__ = ["Accepted", "app", "push"]


def __getattr__(name: str) -> Any:
    """What programs take from here (`celery -A workers` the app), loaded for whoever asks: few commands need it."""
    if name == "app":
        from workers.queue.app import app

        return app
    if name in ("Accepted", "push"):
        from workers.producers import push

        return getattr(push, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
