"""What a pool process tells of its work: gathered, and sent a moment later for all documents meanwhile, by a thread.

To send it takes as long for one document as for thirty, a tenth of what a short notice takes in all. A process that is
killed takes with it what it gathered in the last half second: events for Flower, and measurements, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock, Timer
from typing import Any, Final, Generic, TypeVar

from celery.signals import worker_process_init

# A person who looks on does not see it as a delay.
SECONDS: Final = 0.5

Item = TypeVar("Item")

_all: list[ToldLater[Any]] = []
_in_pool = False


class ToldLater(Generic[Item]):
    """Items that `send` is given, all that came within `SECONDS`; outside of a pool process at once."""

    def __init__(self, send: Callable[[list[Item]], None]) -> None:
        self._send = send
        self._items: list[Item] = []
        self._timer: Timer | None = None
        self._lock = Lock()
        _all.append(self)

    def add(self, items: Iterable[Item]) -> None:
        """Takes items to be sent."""
        with self._lock:
            self._items += items
            if _in_pool and self._timer is None:
                self._timer = Timer(SECONDS, self.send_now)
                self._timer.daemon = True
                self._timer.start()
        if not _in_pool:
            self.send_now()

    def send_now(self) -> None:
        """Sends what there is."""
        with self._lock:
            items, self._items, self._timer = self._items, [], None
        if items:
            self._send(items)


def send_all_now() -> None:
    """Sends all that was gathered, for a process that ends."""
    for each in _all:
        each.send_now()


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _gather(**_: Any) -> None:
    global _in_pool
    _in_pool = True
