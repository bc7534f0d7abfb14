"""When a feed is polled next."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

# An interval halves with each poll that found something new and grows by a quarter with each that did not: it comes to
# rest where about every fourth poll is in vain, and follows a feed that wakes up within a few polls.
_SHRINKS, _GROWS = 0.5, 1.25

# Share by which a moment is moved at random, so that feeds added together do not stay together.
_JITTER = 0.1

# RSS allows a feed to skip each hour and day; one that skips all of them means none.
_HOURS, _DAYS = 24, 7


@dataclass(frozen=True)
class Schedule:
    """What a feed says of its own schedule: seconds it may be kept (`ttl`), hours of the day in UTC and days of the
    week (0 is Monday) on which it does not change (RSS 2.0, `skipHours` and `skipDays`).
    """

    ttl: float = 0.0
    skipped_hours: frozenset[int] = frozenset()
    skipped_days: frozenset[int] = frozenset()

    def packed(self) -> dict[str, Any]:
        """As it is kept with the feed, for polls that bring nothing new."""
        return {"ttl": self.ttl, "hours": sorted(self.skipped_hours), "days": sorted(self.skipped_days)}

    @classmethod
    def unpacked(cls, kept: dict[str, Any] | None) -> Schedule:
        """The schedule that was packed; none for none."""
        return cls(kept["ttl"], frozenset(kept["hours"]), frozenset(kept["days"])) if kept else cls()

    def first_not_skipped(self, moment: datetime) -> datetime:
        """The moment itself, or the beginning of the first hour after it that is not skipped."""
        if len(self.skipped_hours) >= _HOURS or len(self.skipped_days) >= _DAYS:
            return moment
        while moment.hour in self.skipped_hours or moment.weekday() in self.skipped_days:
            moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return moment


def adapted(interval: float, changed: bool, shortest: float, longest: float) -> float:
    """Seconds between polls from now on."""
    return min(max(interval * (_SHRINKS if changed else _GROWS), shortest), longest)


def next_poll(interval: float, schedule: Schedule, fresh: float, longest: float) -> datetime:
    """When a feed that answered is due: not before what it says of itself and its `Cache-Control`, nor long after."""
    wait = min(max(interval, schedule.ttl, fresh), max(longest, interval))
    return schedule.first_not_skipped(datetime.now(UTC) + timedelta(seconds=_moved(wait)))


def next_attempt(interval: float, errors: int, wait: float, longest: float) -> datetime:
    """When a feed that gave so many errors in a row is tried again: twice as late each time, and not before the wait
    that its server asks for.
    """
    backoff = min(interval * 2.0 ** min(errors, 20), longest)
    return datetime.now(UTC) + timedelta(seconds=max(_moved(backoff), wait))


def _moved(seconds: float) -> float:
    return seconds * random.uniform(1.0, 1.0 + _JITTER)
