"""When what was lost is sent again: after the replacement has settled, until what was lost counts as stale anyway."""

from __future__ import annotations

import pytest
import redis

from workers.local.recovery import Recovery
from workers.settings import settings
from workers.tasks import sweeper


class Hours:
    """A clock that a test sets, and the sweeps that were made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.made, self.broker_away = 1000.0, list[str](), False
        monkeypatch.setattr("workers.local.recovery.time.monotonic", lambda: self.now)
        for name in ("sweep_all", "sweep_stale"):
            monkeypatch.setattr(sweeper, name, lambda name=name: self._sweep(name))

    def _sweep(self, name: str) -> None:
        if self.broker_away:
            raise redis.ConnectionError("away")
        self.made.append(name)


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Hours:
    return Hours(monkeypatch)


def test_on_quiet_days_it_sweeps_where_no_scheduler_does(hours: Hours) -> None:
    recovery = Recovery()
    assert not recovery.sweep(quiet_days=True)
    hours.now += settings().sweep_seconds
    assert not recovery.sweep(quiet_days=False)
    assert recovery.sweep(quiet_days=True)
    assert not recovery.sweep(quiet_days=True)
    assert hours.made == ["sweep_stale"]


def test_after_a_loss_all_is_swept_until_it_is_stale_anyway(hours: Hours) -> None:
    recovery = Recovery()
    recovery.begin()
    assert not recovery.sweep(quiet_days=False)
    hours.now += 5
    assert recovery.sweep(quiet_days=False)
    hours.now += settings().sweep_seconds
    assert recovery.sweep(quiet_days=False)
    hours.now += settings().stale_seconds
    assert not recovery.sweep(quiet_days=False)
    assert hours.made == ["sweep_all"] * 2


def test_a_sweep_that_failed_is_tried_again_soon(hours: Hours) -> None:
    recovery = Recovery()
    recovery.begin()
    hours.now, hours.broker_away = hours.now + 5, True
    with pytest.raises(redis.ConnectionError):
        recovery.sweep(quiet_days=False)
    hours.broker_away = False
    assert not recovery.sweep(quiet_days=False)
    hours.now += 5
    assert recovery.sweep(quiet_days=False)
