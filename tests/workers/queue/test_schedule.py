"""Beat goes on when the wall clock is set back."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from workers.queue.app import app
from workers.queue.schedule import Steady, SteadyScheduler
from workers.settings import settings


def test_a_last_run_in_the_future_is_none() -> None:
    schedule, now = Steady(30, app=app()), datetime.now(UTC)
    assert not schedule.is_due(now).is_due
    assert schedule.is_due(now - timedelta(seconds=30)).is_due
    assert schedule.is_due(now + timedelta(hours=1)).is_due


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_set_stops_no_sweep(
    hours: int, broker: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    offset = timedelta(0)
    now, clock = datetime.now, time.time
    monkeypatch.setattr(app(), "now", lambda: now(UTC) + offset)
    monkeypatch.setattr(time, "time", lambda: clock() + offset.total_seconds())
    monkeypatch.setattr(SteadyScheduler, "apply_entry", lambda self, entry, producer=None: sent.append(entry.name))
    scheduler = SteadyScheduler(app(), schedule_filename=str(tmp_path / "schedule"))

    def ticks() -> float:
        return next(wait for wait in iter(scheduler.tick, None) if wait)

    assert 0 < ticks() <= settings().sweep_seconds
    before = len(sent)
    offset = timedelta(hours=hours)
    assert 0 < ticks() <= settings().sweep_seconds
    assert sent[before:].count("sweep") == 1
