"""Celery's consumer, which tells Flower of tasks of a moment at once."""

from __future__ import annotations

import time

from celery.worker import consumer

from workers.queue.told_later import SECONDS


class Consumer(consumer.Consumer):  # type: ignore[misc]
    """As Celery's, which sends events at each turn of its loop, two or three times for a task: a worker of short
    documents had as much to do with them as with its messages.
    """

    _told_until = 0.0

    def on_send_event_buffered(self) -> None:
        """An event is to be sent: in a moment, with what follows until then."""
        now = time.monotonic()
        if self.hub and now >= self._told_until:
            self._told_until = now + SECONDS
            self.hub.call_later(SECONDS, self._flush_events)

    def shutdown(self) -> None:
        """Ends, after it has sent what it was to send."""
        self._flush_events()
        super().shutdown()
