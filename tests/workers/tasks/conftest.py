"""Fixtures of the stages' tasks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline import clean as cleaning
from schemas.messages import StageMessage
from schemas.stages import Stage
from tests.workers.tasks.staged import Work
from workers.tasks import stage_task


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Stage, StageMessage]]:
    """What the tasks send, in place of a broker."""
    messages: list[tuple[Stage, StageMessage]] = []
    monkeypatch.setattr(stage_task, "send", messages.extend)
    return messages


@pytest.fixture
def cleaning_is(monkeypatch: pytest.MonkeyPatch) -> Callable[[Work], None]:
    """Puts a function in the place of the pipeline's `clean`."""
    return lambda work: monkeypatch.setattr(cleaning, "clean", work)
