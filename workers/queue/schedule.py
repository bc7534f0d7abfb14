"""The scheduler's clock: beat keeps working when the wall clock is set back.

Celery's beat keeps the time of each next run on the wall clock, and would send nothing until that time has come again:
after a clock was set back by an hour there is no sweep for an hour, and what was lost stays lost so long.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from celery.beat import PersistentScheduler
from celery.schedules import schedule

# Seconds by which wall clock and monotonic clock may part while nobody sets the clock: adjustments by NTP are slower.
_DRIFT_SECONDS = 1.0


class Steady(schedule):  # type: ignore[misc]
    """Every so many seconds, whatever the clock was set to."""

    def remaining_estimate(self, last_run_at: datetime) -> timedelta:
        """The time until the next run; none where the last one lies in the future."""
        remaining: timedelta = super().remaining_estimate(last_run_at)
        return remaining if remaining <= self.run_every else timedelta(0)


class SteadyScheduler(PersistentScheduler):  # type: ignore[misc]
    """Celery's scheduler, which reschedules when the clock was set."""

    _drift: float | None = None

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Sends what is due; gives the seconds to wait until something is."""
        drift = time.time() - time.monotonic()
        if self._drift is not None and abs(drift - self._drift) > _DRIFT_SECONDS:
            self.populate_heap()
        self._drift = drift
        wait: float = super().tick(*args, **kwargs)
        return wait
