"""Recovery after a service was lost: sending again what was lost with it."""

from __future__ import annotations

import time

from workers.settings import settings

# Seconds after a worker or the broker was started again at which what was lost with it is sent again: others find the
# broker back within a few. As long after a sweep that failed the next is tried.
_SETTLE_SECONDS = 5.0


class Recovery:
    """The sweeps after a loss.

    A sweep knows how many messages a queue is short of, not whose: one may send a document whose message is there in
    the place of one whose is not. So after a loss all is swept until what was lost counts as stale anyway.
    """

    def __init__(self) -> None:
        now = time.monotonic()
        self._lasts_until, self._sweep_due = now, now + settings().sweep_seconds

    def begin(self, settle: float = _SETTLE_SECONDS) -> None:
        """Something was lost, and its replacement works in `settle` seconds."""
        now = time.monotonic()
        self._lasts_until, self._sweep_due = now + settings().stale_seconds, now + settle

    def sweep(self, *, quiet_days: bool) -> bool:
        """Sweeps if it is time to; gives whether it did.

        Args:
            quiet_days: whether also when nothing was lost lately, because no scheduler does.

        Raises:
            redis.RedisError: the broker does not answer.
            sqlalchemy.exc.DBAPIError: the database does not.
        """
        now = time.monotonic()
        recovering = now < self._lasts_until
        if now < self._sweep_due or not (recovering or quiet_days):
            return False
        self._sweep_due = now + _SETTLE_SECONDS
        from workers.tasks.sweeper import sweep_all, sweep_stale  # with Celery, which `up` needs after a loss alone

        sweep_all() if recovering else sweep_stale()
        self._sweep_due = now + settings().sweep_seconds
        return True
